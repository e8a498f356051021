"""Money: the ledger, budgets, releases of instalments, recoveries."""
