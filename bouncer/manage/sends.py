"""Sends: counted where no milter counts them, and compared with failures."""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from bouncer.errors import InvalidValue
from bouncer.mail.address import is_plausible
from bouncer.manage.change_values import comparable_forms
from bouncer.manage.scopes import recorded_scope, require_account
from bouncer.policy.rates import Rates, sum_up
from bouncer.ports.scope import AccountScope, Scope
from bouncer.ports.sends import Count, SendFilter, Sent
from bouncer.ports.store import Store
from bouncer.verdict.provider import provider

COUNTED_AT_ONCE = 1000
"""Sends that are taken at once."""
RECIPIENTS_AT_ONCE = 500
"""Recipients of the sends of one commit, unless one send alone has more: each is a row, and other writers wait for the commit."""
PATH_LIFE = dt.timedelta(days=400)
"""How long a path is taken to be in use after a message that was counted by its reference alone, which tells no day: longer than
the year for which programs sign at most, as the manual has it."""
GROUPS = ("day", "hour", "campaign", "stream", "domain", "provider")
"""The columns by which a report can be grouped, beside the account."""
_STORED = {"day": "hour", "provider": "domain"}


@dataclass(frozen=True, slots=True)
class CountedSends:
    """The number of messages that were counted, and the number of their recipients."""

    messages: int
    recipients: int


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of a report."""

    account: str
    group: str = field(metadata={"shown": "of"})  # in words
    sent: int
    hard: int
    soft: int
    technical: int
    blocked: int
    other: int
    complained: int
    unsubscribed: int
    dropped: int
    refused: int
    unproven: int
    confirmed: int
    failure_rate: float | None  # failed of sent, 0 to 1; None where nothing was sent
    explained: str


async def count_sends(store: Store, scope: Scope, name: str, sends: Iterable[Sent]) -> CountedSends:
    """Count *sends* of the account *name*, some at a time.

    Raises NotFound, InvalidValue at a recipient that is no address, and any error of *sends*; the sends before it stay counted.
    """
    await require_account(store, scope, name)
    remaining, messages, recipients = iter(sends), 0, 0
    while part := list(islice(remaining, COUNTED_AT_ONCE)):
        for sent in part:
            _refuse_bad(sent.recipients, messages)
        for some in _split_by_commit(part):
            forms = await comparable_forms(recipient for sent in some for recipient in sent.recipients)
            await store.count(AccountScope(name), [_to_count(sent, forms) for sent in some])
        messages, recipients = messages + len(part), recipients + sum(len(sent.recipients) for sent in part)
    return CountedSends(messages, recipients)


def _split_by_commit(sends: Iterable[Sent]) -> Iterator[Sequence[Sent]]:
    """Split *sends* into those of one commit each, by their recipients."""
    some, recipients = list[Sent](), 0
    for sent in sends:
        if some and recipients + len(sent.recipients) > RECIPIENTS_AT_ONCE:
            yield some
            some, recipients = [], 0
        some.append(sent)
        recipients += len(sent.recipients)
    yield some


def _to_count(sent: Sent, forms: Mapping[str, str]) -> Sent:
    """Give a message with its stream as a header would say it, and its recipients in comparable form.

    That takes long, and so is not left to the store's transaction.
    """
    stream = sent.stream and sent.stream.strip()
    recipients = tuple(forms[recipient] for recipient in sent.recipients)
    return _with_path_end(dataclasses.replace(sent, recipients=recipients, stream=stream))


def _with_path_end(sent: Sent) -> Sent:
    return dataclasses.replace(sent, path_until=sent.at + PATH_LIFE) if sent.reference else sent


def _refuse_bad(recipients: Iterable[str], counted: int) -> None:
    for recipient in recipients:
        if not is_plausible(recipient):
            raise InvalidValue(
                f"{recipient!r} is no mail address; {counted:,} messages were counted", field="recipients"
            )


async def counts_of_all_time(store: Store, scope: Scope, name: str, group_by: Sequence[str]) -> Sequence[Count]:
    """Give the counts of an account's sends, by event, and by the dimensions *group_by*. Raises NotFound."""
    return await store.counts(await recorded_scope(store, scope, name), SendFilter(), group_by)


async def report_sends(
    store: Store, scope: Scope, name: str | None, criteria: SendFilter, group_by: Sequence[str]
) -> list[ReportLine]:
    """Compare failures with sends, a line for each account and each group; *group_by* has names of GROUPS.

    Reports mail of the account *name*, a removed one too, or with None all mail inside *scope*. Raises NotFound.
    """
    stored = tuple(dict.fromkeys(_STORED.get(part, part) for part in group_by))
    counts = await store.counts(await recorded_scope(store, scope, name), criteria, stored)
    return list(_lines(counts, group_by))


def _lines(counts: Sequence[Count], group_by: Sequence[str]) -> Iterator[ReportLine]:
    groups = defaultdict[tuple[str, ...], list[tuple[str, int]]](list)
    for count in counts:
        groups[count.account, *(_kept_apart(count, part) for part in group_by)].append((count.event, count.count))
    for (account, *parts), events in sorted(groups.items()):
        yield _line(account, " · ".join(parts), sum_up(events))


def _kept_apart(count: Count, part: str) -> str:
    match part:
        case "provider":
            return provider(count.domain) or "small domains"
        case "domain":
            return count.domain or "small domains"
        case "day" | "hour":
            return count.hour.strftime("%Y-%m-%d" if part == "day" else "%Y-%m-%d %H:00") if count.hour else ""
        case _:
            return str(getattr(count, part)) or f"no {part}"


def _line(account: str, subject: str, summed: Rates) -> ReportLine:
    return ReportLine(
        account,
        subject,
        sent=summed.sent,
        hard=summed.hard,
        soft=summed.soft,
        technical=summed.technical,
        blocked=summed.blocked,
        other=summed.other,
        complained=summed.complained,
        unsubscribed=summed.unsubscribed,
        dropped=summed.dropped,
        refused=summed.refused,
        unproven=summed.unproven,
        confirmed=summed.confirmed,
        failure_rate=summed.rate if summed.sent else None,
        explained=summed.explain(),
    )
