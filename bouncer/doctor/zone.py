"""Judges the DNS records of a return-path domain and of our host; looks names up with ``look`` alone.

RFC 5321 section 5.1 (MX), RFC 7505 (null MX), RFC 2181 section 10.3 (no aliases), RFC 7489 (DMARC).
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from bouncer.compose.filled_text import fill
from bouncer.doctor.dns_answers import Answer, AnswerKind, Lookup
from bouncer.doctor.finding import Finding, fail, ok, warn

_HERE_ONLY = """
0.0.0.0/8 10.0.0.0/8 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10
::/127 fc00::/7 fe80::/10
"""
HERE_ONLY = tuple(ipaddress.ip_network(network) for network in _HERE_ONLY.split())
"""Networks that the Internet cannot reach: this host, this link, private networks (RFC 1918, 4193, 6598)."""


@dataclass(frozen=True, slots=True)
class Host:
    """Our own host in the DNS: its name and its addresses that the Internet can reach."""

    name: str
    addresses: tuple[str, ...]


def host(name: str, look: Lookup) -> tuple[Host, list[Finding]]:
    """Check our host's own addresses, and the names that they resolve back to."""
    answers = {kind: look(name, kind) for kind in ("A", "AAAA")}
    published = [address for answer in answers.values() for address in answer.records]
    here = Host(name, tuple(address for address in published if is_reachable(address)))
    findings = [*_addresses(name, answers)]
    for address in here.addresses:
        findings.append(_pointer(name, address, look))
    return here, findings


def is_reachable(address: str) -> bool:
    """Whether the Internet could reach *address* at all."""
    ip = ipaddress.ip_address(address)
    return not any(ip in network for network in HERE_ONLY)


def exchange(domain: str, ours: Host, look: Lookup) -> Iterator[Finding]:
    """Check the MX records of a return-path domain: bounces come to the hosts that they name."""
    about, answer = fill("MX of {what}", what=domain), look(domain, "MX")
    record = f"{domain}. MX 10 {ours.name}."
    if answer.kind is AnswerKind.NO_ANSWER:
        yield fail(about, answer.words, "ask again, or see whether the domain's name servers answer")
        return
    if answer.alias_of:
        remedy = fill(
            "give {what} records of its own: some servers write the other name into the address, and no signature holds",
            what=domain,
        )
        yield warn(about, fill("{what} is an alias (CNAME) of {other}", what=domain, other=answer.alias_of), remedy)
    if not answer.records:
        yield fail(about, answer.words, fill("publish: {what}", what=record))
        return
    exchanges = sorted((record.partition(" ")[2], int(record.partition(" ")[0])) for record in answer.records)
    if any(name == "." for name, _ in exchanges):
        yield fail(
            about, "a null MX (RFC 7505): this domain takes no mail", fill("remove it and publish: {what}", what=record)
        )
        return
    yield from _exchanges(about, exchanges, ours, look)


def alignment(domain: str, look: Lookup) -> Finding:
    """Find the DMARC policy for mail whose From is near the return-path domain (RFC 7489 section 3.1)."""
    labels = domain.split(".")
    for place in (".".join(labels[start:]) for start in range(max(1, len(labels) - 1))):
        answer = look(f"_dmarc.{place}", "TXT")
        policies = [text for text in answer.records if text.replace(" ", "").lower().startswith("v=dmarc1")]
        if len(policies) == 1:
            return _check_alignment(domain, place, policies[0])
        if policies:
            remedy = "leave one: receivers use none of several"
            return warn(
                fill("DMARC of {what}", what=domain),
                fill("{number} policies at _dmarc.{place}", number=len(policies), place=place),
                remedy,
            )
    says = "no policy published here or above"
    return ok(
        fill("DMARC of {what}", what=domain),
        says,
        fill("SPF counts for DMARC only where the From is in the domain that {what} belongs to", what=domain),
    )


