"""Where an installation keeps its files."""

from pathlib import Path

SYSTEM_FILE = Path("/etc/bouncer/bouncer.toml")
"""Where the settings are looked for when no file is named."""
CREDENTIALS = Path("/run/credentials/bouncer.service")
"""Where systemd/bouncer.service finds its copies of secret files, each as secret_NAME (LoadCredential=), while it runs."""
