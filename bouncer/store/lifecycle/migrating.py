"""Migrations: the steps from one form of the tables to the next run by themselves when a store is opened.

Alembic runs the scripts in ``migrations/versions`` inside the caller's transaction; there is no alembic.ini, and logging
is left as it is. Each script's name begins with its revision, four digits, counted up. A file that is up to date is
opened without Alembic, whose import alone would double a command's start.
"""

from pathlib import Path

import sqlalchemy as sa

from bouncer.errors import ConfigError

SCRIPTS = Path(__file__).parents[1] / "migrations"


def migrate(connection: sa.Connection, scripts: Path = SCRIPTS) -> None:
    """Bring the tables up to the newest form; all or nothing. ConfigError when a newer program made them."""
    ours, found = newest(scripts), _revision(connection)
    if found > ours:
        raise ConfigError(f"[store] url: a newer bouncer made this database: it is at {found}, we know up to {ours}")
    if found < ours:
        _upgrade(connection, scripts)


def is_current(connection: sa.Connection) -> bool:
    """Whether the tables are in the newest form."""
    return _revision(connection) == newest()


def newest(scripts: Path = SCRIPTS) -> str:
    """Give the revision of the last script: the form that today's program knows."""
    return max(one.name[:4] for one in (scripts / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


def _revision(connection: sa.Connection) -> str:
    if not sa.inspect(connection).has_table("alembic_version"):
        return ""
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or ""


def _upgrade(connection: sa.Connection, scripts: Path) -> None:
    from alembic import command  # noqa: PLC0415 -- only where there is something to do, see above
    from alembic.config import Config  # noqa: PLC0415 -- as above

    config = Config()
    # the file's parser takes % for its own
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
