"""The preferences of owners as options of ``account add`` and ``account set``."""

from collections.abc import Mapping
from typing import Any

import click

from bouncer.cli.checked_options import callback_of_each
from bouncer.manage.owner_preferences import checked_override
from bouncer.policy.languages import LANGUAGE_CODES
from bouncer.policy.preferences import MAX_MAILS, TOPICS, Attach, Frequency
from bouncer.policy.presets import PRESETS


def _override(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    return checked_override(key, value)


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
"""The values of each preference, for help."""
_PREFER = click.option(
    "--prefer",
    "preference_options",
    multiple=True,
    callback=callback_of_each(_override),
    metavar="WHAT=HOW",
    help=(
        "Set what its owners prefer. "
        + "; ".join(f"{key}: {how}" for key, how in HOW.items())
        + ". WHAT= is the default again. May be given several times."
    ),
)
_MEANT_FOR = "Set preferences for the mail of people, each report at once, or for newsletters, the defaults"


def new_account_preference_options(command: Any) -> Any:
    """Add the options to a command that makes an account."""
    command = _PREFER(command)
    return click.option("--for", "--preset", "preset_name", type=click.Choice([*PRESETS]), help=f"{_MEANT_FOR}.")(
        command
    )


def preference_options(command: Any) -> Any:
    """Add the options to a command that changes an account."""
    command = click.option(
        "--for", "only_for", metavar="ADDRESS", help="Let --prefer and --preset hold for this owner only."
    )(command)
    command = _PREFER(command)
    return click.option(
        "--preset", "preset_name", type=click.Choice([*PRESETS]), help=f"{_MEANT_FOR}; --prefer goes before it."
    )(command)
