"""DOOR: the pages by which people decide, look and amend; thin."""
