"""Routes for readings: the recorded reading of a letter, and the reading that this version would give today.

A letter is only ever parsed by a reading process of its own, bounded in time and memory, never by the server's process.
"""

from typing import Annotated, Any

import msgspec

from bouncer.errors import Conflict, ReaderError
from bouncer.mail.letter import read_id
from bouncer.manage.records import recorded_reading
from bouncer.manage.rereading import VerdictChange, letters_by_id, reread
from bouncer.notify.serialize import to_plain
from bouncer.policy.api_key import KeyAccess
from bouncer.ports.letters import BounceRow, LetterRow, Page
from bouncer.web.parameter import LETTER_ID, Parameter
from bouncer.web.problem import ProblemError
from bouncer.web.route import PAGES, ApiRequest, ApiRoute, Example, page_of
from bouncer.web.row_schema import row_schema
from bouncer.web.spelling import LETTER

MOST_REREAD = 20
"""Letters of one request: each may take all of the time that reading has for a letter, and the client waits for the answer."""


class LettersToReread(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ids of letters; with *dry_run* the changes are only shown."""

    letters: Annotated[
        tuple[Annotated[str, LETTER.bounds()], ...],
        msgspec.Meta(min_length=1, max_length=MOST_REREAD),
    ]
    dry_run: bool = True


async def _recorded_reading(request: ApiRequest) -> Any:
    parameters = request.parameters
    page = Page(parameters["limit"], parameters["cursor"])
    reading = await recorded_reading(request.store, request.scope, parameters["letter_id"], page)
    rows = reading.recipients
    listed = page_of([to_plain(row) for row in rows], page.limit, rows[-1].id if rows else None)
    return {"letter": to_plain(reading.letter), **listed}


async def _reread(request: ApiRequest) -> Any:
    if request.host.rereading.locked():
        raise Conflict("letters are being read again by another request; ask again")
    body: LettersToReread = request.body
    ids = [number for text in dict.fromkeys(body.letters) if (number := read_id(text)) is not None]
    async with request.host.rereading:
        try:
            async with request.host.read_again() as read:
                outcome = await reread(
                    request.store,
                    request.scope,
                    letters_by_id(request.store, request.scope, ids),
                    read,
                    dry_run=body.dry_run,
                    now=lambda: request.now,
                )
        except ReaderError:
            raise ProblemError(503, "Letters cannot be read now; try again.", headers={"retry-after": "60"}) from None
    changes = [to_plain(change) for change in outcome.changes]
    return {"letters": outcome.letters, "dry_run": body.dry_run, "changes": changes}


_RECORDED = {
    "type": "object",
    "properties": {
        "letter": row_schema(LetterRow),
        "data": {"type": "array", "items": row_schema(BounceRow)},
        "next": {"type": ["string", "null"]},
    },
    "required": ["letter", "data", "next"],
}
_REREAD = {
    "type": "object",
    "properties": {
        "letters": {"type": "integer"},
        "dry_run": {"type": "boolean"},
        "changes": {"type": "array", "items": row_schema(VerdictChange)},
    },
    "required": ["letters", "dry_run", "changes"],
}

READING_ROUTES = (
    ApiRoute(
        "GET",
        "/api/v1/letters/{letter_id}/reading",
        "What was read in a letter: its facts, and each recipient's with rule, evidence and belief",
        KeyAccess.READ,
        _recorded_reading,
        _RECORDED,
        (Parameter("letter_id", LETTER_ID, "the id, as lists show it", "38g0n6damk02s", where="path"), *PAGES),
        errors=(404,),
        example=Example(path={"letter_id": "38g0n6damk02s"}),
    ),
    ApiRoute(
        "POST",
        "/api/v1/letters/reread",
        "Read up to 20 letters again with this version's rules, and show or make the changes",
        KeyAccess.WRITE,
        _reread,
        _REREAD,
        (),
        LettersToReread,
        example=Example(body='{"letters": ["38g0n6damk02s"]}'),
    ),
)
"""The routes, in the manual's order."""
