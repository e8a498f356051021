"""WORDS: letters, the outbox's sender, and the reader of replies."""
