"""What owners prefer, as options of ``account add`` and ``account set``."""

from collections.abc import Mapping
from typing import Any

import click

from bouncer.errors import BouncerError
from bouncer.policy.languages import LANGUAGE_CODES
from bouncer.policy.preferences import KEYS, MAX_MAILS, TOPICS, Attach, Frequency, Overrides, read, wish
from bouncer.policy.presets import PRESETS, preset
from bouncer.ports.accounts import Account


def _wished(_context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    several = [(key, said) for key, _, said in (one.partition("=") for one in given)]
    for key, said in several:
        try:
            if said or key not in KEYS:
                read(key, said)
        except ValueError as error:
            raise click.BadParameter(f"{key}: {error}", param=parameter) from None
    return tuple(several)


HOW: Mapping[str, str] = {
    ", ".join(TOPICS): ", ".join(Frequency),
    "dropped": ", ".join(often for often in Frequency if often is not Frequency.AT_ONCE),
    "most": f"0 to {MAX_MAILS}",
    "quiet": "22:00-07:00",
    "zone": "Europe/Berlin",
    "language": ", ".join(LANGUAGE_CODES),
    "attach": ", ".join(Attach),
    "json": "yes, no",
    "contact": "any text",
}
"""How each can be preferred."""
_PREFER = click.option(
    "--prefer",
    "wished",
    multiple=True,
    callback=_wished,
    metavar="WHAT=HOW",
    help=(
        "Set what its owners prefer. "
        + "; ".join(f"{what}: {how}" for what, how in HOW.items())
        + ". WHAT= is the default again. May be given several times."
    ),
)
_MEANT_FOR = "Set preferences for the mail of people, each report at once, or for newsletters, the defaults"


def first_wishes_options(command: Any) -> Any:
    """Add the options to a command that makes an account."""
    command = _PREFER(command)
    return click.option("--for", "--preset", "preset_name", type=click.Choice([*PRESETS]), help=f"{_MEANT_FOR}.")(
        command
    )


def wishes_options(command: Any) -> Any:
    """Add the options to a command that changes an account."""
    command = click.option(
        "--for", "only_for", metavar="ADDRESS", help="Let --prefer and --preset hold for this owner only."
    )(command)
    command = _PREFER(command)
    return click.option(
        "--preset", "preset_name", type=click.Choice([*PRESETS]), help=f"{_MEANT_FOR}; --prefer goes before it."
    )(command)


def wishes_of(
    account: Account, wished: tuple[tuple[str, str], ...], preset_name: str | None, only_for: str | None = None
) -> Overrides:
    """Give the account's wishes with those of a preset and *wished*, for all owners or *only_for* one."""
    if only_for is not None and only_for not in account.owners:
        hint = f"; did you mean --preset {only_for}?" if only_for in PRESETS else ""
        raise BouncerError(f"{only_for} is no owner of {account.name}{hint}")
    wishes = preset(account.wishes, only_for or "", preset_name) if preset_name else account.wishes
    for key, said in wished:
        wishes = wish(wishes, only_for or "", key, said)
    return wishes
