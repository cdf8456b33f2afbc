"""The options by which commands choose bounces, and letters by what they report."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from bouncer.cli.address_input import address_value
from bouncer.cli.time_options import MomentType
from bouncer.errors import InvalidValue
from bouncer.manage.records import known_provider
from bouncer.policy.records import Belief
from bouncer.ports.letters import BounceFilter
from bouncer.verdict.verdict import Category, Reason

Command = TypeVar("Command", bound=Callable[..., Any])

_STATUS = re.compile(r"[245](?:\.[0-9]{1,3}){0,2}", re.ASCII)
FILTERS = (
    "recipient",
    "domain",
    "provider",
    "category",
    "reason",
    "status",
    "belief",
    "campaign",
    "stream",
    "message_id",
)
"""The options, by the names of their values."""


def _status(_context: click.Context, parameter: click.Parameter, text: str | None) -> str | None:
    if text is not None and not _STATUS.fullmatch(text):
        raise click.BadParameter("an enhanced status code, as 5.1.1, or its beginning", param=parameter)
    return text


def _provider(_context: click.Context, parameter: click.Parameter, text: str | None) -> str | None:
    try:
        return text if text is None else known_provider(text)
    except InvalidValue as error:
        raise click.BadParameter(f"{text!r} {error}", param=parameter) from None


def _words(words: Any) -> click.Choice[str]:
    return click.Choice([word.value for word in words])


_OPTIONS = (
    click.option("--recipient", metavar="ADDRESS", callback=address_value, help="Show only reports on this address."),
    click.option("--domain", metavar="DOMAIN", help="Show only reports on addresses of this domain."),
    click.option(
        "--provider",
        metavar="NAME",
        callback=_provider,
        help="Show only reports of this mailbox provider, such as Gmail.",
    ),
    click.option("--category", type=_words(Category), help="Show only this category."),
    click.option("--reason", type=_words(Reason), metavar="REASON", help="Show only this reason."),
    click.option(
        "--status", metavar="CODE", callback=_status, help="Show only this status code, or those that begin so."
    ),
    click.option("--belief", type=_words(Belief), help="Show only reports with this belief."),
    click.option("--campaign", metavar="NAME", help="Show only reports on mail of this campaign."),
    click.option("--stream", metavar="NAME", help="Show only reports on mail of this stream."),
    click.option("--message-id", metavar="ID", help="Show only reports on the message with this Message-ID."),
    click.option("--since", type=MomentType(), help="Show only letters that came from this day or time on, UTC."),
    click.option("--before", type=MomentType(), help="Show only letters that came before this day or time, UTC."),
)


def filters(command: Command) -> Command:
    """Add the options to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def moment_of(value: dt.datetime | None) -> dt.datetime | None:
    """Give the moment of an option, which is UTC."""
    return value.replace(tzinfo=dt.UTC) if value else None


def bounce_filter(options: dict[str, Any], **others: Any) -> BounceFilter:
    """Give the filter of the options' values; *others* are further fields."""
    belief = Belief(options["belief"]) if options["belief"] else None
    return BounceFilter(**{**{name: options[name] for name in FILTERS}, "belief": belief, **others})
