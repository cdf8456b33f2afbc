"""The database engines: opening a database, running transactions in it, and group commits that callers share."""
