"""Sends: what was sent, counted by your mailer where no milter does it, and set against what failed."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, TextIO

import click

from bouncer.cli.context import account_of, nothing_found, refuse_unknown, scope_of, with_store
from bouncer.cli.group import SentenceGroup
from bouncer.cli.moment import MomentType
from bouncer.cli.output import as_json, show
from bouncer.clock import now
from bouncer.errors import BouncerError
from bouncer.mail.address import plausible
from bouncer.policy.rates import Rates, rates
from bouncer.ports.scope import OPERATOR
from bouncer.ports.sends import Count, SendFilter, Sent
from bouncer.ports.store import Store
from bouncer.settings import Settings
from bouncer.verdict.provider import provider

CHUNK = 1000
"""Sends of one commit."""
APART = ("day", "hour", "campaign", "stream", "domain", "provider")
"""What a report can keep apart, beside the account."""
_STORED = {"day": "hour", "provider": "domain"}
_FIELDS = ("message_id", "subject", "campaign", "stream", "reference")
_MORE = "Read messages from this file, one JSON object a line: recipients (a list, or one address), and the words of the options."


@click.group(cls=SentenceGroup)
def sends() -> None:
    """Count what was sent, and report what became of it."""


@sends.command(epilog="Example: bouncer sends add --account acme --campaign spring jane@example.org joe@example.org")
@click.argument("recipients", nargs=-1)
@click.option("--account", metavar="NAME", required=True, help="The account whose mail it is.")
@click.option("--campaign", metavar="WORD", help="Your own word for the mailing.")
@click.option("--stream", metavar="WORD", help="Your own word for the kind of mail: news, receipts.")
@click.option("--message-id", metavar="ID", help="The Message-ID, so that a report that returns the message is known.")
@click.option("--subject", metavar="WORDS", help="The subject of the message.")
@click.option("--reference", metavar="WORD", help="The reference that stands in its signed return path.")
@click.option("--at", type=MomentType(), help="The day or time when it was sent, UTC  [default: now].")
@click.option("--files-from", metavar="FILE", type=click.File("r", encoding="utf-8", errors="replace"), help=_MORE)
@click.pass_context
def add(
    context: click.Context,
    /,
    recipients: tuple[str, ...],
    account: str,
    at: dt.datetime | None,
    files_from: TextIO | None,
    **facts: Any,
) -> None:
    """Count a message to RECIPIENTS as sent, or every message that a file lists.

    A line that cannot be read is named and ends the command; what stands before it is counted.
    """
    moment = at.replace(tzinfo=dt.UTC) if at else now()
    given = [Sent(account, moment, recipients, **facts)] if recipients else []
    wanted = chain(given, _read(files_from, account, moment, facts) if files_from else ())

    async def ask(store: Store, _settings: Settings) -> tuple[int, int]:
        await account_of(store, account)
        messages = count = 0
        while chunk := list(islice(wanted, CHUNK)):
            for one in chunk:
                _refuse_bad(one.recipients, messages)
            await store.count(OPERATOR, chunk)
            messages, count = messages + len(chunk), count + sum(len(one.recipients) for one in chunk)
        return messages, count

    messages, count = with_store(context, ask)
    click.echo(f"counted {messages:,} messages to {count:,} recipients")


def _read(file: TextIO, account: str, moment: dt.datetime, facts: dict[str, Any]) -> Iterator[Sent]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
            to = found["recipients"]
            at = dt.datetime.fromisoformat(found["at"]) if found.get("at") else moment
            given: dict[str, Any] = {name: str(found[name]) if found.get(name) else facts[name] for name in _FIELDS}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            counted = (number - 1) // CHUNK * CHUNK  # blank lines aside
            raise BouncerError(
                f"line {number}: {type(error).__name__}: {error}; counted up to line {counted}"
            ) from None
        addresses = tuple(map(str, to)) if isinstance(to, list) else (str(to),)
        yield Sent(account, at if at.tzinfo else at.replace(tzinfo=dt.UTC), addresses, **given)


def _refuse_bad(recipients: Iterable[str], counted: int) -> None:
    for one in recipients:
        if not plausible(one):
            raise BouncerError(f"{one!r} is no mail address; {counted:,} messages were counted")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a report."""

    account: str
    of: str  # what is kept apart, in words
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


