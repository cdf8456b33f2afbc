"""Couriers: ways to hand a finished mail over, one module each (floor 4)."""

from bouncer.courier.choose import COURIERS, make_courier

__all__ = ["COURIERS", "make_courier"]
