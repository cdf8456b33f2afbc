"""The port Shares on an SQL engine: each method is one transaction."""

import datetime as dt
from collections.abc import Sequence

from bouncer.ports.scope import Scope
from bouncer.ports.shares import Share
from bouncer.store.engine.engine import Engine
from bouncer.store.shares import shares


class SqlShares:
    """The port Shares; its docstrings hold here."""

    _engine: Engine

    async def add_share(self, scope: Scope, share: Share, digest: str, *, limit: int) -> bool:
        """Add a link; an account's scope adds only links of that account."""
        return scope.covers(share.account) and await self._engine.write(shares.add, share, digest, limit=limit)

    async def share_of_digest(self, digest: str, *, now: dt.datetime) -> Share | None:
        """Give the link with this digest; no long reading delays it."""
        return await self._engine.ask(shares.find_by_digest, digest, now=now)

    async def shares(self, scope: Scope, *, now: dt.datetime) -> Sequence[Share]:
        """Give the links inside *scope*."""
        return await self._engine.read(shares.list_shares, scope, now=now)

    async def end_share(self, scope: Scope, share_id: str) -> bool:
        """Delete a link."""
        return await self._engine.write(shares.end, scope, share_id)
