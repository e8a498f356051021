"""What Liandong costs, measured against a floor written by hand."""
