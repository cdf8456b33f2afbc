"""Mailgun's lists under /v3/{domain}, in the form that Mailgun's own clients expect."""
