"""Erasing addresses: what names them is deleted, and suppressions in force go on as keyed digests."""
