"""Status: does the daemon serve, what waits, what came and left last; with an exit status that a monitor understands.

The store is looked into as it is, beside the daemon; nothing is written, made or brought up to date.
"""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import click

from bouncer.cli.context import settings_of
from bouncer.cli.output import show_pairs
from bouncer.clock import now
from bouncer.doctor.ports import ANY_HOST, SMTP_PORT, greeting
from bouncer.errors import ConfigError, StoreError
from bouncer.files import barred
from bouncer.notify.serialize import plain
from bouncer.settings import Settings, SmtpSettings, place

UNREAD_FOR = dt.timedelta(minutes=10)
"""A letter is read within seconds; one that waits so long says that nobody reads, or that very many wait."""
WAITING_FOR = dt.timedelta(hours=1)
"""A notice that is due, or that a mail server has put off, for so long needs somebody's look."""


class Health(IntEnum):
    """How it stands, as the exit status that monitoring plugins have agreed on (Nagios, Icinga)."""

    OK = 0
    WARNING = 1
    CRITICAL = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where the daemon may answer, and the greeting that was heard there, or why there was none."""

    at: str
    serves: bool
    heard: str


HELP = """Say whether the daemon serves, and what waits.

\b
Exit status, as monitors expect it:
  0  all is well
  1  warning: a letter waits to be read for ten minutes, a notice is due or
     put off for an hour, or in the last day a notice was given up or a
     letter was shunted, because nobody could read it
  2  critical: no daemon answers, or the store cannot be read
"""


@click.command(help=HELP, epilog="Example: bouncer --settings /etc/bouncer/bouncer.toml status")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 60),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for the daemon's greeting.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def status(context: click.Context, timeout: float, as_json: bool) -> None:
    """Ask the daemon and look into the store; HELP says it to people."""
    settings = settings_of(context)
    places = list(_places(settings.smtp, timeout))
    facts: dict[str, object] = {"daemon": "serves" if any(found.serves for found in places) else "does not answer"}
    worries = [] if facts["daemon"] == "serves" else [(Health.CRITICAL, "no daemon answers")]
    try:
        facts |= _stored(settings, worries)
    except (ConfigError, StoreError) as error:
        worries.append((Health.CRITICAL, f"the store cannot be read: {error}"))
    health = max((worry for worry, _ in worries), default=Health.OK)
    whys = [why for _, why in worries]
    if as_json:
        click.echo(
            json.dumps(
                {"status": health.name.lower(), "why": whys, "places": [plain(found) for found in places], **facts}
            )
        )
    else:
        heard = [("", f"{found.at}: {found.heard}") for found in places]
        first, *others = facts.items()
        show_pairs([("status", health.name.lower()), ("why", "; ".join(whys)), first, *heard, *others])
    context.exit(int(health))


def _places(smtp: SmtpSettings, seconds: float) -> Iterator[Place]:
    """Ask at each address of [smtp] listen, and where systemd may listen for us; a port that the system chose is not known."""
    asked = [(ANY_HOST.get(host, host), port) for host, port in map(place, smtp.listen) if port]
    answers = [_asked(host, port, smtp, seconds) for host, port in asked]
    if not any(answer.serves for answer in answers) and SMTP_PORT not in [port for _, port in asked]:
        answers.append(_asked("localhost", SMTP_PORT, smtp, seconds))
    yield from answers


def _asked(host: str, port: int, smtp: SmtpSettings, seconds: float) -> Place:
    at = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        heard = greeting(host, port, seconds, through_proxy=bool(smtp.proxy_protocol))
    except OSError as error:
        return Place(at, serves=False, heard=str(error.strerror or error))
    return Place(at, serves=heard.split()[:2] == ["220", smtp.hostname], heard=heard)


def _stored(settings: Settings, worries: list[tuple[Health, str]]) -> dict[str, object]:
    """Look into the store; adds what needs somebody's look to *worries*. Raises ConfigError or StoreError where it cannot."""
    from bouncer.store.engine.databases import place_of  # noqa: PLC0415 -- SQLAlchemy takes a quarter of a second
    from bouncer.store.lifecycle.peeking import peeked  # noqa: PLC0415
    from bouncer.store.lifecycle.recognizing import current  # noqa: PLC0415
    from bouncer.store.standing import Standing, standing  # noqa: PLC0415

    path, moment = Path(place_of(settings.store)), now()
    octets = _octets(path)
    current(path)
    with peeked(path) as connection:
        found: Standing = standing(connection, now=moment)
    if found.oldest_unread and found.oldest_unread < moment - UNREAD_FOR:
        worries.append((Health.WARNING, f"{found.unread_letters:,} letters wait to be read"))
    late = moment - WAITING_FOR
    if (found.oldest_due and found.oldest_due < late) or (found.oldest_deferred and found.oldest_deferred < late):
        why = f"{found.waiting_notices:,} notices wait, some for more than an hour; {found.deferred_notices:,} were put off"
        worries.append((Health.WARNING, why))
    if found.given_up_lately:
        worries.append((Health.WARNING, f"{found.given_up_lately:,} notices were given up in the last day"))
    if found.shunted_lately:
        worries.append((Health.WARNING, f"{found.shunted_lately:,} letters of the last day could not be read"))
    return {"store": str(path), "store_octets": octets, **plain(found)}


def _octets(path: Path) -> int:
    """Add up what the database and its files beside it take; StoreError where there is none."""
    try:
        return path.stat().st_size + sum(other.stat().st_size for other in path.parent.glob(f"{path.name}-???"))
    except FileNotFoundError:
        raise StoreError(f"there is none at {path}") from None
    except PermissionError:
        raise StoreError(f"this user may not enter {barred(path)}; run this as root or as the daemon's user") from None
