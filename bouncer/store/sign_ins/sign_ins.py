"""Links and sessions in the store: a row for each, found by its digest. All functions run in the caller's transaction."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from bouncer.mail.address import comparable
from bouncer.policy.api_key import id_of
from bouncer.policy.records import EntryKind, NewEntry
from bouncer.policy.sign_in import Role
from bouncer.ports.scope import Scope
from bouncer.ports.sign_ins import Session, SignInLink
from bouncer.store.engine.engine import insert
from bouncer.store.engine.rows import write_rows
from bouncer.store.outbox.rows import new_row
from bouncer.store.scoping import scope_conditions
from bouncer.store.tables import accounts, outbox, sessions, sign_in_links

_FIELDS = tuple(Session.__dataclass_fields__)
_LINK_FIELDS = tuple(SignInLink.__dataclass_fields__)
_SESSIONS = sa.select(*(sessions.c[name] for name in _FIELDS))
_BY_DIGEST = _SESSIONS.where(
    sessions.c.digest == sa.bindparam("of_digest"),
    sessions.c.begun_at >= sa.bindparam("begun_since", type_=sessions.c.begun_at.type),
    sessions.c.seen_at >= sa.bindparam("seen_since", type_=sessions.c.seen_at.type),
)
_LINK = sa.select(*(sign_in_links.c[name] for name in _LINK_FIELDS)).where(
    sign_in_links.c.digest == sa.bindparam("of_digest")
)
_USING_LINK = sa.delete(sign_in_links).where(sign_in_links.c.digest == sa.bindparam("of_digest"))
_OLD_LINKS = sa.delete(sign_in_links).where(
    sign_in_links.c.until <= sa.bindparam("before", type_=sign_in_links.c.until.type)
)
_LIVE_LINKS = (
    sa.select(sa.func.count())
    .select_from(sign_in_links)
    .where(
        sign_in_links.c.account == sa.bindparam("of_account"),
        sign_in_links.c.person == sa.bindparam("of_person"),
    )
)
_OLD_SESSIONS = sa.delete(sessions).where(sessions.c.begun_at < sa.bindparam("before", type_=sessions.c.begun_at.type))
_SEEING = (
    sa.update(sessions)
    .where(sessions.c.id == sa.bindparam("of_id"))
    .values(seen_at=sa.bindparam("at", type_=sessions.c.seen_at.type))
)


def add_link(connection: sa.Connection, link: SignInLink, digest: str) -> bool:
    """Add a link; False where its account is unknown."""
    account_exists = sa.select(accounts.c.name).where(accounts.c.name == link.account)
    if link.account is not None and connection.scalar(account_exists) is None:
        return False
    row = {**{name: getattr(link, name) for name in _LINK_FIELDS}, "digest": digest}
    return connection.execute(insert(connection, sign_in_links).values(row).on_conflict_do_nothing()).rowcount > 0


@dataclass(frozen=True, slots=True)
class MailedLink:
    """A link that leaves by mail: its digest, and the id and the Message-ID of the mail."""

    link: SignInLink
    digest: str
    event: str
    message_id: str


def mail_link(connection: sa.Connection, mailed: MailedLink, *, limit: int, now: dt.datetime) -> bool:
    """Add a link and its mail; False where its account is unknown, or the person has *limit* already."""
    link = mailed.link
    connection.execute(_OLD_LINKS, {"before": now})
    bind_values = {"of_account": link.account, "of_person": link.person}
    if connection.execute(_LIVE_LINKS, bind_values).scalar_one() >= limit or not add_link(
        connection, link, mailed.digest
    ):
        return False
    entry = NewEntry(EntryKind.SIGN_IN, link.person, link.until.isoformat(), event=mailed.event, at_once=True)
    row = new_row(entry, letter_id=None, account=link.account, message_id=mailed.message_id, now=now)
    connection.execute(sa.insert(outbox).values(row))
    return True


def use_link(
    connection: sa.Connection,
    link_digest: str,
    digest: str,
    browser: str,
    *,
    now: dt.datetime,
    forget_before: dt.datetime,
) -> Session | None:
    """Begin a session by a link; of two at the same moment, one deletes the link and goes on."""
    connection.execute(_OLD_LINKS, {"before": now})
    connection.execute(_OLD_SESSIONS, {"before": forget_before})
    row = connection.execute(_LINK, {"of_digest": link_digest}).mappings().first()
    if row is None or not connection.execute(_USING_LINK, {"of_digest": link_digest}).rowcount:
        return None
    session = Session(id_of(digest), row["account"], Role(row["role"]), row["person"], now, now, browser)
    connection.execute(
        sa.insert(sessions).values({**{name: getattr(session, name) for name in _FIELDS}, "digest": digest})
    )
    return session


def find_by_digest(
    connection: sa.Connection, digest: str, *, begun_since: dt.datetime, seen_since: dt.datetime
) -> Session | None:
    """Give the session with this digest."""
    bind_values = {"of_digest": digest, "begun_since": begun_since, "seen_since": seen_since}
    row = connection.execute(_BY_DIGEST, bind_values).mappings().first()
    return _session(row) if row else None


def note_seen(connection: sa.Connection, session_id: str, *, now: dt.datetime) -> None:
    """Write when a session was last used."""
    write_rows(connection, _SEEING, [{"of_id": session_id, "at": now}])


def list_sessions(connection: sa.Connection, scope: Scope) -> list[Session]:
    """Give the sessions inside *scope*, newest first."""
    query = _SESSIONS.where(*scope_conditions(scope, sessions.c.account))
    ordered = query.order_by(sessions.c.begun_at.desc(), sessions.c.id)
    return [_session(row) for row in connection.execute(ordered).mappings()]


def end(connection: sa.Connection, scope: Scope, session_id: str) -> bool:
    """Delete a session; False where there is none inside *scope*."""
    where = (sessions.c.id == session_id, *scope_conditions(scope, sessions.c.account))
    return connection.execute(sa.delete(sessions).where(*where)).rowcount > 0


def end_of_owners(connection: sa.Connection, account: str, forms: Collection[str]) -> None:
    """Delete the links and sessions of former owners of an account, addresses in comparable form."""
    for table, key in ((sign_in_links, sign_in_links.c.digest), (sessions, sessions.c.id)):
        of_owners = sa.select(key, table.c.person).where(table.c.account == account, table.c.role == Role.OWNER.value)
        keys = [row[0] for row in connection.execute(of_owners) if comparable(row.person) in forms]
        connection.execute(sa.delete(table).where(key.in_(keys)))


def remove_account(connection: sa.Connection, account: str) -> None:
    """Delete the links and sessions of an account that is removed: they must not open the next account of its name."""
    for table in (sign_in_links, sessions):
        connection.execute(sa.delete(table).where(table.c.account == account))


def _session(row: sa.RowMapping) -> Session:
    return Session(**{**row, "role": Role(row["role"])})
