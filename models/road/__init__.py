"""The road of an application: its route, the vote of a stage, the next step, and where it stands. Pure."""
