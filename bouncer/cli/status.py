"""Status: does the daemon serve, what waits, what came and left last; with an exit status that a monitor understands.

The store is looked into as it is, beside the daemon; nothing is written, made or brought up to date.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import click

from bouncer.cli.context import settings_of
from bouncer.cli.output import show_pairs
from bouncer.clock import now
from bouncer.doctor.ports import ANY_HOST, SMTP_PORT, greeting
from bouncer.errors import ConfigError, StoreError
from bouncer.files import barred
from bouncer.manage.health import GreetingPlace, StoreLook, judge_health
from bouncer.notify.serialize import plain
from bouncer.settings.addresses import host_port
from bouncer.settings.sections import Settings, SmtpSettings

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
    report = judge_health(list(_places(settings.smtp, timeout)), _stored(settings), now=now())
    status = report.health.name.lower()
    facts: dict[str, object] = {"daemon": "serves" if report.serves else "does not answer"}
    if report.store:
        facts |= {"store": report.store.path, "store_octets": report.store.octets, **plain(report.store.standing)}
    if as_json:
        places = [plain(host_port) for host_port in report.places]
        click.echo(json.dumps({"status": status, "why": report.why, "places": places, **facts}))
    else:
        heard = [("", f"{host_port.at}: {host_port.heard}") for host_port in report.places]
        first, *others = facts.items()
        show_pairs([("status", status), ("why", "; ".join(report.why)), first, *heard, *others])
    context.exit(int(report.health))


def _places(smtp: SmtpSettings, seconds: float) -> Iterator[GreetingPlace]:
    """Ask at each address of [smtp] listen, and where systemd may listen for us; a port that the system chose is not known."""
    asked = [(ANY_HOST.get(host, host), port) for host, port in map(host_port, smtp.listen) if port]
    answers = [_asked(host, port, smtp, seconds) for host, port in asked]
    if not any(answer.serves for answer in answers) and SMTP_PORT not in [port for _, port in asked]:
        answers.append(_asked("localhost", SMTP_PORT, smtp, seconds))
    yield from answers


def _asked(host: str, port: int, smtp: SmtpSettings, seconds: float) -> GreetingPlace:
    at = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        heard = greeting(host, port, seconds, through_proxy=bool(smtp.proxy_protocol))
    except OSError as error:
        return GreetingPlace(at, serves=False, heard=str(error.strerror or error))
    return GreetingPlace(at, serves=heard.split()[:2] == ["220", smtp.hostname], heard=heard)


def _stored(settings: Settings) -> StoreLook | str:
    """Look into the store, or say why it cannot be read."""
    from bouncer.store.engine.databases import place_of  # noqa: PLC0415 -- SQLAlchemy takes a quarter of a second
    from bouncer.store.lifecycle.peeking import peeked  # noqa: PLC0415
    from bouncer.store.lifecycle.recognizing import current  # noqa: PLC0415
    from bouncer.store.standing import standing  # noqa: PLC0415

    try:
        path = Path(place_of(settings.store))
        octets = _octets(path)
        current(path)
        with peeked(path) as connection:
            return StoreLook(str(path), octets, standing(connection, now=now()))
    except (ConfigError, StoreError) as error:
        return str(error)


def _octets(path: Path) -> int:
    """Add up what the database and its files beside it take; StoreError where there is none."""
    try:
        return path.stat().st_size + sum(other.stat().st_size for other in path.parent.glob(f"{path.name}-???"))
    except FileNotFoundError:
        raise StoreError(f"there is none at {path}") from None
    except PermissionError:
        raise StoreError(f"this user may not enter {barred(path)}; run this as root or as the daemon's user") from None
