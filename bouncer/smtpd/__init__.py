"""The SMTP server, on aiosmtpd (floor 5)."""
