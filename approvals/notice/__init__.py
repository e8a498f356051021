"""Public notices: what is shown to everybody, and what people say against it."""
