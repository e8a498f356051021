"""One application under the rules: what it asks for, what the rules make of it, what it may get. Pure."""
