"""Reading non-delivery reports: octets in, a Reading out; pure (layer 1). ``reader.read`` reads one."""
