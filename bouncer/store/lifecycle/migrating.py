"""Migrations: the steps from one form of the tables to the next, which run by themselves when the daemon opens a store.

Alembic runs the scripts in ``migrations/versions`` inside the caller's transaction; there is no alembic.ini, and the logging
configuration is not changed. Each script's name begins with its revision, four digits, counted up. A current file is opened without
Alembic, whose import alone would double a command's start time.
"""

from pathlib import Path

import sqlalchemy as sa

from bouncer.errors import ConfigError

SCRIPTS = Path(__file__).parents[1] / "migrations"


def migrate(connection: sa.Connection, scripts: Path = SCRIPTS) -> None:
    """Migrate the tables to the newest form; all or nothing. Raises ConfigError when a newer program made them."""
    newest_revision, revision = find_newest_revision(scripts), _revision(connection)
    if revision > newest_revision:
        raise ConfigError(
            f"[store] url: a newer bouncer made this database: it is at {revision}, we know up to {newest_revision}"
        )
    if revision < newest_revision:
        _upgrade(connection, scripts)


def is_current(connection: sa.Connection) -> bool:
    """Whether the tables are in the newest form."""
    return _revision(connection) == find_newest_revision()


def find_newest_revision(scripts: Path = SCRIPTS) -> str:
    """Give the revision of the last script, the form that this version of the program uses."""
    return max(script.name[:4] for script in (scripts / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


def _revision(connection: sa.Connection) -> str:
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or ""


def _upgrade(connection: sa.Connection, scripts: Path) -> None:
    from alembic import command  # noqa: PLC0415 -- only where there is a migration to run, see above
    from alembic.config import Config  # noqa: PLC0415 -- as above

    config = Config()
    # the parser of Alembic's configuration interprets %
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
