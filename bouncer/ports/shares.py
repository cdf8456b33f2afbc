"""Share links, each of which shows one address's story to anybody who has it, and the port that keeps them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bouncer.ports.scope import Scope


@dataclass(frozen=True, slots=True)
class Share:
    """A link that shows the story of *address* for *account* until *until*, without the secret. *person* made it."""

    id: str
    account: str
    address: str
    person: str
    made_at: dt.datetime
    until: dt.datetime


class Shares(Protocol):
    """Keeps share links by their digests. A call that returns has committed; one that raises StoreError changed nothing."""

    async def add_share(self, scope: Scope, share: Share, digest: str, *, limit: int) -> bool:
        """Add a link; links that ended before it was made are deleted.

        False, and nothing else changes, where its account is unknown or outside *scope*, or has *limit* links already.
        """
        ...

    async def share_of_digest(self, digest: str, *, now: dt.datetime) -> Share | None:
        """Give the link with this digest that has not ended; None where there is none."""
        ...

    async def shares(self, scope: Scope, *, now: dt.datetime) -> Sequence[Share]:
        """Give the links inside *scope* that have not ended, newest first."""
        ...

    async def end_share(self, scope: Scope, share_id: str) -> bool:
        """Delete a link: it shows nothing any more. Idempotent; False where there is none inside *scope*."""
        ...
