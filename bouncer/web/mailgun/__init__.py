"""Mailgun's lists under /v3/{domain}, as its own clients ask them."""
