"""Reading non-delivery reports: octets in, a Reading out; pure. ``reader.read`` reads one."""
