"""Parses SPF records (RFC 7208 sections 4.5, 4.6, 12): their terms and their faults. Pure."""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from bouncer.compose.filled_text import FilledText, fill

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST = 8192
"""Octets of a record that are parsed; no useful SPF record is longer."""
NEED_DOMAIN = frozenset({"include", "exists"})
ASK_DNS = frozenset({"include", "a", "mx", "ptr", "exists"})
"""The mechanisms that count against the limit of DNS lookups in section 4.6.4; the modifier redirect counts too."""

_VERSION = re.compile(r"v=spf1(?= |$)", re.IGNORECASE)
_MODIFIER = re.compile(r"([a-z][a-z0-9_.-]*)=(.*)", re.IGNORECASE)
_MECHANISM = re.compile(
    r"(?P<qualifier>[+?~-]?)(?P<name>all|include|a|mx|ptr|ip4|ip6|exists)"
    r"(?::(?P<value>\S+?))?(?P<v4>/[0-9]{1,3})?(?P<v6>//[0-9]{1,3})?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One mechanism: the hosts that it names, and its qualifier (+ pass, - fail, ~ softfail, ? neutral)."""

    qualifier: str
    name: str
    value: str
    v4: int = 32
    v6: int = 128

    @property
    def network(self) -> Network | None:
        """The network of ip4 and ip6; None for other mechanisms and for an invalid address."""
        try:
            if self.name == "ip4":
                return ipaddress.IPv4Network(f"{self.value}/{self.v4}", strict=False)
            if self.name == "ip6":
                return ipaddress.IPv6Network(f"{self.value}/{self.v6}", strict=False)
        except ValueError:
            pass
        return None


@dataclass(frozen=True, slots=True)
class Spf:
    """One record, parsed as far as possible; ``faults`` is empty for a sound one."""

    mechanisms: tuple[Mechanism, ...]
    redirect: str | None
    faults: tuple[FilledText, ...]

    @property
    def all(self) -> str | None:
        """The qualifier of ``all``, which decides for every host that is not named; None where it is absent."""
        return next((mechanism.qualifier for mechanism in self.mechanisms if mechanism.name == "all"), None)


def records_of(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Select the SPF records among a name's TXT records (section 4.5)."""
    return tuple(text for text in texts if _VERSION.match(text))


def read_spf(text: str) -> Spf:
    """Parse one record that ``records_of`` selected."""
    mechanisms: list[Mechanism] = []
    modifiers: list[tuple[str, str]] = []
    faults = [fill("longer than {number} octets", number=LONGEST)] if len(text) > LONGEST else []
    for term in text[:LONGEST].split(" ")[1:]:
        if not term:
            continue
        if match := _MECHANISM.fullmatch(term):
            mechanisms.append(_mechanism(match))
        elif modifier := _MODIFIER.fullmatch(term):
            modifiers.append((modifier[1].lower(), modifier[2]))
        else:
            faults.append(fill("no such mechanism: {what}", what=term))
    faults += [fault for mechanism in mechanisms for fault in _faults(mechanism)]
    redirects = [value for name, value in modifiers if name == "redirect"]
    faults += [
        fill("{what}= is given twice", what=name)
        for name in ("redirect", "exp")
        if [n for n, _ in modifiers].count(name) > 1
    ]
    if redirects == [""]:
        faults.append(fill("redirect= names no domain"))
    return Spf(tuple(mechanisms), redirects[0] if redirects else None, tuple(faults))


def _mechanism(match: re.Match[str]) -> Mechanism:
    v4, v6 = (match[group].strip("/") if match[group] else None for group in ("v4", "v6"))
    name, value = match["name"].lower(), match["value"] or ""
    if name == "ip6":  # its only prefix length follows a single slash
        v4, v6 = None, v4
    return Mechanism(match["qualifier"] or "+", name, value, int(v4 or 32), int(v6 or 128))


def _faults(mechanism: Mechanism) -> Iterator[FilledText]:
    if mechanism.name in NEED_DOMAIN and not mechanism.value:
        yield fill("{what} names no domain", what=mechanism.name)
    if mechanism.name in ("ip4", "ip6") and mechanism.network is None:
        yield fill("{what} is no address or network", what=f"{mechanism.name}:{mechanism.value}")
    if mechanism.v4 > ipaddress.IPV4LENGTH or mechanism.v6 > ipaddress.IPV6LENGTH:
        yield fill("{what}: the network's length is too long", what=mechanism.name)
    if mechanism.name == "all" and mechanism.value:
        yield fill("all takes no domain")
