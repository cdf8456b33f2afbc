"""Routes for taught rules: a key of the operator teaches the reader a form of report that it does not know."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import msgspec

from bouncer.errors import Conflict, ReaderError
from bouncer.mail.letter import read_id
from bouncer.manage import teaching
from bouncer.manage.rereading import VerdictChange
from bouncer.manage.rule_rows import RuleRow, row_of_kept, row_of_rule
from bouncer.ndr.taught_form import MOST_LINES, RecipientPlace
from bouncer.notify.serialize import to_plain
from bouncer.policy.api_key import KeyAccess
from bouncer.verdict.teaching import MAX_PHRASE, MOST_PHRASES, Marks
from bouncer.verdict.verdict import Reason
from bouncer.web.parameter import LETTER_ID, TEXT, Parameter
from bouncer.web.problem import ProblemError
from bouncer.web.route import ApiRequest, ApiRoute, Example, data_schema
from bouncer.web.row_schema import row_schema
from bouncer.web.spelling import LETTER

_Line = Annotated[int, msgspec.Meta(ge=0, lt=MOST_LINES)]


class MarkedLetter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Marks on a letter's lines, of which a rule is made. *names*: the recipient's line; null with another *place* than line."""

    letter: Annotated[str, LETTER.bounds()]
    reason: Reason
    says: Annotated[tuple[_Line, ...], msgspec.Meta(max_length=MOST_PHRASES)] = ()
    phrases: Annotated[
        tuple[Annotated[str, msgspec.Meta(max_length=MAX_PHRASE)], ...], msgspec.Meta(max_length=MOST_PHRASES)
    ] = ()
    names: _Line | None = None
    place: RecipientPlace = RecipientPlace.LINE
    late: bool = False
    any_host: bool = False


@asynccontextmanager
async def _reading(request: ApiRequest) -> AsyncIterator[teaching.TaughtReader]:
    if request.host.rereading.locked():
        raise Conflict("letters are being read again by another request; ask again")
    async with request.host.rereading:
        try:
            async with request.host.read_taught() as reader:
                yield reader
        except ReaderError:
            raise ProblemError(503, "Letters cannot be read now; try again.", headers={"retry-after": "60"}) from None


def _marks(body: MarkedLetter) -> Marks:
    if (body.names is None) is (body.place is RecipientPlace.LINE):
        raise ProblemError(422, "Say where the recipient is named: by names, or by another place.", parameter="names")
    return Marks(
        body.says,
        body.names,
        body.reason,
        body.place,
        is_delay=body.late,
        with_host=not body.any_host,
        phrases=body.phrases,
    )


def _number(body: MarkedLetter) -> int:
    number = read_id(body.letter)
    if number is None:
        raise ProblemError(422, "This is no id of a letter.", parameter="letter")
    return number


async def _list(request: ApiRequest) -> Any:
    return {"data": [to_plain(row_of_kept(entry)) for entry in await teaching.list_rules(request.store, request.scope)]}


async def _lines(request: ApiRequest) -> Any:
    async with _reading(request) as reader:
        outline = await teaching.outline_of(request.store, request.scope, reader, request.parameters["letter_id"])
    return {"lines": list(outline.lines), "host": outline.sender_host, "refusal": outline.refusal}


async def _try(request: ApiRequest) -> Any:
    body: MarkedLetter = request.body
    number = _number(body)
    async with _reading(request) as reader:
        rule = await teaching.proposed_rule(request.store, request.scope, reader, number, _marks(body))
        trial = await teaching.try_rule(
            request.store, request.scope, reader, rule, letter_id=number, now=lambda: request.now
        )
    return {
        "rule": to_plain(row_of_rule(rule)),
        "unread": [to_plain(change) for change in trial.unread],
        "others": [to_plain(change) for change in trial.others],
        "unread_looked_at": trial.unread_looked_at,
        "others_looked_at": trial.others_looked_at,
    }


