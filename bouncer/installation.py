"""The paths at which an installation keeps its files."""

from pathlib import Path

SYSTEM_FILE = Path("/etc/bouncer/bouncer.toml")
"""The settings file that commands read if none is named."""
CREDENTIALS = Path("/run/credentials/bouncer.service")
"""The folder in which systemd puts the copies of secret files for bouncer.service, as secret_NAME (LoadCredential=)."""
