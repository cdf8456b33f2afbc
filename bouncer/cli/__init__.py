"""The commands, a module each (floor 7)."""

from pathlib import Path

SYSTEM_FILE = Path("/etc/bouncer/bouncer.toml")
"""Where the settings are looked for when no file is named."""
