"""Channels: ways to tell an account's owner, one module each (floor 4)."""
