"""Ports: the protocols that adapters implement for stages and use cases, and the values that pass between them."""
