"""The expert panel: who may sit on it, how its experts are drawn, what they score, and what comes of it. Pure."""
