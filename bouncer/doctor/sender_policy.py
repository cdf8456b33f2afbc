"""Judges the SPF record of a return-path domain (RFC 7208); looks names up with ``look`` alone.

Receivers check mail against the record of the envelope sender's domain. So the record must name the hosts that send the mail that
may bounce, and not the host that receives the bounces.
"""

from collections.abc import Iterator

from bouncer.compose.filled_text import fill
from bouncer.doctor.dns_answers import AnswerKind, Lookup
from bouncer.doctor.finding import Finding, fail, ok, warn
from bouncer.doctor.publish_command import SPF_OF_HOST
from bouncer.doctor.spf import Spf, read_spf, records_of
from bouncer.doctor.spf_reach import MOST_LOOKUPS, MOST_VOID, Reach, evaluate
from bouncer.doctor.zone import Host

SENDERS = "every host that sends mail with this return path must be named in it (include: of your provider, ip4:, ip6:)"


def senders(domain: str, ours: Host, look: Lookup, *, notices_signed: bool) -> Iterator[Finding]:
    """Check the SPF record of *domain*; *notices_signed*: our own notices have a return path there."""
    about, answer = fill("SPF of {what}", what=domain), look(domain, "TXT")
    if answer.kind is AnswerKind.NO_ANSWER:
        yield fail(about, answer.words, "ask again, or see whether the domain's name servers answer")
        return
    records = records_of(answer.records)
    if not records:
        near = [text for text in answer.records if "spf1" in text[:20].lower()]
        says = fill('"{what}" does not begin with v=spf1 and a space', what=near[0]) if near else "no SPF record"
        yield fail(about, says, fill("publish the record below; {what}", what=fill(SENDERS)))
    elif len(records) > 1:
        yield fail(
            about,
            fill("{number} SPF records: receivers use none of them", number=len(records)),
            "put them together in one",
        )
    else:
        spf = read_spf(records[0])
        yield from _record(about, records[0], spf, evaluate(domain, spf, look), ours, notices_signed=notices_signed)


def check_own_name(ours: Host, look: Lookup) -> Finding:
    """Check the SPF record of our own name: mail with a null reverse-path is judged by the name in HELO (section 2.4)."""
    about, answer = fill("SPF of {what}", what=ours.name), look(ours.name, "TXT")
    if answer.kind is AnswerKind.NO_ANSWER:
        return warn(about, answer.words, "ask again, or see whether the domain's name servers answer")
    records = records_of(answer.records)
    fault = _find_fault(records, ours, look)
    if fault is None:
        return ok(
            about, records[0], "our notices have an empty return path: they are judged by the name of who sends them"
        )
    return warn(
        about,
        fault,
        fill('publish "{what}": our notices have an empty return path, so the name is judged', what=SPF_OF_HOST),
    )


def _find_fault(records: tuple[str, ...], ours: Host, look: Lookup) -> str | None:
    if len(records) != 1:
        return (
            fill("{number} SPF records: receivers use none of them", number=len(records))
            if records
            else "no SPF record"
        )
    reach = evaluate(ours.name, read_spf(records[0]), look)
    missing = [address for address in ours.addresses if not reach.allows(address)]
    return (
        fill("does not name our own {what}", what=", ".join(missing)) if missing and not reach.is_incomplete else None
    )


def find_record(domain: str, look: Lookup) -> str | None:
    """Give the SPF record of *domain* if it is sound and can stay."""
    records = records_of(look(domain, "TXT").records)
    if len(records) != 1:
        return None
    spf = read_spf(records[0])
    reach = evaluate(domain, spf, look)
    return records[0] if not [*_check_reach("", reach), *_far_reaching("", spf, reach)] else None


def _record(about: str, text: str, spf: Spf, reach: Reach, ours: Host, *, notices_signed: bool) -> Iterator[Finding]:
    problems = [*_check_reach(about, reach), *_far_reaching(about, spf, reach)]
    yield from problems
    if not problems:
        yield ok(about, text, SENDERS)
    if reach.faults or reach.is_over:
        return
    yield from _our_notices(about, reach, ours, notices_signed=notices_signed)


def _check_reach(about: str, reach: Reach) -> Iterator[Finding]:
    for fault in reach.faults:
        yield fail(about, fault, "mend it: receivers take the whole record as an error")
    for place in reach.unanswered:
        yield warn(about, place, "ask again: what cannot be looked up counts for nothing, or holds mail up")
    if reach.too_many_lookups:
        remedy = "name networks (ip4:, ip6:) in place of includes: receivers take the whole record as an error"
        yield fail(about, fill("more than {number} terms that ask the DNS", number=MOST_LOOKUPS), remedy)
    if reach.too_many_void:
        remedy = "mend it: receivers take the whole record as an error"
        yield fail(about, fill("more than {number} terms whose names are not in the DNS", number=MOST_VOID), remedy)


def _far_reaching(about: str, spf: Spf, reach: Reach) -> Iterator[Finding]:
    if reach.faults or reach.is_over:
        return
    if reach.allows_everyone:
        yield fail(about, "lets everyone in the world send (+all)", "end it with -all or ~all")
    elif reach.allows_nobody:
        yield fail(about, "lets nobody send: mail with this return path is refused", SENDERS)
    if not reach.allows_everyone and spf.redirect is None and spf.all in (None, "?"):
        silent, neutral = (
            "says nothing of hosts that it does not name",
            "says nothing of hosts that it does not name (?all)",
        )
        says = neutral if spf.all else silent
        yield warn(about, says, "end it with -all or ~all, else forged return paths are believed as much as yours")


def _our_notices(about: str, reach: Reach, ours: Host, *, notices_signed: bool) -> Iterator[Finding]:
    missing = [address for address in ours.addresses if not reach.allows(address)]
    if not missing or reach.is_incomplete:
        return
    says = fill("does not name our own {what}", what=", ".join(missing))
    if notices_signed:
        remedy = "add mx, unless a smarthost named in it sends our notices ([forward] reverse_path = signed)"
        yield warn(about, says, remedy)
    else:
        yield ok(about, says, "right as long as this host sends nothing with this return path")
