"""Couriers: ways to hand a finished mail over, one module each (floor 4)."""

from bouncer.courier.choose import COURIERS, make_courier
from bouncer.courier.routes import Route, make_routes

__all__ = ["COURIERS", "Route", "make_courier", "make_routes"]
