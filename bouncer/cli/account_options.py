"""The name and the options of an account beside its terms: who is told, whose mail it is, whether anything is sent."""

from typing import Any

import click

from bouncer.mail.address import ascii_domain, comparable, plausible
from bouncer.mail.letter import NOTICE_ACCOUNT
from bouncer.mail.returnpath import is_account_name


def _address(_context: click.Context, parameter: click.Parameter, given: Any) -> Any:
    several = given if isinstance(given, tuple) else (given,)
    for one in several:
        if one is not None and not plausible(one):
            raise click.BadParameter(f"{one!r} is no mail address", param=parameter)
    return given


def account_name(_context: click.Context, parameter: click.Parameter, given: str) -> str:
    """Read the name of a new account."""
    if not is_account_name(given):
        raise click.BadParameter("1 to 20 of a-z 0-9 . and -, a letter or digit at both ends", param=parameter)
    if given == NOTICE_ACCOUNT:
        raise click.BadParameter("that name is kept for the return paths of our own notices", param=parameter)
    return given


def _sender(_context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    for one in given:
        if not one or set(one) & set(" <>\t\r\n"):
            raise click.BadParameter(f"{one!r} is no login, address or domain", param=parameter)
    return tuple(comparable(one) if "@" in one else ascii_domain(one) for one in given)


owners = click.option(
    "--owner",
    "owners",
    multiple=True,
    metavar="ADDRESS",
    callback=_address,
    help="An address that gets the notices. May be given several times.",
)
senders = click.option(
    "--sender",
    "senders",
    multiple=True,
    metavar="SENDER",
    callback=_sender,
    help="A login, address or domain whose outgoing mail is the account's, for the milter. May be given several times.",
)
forwarding = click.option(
    "--forward/--no-forward", "forwarding", default=None, help="Send the owners notices, or none."
)
