"""``bouncer check``: prints the findings of the package doctor, and the DNS records to publish."""

import itertools
import json
from dataclasses import asdict

import click

from bouncer.cli.address_input import address_value
from bouncer.cli.context import settings_of
from bouncer.cli.output import as_json as as_json_option
from bouncer.cli.send_test import send_test
from bouncer.doctor.checking import check_dns, check_machine
from bouncer.doctor.dns_records import records_of_installation, show_records
from bouncer.doctor.finding import Finding, Level
from bouncer.doctor.resolver import DNS_PORT, Resolver
from bouncer.mail.logged import escape_invisible
from bouncer.settings.addresses import host_port

LONGEST = 400
"""Characters of a line; --json shows texts uncut."""
COLOURS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}


@click.command(epilog="Example: bouncer --settings /etc/bouncer/bouncer.toml check --dns-server 9.9.9.9")
@click.option("--no-dns", is_flag=True, help="Ask no DNS server.")
@click.option("--dns-server", metavar="HOST[:PORT]", help="Ask this server  [default: the system's].")
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 60),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="Wait so long for each answer and each connection.",
)
@click.option(
    "--send-test",
    "address",
    metavar="ADDRESS",
    callback=address_value,
    help="Send a test notice there and check nothing else: through the daemon or else the courier, and follow it to its end.",
)
@as_json_option
@click.pass_context
def check(
    context: click.Context, no_dns: bool, dns_server: str | None, timeout: float, address: str | None, as_json: bool
) -> None:
    """Check settings, ports, courier, milter, accounts, DNS and certificate; print the DNS records to publish.

    Exits with 1 when something failed, or the test notice was not handed over; with 78 when the settings cannot be read.
    """
    settings = settings_of(context)
    if address is not None:
        context.exit(not send_test(context, settings, address, timeout, as_json=as_json))
    look = None if no_dns else _resolver(dns_server, timeout)
    levels = []
    for finding in itertools.chain(check_machine(settings, timeout), check_dns(settings, look)):
        _show(finding, as_json=as_json)
        levels.append(finding.level)
    if not as_json:
        click.echo(f"\n{levels.count(Level.FAIL)} to put right, {levels.count(Level.WARN)} to think about")
    show_records(records_of_installation(settings, look), as_json=as_json)
    context.exit(Level.FAIL in levels)


def _resolver(server: str | None, seconds: float) -> Resolver:
    try:
        return Resolver(host_port(server, DNS_PORT) if server else None, seconds)
    except (ValueError, OSError) as error:
        raise click.UsageError(
            f"no DNS server to ask ({error}): name one with --dns-server, or say --no-dns"
        ) from error


def _show(finding: Finding, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"finding": asdict(finding)}))
        return
    level = click.style(f"{finding.level:<5}", fg=COLOURS[finding.level], bold=finding.level is Level.FAIL)
    click.echo(f"{level} {_line(f'{finding.about}: {finding.says}')}")
    if finding.remedy:
        click.echo(f"      {_line(finding.remedy)}")


def _line(text: str) -> str:
    visible = escape_invisible(text[:LONGEST])
    return visible if len(text) <= LONGEST else f"{visible}…"