@sends.command(epilog="Example: bouncer sends report --account acme --by campaign --by provider --since 2026-11-01")
@click.option("--account", metavar="NAME", help="Show only this account's.")
@click.option(
    "--by",
    "apart",
    multiple=True,
    type=click.Choice(APART),
    help="Print a line for each of these. May be given several times.",
)
@click.option("--campaign", metavar="WORD", help="Count only this mailing.")
@click.option("--stream", metavar="WORD", help="Count only this kind of mail.")
@click.option("--domain", metavar="DOMAIN", help="Count only mail to this domain.")
@click.option(
    "--since",
    type=MomentType(),
    help="Count only mail that was sent from this day or time on, UTC.",
)
@click.option(
    "--before",
    type=MomentType(),
    help="Count only mail that was sent before this day or time, UTC.",
)
@as_json
@click.pass_context
def report(
    context: click.Context,
    account: str | None,
    apart: tuple[str, ...],
    campaign: str | None,
    stream: str | None,
    domain: str | None,
    since: dt.datetime | None,
    before: dt.datetime | None,
    as_json: bool,
) -> None:
    """Compare what failed with what was sent, by the time of sending.

    The failure rate is the share of what was sent of which a proven report says that it failed. "explained" says what became of
    the rest. Reports that nobody has proven are counted apart.
    """
    since, before = (at and at.replace(tzinfo=dt.UTC) for at in (since, before))
    wanted = SendFilter(campaign, stream, domain, since, before)

    async def ask(store: Store, _settings: Settings) -> Sequence[Count]:
        await refuse_unknown(store, account)
        return await store.counts(
            scope_of(account), wanted, tuple(dict.fromkeys(_STORED.get(one, one) for one in apart))
        )

    columns = ("account", *(["of"] if apart else []), "sent", "hard", "soft", "technical", "blocked", "other")
    columns += ("complained", "unproven", "dropped", "refused", "failure_rate", "explained")
    filters = (account, campaign, stream, domain, since, before)
    nothing = nothing_found(context, "Nothing was counted.", "Nothing that was counted matches.", *filters)
    show(
        list(_lines(with_store(context, ask), apart)),
        columns,
        as_json=as_json,
        nothing=nothing,
        spelled={"failure_rate": "{:.2%}".format},
    )


def _lines(counts: Sequence[Count], apart: tuple[str, ...]) -> Iterator[Line]:
    groups = defaultdict[tuple[str, ...], list[tuple[str, int]]](list)
    for one in counts:
        groups[one.account, *(_kept_apart(one, name) for name in apart)].append((one.what, one.count))
    for (account, *of), found in sorted(groups.items()):
        yield _line(account, " · ".join(of), rates(found))


def _kept_apart(one: Count, name: str) -> str:
    match name:
        case "provider":
            return provider(one.domain) or "small domains"
        case "domain":
            return one.domain or "small domains"
        case "day" | "hour":
            return one.hour.strftime("%Y-%m-%d" if name == "day" else "%Y-%m-%d %H:00") if one.hour else ""
        case _:
            return str(getattr(one, name)) or f"no {name}"


def _line(account: str, of: str, found: Rates) -> Line:
    facts: dict[str, Any] = {name: getattr(found, name) for name in Line.__dataclass_fields__ if hasattr(found, name)}
    return Line(
        **{
            **facts,
            "account": account,
            "of": of,
            "failure_rate": found.rate if found.sent else None,
            "explained": found.explained(),
        }
    )
