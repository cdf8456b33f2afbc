"""The letter's path, a verb a module: admit, keep, read, deliver, retire (floor 4)."""
