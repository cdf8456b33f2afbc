"""Reading non-delivery reports: octets in, a Reading out; pure (floor 1)."""

from bouncer.ndr.door import read
from bouncer.ndr.limits import Limits

__all__ = ["Limits", "read"]
