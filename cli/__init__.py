"""DOOR: the `liandong` command; thin."""
