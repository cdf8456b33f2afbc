"""Webhooks: endpoints, their attempts, and replays of their events."""
