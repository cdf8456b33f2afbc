"""Couriers: ways to hand a finished mail over, one module each (floor 4)."""
