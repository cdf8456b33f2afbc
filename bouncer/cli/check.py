"""``bouncer check``: prints the findings of the package doctor, and the DNS records to publish."""

import datetime as dt
import itertools
import json
from collections.abc import Iterator
from dataclasses import asdict

import click

from bouncer.cli.address_input import address_value
from bouncer.cli.context import settings_of
from bouncer.cli.output import as_json as as_json_option
from bouncer.cli.send_test import send_test
from bouncer.doctor import (
    channels,
    milter_access,
    milter_ports,
    notices,
    outgoing,
    own_names,
    ports,
    recorded,
    secret_files,
    sending,
    serving,
    storing,
    zone,
)
from bouncer.doctor.certificate import certificate
from bouncer.doctor.dns_records import publishable_domains, records_of_installation, show_records
from bouncer.doctor.finding import Finding, Level, warn
from bouncer.doctor.front_asked import check_front
from bouncer.doctor.fronts import fronts
from bouncer.doctor.http_ports import check_http_ports
from bouncer.doctor.reading import reading
from bouncer.doctor.resolver import DNS_PORT, Resolver
from bouncer.doctor.templates import templates
from bouncer.mail.address import ascii_domain
from bouncer.mail.logged import escape_invisible
from bouncer.settings.addresses import host_port
from bouncer.settings.sections import Settings

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
    for finding in itertools.chain(_here(settings, timeout), _in_the_dns(settings, look)):
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


def _here(settings: Settings, seconds: float) -> Iterator[Finding]:
    """Check this machine, in the order in which a letter comes by its parts."""
    yield from own_names.names(settings.smtp)
    yield from ports.ports(settings.smtp, seconds)
    yield from fronts(settings.smtp)
    yield from check_front(settings.smtp, seconds)
    yield from certificate(settings.smtp, dt.datetime.now(dt.UTC))
    yield from secret_files.keys(settings.tokens)
    yield from storing.store(settings.store)
    yield from recorded.check_records(settings, dt.datetime.now(dt.UTC))
    yield from serving.serving(settings, dt.datetime.now(dt.UTC), seconds)
    yield from reading(settings.reading)
    yield from outgoing.courier(settings, seconds, recorded.owners(recorded.known_accounts(settings)))
    yield from channels.check_channel_folders(settings.forward)
    yield from milter_access.check_access(settings.milter)
    if any(milter_ports.server_addresses(settings.milter)):
        answers = ports.daemon_answers(settings.smtp, seconds)
        yield from milter_ports.check_ports(settings.milter, seconds, serving=answers)
    if settings.http.listen:
        answers = ports.daemon_answers(settings.smtp, seconds)
        yield from check_http_ports(settings.http, seconds, serving=answers)
    yield from own_names.people(settings.forward, settings.smtp.domains)
    yield from notices.signing(settings.forward)
    yield from templates(settings.forward)


def _in_the_dns(settings: Settings, look: Resolver | None) -> Iterator[Finding]:
    """Check the DNS records of our host and of each return-path domain."""
    if look is None:
        return
    if own_names.is_reserved_name(settings.smtp.hostname):
        yield warn("DNS", "not asked: these names are only good for trying out", "set [smtp] hostname and domains")
        return
    host, findings = zone.host(ascii_domain(settings.smtp.hostname), look)
    yield from findings
    signed = settings.forward.reverse_path == "signed"
    if not signed:
        yield sending.by_name(host, look)
    for domain in publishable_domains(settings):
        yield from zone.exchange(domain, host, look)
        yield from sending.senders(domain, host, look, notices_signed=signed)
        yield zone.alignment(domain, look)
    if not own_names.is_reserved_name(notices.domain_of(settings.forward)):
        path = ascii_domain(settings.smtp.domains[0]) if signed else ""
        yield from notices.notices(settings.forward, look, return_path=path)


def _show(finding: Finding, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"finding": asdict(finding)}))
        return
    level = click.style(f"{finding.level:<5}", fg=COLOURS[finding.level], bold=finding.level is Level.FAIL)
    click.echo(f"{level} {_line(f'{finding.about}: {finding.says}')}")
    if finding.remedy:
        click.echo(f"      {_line(finding.remedy)}")


def _line(text: str) -> str:
    shown = escape_invisible(text[:LONGEST])
    return shown if len(text) <= LONGEST else f"{shown}…"
