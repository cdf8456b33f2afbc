"""The DNS records that an installation needs, printed for ``init``, and for ``check``, which first looks the existing ones up."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict

import click

from bouncer.doctor import notices, own_names, sender_policy, zone
from bouncer.doctor.dns_answers import Lookup
from bouncer.doctor.publish_command import DnsRecord, records
from bouncer.mail.address import ascii_domain
from bouncer.mail.logged import escape_invisible
from bouncer.settings.sections import Settings


def publishable_domains(settings: Settings) -> tuple[str, ...]:
    """Give the return-path domains that can be in the DNS."""
    return tuple(ascii_domain(domain) for domain in settings.smtp.domains if not own_names.is_reserved_name(domain))


def records_of_installation(settings: Settings, look: Lookup | None) -> Iterator[DnsRecord]:
    """Give the records that *settings* need; without *look*, existing records are not looked up."""
    hostname, domains = ascii_domain(settings.smtp.hostname), publishable_domains(settings)
    if own_names.is_reserved_name(hostname):
        return
    addresses = zone.host(hostname, look)[0].addresses if look else ()
    published = {name: sender_policy.find_record(name, look) for name in (*domains, hostname)} if look else {}
    yield from records(domains, hostname, addresses, published)
    if not own_names.is_reserved_name(notices.domain_of(settings.forward)):
        yield from notices.notice_records(settings.forward, look)


def show_records(to_publish: Iterable[DnsRecord], *, as_json: bool) -> None:
    """Print records as lines of a zone file, under a heading, or as JSON."""
    records = list(to_publish)
    if records and not as_json:
        click.echo("\n; the DNS records to publish")
    for record in records:
        click.echo(json.dumps({"record": asdict(record)}) if as_json else escape_invisible(str(record)))
