"""Suppressions: the addresses that an account's mail must not go to, their trail, imports of them, and the allow-list."""
