"""Couriers: ways to hand a finished mail to a mail system, one module each."""
