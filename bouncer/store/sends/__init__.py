"""Sends: counts of the mail that accounts sent."""
