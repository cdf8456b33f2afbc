"""The DNS records to publish for a return-path domain, in the format of a zone file (RFC 1035 section 5). Pure."""

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SUGGESTED_SPF = "v=spf1 mx -all"
"""The SPF record that is suggested for a host that sends its own mail; other senders must be added."""
SPF_OF_HOST = "v=spf1 a -all"
"""The SPF record for the host's own name (RFC 7208 section 10.1.3)."""
ADD_SENDERS = "add every host that sends with this return path: include:, ip4:, ip6:"
STRING_OCTETS = 255
"""Octets of one character-string in a TXT record (RFC 1035 section 3.3)."""


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """One record, and a remark about it."""

    name: str
    kind: str
    value: str
    remark: str = ""

    def __str__(self) -> str:
        line = f"{self.name}. IN {self.kind} {self.value}"
        return f"{line}  ; {self.remark}" if self.remark else line


def records(
    domains: tuple[str, ...], hostname: str, addresses: tuple[str, ...], published: Mapping[str, str | None]
) -> Iterator[DnsRecord]:
    """Give the records to publish. Sound SPF records in *published* (name -> record) stay; unknown addresses get placeholders."""
    for domain in domains:
        yield DnsRecord(domain, "MX", f"10 {hostname}.")
        spf = published.get(domain)
        yield DnsRecord(domain, "TXT", quote_text(spf or SUGGESTED_SPF), "" if spf else ADD_SENDERS)
    if hostname not in domains:
        spf = quote_text(published.get(hostname) or SPF_OF_HOST)
        yield DnsRecord(hostname, "TXT", spf, "" if published.get(hostname) else "for mail with an empty return path")
    yield from _host(hostname, addresses)


def quote_text(text: str) -> str:
    """Write *text* as the character-strings of a TXT record: quoted, escaped, split at their length (RFC 1035 section 5.1)."""
    octets = text.encode()
    cuts = [octets[at : at + STRING_OCTETS] for at in range(0, len(octets), STRING_OCTETS)] or [b""]
    return " ".join('"' + "".join(map(_spell_octet, cut)) + '"' for cut in cuts)


def _spell_octet(octet: int) -> str:
    character = chr(octet)
    if character in '"\\':
        return "\\" + character
    return character if " " <= character <= "~" else f"\\{octet:03d}"


def _host(hostname: str, addresses: tuple[str, ...]) -> Iterator[DnsRecord]:
    if not addresses:
        yield DnsRecord(hostname, "A", "<IPv4 address of this host>")
        yield DnsRecord(hostname, "AAAA", "<IPv6 address of this host>", "leave it out where there is none")
        yield DnsRecord("<that address, reversed>", "PTR", f"{hostname}.", "set by who gives you the address")
    for address in addresses:
        kind = "A" if ipaddress.ip_address(address).version == 4 else "AAAA"  # noqa: PLR2004 -- IPv4
        yield DnsRecord(hostname, kind, address)
    for address in addresses:
        yield DnsRecord(
            ipaddress.ip_address(address).reverse_pointer, "PTR", f"{hostname}.", "set by who gives you the address"
        )
