"""The SMTP door, on aiosmtpd (floor 5)."""
