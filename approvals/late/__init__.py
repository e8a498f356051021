"""Late: dates, the calendar that they are counted by, and what the clock does when nobody answers."""
