"""Stores: the port Store on SQL engines (floor 4)."""
