"""Follows an SPF record through its includes: which hosts it allows, and whether receivers will follow it to its end.

RFC 7208 section 4.6.4: more than ten terms with DNS lookups, or more than two that find nothing, make the whole record an error for
receivers. The result is a summary, not a verdict on one client: it ignores the order of mechanisms and a minus before a single
address.
"""

import ipaddress
from dataclasses import dataclass, field

from bouncer.compose.filled_text import FilledText, fill
from bouncer.doctor.dns_answers import Answer, AnswerKind, Lookup
from bouncer.doctor.spf import ASK_DNS, Mechanism, Network, Spf, read_spf, records_of

MOST_LOOKUPS = 10
"""Terms with a DNS lookup in one record, its includes counted (RFC 7208 section 4.6.4)."""
MOST_EXCHANGES = 10
"""MX hosts of one mx mechanism (RFC 7208 section 4.6.4)."""
MOST_VOID = 2
"""Terms whose lookup finds no record (RFC 7208 section 4.6.4)."""


@dataclass(slots=True)
class Reach:
    """The hosts that the record allows, and the cost of evaluating it."""

    networks: list[Network] = field(default_factory=list)
    faults: list[FilledText] = field(default_factory=list)
    unanswered: list[FilledText] = field(default_factory=list)
    lookups: int = 0
    void: int = 0
    allows_everyone: bool = False
    is_incomplete: bool = False  # a macro, ptr or exists, which depends on the client, or a lookup without answer

    @property
    def too_many_lookups(self) -> bool:
        """Whether receivers stop before the end, with an error."""
        return self.lookups > MOST_LOOKUPS

    @property
    def too_many_void(self) -> bool:
        """Whether receivers stop before the end, as too many terms name hosts that do not exist."""
        return self.void > MOST_VOID

    @property
    def is_over(self) -> bool:
        """Whether receivers would ask no further."""
        return self.too_many_lookups or self.too_many_void

    @property
    def allows_nobody(self) -> bool:
        """Whether certainly no client at all may send."""
        return not (self.networks or self.allows_everyone or self.is_incomplete)

    def allows(self, address: str) -> bool:
        """Whether *address* may send."""
        ip = ipaddress.ip_address(address)
        return self.allows_everyone or any(ip in network for network in self.networks)


def evaluate(domain: str, spf: Spf, look: Lookup) -> Reach:
    """Follow *spf*, the record of *domain*; ends after ten lookups, or three void ones, so that no zone can cause endless ones."""
    reach = Reach(faults=list(spf.faults))
    if not spf.faults:
        _follow(domain, spf, look, reach, passes=True)
    return reach


def _follow(domain: str, spf: Spf, look: Lookup, reach: Reach, *, passes: bool) -> None:
    for mechanism in spf.mechanisms:
        if mechanism.name == "all":
            reach.allows_everyone |= passes and mechanism.qualifier == "+"
            return  # terms after ``all`` are never evaluated
        reach.lookups += mechanism.name in ASK_DNS and not reach.too_many_lookups
        if reach.is_over:
            return
        _add(domain, mechanism, look, reach, passes=passes and mechanism.qualifier == "+")
    if spf.redirect and not reach.is_over:
        reach.lookups += 1
        _enter(spf.redirect, "redirect", look, reach, passes=passes)


def _add(domain: str, mechanism: Mechanism, look: Lookup, reach: Reach, *, passes: bool) -> None:
    target = mechanism.value or domain
    if mechanism.name == "include":
        _enter(target, "include", look, reach, passes=passes)
    elif not passes:
        return
    elif mechanism.network:
        reach.networks.append(mechanism.network)
    elif mechanism.name in ("ptr", "exists") or "%" in target:
        reach.is_incomplete = True
    elif mechanism.name == "a":
        reach.void += not _add_addresses(target, mechanism, look, reach)
    elif mechanism.name == "mx":
        _add_exchanges(target, mechanism, look, reach)


def _enter(target: str, how: str, look: Lookup, reach: Reach, *, passes: bool) -> None:
    if "%" in target:
        reach.is_incomplete = True
        return
    if reach.is_over:
        return
    answer = look(target, "TXT")
    records = records_of(answer.records)
    if answer.kind is AnswerKind.NO_ANSWER:
        _note_unanswered(target, answer, reach)
    elif len(records) != 1:
        reach.faults.append(_describe_count(f"{how}:{target}", len(records)))
    else:
        inner = read_spf(records[0])
        reach.faults += [fill("{what}: {other}", what=f"{how}:{target}", other=fault) for fault in inner.faults]
        if not inner.faults:
            _follow(target, inner, look, reach, passes=passes)


def _describe_count(term: str, count: int) -> FilledText:
    if count:
        return fill("{what} has {number} SPF records", what=term, number=count)
    return fill("{what} has no SPF record", what=term)


def _add_exchanges(domain: str, mechanism: Mechanism, look: Lookup, reach: Reach) -> None:
    answer = look(domain, "MX")
    if answer.kind is AnswerKind.NO_ANSWER:
        _note_unanswered(domain, answer, reach)
    elif len(answer.records) > MOST_EXCHANGES:
        reach.faults.append(
            fill("{what} has more than {number} MX records", what=f"mx:{domain}", number=MOST_EXCHANGES)
        )
    else:
        reach.void += not answer.records
        for record in answer.records:
            _add_addresses(record.partition(" ")[2], mechanism, look, reach)


def _add_addresses(host: str, mechanism: Mechanism, look: Lookup, reach: Reach) -> bool:
    """Add the addresses of *host*; False where it certainly has none."""
    answers = [(look(host, kind), length) for kind, length in (("A", mechanism.v4), ("AAAA", mechanism.v6))]
    for answer, length in answers:
        if answer.kind is AnswerKind.NO_ANSWER:
            _note_unanswered(host, answer, reach)
        reach.networks += [ipaddress.ip_network(f"{address}/{length}", strict=False) for address in answer.records]
    return any(answer.kind in (AnswerKind.FOUND, AnswerKind.NO_ANSWER) for answer, _ in answers)


def _note_unanswered(name: str, answer: Answer, reach: Reach) -> None:
    reach.is_incomplete = True
    reach.unanswered.append(fill("{what}: {other}", what=name, other=answer.words))
