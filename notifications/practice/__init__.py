"""The practice mailbox: letters as they arrived over SMTP, and the people who answer them."""
