"""The commands, a module each (floor 7)."""
