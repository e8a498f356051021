"""VERBS: one function is one transaction. Each takes the transaction first and the clock last."""
