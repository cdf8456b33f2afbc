"""Reading non-delivery reports: octets in, a Reading out; pure (floor 1)."""
