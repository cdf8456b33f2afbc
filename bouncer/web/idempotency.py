"""Requests that a client may repeat without a second effect: the header Idempotency-Key (draft-ietf-httpapi-idempotency-key)."""

import contextlib
import datetime as dt
import hashlib
import logging
import math
import re
from collections.abc import AsyncIterator, Callable

from bouncer.errors import StoreError
from bouncer.ports.api_keys import BEGUN, KeptAnswer
from bouncer.ports.store import Store
from bouncer.web.problem import ProblemError

KEPT_FOR = dt.timedelta(hours=24)
"""The time for which an answer is given again: clients give up long before."""
MOST_OCTETS = 256 * 1024
"""Octets of an answer that is kept; the answer of the largest change has fewer."""
MOST_OF_KEY = 256 * 1024 * 1024
"""Octets of the answers of one key that are kept at once and in each day: 300 for each request, where it names 600 a minute.
Without a bound a key that may read alone could fill the disk, and nobody's mail would be taken."""

ANSWERED_WITHIN = dt.timedelta(minutes=1)
"""The time after which a request that is being answered counts as lost, with its daemon: all but erasures take seconds."""

_IS_ANSWERED = "A request with this Idempotency-Key is being answered; ask again."
_log = logging.getLogger(__name__)
_NAME = re.compile(r"[!-~]{1,255}", re.ASCII)


class AnswerRoom:
    """The room for kept answers that each key has in this process. Moments are seconds of a clock that never goes back."""

    def __init__(self) -> None:
        self._empty_at: dict[str, float] = {}  # by key: no more keys than there are
        self._seconds_of_octet = KEPT_FOR.total_seconds() / MOST_OF_KEY

    def require(self, key_id: str, now: float) -> None:
        """Raise ProblemError (429) where the largest answer has no room."""
        full_at = now + KEPT_FOR.total_seconds() - MOST_OCTETS * self._seconds_of_octet
        wait = math.ceil(self._empty_at.get(key_id, now) - full_at)
        if wait > 0:
            sentence = (
                f"The answers to this key's named requests take too much room; send it without a name, or in {wait} s."
            )
            raise ProblemError(429, sentence, headers={"retry-after": str(wait)})

    def take(self, key_id: str, octets: int, now: float) -> None:
        """Note that an answer of so many octets is kept."""
        self._empty_at[key_id] = max(self._empty_at.get(key_id, now), now) + octets * self._seconds_of_octet


class IdempotentRequests:
    """The requests with a name that are being answered, by any daemon, and the answers to earlier ones: all in the store."""

    def __init__(self, store: Store, elapsed: Callable[[], float]) -> None:
        """*elapsed*: seconds of a clock that never goes back."""
        self._store = store
        self._elapsed = elapsed
        self._room = AnswerRoom()

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
        """Let one request of a name be answered at a time. Raises ProblemError: 409 for a second one, 429 where no room is left.

        A request that failed may be sent again. One that was cut off may have had its effect: it is answered only
        after ANSWERED_WITHIN.
        """
        self._room.require(request_answer.key_id, self._elapsed())
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
                self._room.take(answer.key_id, len(answer.body), self._elapsed())
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
