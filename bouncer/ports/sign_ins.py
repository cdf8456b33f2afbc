"""Sign-in links and sessions of the web pages, and the port that keeps both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bouncer.policy.sign_in import Role
from bouncer.ports.scope import Scope


@dataclass(frozen=True, slots=True)
class SignInLink:
    """A link that signs *person* in once, until *until*. *account* None: to all accounts."""

    account: str | None
    role: Role
    person: str
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A person who is signed in with one browser, without the secret. *account* None: to all accounts."""

    id: str
    account: str | None
    role: Role
    person: str
    begun_at: dt.datetime
    seen_at: dt.datetime
    """The time of the last use; further uses within a minute leave it as it is."""
    browser: str
    """The browser's own name for itself (User-Agent); a stranger's text."""


class SignIns(Protocol):
    """Keeps links and sessions, by their digests. A call that returns has committed; one that raises StoreError changed nothing."""

    async def add_link(self, scope: Scope, link: SignInLink, digest: str) -> bool:
        """Add a link. False, and nothing changes, where its account is unknown or outside *scope*."""
        ...

    async def mail_link(
        self, scope: Scope, link: SignInLink, digest: str, *, event: str, limit: int, now: dt.datetime
    ) -> bool:
        """Add a link, and with it the mail *event* to its person, which carries it.

        False, and nothing changes, where its account is unknown or outside *scope*, or the person has *limit* links to it that
        have not ended.
        """
        ...

    async def use_link(
        self, link_digest: str, digest: str, browser: str, *, now: dt.datetime, forget_before: dt.datetime
    ) -> Session | None:
        """Begin a session by a link, which is deleted, so that a second call gives None; None, too, for an unknown or old link.

        *digest* is that of the new session's secret. Links that are too old, and sessions that were begun before
        *forget_before*, are deleted.
        """
        ...

    async def session_of_digest(
        self, digest: str, *, begun_since: dt.datetime, seen_since: dt.datetime
    ) -> Session | None:
        """Give the session with this digest that was begun and seen since then; None where there is none."""
        ...

    async def note_session_seen(self, session_id: str, *, now: dt.datetime) -> None:
        """Write down that a session was used; a power cut may undo it. Idempotent; an unknown id changes nothing."""
        ...

    async def sessions(self, scope: Scope) -> Sequence[Session]:
        """Give the sessions inside *scope*, newest first, those that nobody uses any more, too."""
        ...

    async def end_session(self, scope: Scope, session_id: str) -> bool:
        """Delete a session: no further request by it is answered. Idempotent; False where there is none inside *scope*."""
        ...
