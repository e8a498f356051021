"""Papers as PDF: what stands on them, and the setting of it."""
