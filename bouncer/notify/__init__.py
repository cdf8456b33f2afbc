"""Channels: the ways to tell an account's owners or their programs, each a module."""
