"""Where an installation keeps its files."""

from pathlib import Path

SYSTEM_FILE = Path("/etc/bouncer/bouncer.toml")
"""Where the settings are looked for when no file is named."""
