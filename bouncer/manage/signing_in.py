"""Signing in to the web pages: making links, using them, and the sessions that they begin."""

import datetime as dt
from dataclasses import dataclass

from bouncer.errors import Conflict, InvalidValue, NotFound, StoreError
from bouncer.mail.address import comparable
from bouncer.manage.scopes import known_account, require_account
from bouncer.policy.api_key import digest_of
from bouncer.policy.sign_in import LINK_LASTS, SESSION_IDLES, SESSION_LASTS, Role, is_secret, make_secret
from bouncer.ports.scope import AccountScope, Scope
from bouncer.ports.sign_ins import Session, SignInLink
from bouncer.ports.store import Store

MAX_PERSON = 254
"""Characters of a person's address (RFC 5321 section 4.5.3.1.3 without the angle brackets), or of a name."""
MAX_BROWSER = 200
"""Characters of a browser's name for itself that are kept."""
USE_NOTED_AFTER = dt.timedelta(minutes=1)
"""Time between two writes of a session's last use."""


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A new link, and its *secret*, which cannot be shown again."""

    link: SignInLink
    secret: str


@dataclass(frozen=True, slots=True)
class BegunSession:
    """A new session, and its *secret*, which the browser's cookie carries."""

    session: Session
    secret: str


async def make_link(
    store: Store, scope: Scope, person: str, name: str | None, role: Role, *, octets: bytes, now: dt.datetime
) -> MadeLink:
    """Make a link that signs *person* in once; *octets* are random. *name* None: an owner's one account, an operator's all.

    Raises NotFound for an unknown account and for somebody who owns none, InvalidValue for an owner of several accounts who names
    none, or whose account does not have them as owner, and for a name that is too long.
    """
    if not 0 < len(person) <= MAX_PERSON or not person.isprintable():
        raise InvalidValue(f"a person has 1 to {MAX_PERSON} characters, all printable", field="person")
    account = None if role is Role.OPERATOR else await _account_of(store, scope, person, name, role)
    if not scope.covers(account):
        raise NotFound("there is no such account")
    secret = make_secret(octets)
    link = SignInLink(account, role, person, now + LINK_LASTS)
    if not await store.add_link(scope, link, digest_of(secret)):
        raise Conflict("the link was not made, as its account is gone; try again")
    return MadeLink(link, secret)


async def _account_of(store: Store, scope: Scope, person: str, name: str | None, role: Role) -> str:
    if name is not None and role is not Role.OWNER:
        return (await known_account(store, scope, name)).name
    owned = await accounts_of_owner(store, scope, person)
    if name is not None:
        await require_account(store, scope, name)
        if name not in owned:
            raise InvalidValue(f"{person} is no owner of {name}; sign them in as support", field="person")
        return name
    if not owned:
        raise NotFound(f"{person} is no owner of an account")
    if len(owned) > 1:
        raise InvalidValue(f"{person} is an owner of {', '.join(owned)}: name the account", field="account")
    return owned[0]


async def accounts_of_owner(store: Store, scope: Scope, person: str) -> list[str]:
    """Give the names of the accounts inside *scope* that *person* is an owner of."""
    key = comparable(person)
    accounts = (await store.directory(scope)).accounts.values()
    return sorted(account.name for account in accounts if key in map(comparable, account.owners))


async def use_link(store: Store, secret: str, browser: str, *, octets: bytes, now: dt.datetime) -> BegunSession | None:
    """Begin a session by the link with this *secret*; None where it is unknown, used or too old."""
    if not is_secret(secret):
        return None
    session_secret = make_secret(octets)
    session = await store.use_link(
        digest_of(secret), digest_of(session_secret), browser[:MAX_BROWSER], now=now, forget_before=now - SESSION_LASTS
    )
    return BegunSession(session, session_secret) if session else None


async def session_of(store: Store, secret: str, now: dt.datetime) -> Session | None:
    """Give the session of a cookie's *secret*; None where it has ended, or its owner is no owner any more."""
    if not is_secret(secret):
        return None
    begun_since, seen_since = now - SESSION_LASTS, now - SESSION_IDLES
    session = await store.session_of_digest(digest_of(secret), begun_since=begun_since, seen_since=seen_since)
    if session is None or not await _is_still_owner(store, session):
        return None
    if now - session.seen_at >= USE_NOTED_AFTER:
        try:
            await store.note_session_seen(session.id, now=now)
        except StoreError:
            return session  # the request matters more; the next one writes it
    return session


async def _is_still_owner(store: Store, session: Session) -> bool:
    if session.role is not Role.OWNER or session.account is None:
        return True
    return session.account in await accounts_of_owner(store, AccountScope(session.account), session.person)


async def list_sessions(store: Store, scope: Scope, name: str | None, *, now: dt.datetime) -> list[Session]:
    """Give the sessions of an account, or all inside *scope*, that have not ended, newest first. Raises NotFound."""
    if name is not None:
        await require_account(store, scope, name)
    begun_since, seen_since = now - SESSION_LASTS, now - SESSION_IDLES
    return [
        session
        for session in await store.sessions(scope)
        if name in (None, session.account) and session.begun_at >= begun_since and session.seen_at >= seen_since
    ]


async def end_session(store: Store, scope: Scope, session_id: str) -> None:
    """End a session: the browser is signed out. Raises NotFound where there is none inside *scope*."""
    if not await store.end_session(scope, session_id):
        raise NotFound(f"there is no session {session_id!r}")
