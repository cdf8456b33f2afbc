"""Accounts and aliases: their rows, the changes of them, and what is left of a removed one."""
