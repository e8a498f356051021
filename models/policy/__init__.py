"""What a policy says, as its data state it, and what those data must agree on. Pure."""
