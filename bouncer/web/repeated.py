"""Requests that a client may repeat without a second effect: the header Idempotency-Key (draft-ietf-httpapi-idempotency-key)."""

import contextlib
import datetime as dt
import hashlib
import re
from collections.abc import Iterator

from bouncer.ports.api_keys import KeptAnswer
from bouncer.ports.store import Store
from bouncer.web.problem import ProblemError

KEPT_FOR = dt.timedelta(hours=24)
"""The time for which an answer is given again: clients give up long before."""
MOST_OCTETS = 256 * 1024
"""Octets of an answer that is kept; the answer of the largest change has fewer."""

_NAME = re.compile(r"[!-~]{1,255}", re.ASCII)


class Repeated:
    """The requests with a name that are being answered, and in the store the answers to earlier ones."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._answering: set[tuple[str, str]] = set()

    @contextlib.contextmanager
    def answering(self, key_id: str, name: str) -> Iterator[None]:
        """Let one request of a *name* be answered at a time. Raises ProblemError: 422 for a bad name, 409 for a second request."""
        if not _NAME.fullmatch(name):
            raise ProblemError(422, "Idempotency-Key must have 1 to 255 visible ASCII characters.")
        if (key_id, name) in self._answering:
            raise ProblemError(409, "A request with this Idempotency-Key is being answered; ask again.")
        self._answering.add((key_id, name))
        try:
            yield
        finally:
            self._answering.discard((key_id, name))

    async def earlier(self, key_id: str, name: str, request: str, now: dt.datetime) -> KeptAnswer | None:
        """Give the answer to an earlier, equal request. Raises ProblemError (422) where the earlier request was another one."""
        answer = await self._store.kept_answer(key_id, name, since=now - KEPT_FOR)
        if answer is not None and answer.request != request:
            raise ProblemError(422, "Another request had this Idempotency-Key; take a new one.")
        return answer

    async def keep(self, answer: KeptAnswer) -> None:
        """Keep an answer for a day; one that is too large is not kept."""
        if len(answer.body) <= MOST_OCTETS:
            await self._store.keep_answer(answer, forget_before=answer.made_at - KEPT_FOR)


def digest_of_request(method: str, target: str, body: bytes) -> str:
    """Give the digest by which two requests are compared."""
    return hashlib.sha256(b"\0".join((method.encode(), target.encode("utf-8", "replace"), body))).hexdigest()
