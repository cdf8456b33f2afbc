"""The preferences of an account's owners as a table: which topics they are told of, how soon, and how many mails at once."""

from collections.abc import Iterator

import click

from bouncer.cli.table import table
from bouncer.mail.logged import escape_invisible
from bouncer.manage.owner_preferences import held_preferences
from bouncer.policy.preferences import DIGEST_HOUR, TOPICS, Frequency, Preferences
from bouncer.policy.rate_limit import token_interval
from bouncer.ports.accounts import Account

_MEANING = {
    "hard": "the mailbox or the domain does not exist",
    "block": "refused because of the sender or the content",
    "complaint": "the recipient calls it spam",
    "other": "any other failure",
    "soft": "the mailbox is full, or the mail too large for it",
    "technical": "a fault of a server, the network or the DNS",
    "delay": "not delivered yet, the server keeps trying",
    "unread": "people's mail, and letters that nobody could read",
}
_HEAD = ("what", "meaning", "told")


def show_preferences(account: Account) -> None:
    """Print the preferences of the owners; owners with the same preferences share a table."""
    if not account.forwarding:
        click.echo("Nobody is told of anything: no notices are sent (--forward changes that).")
        return
    for preferences in held_preferences(account):
        owners = ", ".join(preferences.owners) or "its owners, once there are any"
        click.echo(f"\nWhat holds for {escape_invisible(owners)}:")
        for line in table(_HEAD, list(_cells(preferences.preferences)), whole=(), width=None):
            click.echo(f"  {line}".rstrip())


def _cells(preferences: Preferences) -> Iterator[list[str]]:
    for topic in TOPICS:
        yield [topic, _MEANING[topic], _how_soon(Frequency(getattr(preferences, topic)), preferences.zone)]
    yield ["most", "mails at once", _how_many(preferences.most)]
    if preferences.quiet:
        yield ["quiet", "hours in which nothing is sent", f"{preferences.quiet} {preferences.zone}"]
    yield ["language", "of the mails", preferences.language]
    yield ["attach", "what goes along", f"{preferences.attach}{', and JSON' if preferences.json else ''}"]
    if preferences.contact:
        yield ["contact", "whom they can ask", escape_invisible(preferences.contact)]


def _how_soon(often: Frequency, zone: str) -> str:
    clock = f"{DIGEST_HOUR}:00 {zone}"
    return {
        Frequency.AT_ONCE: "at once",
        Frequency.HOURLY: "in a digest each hour",
        Frequency.DAILY: f"in a digest each day at {clock}",
        Frequency.WEEKLY: f"in a digest on Mondays at {clock}",
        Frequency.OFF: "never",
    }[often]


def _how_many(limit: int) -> str:
    if limit == 0:
        return "any number of what is proven"
    minutes, seconds = divmod(round(token_interval(limit).total_seconds()), 60)
    later = f"{minutes} min {seconds} s" if seconds else "an hour" if minutes == 60 else f"{minutes} min"  # noqa: PLR2004 -- of an hour
    return f"{limit}, then one digest in {later}"