async def _keep_rule(request: ApiRequest) -> Any:
    body: MarkedLetter = request.body
    number = _number(body)
    async with _reading(request) as reader:
        rule = await teaching.proposed_rule(request.store, request.scope, reader, number, _marks(body))
        taught = await teaching.keep_rule(
            request.store,
            request.scope,
            reader,
            rule,
            by=request.changed_by.words,
            letter_id=number,
            now=lambda: request.now,
        )
    return {**to_plain(row_of_kept(taught.entry)), "letters": taught.letters}


async def _export(request: ApiRequest) -> Any:
    async with _reading(request) as reader:
        exported = await teaching.export_rule(request.store, request.scope, reader, request.parameters["rule_id"])
    return {"letter": exported.letter, "story": exported.story}


async def _remove(request: ApiRequest) -> Any:
    rule_id = request.parameters["rule_id"]
    async with _reading(request) as reader:
        count = await teaching.remove_rule(request.store, request.scope, reader, rule_id, now=lambda: request.now)
    return {"letters": count}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


_RULE = row_schema(RuleRow)
_CHANGES = {"type": "array", "items": row_schema(VerdictChange)}
_NUMBER, _TEXT, _MAYBE = {"type": "integer"}, {"type": "string"}, {"type": ["string", "null"]}
_ID = Parameter("rule_id", TEXT, "the id, as lists show it", "5f0c1f3d9a", where="path")
_LETTER = Parameter("letter_id", LETTER_ID, "the id, as lists show it", "38g0n6damk02s", where="path")
_BODY = '{"letter": "38gxn9w3excq1", "says": [2], "names": 2, "reason": "invalid-recipient"}'

RULE_ROUTES = (
    ApiRoute(
        "GET",
        "/api/v1/rules",
        "The rules that this installation was taught, oldest first",
        KeyAccess.READ,
        _list,
        data_schema(_RULE),
        operator_only=True,
        example=Example(),
    ),
    ApiRoute(
        "GET",
        "/api/v1/letters/{letter_id}/lines",
        "The lines of a letter with the subject first, to mark them; `refusal` says why no rule can read it",
        KeyAccess.READ,
        _lines,
        _object(lines={"type": "array", "items": _TEXT}, host=_TEXT, refusal=_MAYBE),
        (_LETTER,),
        operator_only=True,
        errors=(404, 409),
        example=Example(path={"letter_id": "38g0n6damk02s"}),
    ),
    ApiRoute(
        "POST",
        "/api/v1/rules/try",
        "Make a rule of marks on a letter and show what it would read; nothing is changed",
        KeyAccess.WRITE,
        _try,
        _object(rule=_RULE, unread=_CHANGES, others=_CHANGES, unread_looked_at=_NUMBER, others_looked_at=_NUMBER),
        (),
        MarkedLetter,
        operator_only=True,
        errors=(404,),
        example=Example(body=_BODY),
    ),
    ApiRoute(
        "POST",
        "/api/v1/rules",
        "Keep such a rule, and read the unread letters again",
        KeyAccess.WRITE,
        _keep_rule,
        _RULE,
        (),
        MarkedLetter,
        status=201,
        operator_only=True,
        errors=(404,),
        example=Example(body=_BODY),
    ),
    ApiRoute(
        "GET",
        "/api/v1/rules/{rule_id}/export",
        "A rule and its letter for a pull request, all addresses replaced by example names",
        KeyAccess.READ,
        _export,
        _object(letter=_MAYBE, story={"type": "object"}),
        (_ID,),
        operator_only=True,
        errors=(404, 409),
        example=Example(path={"rule_id": "5f0c1f3d9a"}),
    ),
    ApiRoute(
        "DELETE",
        "/api/v1/rules/{rule_id}",
        "Remove a rule, and read the letters again that it had read",
        KeyAccess.WRITE,
        _remove,
        _object(letters=_NUMBER),
        (_ID,),
        operator_only=True,
        errors=(404, 409),
        example=Example(path={"rule_id": "5f0c1f3d9a"}),
    ),
)
"""The routes, in the manual's order."""
