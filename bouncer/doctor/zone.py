"""Judges the DNS records of a return-path domain and of our host; looks names up with ``look`` alone.

RFC 5321 section 5.1 (MX), RFC 7505 (null MX), RFC 2181 section 10.3 (no aliases), RFC 7489 (DMARC).
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

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
    here = Host(name, tuple(address for address in published if reachable(address)))
    findings = [*_addresses(name, answers)]
    for address in here.addresses:
        findings.append(_pointer(name, address, look))
    return here, findings


def reachable(address: str) -> bool:
    """Whether the Internet could reach *address* at all."""
    ip = ipaddress.ip_address(address)
    return not any(ip in network for network in HERE_ONLY)


def exchange(domain: str, ours: Host, look: Lookup) -> Iterator[Finding]:
    """Check the MX records of a return-path domain: bounces come to the hosts that they name."""
    about, answer = f"MX of {domain}", look(domain, "MX")
    publish = f"publish: {domain}. MX 10 {ours.name}."
    if answer.kind is AnswerKind.NO_ANSWER:
        yield fail(about, str(answer), "ask again, or see whether the domain's name servers answer")
        return
    if answer.alias_of:
        remedy = f"give {domain} records of its own: some servers write the other name into the address, and no signature holds"
        yield warn(about, f"{domain} is an alias (CNAME) of {answer.alias_of}", remedy)
    if not answer.records:
        yield fail(about, str(answer), publish)
        return
    exchanges = sorted((record.partition(" ")[2], int(record.partition(" ")[0])) for record in answer.records)
    if any(name == "." for name, _ in exchanges):
        yield fail(about, "a null MX (RFC 7505): this domain takes no mail", f"remove it and {publish}")
        return
    yield from _exchanges(about, exchanges, ours, look)


def alignment(domain: str, look: Lookup) -> Finding:
    """Find the DMARC policy for mail whose From is near the return-path domain (RFC 7489 section 3.1)."""
    labels = domain.split(".")
    for place in (".".join(labels[start:]) for start in range(max(1, len(labels) - 1))):
        answer = look(f"_dmarc.{place}", "TXT")
        policies = [text for text in answer.records if text.replace(" ", "").lower().startswith("v=dmarc1")]
        if len(policies) == 1:
            return _aligned(domain, place, policies[0])
        if policies:
            remedy = "leave one: receivers use none of several"
            return warn(f"DMARC of {domain}", f"{len(policies)} policies at _dmarc.{place}", remedy)
    says = "no policy published here or above"
    return ok(
        f"DMARC of {domain}",
        says,
        f"SPF counts for DMARC only where the From is in the domain that {domain} belongs to",
    )


def _addresses(name: str, answers: dict[str, Answer]) -> Iterator[Finding]:
    about = f"addresses of {name}"
    for kind, answer in answers.items():
        if answer.kind is AnswerKind.NO_ANSWER:
            yield fail(about, f"{kind}: {answer}", "ask again, or see whether the domain's name servers answer")
        for address in answer.records:
            good = reachable(address)
            remedy = "publish this host's public address in its place"
            yield ok(about, address) if good else fail(about, f"{address} cannot be reached from the Internet", remedy)
    if alias_of := next((answer.alias_of for answer in answers.values() if answer.alias_of), None):
        remedy = "an MX must not point to an alias (RFC 2181 section 10.3): give it A and AAAA records of its own"
        yield fail(about, f"{name} is an alias (CNAME) of {alias_of}", remedy)
    if not any(answer.records or answer.kind is AnswerKind.NO_ANSWER for answer in answers.values()):
        remedy = f"publish: {name}. A (and AAAA) with this host's public addresses"
        yield fail(about, str(answers["A"]), remedy)


def _pointer(name: str, address: str, look: Lookup) -> Finding:
    about, answer = f"PTR of {address}", look(ipaddress.ip_address(address).reverse_pointer, "PTR")
    if name in answer.records:
        return ok(about, f"{name}, and back")
    says = ", ".join(answer.records) or str(answer)
    remedy = (
        f"have it set to {name} by who gives you the address: many servers refuse mail from a host whose names disagree"
    )
    return warn(about, says, remedy)


def _exchanges(about: str, exchanges: list[tuple[str, int]], ours: Host, look: Lookup) -> Iterator[Finding]:
    names = [name for name, _ in exchanges]
    if ours.name in names:
        yield ok(about, ours.name)
    else:
        remedy = f"point it to {ours.name}, or set [smtp] hostname to the name that it points to"
        yield fail(about, "points to " + ", ".join(names) + f", not to {ours.name}", remedy)
    for name, preference in exchanges:
        if name == ours.name:
            continue  # it is checked as our host
        yield from _other_exchange(about, name, preference, look)


def _other_exchange(about: str, name: str, preference: int, look: Lookup) -> Iterator[Finding]:
    answers = [look(name, kind) for kind in ("A", "AAAA")]
    if alias_of := next((answer.alias_of for answer in answers if answer.alias_of), None):
        remedy = "an MX must not point to an alias (RFC 2181 section 10.3): name the host itself"
        yield fail(about, f"{name} is an alias (CNAME) of {alias_of}", remedy)
    elif not any(answer.records for answer in answers):
        yield fail(about, f"{name} has no address ({answers[0]})", "remove this MX, or give the host an address")
    else:
        remedy = "let it be a bouncer with the same store, or remove it: others take bounces that they cannot place"
        yield warn(about, f"{name} (preference {preference}) takes mail too", remedy)


def _aligned(domain: str, place: str, policy: str) -> Finding:
    about = f"DMARC of {domain}"
    tags = dict(tag.strip().lower().partition("=")[::2] for tag in policy.split(";"))
    dmarc_policy = f"policy p={tags.get('p', '?').strip()} at _dmarc.{place}"
    if tags.get("aspf", "r").strip() == "s" and place != domain:
        remedy = (
            f"aspf=r there, or rely on DKIM: with aspf=s a return path at {domain} never counts for a From at {place}"
        )
        return warn(about, f"{dmarc_policy}, strict alignment (aspf=s)", remedy)
    return ok(
        about,
        dmarc_policy,
        f"SPF counts for mail whose From is at {place} or below it; for any other From it is DKIM alone",
    )
