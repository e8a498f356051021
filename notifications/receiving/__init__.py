"""How mail comes in, by SMTP, LMTP or IMAP: stored as it came, then given to the judge."""
