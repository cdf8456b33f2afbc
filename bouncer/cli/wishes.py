"""What owners prefer, as options of ``account set``."""

from typing import Any

import click

from bouncer.errors import BouncerError
from bouncer.policy.tell import KEYS, Wishes, read, wish
from bouncer.ports import Account


def _wished(_context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    several = [(key, said) for key, _, said in (one.partition("=") for one in given)]
    for key, said in several:
        try:
            if said or key not in KEYS:
                read(key, said)
        except ValueError as error:
            raise click.BadParameter(f"{key}: {error}", param=parameter) from None
    return tuple(several)


def wishes_options(command: Any) -> Any:
    """Add the options to a command."""
    command = click.option("--for", "only_for", metavar="ADDRESS", help="Let --prefer hold for this owner only.")(
        command
    )
    return click.option(
        "--prefer",
        "wished",
        multiple=True,
        callback=_wished,
        metavar="WHAT=HOW",
        help=f"Set what its owners prefer: {', '.join(KEYS)}. WHAT= is the default again. May be given several times; "
        "docs/notices.md has every HOW.",
    )(command)


def wishes_of(account: Account, wished: tuple[tuple[str, str], ...], only_for: str | None) -> Wishes:
    """Give the account's wishes with *wished*, for all owners or *only_for* one."""
    if only_for is not None and only_for not in account.owners:
        raise BouncerError(f"{only_for} is no owner of {account.name}")
    wishes = account.wishes
    for key, said in wished:
        wishes = wish(wishes, only_for or "", key, said)
    return wishes
