"""Postmark's bounces out of the record: proven failures and complaints, newest first."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

from bouncer.errors import NotFound
from bouncer.manage.address_lists import take_off
from bouncer.manage.records import bounce_by_short_id, counted_bounces, kept_letter
from bouncer.manage.sends import counts_of_all_time
from bouncer.policy.address_list import FAILURES
from bouncer.policy.postmark_types import ALL_KINDS, BY_NAME, POSTMARK_TYPES, postmark_type
from bouncer.policy.rates import SendEvent
from bouncer.policy.records import Belief
from bouncer.policy.webhooks import OF_CATEGORY, EventType
from bouncer.ports.letters import BounceFilter, BounceRow
from bouncer.verdict.verdict import Reason
from bouncer.web.postmark.bounce_rows import bounce_row, can_activate, find_stopping
from bouncer.web.postmark.parameters import account_of, stream_of
from bouncer.web.problem import ProblemError
from bouncer.web.route import ApiRequest

MAX_CONTENT = 256 * 1024
"""Octets of a letter in the answer about one bounce; the dump has all of it."""


async def list_bounces(request: ApiRequest) -> Any:
    """Give the bounces that a filter chooses, and how many there are."""
    parameters, name = request.parameters, account_of(request)
    kinds = ALL_KINDS if parameters["type"] is None else BY_NAME[parameters["type"]].kinds
    if not kinds:
        return {"TotalCount": 0, "Bounces": []}
    criteria = BounceFilter(
        recipient=parameters["emailfilter"],
        since=parameters["fromdate"],
        before=parameters["todate"],
        belief=Belief.PROVEN,
        campaign=parameters["tag"],
        stream=None if parameters["messagestream"] is None else stream_of(parameters["messagestream"]),
        message_id=parameters["messageid"],
        outcomes=kinds,
    )
    page = await counted_bounces(
        request.store,
        request.scope,
        name,
        criteria,
        is_stopped=parameters["inactive"],
        offset=parameters["offset"],
        limit=parameters["count"],
        now=request.now,
    )
    return {"TotalCount": page.total, "Bounces": await _rows(request, page.rows)}


async def _rows(request: ApiRequest, rows: Sequence[BounceRow]) -> list[dict[str, Any]]:
    addresses = sorted({row.recipient for row in rows})
    standing = await request.store.all_suppressed(request.scope, account_of(request), addresses, now=request.now)
    return [bounce_row(row, find_stopping(row, standing), has_dump=_has_dump(request, row)) for row in rows]


def _has_dump(request: ApiRequest, row: BounceRow) -> bool:
    return request.now - row.at < dt.timedelta(days=request.host.settings().retention.letters_days)


async def bounce(request: ApiRequest) -> Any:
    """Give one bounce, with the beginning of its letter."""
    row = await _bounce(request)
    (answer,) = await _rows(request, [row])
    return {**answer, "Content": (await _octets(request, row))[:MAX_CONTENT].decode("utf-8", "replace")}


async def dump(request: ApiRequest) -> Any:
    """Give the letter of a bounce as text; empty where it is not kept any more."""
    return {"Body": (await _octets(request, await _bounce(request))).decode("utf-8", "replace")}


async def activate(request: ApiRequest) -> Any:
    """Let mail go to the address of a bounce again. Raises ProblemError (422) where the suppression is a person's wish."""
    name, row = account_of(request), await _bounce(request)
    standing = await request.store.all_suppressed(request.scope, name, [row.recipient], now=request.now)
    if (stops := find_stopping(row, standing)) and not can_activate(row, stops):
        words = "A person wished that no mail goes to this address: delete it from the suppressions of its stream."
        raise ProblemError(422, words)
    for listed_in in FAILURES:
        await take_off(
            request.store, request.scope, name, listed_in, (row.recipient,), by=request.changed_by, now=request.now
        )
    return {"Message": "OK", "Bounce": (await _rows(request, [row]))[0]}


async def tags(request: ApiRequest) -> Any:
    """Give the tags of mail that failed: campaigns, in order."""
    counted = await counts_of_all_time(request.store, request.scope, account_of(request), ("campaign",))
    return sorted({entry.campaign for entry in counted if entry.campaign and entry.event in set(Reason)})


async def statistics(request: ApiRequest) -> Any:
    """Give the number of bounces by type, out of the counts that the statistics have, and that of the suppressions."""
    name, totals = account_of(request), Counter[str]()
    for entry in await counts_of_all_time(request.store, request.scope, name, ()):
        if entry.event is SendEvent.COMPLAINT:
            totals["SpamComplaint"] += entry.count
        elif isinstance(entry.event, Reason):
            event = OF_CATEGORY.get(entry.event.category, EventType.DEFERRAL)
            totals[postmark_type(event, entry.event.value).name] += entry.count
    by_type = [
        {"Name": kind.title, "Count": totals[kind.name], "Type": kind.name}
        for kind in POSTMARK_TYPES
        if totals[kind.name]
    ]
    stopped = await request.store.count_suppressions(request.scope, name, now=request.now)
    return {"InactiveMails": stopped, "Bounces": [{"Name": "All", "Count": totals.total()}, *by_type]}


async def _bounce(request: ApiRequest) -> BounceRow:
    number = request.parameters["bounce_id"]
    return await bounce_by_short_id(request.store, request.scope, account_of(request), number)


async def _octets(request: ApiRequest, row: BounceRow) -> bytes:
    try:
        return (await kept_letter(request.store, request.scope, row.letter_id)).received.raw
    except NotFound:
        return b""
