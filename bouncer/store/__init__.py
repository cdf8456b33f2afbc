"""Stores: the port Store on SQL engines (floor 4). ``open_store`` is the one door."""

from bouncer.store.sql import SqlStore, open_store, place_of, url_of

__all__ = ["SqlStore", "open_store", "place_of", "url_of"]
