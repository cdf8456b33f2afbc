"""The options of an account's terms, its rules for belief and suppression. Each option sets a field of ``AccountRules``."""

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

import click

from bouncer.cli.checked_options import callback_of_each
from bouncer.manage.account_values import checked_network
from bouncer.policy.account_rules import AccountRules, BadPaths, SuppressedMail
from bouncer.policy.records import Belief

Command = TypeVar("Command", bound=Callable[..., Any])


def _networks(context: click.Context, parameter: click.Parameter, networks: tuple[str, ...]) -> tuple[str, ...]:
    return networks if networks == NONE else callback_of_each(checked_network)(context, parameter, networks)


NONE = ("none",)
"""The value of an option with several values that removes all of them."""
_NEW = AccountRules()
_COUNT, _WINDOW = click.IntRange(1, 100), click.IntRange(1, 365)
_OPTIONS = (
    click.option(
        "--suppress-on",
        type=click.Choice([Belief.PROVEN.value, Belief.PLAUSIBLE.value]),
        help="Suppress only on reports with this belief or more; a stranger can forge a plausible one. "
        f"A new account has {_NEW.suppress_on.value}.",
    ),
    click.option(
        "--soft-failures",
        type=_COUNT,
        metavar="DAYS",
        help=f"Suppress after soft failures on so many different days. A new account has {_NEW.soft_failures}.",
    ),
    click.option(
        "--soft-window-days",
        type=_WINDOW,
        metavar="DAYS",
        help=f"Count soft failures within so many days. A new account has {_NEW.soft_window_days}.",
    ),
    click.option(
        "--technical-failures",
        type=_COUNT,
        metavar="DAYS",
        help=f"Suppress after technical failures on so many different days. A new account has {_NEW.technical_failures}.",
    ),
    click.option(
        "--technical-window-days",
        type=_WINDOW,
        metavar="DAYS",
        help=f"Count technical failures within so many days. A new account has {_NEW.technical_window_days}.",
    ),
    click.option(
        "--by-stream/--by-account",
        default=None,
        help="Let unsubscribing, complaints and soft failures hold for their stream only, or for all mail of the account.",
    ),
    click.option(
        "--fold-gmail/--no-fold-gmail",
        default=None,
        help="Take addresses at Gmail that differ in dots and +tags only for one, or for several.",
    ),
    click.option(
        "--bad-paths",
        type=click.Choice([choice.value for choice in BadPaths]),
        help=f"Refuse or keep letters to paths with a bad signature. A new account has {_NEW.bad_paths.value}.",
    ),
    click.option(
        "--hash-paths/--plain-paths",
        default=None,
        help="Keep recipients' addresses out of return paths, and so out of logs; or do not.",
    ),
    click.option(
        "--server",
        "servers",
        multiple=True,
        metavar="NETWORK",
        callback=_networks,
        help="An address or network of its own sending servers, which are believed about mails to several recipients. "
        "May be given several times.",
    ),
    click.option(
        "--suppressed",
        type=click.Choice([choice.value for choice in SuppressedMail]),
        help="Refuse mail to a suppressed address, or drop it and tell the owner; default: as milter.suppressed says.",
    ),
    click.option(
        "--block-warning",
        type=click.IntRange(0, 1_000_000),
        metavar="COUNT",
        help=f"Warn when one provider blocks so many addresses on one day; 0: never. A new account has {_NEW.block_warning}.",
    ),
)


def terms_options(command: Command) -> Command:
    """Add the options of all terms to *command*, which gets them as keyword arguments."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def chosen_rules(options: dict[str, Any]) -> dict[str, Any]:
    """Give the fields of ``AccountRules`` that are set in *options*, by name."""
    field_names = {field.name for field in dataclasses.fields(AccountRules)}
    given_values = {name: value for name, value in options.items() if name in field_names and value not in (None, ())}
    return {name: _MADE[name](value) if name in _MADE else value for name, value in given_values.items()}


_MADE: dict[str, Callable[[Any], Any]] = {
    "suppress_on": Belief,
    "bad_paths": BadPaths,
    "suppressed": SuppressedMail,
    "servers": lambda networks: () if networks == NONE else networks,
}
