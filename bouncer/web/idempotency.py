"""Requests that a client may repeat without a second effect: the header Idempotency-Key (draft-ietf-httpapi-idempotency-key)."""

import contextlib
import datetime as dt
import hashlib
import logging
import re
from collections.abc import AsyncIterator

from bouncer.errors import StoreError
from bouncer.ports.api_keys import BEGUN, KeptAnswer
from bouncer.ports.store import Store
from bouncer.web.problem import ProblemError

KEPT_FOR = dt.timedelta(hours=24)
"""The time for which an answer is given again: clients give up long before."""
MOST_OCTETS = 256 * 1024
"""Octets of an answer that is kept; the answer of the largest change has fewer."""

ANSWERED_WITHIN = dt.timedelta(minutes=1)
"""The time after which a request that is being answered counts as lost, with its daemon: all but erasures take seconds."""

_IS_ANSWERED = "A request with this Idempotency-Key is being answered; ask again."
_log = logging.getLogger(__name__)
_NAME = re.compile(r"[!-~]{1,255}", re.ASCII)


class IdempotentRequests:
    """The requests with a name that are being answered, by any daemon, and the answers to earlier ones: all in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def earlier_answer(self, request_answer: KeptAnswer) -> KeptAnswer | None:
        """Give the answer to an earlier request that equals that of *request_answer*; None where it is the first.

        Raises ProblemError: 422 for a bad name and where the earlier request was another one, 409 where it is being answered.
        """
        if not _NAME.fullmatch(request_answer.name):
            raise ProblemError(422, "Idempotency-Key must have 1 to 255 visible ASCII characters.")
        answer = await self._store.kept_answer(
            request_answer.key_id, request_answer.name, since=request_answer.made_at - KEPT_FOR
        )
        if answer is None:
            return None
        if answer.request != request_answer.request:
            raise ProblemError(422, "Another request had this Idempotency-Key; take a new one.")
        if answer.status != BEGUN:
            return answer
        if answer.made_at < request_answer.made_at - ANSWERED_WITHIN:
            return None
        raise ProblemError(409, _IS_ANSWERED)

    @contextlib.asynccontextmanager
    async def answering(self, request_answer: KeptAnswer) -> AsyncIterator[None]:
        """Let one request of a name be answered at a time. Raises ProblemError (409) for a second one.

        A request that failed may be sent again. One that was cut off may have had its effect: it is answered only
        after ANSWERED_WITHIN.
        """
        stale_before, forget_before = request_answer.made_at - ANSWERED_WITHIN, request_answer.made_at - KEPT_FOR
        if not await self._store.begin_answer(request_answer, stale_before=stale_before, forget_before=forget_before):
            raise ProblemError(409, _IS_ANSWERED)
        try:
            yield
        except Exception:
            with contextlib.suppress(StoreError):
                await self._store.break_off_answer(request_answer.key_id, request_answer.name)
            raise

    async def record_answer(self, answer: KeptAnswer) -> None:
        """Keep an answer for a day; one that is too large is not kept.

        Where the store cannot record the answer, the client still gets it, so that the client does not ask for the effect again.
        """
        try:
            if len(answer.body) <= MOST_OCTETS:
                await self._store.keep_answer(answer, forget_before=answer.made_at - KEPT_FOR)
            else:
                await self._store.break_off_answer(answer.key_id, answer.name)
        except StoreError as error:
            _log.warning(
                "the answer to a named request was given and not kept, as the store does not answer: %s", error
            )


def digest_of_request(method: str, target: str, body: bytes) -> str:
    """Give the digest by which two requests are compared."""
    return hashlib.sha256(b"\0".join((method.encode(), target.encode("utf-8", "replace"), body))).hexdigest()
