"""The options of an account's terms: what it asks of belief and suppression. Each is one field of ``Terms``."""

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

import click

from bouncer.policy.networks import is_network
from bouncer.policy.record import Belief
from bouncer.policy.terms import BadPaths, SuppressedMail, Terms

Command = TypeVar("Command", bound=Callable[..., Any])


def _networks(_context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    for one in given if given != NONE else ():
        if not is_network(one):
            raise click.BadParameter(f"{one!r} is no address and no network", param=parameter)
    return given


NONE = ("none",)
"""Said instead of the first of several: there are none any more."""
_COUNT, _WINDOW = click.IntRange(1, 100), click.IntRange(1, 365)
_OPTIONS = (
    click.option(
        "--suppress-on",
        type=click.Choice([Belief.PROVEN.value, Belief.PLAUSIBLE.value]),
        help="The least belief that may suppress.",
    ),
    click.option("--soft-failures", type=_COUNT, help="Soft failures on so many days suppress ..."),
    click.option("--soft-window-days", type=_WINDOW, help="... inside so many days."),
    click.option("--technical-failures", type=_COUNT, help="Technical failures on so many days suppress ..."),
    click.option("--technical-window-days", type=_WINDOW, help="... inside so many days."),
    click.option("--by-stream/--by-account", default=None, help="Wishes and soft failures hold for their stream only."),
    click.option("--fold-gmail/--no-fold-gmail", default=None, help="Compare without Gmail's dots and +tags."),
    click.option(
        "--bad-paths",
        type=click.Choice([one.value for one in BadPaths]),
        help="Refuse letters to a path that is not signed well, or keep them in quarantine.",
    ),
    click.option(
        "--hash-paths/--plain-paths", default=None, help="Let no address stand in a return path, and so in no log."
    ),
    click.option(
        "--server",
        "servers",
        multiple=True,
        callback=_networks,
        help="Address or network of its own sending servers, believed about mails to several; may be given again.",
    ),
    click.option(
        "--suppressed",
        type=click.Choice([one.value for one in SuppressedMail]),
        help="Refuse mail to a suppressed address, or drop it and tell the owner; default: as milter.suppressed says.",
    ),
    click.option(
        "--block-warning",
        type=click.IntRange(0, 1_000_000),
        help="Warn when one provider blocks so often on one day; 0: never.",
    ),
)


def terms_options(command: Command) -> Command:
    """Add the options of every term to *command*, which takes them as keywords."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def changed(terms: Terms, given: dict[str, Any]) -> Terms:
    """Give *terms* with those that were *given*."""
    known = {one.name for one in dataclasses.fields(Terms)}
    wanted = {name: value for name, value in given.items() if name in known and value not in (None, ())}
    made = {name: _MADE[name](value) if name in _MADE else value for name, value in wanted.items()}
    return dataclasses.replace(terms, **made)


_MADE: dict[str, Callable[[Any], Any]] = {
    "suppress_on": Belief,
    "bad_paths": BadPaths,
    "suppressed": SuppressedMail,
    "servers": lambda given: () if given == NONE else given,
}
