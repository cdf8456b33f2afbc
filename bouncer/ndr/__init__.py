"""Reading non-delivery reports: octets in, a Reading out; pure (floor 1). ``door.read`` reads one."""
