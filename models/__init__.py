"""NOUNS: the tables, one noun a file, and the pure rules. No I/O but the session's."""
