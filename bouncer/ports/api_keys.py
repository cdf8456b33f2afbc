"""API keys, the answers that are kept for repeated requests, and the port that keeps both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bouncer.policy.api_key import KeyAccess
from bouncer.ports.scope import Scope

BEGUN = 0
"""The status of the answer to a request that is being answered still."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of a program, without its secret. *account* None: it is the operator's, for all accounts."""

    id: str
    account: str | None
    access: KeyAccess
    label: str
    created_at: dt.datetime
    last_used_at: dt.datetime | None = None
    """The time of the last use; further uses within a minute leave it as it is. None: never used."""


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The answer to a request that a program named (``Idempotency-Key``). *request* is the digest of the request.

    *status* is that of HTTP, or BEGUN.
    """

    key_id: str
    name: str
    request: str
    status: int
    body: bytes
    made_at: dt.datetime


class ApiKeys(Protocol):
    """Keeps API keys, by their digests. A call that returns has committed; one that raises StoreError changed nothing."""

    async def add_key(self, scope: Scope, key: ApiKey, digest: str) -> bool:
        """Add a key. False, and nothing changes, where its account is unknown or outside *scope*, or its id is taken."""
        ...

    async def keys(self, scope: Scope) -> Sequence[ApiKey]:
        """Give the keys inside *scope*, oldest first."""
        ...

    async def revoke_key(self, scope: Scope, key_id: str) -> bool:
        """Delete a key: from now on no request by it is answered. Idempotent; False where there is none inside *scope*."""
        ...

    async def key_of_digest(self, digest: str) -> ApiKey | None:
        """Give the key with this digest; None where there is none."""
        ...

    async def note_key_used(self, key_id: str, *, now: dt.datetime) -> None:
        """Write down that a key was used; a power cut may undo it. Idempotent; an unknown id changes nothing."""
        ...

    async def begin_answer(self, answer: KeptAnswer, *, stale_before: dt.datetime, forget_before: dt.datetime) -> bool:
        """Note that a request is being answered, so that no other daemon answers it, too; a power cut may undo it.

        False, and nothing changes, where a request of the name was begun at *stale_before* or later, or has an answer of
        *forget_before* or later.
        """
        ...

    async def break_off_answer(self, key_id: str, name: str) -> None:
        """Forget that a request is being answered; an answer stays. A power cut may undo it.

        Idempotent; an unknown name changes nothing.
        """
        ...

    async def keep_answer(self, answer: KeptAnswer, *, forget_before: dt.datetime) -> None:
        """Keep an answer for a repeated request, and delete answers from before *forget_before*.

        Idempotent: the last answer of a name counts.
        """
        ...

    async def kept_answer(self, key_id: str, name: str, *, since: dt.datetime) -> KeptAnswer | None:
        """Give the answer, or what was begun, under a key's *name* since then; None where there is none."""
        ...
