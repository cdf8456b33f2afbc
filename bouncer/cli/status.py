"""Status: whether the daemon serves, the letters and notices that wait, came and left last; the exit status of a monitoring plugin.

The store is read as it is, beside the daemon; nothing is written, made or brought up to date.
"""

import json

import click

from bouncer.cli.context import settings_of
from bouncer.cli.output import show_pairs
from bouncer.clock import now
from bouncer.doctor.finding import Level
from bouncer.doctor.http_ports import check_http_ports
from bouncer.doctor.ports import greeting
from bouncer.manage.health import GreetingPlace, check_health
from bouncer.notify.serialize import to_plain

HELP = """Say whether the daemon serves, and what waits.

\b
Exit status, as monitors expect it:
  0  all is well
  1  warning: a letter waits to be read for ten minutes, a notice is due or
     put off for an hour, or in the last day a notice was given up or a
     letter was shunted, because nobody could read it; or the HTTP API does
     not answer
  2  critical: no daemon answers, or the store cannot be read
"""


@click.command(help=HELP, epilog="Example: bouncer --settings /etc/bouncer/bouncer.toml status")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 60),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="Wait so long for the daemon's greeting.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def status(context: click.Context, timeout: float, as_json: bool) -> None:
    """Check the health and print it; HELP is the text for people."""
    from bouncer.store.lifecycle.monitoring import look_into_store  # noqa: PLC0415 -- SQLAlchemy takes a quarter of a second

    settings = settings_of(context)
    moment = now()

    def greet(host: str, port: int) -> str:
        return greeting(host, port, timeout, through_proxy=bool(settings.smtp.proxy_protocol))

    findings = check_http_ports(settings.http, timeout, serving=True)
    http = [GreetingPlace(finding.about, finding.level is Level.OK, finding.says) for finding in findings]
    report = check_health(
        settings.smtp, greet, lambda: look_into_store(settings.store, now=moment), now=moment, http=http
    )
    status = report.health.name.lower()
    facts: dict[str, object] = {"daemon": "serves" if report.serves else "does not answer"}
    if report.store:
        facts |= {"store": report.store.path, "store_octets": report.store.octets, **to_plain(report.store.standing)}
    if as_json:
        places = [to_plain(place) for place in (*report.places, *report.http)]
        click.echo(json.dumps({"status": status, "why": report.why, "places": places, **facts}))
    else:
        greetings = [("", f"{place.at}: {place.greeting}") for place in (*report.places, *report.http)]
        first, *others = facts.items()
        show_pairs([("status", status), ("why", "; ".join(report.why)), first, *greetings, *others])
    context.exit(int(report.health))
