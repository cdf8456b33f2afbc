"""Accounts and aliases in the store, and the removal of an account."""
