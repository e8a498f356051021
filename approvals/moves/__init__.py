"""Moves: what officials do with a task besides answering it. One file a move, one transaction each."""
