"""The engines: how a database is opened, how transactions run in it, and which commits callers share."""
