"""The port SignIns on an SQL engine: each method is one transaction."""

import datetime as dt
from collections.abc import Sequence

from bouncer.ports.scope import Scope
from bouncer.ports.sign_ins import Session, SignInLink
from bouncer.store.engine.engine import Engine
from bouncer.store.sign_ins import sign_ins


class SqlSignIns:
    """The port SignIns; its docstrings hold here."""

    _engine: Engine
    _hostname: str

    async def add_link(self, scope: Scope, link: SignInLink, digest: str) -> bool:
        """Add a link; an account's scope adds only links of that account."""
        return scope.covers(link.account) and await self._engine.write(sign_ins.add_link, link, digest)

    async def mail_link(
        self, scope: Scope, link: SignInLink, digest: str, *, event: str, limit: int, now: dt.datetime
    ) -> bool:
        """Add a link and its mail; an account's scope adds only links of that account."""
        mailed = sign_ins.MailedLink(link, digest, event, f"{event}@{self._hostname}")
        return scope.covers(link.account) and await self._engine.write(sign_ins.mail_link, mailed, limit=limit, now=now)

    async def use_link(
        self, link_digest: str, digest: str, browser: str, *, now: dt.datetime, forget_before: dt.datetime
    ) -> Session | None:
        """Begin a session by a link."""
        return await self._engine.write(
            sign_ins.use_link, link_digest, digest, browser, now=now, forget_before=forget_before
        )

    async def session_of_digest(
        self, digest: str, *, begun_since: dt.datetime, seen_since: dt.datetime
    ) -> Session | None:
        """Give the session with this digest; no long reading delays it."""
        return await self._engine.ask(sign_ins.find_by_digest, digest, begun_since=begun_since, seen_since=seen_since)

    async def note_session_seen(self, session_id: str, *, now: dt.datetime) -> None:
        """Write when a session was last used."""
        await self._engine.write_unsynced(sign_ins.note_seen, session_id, now=now)

    async def sessions(self, scope: Scope) -> Sequence[Session]:
        """Give the sessions inside *scope*."""
        return await self._engine.read(sign_ins.list_sessions, scope)

    async def end_session(self, scope: Scope, session_id: str) -> bool:
        """Delete a session."""
        return await self._engine.write(sign_ins.end, scope, session_id)
