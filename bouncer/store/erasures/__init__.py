"""Erasing addresses: rows that name them are deleted, and suppressions in force go on as keyed digests."""
