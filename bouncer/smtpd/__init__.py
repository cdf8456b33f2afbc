"""The SMTP server, on aiosmtpd."""
