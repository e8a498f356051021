"""Deputies: who stands in for whom between two dates."""
