"""What a letter says: its facts in the reader's words, its table, its first line."""
