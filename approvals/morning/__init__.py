"""The morning letter: what waits for an officer, told once a day, and decided on one page."""
