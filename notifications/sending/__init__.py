"""How letters leave: claimed from the outbox, signed, and handed to a mail server."""
