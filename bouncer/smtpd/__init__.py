"""The SMTP door, on aiosmtpd (floor 5)."""

from bouncer.smtpd.door import SmtpDoor

__all__ = ["SmtpDoor"]
