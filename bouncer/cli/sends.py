"""``bouncer sends``: counts sent messages for mailers without a milter, and reports the rates of failures."""

import datetime as dt
import json
from collections.abc import Iterator
from itertools import chain
from typing import Any, TextIO

import click

from bouncer.cli.context import call_with_store, describe_empty_list
from bouncer.cli.group import SentenceGroup
from bouncer.cli.output import as_json, show
from bouncer.cli.time_options import MomentType
from bouncer.clock import now
from bouncer.errors import BouncerError
from bouncer.manage.sends import COUNTED_AT_ONCE, GROUPS, CountedSends, ReportLine, count_sends, report_sends
from bouncer.ports.scope import OPERATOR
from bouncer.ports.sends import SendFilter, Sent
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings

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
@click.option("--reference", metavar="WORD", help="The reference in its signed return path.")
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

    A line that cannot be read is named and ends the command; the lines before it are counted.
    """
    moment = at.replace(tzinfo=dt.UTC) if at else now()
    sends = [Sent(account, moment, recipients, **facts)] if recipients else []
    messages = chain(sends, _read(files_from, account, moment, facts) if files_from else ())

    async def ask(store: Store, _settings: Settings) -> CountedSends:
        return await count_sends(store, OPERATOR, account, messages)

    counted_lines = call_with_store(context, ask)
    click.echo(f"counted {counted_lines.messages:,} messages to {counted_lines.recipients:,} recipients")


def _read(file: TextIO, account: str, moment: dt.datetime, facts: dict[str, Any]) -> Iterator[Sent]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            message = json.loads(line)
            to = message["recipients"]
            at = dt.datetime.fromisoformat(message["at"]) if message.get("at") else moment
            words: dict[str, Any] = {name: str(message[name]) if message.get(name) else facts[name] for name in _FIELDS}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            counted_lines = (number - 1) // COUNTED_AT_ONCE * COUNTED_AT_ONCE  # blank lines aside
            raise BouncerError(
                f"line {number}: {type(error).__name__}: {error}; counted up to line {counted_lines}"
            ) from None
        addresses = tuple(map(str, to)) if isinstance(to, list) else (str(to),)
        yield Sent(account, at if at.tzinfo else at.replace(tzinfo=dt.UTC), addresses, **words)


@sends.command(epilog="Example: bouncer sends report --account acme --by campaign --by provider --since 2026-11-01")
@click.option("--account", metavar="NAME", help="Show only this account's.")
@click.option(
    "--by",
    "group_by",
    multiple=True,
    type=click.Choice(GROUPS),
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
    group_by: tuple[str, ...],
    campaign: str | None,
    stream: str | None,
    domain: str | None,
    since: dt.datetime | None,
    before: dt.datetime | None,
    as_json: bool,
) -> None:
    """Compare failures with sent mail, by the time of sending.

    The failure rate is the share of sent mail that failed by a proven report. "explained" says what became of the rest. Reports
    that nobody has proven are counted apart.
    """
    since, before = (at and at.replace(tzinfo=dt.UTC) for at in (since, before))
    criteria = SendFilter(campaign, stream, None if domain is None else [domain], since, before)

    async def ask(store: Store, _settings: Settings) -> list[ReportLine]:
        return await report_sends(store, OPERATOR, account, criteria, group_by)

    columns = ("account", *(["of"] if group_by else []), "sent", "hard", "soft", "technical", "blocked", "other")
    columns += ("complained", "unproven", "dropped", "refused", "failure_rate", "explained")
    filters = (account, campaign, stream, domain, since, before)
    nothing = describe_empty_list(context, "Nothing was counted.", "Nothing that was counted matches.", *filters)
    show(
        call_with_store(context, ask),
        columns,
        as_json=as_json,
        nothing=nothing,
        spelled={"failure_rate": "{:.2%}".format},
    )
