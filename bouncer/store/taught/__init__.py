"""Taught rules in the store."""
