"""Ports: what stages and use cases ask of adapters, and the values that pass between them (layer 3)."""
