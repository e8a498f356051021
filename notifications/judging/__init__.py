"""What a message does: read, its sender looked up, and judged; or what it would do."""
