"""All checks of an installation, in their order, for the command and the page: this machine first, then the DNS."""

import datetime as dt
from collections.abc import Iterator

from bouncer.doctor import (
    channels,
    milter_access,
    milter_ports,
    notices,
    outgoing,
    own_names,
    ports,
    secret_files,
    sender_policy,
    serving,
    store_contents,
    store_place,
    zone,
)
from bouncer.doctor.certificate import certificate
from bouncer.doctor.dns_answers import Lookup
from bouncer.doctor.dns_records import publishable_domains
from bouncer.doctor.finding import Finding, warn
from bouncer.doctor.front_probe import check_front
from bouncer.doctor.fronts import fronts
from bouncer.doctor.http_ports import check_http_ports
from bouncer.doctor.reading import reading
from bouncer.doctor.templates import templates
from bouncer.mail.address import ascii_domain
from bouncer.settings.sections import Settings


def check_machine(settings: Settings, seconds: float) -> Iterator[Finding]:
    """Check this machine, in the order in which a letter comes by its parts; *seconds* bound each answer and connection."""
    yield from own_names.names(settings.smtp)
    yield from ports.ports(settings.smtp, seconds)
    yield from fronts(settings.smtp)
    yield from check_front(settings.smtp, seconds)
    yield from certificate(settings.smtp, dt.datetime.now(dt.UTC))
    yield from secret_files.keys(settings.tokens)
    yield from store_place.store(settings.store)
    yield from store_contents.check_records(settings, dt.datetime.now(dt.UTC))
    yield from serving.check_serving(settings, dt.datetime.now(dt.UTC), seconds)
    yield from reading(settings.reading)
    yield from outgoing.courier(settings, seconds, store_contents.owners(store_contents.known_accounts(settings)))
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


def check_dns(settings: Settings, look: Lookup | None) -> Iterator[Finding]:
    """Check the DNS records of our host and of each return-path domain; nothing without *look*."""
    if look is None:
        return
    if own_names.is_reserved_name(settings.smtp.hostname):
        yield warn("DNS", "not asked: these names are only good for trying out", "set [smtp] hostname and domains")
        return
    host, findings = zone.host(ascii_domain(settings.smtp.hostname), look)
    yield from findings
    signed = settings.forward.reverse_path == "signed"
    if not signed:
        yield sender_policy.check_own_name(host, look)
    for domain in publishable_domains(settings):
        yield from zone.exchange(domain, host, look)
        yield from sender_policy.senders(domain, host, look, notices_signed=signed)
        yield zone.alignment(domain, look)
    if not own_names.is_reserved_name(notices.domain_of(settings.forward)):
        path = ascii_domain(settings.smtp.domains[0]) if signed else ""
        yield from notices.notices(settings.forward, look, return_path=path)
