"""The port ApiKeys on an SQL engine: each method is one transaction."""

import datetime as dt
from collections.abc import Sequence

from bouncer.ports.api_keys import ApiKey, KeptAnswer
from bouncer.ports.scope import Scope
from bouncer.store.api_keys import answers, keys
from bouncer.store.engine.engine import Engine


class SqlApiKeys:
    """The port ApiKeys; its docstrings hold here."""

    _engine: Engine

    async def add_key(self, scope: Scope, key: ApiKey, digest: str) -> bool:
        """Add a key; an account's scope adds only keys of that account."""
        return scope.covers(key.account) and await self._engine.write(keys.add, key, digest)

    async def keys(self, scope: Scope) -> Sequence[ApiKey]:
        """Give the keys inside *scope*."""
        return await self._engine.read(keys.list_keys, scope)

    async def revoke_key(self, scope: Scope, key_id: str) -> bool:
        """Delete a key."""
        return await self._engine.write(keys.revoke, scope, key_id)

    async def key_of_digest(self, digest: str) -> ApiKey | None:
        """Give the key with this digest; no long reading delays it."""
        return await self._engine.ask(keys.find_by_digest, digest)

    async def note_key_used(self, key_id: str, *, now: dt.datetime) -> None:
        """Write when a key was last used."""
        await self._engine.write_unsynced(keys.note_used, key_id, now=now)

    async def begin_answer(self, answer: KeptAnswer, *, stale_before: dt.datetime, forget_before: dt.datetime) -> bool:
        """Note that a request is being answered."""
        return await self._engine.write_unsynced(
            answers.begin, answer, stale_before=stale_before, forget_before=forget_before
        )

    async def break_off_answer(self, key_id: str, name: str) -> None:
        """Forget that a request is being answered."""
        await self._engine.write_unsynced(answers.break_off, key_id, name)

    async def keep_answer(self, answer: KeptAnswer, *, forget_before: dt.datetime) -> None:
        """Keep an answer."""
        await self._engine.write(answers.replace_answer, answer, forget_before=forget_before)

    async def kept_answer(self, key_id: str, name: str, *, since: dt.datetime) -> KeptAnswer | None:
        """Give the answer that was kept under a name."""
        return await self._engine.ask(answers.find, key_id, name, since=since)
