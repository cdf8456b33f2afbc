"""The tables in a server's database: recognizing them before anything is written, making and migrating them.

A store has the schema ``public`` of a database to itself. The caller gives a connection in a transaction; *place* names the
database in errors.
"""

import logging
from dataclasses import dataclass

import sqlalchemy as sa

from bouncer.errors import ConfigError, NotNow
from bouncer.store.lifecycle import revisions
from bouncer.store.lifecycle.migrating import find_newest_revision, migrate
from bouncer.store.lifecycle.recognizing import OUR_TABLES

APPLICATION = "bouncer"
"""The beginning of the names under which our connections are known to the server."""

_FACTS = sa.text(
    "SELECT pg_encoding_to_char(encoding) AS encoding, datcollate AS collation,"
    " coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') AS provider"
    " FROM pg_database AS d WHERE datname = current_database()"
)
_TABLES = sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
_REVISION = sa.text("SELECT version_num FROM alembic_version")
_OTHERS = sa.text(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND starts_with(application_name, :application) ORDER BY pid LIMIT 1"
)
_OCTET_ORDER = (("c", "C"), ("c", "POSIX"))
_BUILT_IN = "b"
"""PostgreSQL's own provider of collations, since version 17: all are in the order of code points, which is that of octets."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of a database: *revision* is empty where there are none."""

    revision: str

    @property
    def is_there(self) -> bool:
        """Whether there are tables of ours."""
        return bool(self.revision)

    @property
    def is_current(self) -> bool:
        """Whether they have today's form."""
        return self.revision == find_newest_revision()


def recognize_schema(connection: sa.Connection, place: str) -> Schema:
    """Recognize the tables; raises ConfigError for another program's, and for a database whose texts have another order."""
    _require_octet_order(connection, place)
    tables = set(connection.scalars(_TABLES))
    if not tables:
        return Schema("")
    revision = connection.scalar(_REVISION) if tables >= OUR_TABLES else None
    if not revision:
        raise ConfigError(
            f"{place}: this is no store of bouncer's, it is another program's database; [store] url must name another database"
        )
    return Schema(revision)


def recognize_ours(connection: sa.Connection, place: str) -> Schema:
    """Recognize a store in any revision; raises ConfigError where there is none."""
    schema = recognize_schema(connection, place)
    if not schema.is_there:
        raise revisions.missing_store(place)
    return schema


def require_current(connection: sa.Connection, place: str) -> Schema:
    """Recognize a store in today's form; raises ConfigError, which tells the remedy."""
    schema = recognize_ours(connection, place)
    revisions.require_newest(place, schema.revision)
    return schema


def bring_up_to_date(connection: sa.Connection, place: str) -> Schema:
    """Make missing tables and migrate older ones, while nobody else writes; gives the tables that were there before.

    Raises ConfigError as ``recognize_schema``, and where a newer program made them; NotNow where an older store is in use.
    """
    schema = recognize_schema(connection, place)
    revisions.refuse_later(place, schema.revision)
    if schema.is_current:
        return schema
    if schema.is_there and (process := connection.scalar(_OTHERS, {"application": APPLICATION})):
        raise NotNow(
            f"{place}: the server's process {process} serves a bouncer with this store: end it first, then do this again"
        )
    connection.execute(sa.text("SET LOCAL statement_timeout = 0"))  # migrating a large table may take long
    migrate(connection)
    if schema.is_there:
        _log.warning("the store was of revision %s, now of %s", schema.revision, find_newest_revision())
    return schema


def make_missing(connection: sa.Connection, place: str) -> bool:
    """Make the tables where there are none; False where there are, in any form. Raises ConfigError as ``recognize_schema``."""
    is_new = not recognize_schema(connection, place).is_there
    if is_new:
        migrate(connection)
    return is_new


def _require_octet_order(connection: sa.Connection, place: str) -> None:
    facts = connection.execute(_FACTS).one()
    is_in_order = facts.provider == _BUILT_IN or (facts.provider, facts.collation) in _OCTET_ORDER
    if facts.encoding != "UTF8" or not is_in_order:
        raise ConfigError(
            f"{place}: this database has the encoding {facts.encoding} and the locale {facts.collation};"
            " make one with TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
        )
