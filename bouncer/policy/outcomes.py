"""What a letter's outcomes lead to, recipient by recipient: belief, suppression or release, and the book of sends."""

import dataclasses
import datetime as dt
from dataclasses import dataclass

from bouncer.mail.address import fold, split
from bouncer.mail.letter import PathKind
from bouncer.ndr.named import names
from bouncer.ndr.reading import Action, Kind, Recipient
from bouncer.policy.believe import Credentials, believe, is_overused, own_address
from bouncer.policy.ladder import COMPLAINT, UNSUBSCRIBE
from bouncer.policy.past import AddressPast, Past
from bouncer.policy.record import Belief, Believed, Bounce, Effect, Release, Suppression, Tally
from bouncer.policy.suppress import Claim, Consequence, is_believed, release, weigh
from bouncer.verdict.provider import provider
from bouncer.verdict.verdict import Category, Judgement, Verdict

RECORDED = frozenset({Kind.BOUNCE, Kind.DELAY, Kind.SUCCESS, Kind.COMPLAINT, Kind.UNSUBSCRIBE})
"""Kinds that tell of an outcome: each recipient gets a row."""
CONFIRMED = "confirmed"
"""What the book of sends calls a delivery that a report proves."""
UNPROVEN = "unproven"
"""What it calls a failure that anyone may have made up."""
_WISHES = {Kind.COMPLAINT: COMPLAINT, Kind.UNSUBSCRIBE: UNSUBSCRIBE}
_EARNED = (Belief.PROVEN, Belief.PLAUSIBLE)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Everything that follows from the recipients of one letter."""

    bounces: tuple[Bounce, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    releases: tuple[Release, ...] = ()
    tallies: tuple[Tally, ...] = ()
    blocked: tuple[str, ...] = ()


def outcomes(
    judgement: Judgement,
    by: Credentials,
    past: Past,
    *,
    letter_id: int,
    came_at: dt.datetime,
    now: dt.datetime,
    powerless: bool,
) -> Outcomes:
    """Decide on every recipient of a letter; one that is *powerless* is recorded and changes nothing."""
    reading, account = judgement.reading, by.path.account
    if reading.kind not in RECORDED or account is None or by.path.kind is PathKind.NOTICE:
        return Outcomes()
    bounces, suppressions, releases = list[Bounce](), list[Suppression](), list[Release]()
    own = own_address(by, past.message)
    for recipient, verdict in _judged(judgement, own):
        believed = believe(recipient, reading, by, past)
        address = own or _address(recipient, by, past)
        key = by.compared.form(address)
        stream = past.message.stream if past.message else ""
        action, kind = recipient.action, reading.kind
        claim = Claim(account, address, stream, kind, action, verdict, believed, letter_id, came_at)
        about = AddressPast() if powerless else _past_of(key, past)
        follows = Consequence(Effect.NONE) if powerless else weigh(claim, about, past.terms, now=now)
        freed = None if powerless else release(claim, about)
        suppressions += [follows.suppression] if follows.suppression else []
        releases += [freed] if freed else []
        if believed.belief is Belief.PROVEN and key != by.compared.form(recipient.recipient):
            recipient = _as_written_to(recipient, address)  # noqa: PLW2901 -- whom this is about from here on
        key = by.compared.form(recipient.recipient)
        bounces.append(_bounce(recipient, verdict, believed, key, follows, past, powerless=powerless))
    tallies = () if powerless else _tallies(bounces, reading.kind, account, past, now)
    return Outcomes(tuple(bounces), tuple(suppressions), tuple(releases), tallies, _blocked(bounces))


def _judged(judgement: Judgement, own: str | None) -> list[tuple[Recipient, Verdict | None]]:
    """The recipients with their verdicts; a wish that names nobody is that of whom the token was made for."""
    reading = judgement.reading
    if not reading.recipients and reading.kind in _WISHES:
        return [(Recipient(own, Action.DELIVERED), None)] if own else []
    return list(zip(reading.recipients, judgement.verdicts, strict=True))


def _address(recipient: Recipient, by: Credentials, past: Past) -> str:
    """The address that this is about: the one that the message went to, as far as that is known."""
    sent_to = past.message.recipients if past.message else ()
    return next((one for one in names(recipient) if by.compared.form(one) in sent_to), recipient.recipient)


def _as_written_to(recipient: Recipient, address: str) -> Recipient:
    """The same outcome, of the address that the mail was written to; the one that failed stays as the final one."""
    final = recipient.final_recipient or recipient.recipient
    return dataclasses.replace(recipient, recipient=address, final_recipient=final)


def _past_of(key: str, past: Past) -> AddressPast:
    plain = past.about(key)
    if not past.terms.fold_gmail or fold(key) == key:
        return plain
    other = past.about(fold(key))
    return AddressPast(
        plain.failures + other.failures,
        plain.changes + other.changes,
        plain.suppressions + other.suppressions,
        plain.allowed or other.allowed,
    )


def _bounce(
    recipient: Recipient,
    verdict: Verdict | None,
    believed: Believed,
    key: str,
    follows: Consequence,
    past: Past,
    *,
    powerless: bool,
) -> Bounce:
    message = past.message
    return Bounce(
        recipient,
        verdict,
        believed,
        key,
        suppressed=follows.suppression is not None,
        suppressed_until=follows.suppression.until if follows.suppression else None,
        counts=recipient.action is Action.FAILED and is_believed(believed, past.terms) and not powerless,
        stream=message.stream if message else "",
        campaign=message.campaign if message else "",
        effect=follows.effect,
        counted=follows.counted,
    )


def _tallies(bounces: list[Bounce], kind: Kind, account: str, past: Past, now: dt.datetime) -> tuple[Tally, ...]:
    if is_overused(past):
        return ()
    at = past.message.sent_at if past.message else now
    return tuple(
        Tally(account, at, split(one.key)[1], what, one.campaign, one.stream)
        for one in bounces
        if (what := _what(one, kind))
    )


def _what(one: Bounce, kind: Kind) -> str | None:
    """What the book of sends counts; a report that contradicts itself counts for nothing."""
    if one.believed.belief is Belief.CONTRADICTED:
        return None
    failed = kind is Kind.BOUNCE and one.recipient.action is Action.FAILED
    if failed or kind in _WISHES:
        if one.believed.belief not in _EARNED:
            return UNPROVEN
        return _WISHES.get(kind) or (one.verdict.reason.value if one.verdict else None)
    proven = one.believed.belief is Belief.PROVEN
    return CONFIRMED if proven and kind is Kind.SUCCESS and one.recipient.action is Action.DELIVERED else None


def _blocked(bounces: list[Bounce]) -> tuple[str, ...]:
    return tuple(
        provider(split(one.key)[1])
        for one in bounces
        if one.recipient.action is Action.FAILED
        and one.believed.belief in _EARNED
        and one.verdict is not None
        and one.verdict.category is Category.BLOCK
    )
