"""Saved filters of the web pages in the store."""
