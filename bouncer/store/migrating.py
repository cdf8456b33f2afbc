"""Migrations: the steps from one form of the tables to the next run by themselves when a store is opened.

Alembic runs the scripts in ``migrations/`` inside the caller's transaction; no alembic.ini, nothing is logged.
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bouncer.errors import ConfigError

SCRIPTS = Path(__file__).with_name("migrations")


def migrate(connection: sa.Connection, scripts: Path = SCRIPTS) -> None:
    """Bring the tables up to the newest form; all or nothing. ConfigError when a newer program made them."""
    config = Config()
    # the file's parser takes % for its own
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if unknown := set(MigrationContext.configure(connection).get_current_heads()) - known:
        raise ConfigError(f"[store] url: this database was made by a newer bouncer (revision {', '.join(unknown)})")
    command.upgrade(config, "head")