def _addresses(name: str, answers: dict[str, Answer]) -> Iterator[Finding]:
    about = fill("addresses of {what}", what=name)
    for kind, answer in answers.items():
        if answer.kind is AnswerKind.NO_ANSWER:
            yield fail(
                about,
                fill("{what}: {other}", what=kind, other=answer.words),
                "ask again, or see whether the domain's name servers answer",
            )
        for address in answer.records:
            good = is_reachable(address)
            remedy = "publish this host's public address in its place"
            yield (
                ok(about, address)
                if good
                else fail(about, fill("{what} cannot be reached from the Internet", what=address), remedy)
            )
    if alias_of := next((answer.alias_of for answer in answers.values() if answer.alias_of), None):
        remedy = "an MX must not point to an alias (RFC 2181 section 10.3): give it A and AAAA records of its own"
        yield fail(about, fill("{what} is an alias (CNAME) of {other}", what=name, other=alias_of), remedy)
    if not any(answer.records or answer.kind is AnswerKind.NO_ANSWER for answer in answers.values()):
        remedy = fill("publish: {what}. A (and AAAA) with this host's public addresses", what=name)
        yield fail(about, answers["A"].words, remedy)


def _pointer(name: str, address: str, look: Lookup) -> Finding:
    about, answer = fill("PTR of {what}", what=address), look(ipaddress.ip_address(address).reverse_pointer, "PTR")
    if name in answer.records:
        return ok(about, fill("{what}, and back", what=name))
    says = ", ".join(answer.records) or answer.words
    remedy = fill(
        "have it set to {what} by who gives you the address: many servers refuse mail from a host whose names disagree",
        what=name,
    )
    return warn(about, says, remedy)


def _exchanges(about: str, exchanges: list[tuple[str, int]], ours: Host, look: Lookup) -> Iterator[Finding]:
    names = [name for name, _ in exchanges]
    if ours.name in names:
        yield ok(about, ours.name)
    else:
        remedy = fill("point it to {what}, or set [smtp] hostname to the name that it points to", what=ours.name)
        yield fail(about, fill("points to {what}, not to {other}", what=", ".join(names), other=ours.name), remedy)
    for name, preference in exchanges:
        if name == ours.name:
            continue  # it is checked as our host
        yield from _other_exchange(about, name, preference, look)


def _other_exchange(about: str, name: str, preference: int, look: Lookup) -> Iterator[Finding]:
    answers = [look(name, kind) for kind in ("A", "AAAA")]
    if alias_of := next((answer.alias_of for answer in answers if answer.alias_of), None):
        remedy = "an MX must not point to an alias (RFC 2181 section 10.3): name the host itself"
        yield fail(about, fill("{what} is an alias (CNAME) of {other}", what=name, other=alias_of), remedy)
    elif not any(answer.records for answer in answers):
        yield fail(
            about,
            fill("{what} has no address ({other})", what=name, other=answers[0].words),
            "remove this MX, or give the host an address",
        )
    else:
        remedy = "let it be a bouncer with the same store, or remove it: others take bounces that they cannot place"
        yield warn(about, fill("{what} (preference {number}) takes mail too", what=name, number=preference), remedy)


def _check_alignment(domain: str, place: str, record: str) -> Finding:
    about = fill("DMARC of {what}", what=domain)
    tags = dict(tag.strip().lower().partition("=")[::2] for tag in record.split(";"))
    policy = f"p={tags.get('p', '?').strip()}"
    if tags.get("aspf", "r").strip() == "s" and place != domain:
        remedy = fill(
            "aspf=r there, or rely on DKIM: with aspf=s a return path at {what} never counts for a From at {place}",
            what=domain,
            place=place,
        )
        return warn(
            about, fill("policy {what} at _dmarc.{place}, strict alignment (aspf=s)", what=policy, place=place), remedy
        )
    return ok(
        about,
        fill("policy {what} at _dmarc.{place}", what=policy, place=place),
        fill(
            "SPF counts for mail whose From is at {what} or below it; for any other From it is DKIM alone", what=place
        ),
    )
