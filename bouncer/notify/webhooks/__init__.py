"""Webhooks: events that are posted to the endpoints of accounts, each in its format."""
