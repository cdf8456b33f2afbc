"""API keys in the store, and the answers that are kept for repeated requests."""
