"""What a letter's outcomes lead to, recipient by recipient: belief, suppression or release, and the book of sends."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from bouncer.mail.address import comparable, fold, split
from bouncer.mail.letter import PathKind
from bouncer.ndr.named import names
from bouncer.ndr.reading import Action, Kind, Reading, Recipient
from bouncer.policy.believe import Credentials, believe, is_counted_by_address, is_overused
from bouncer.policy.failed_recipient import Whom, is_of_another, names_failed, whom
from bouncer.policy.history import AddressHistory, History
from bouncer.policy.ladder import COMPLAINT, OF_THE_MESSAGE, UNSUBSCRIBE
from bouncer.policy.records import Belief, Believed, Bounce, CountedOutcome, Effect, Release, Suppression
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
    tallies: tuple[CountedOutcome, ...] = ()
    blocked: tuple[str, ...] = ()
    told_of: tuple[str, ...] = ()  # see Record


def outcomes(
    judgement: Judgement,
    by: Credentials,
    past: History,
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
    of = whom(reading, by.token, by.compared, past.message)
    decisions = _Decisions(reading, account, by, past, of, letter_id, came_at, now, powerless)
    for recipient, verdict in _judged(judgement, of.address):
        decisions.decide(recipient, verdict)
    counted = tuple(decisions.counted.values())
    tallies = () if powerless else _tallies(counted, reading.kind, account, past, now)
    told_of = tuple({bounce.key: None for bounce in decisions.bounces}) if is_counted_by_address(past) else ()
    return Outcomes(
        tuple(decisions.bounces),
        tuple(decisions.suppressions),
        tuple(decisions.releases),
        tallies,
        _blocked(counted, past, now),
        told_of,
    )


@dataclass(slots=True)
class _Decisions:
    """The decisions on one letter, recipient by recipient; where mail is sent on, a report may name any number of addresses."""

    reading: Reading
    account: str
    by: Credentials
    past: History
    of: Whom
    letter_id: int
    came_at: dt.datetime
    now: dt.datetime
    powerless: bool
    bounces: list[Bounce] = field(default_factory=list)
    suppressions: list[Suppression] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    # the first of those that say the same of one address
    counted: dict[tuple[object, ...], Bounce] = field(default_factory=dict)
    pasts: dict[str, AddressHistory] = field(default_factory=dict)  # what this letter did so far among it

    def decide(self, recipient: Recipient, verdict: Verdict | None) -> None:
        """Decide on one recipient."""
        by, past = self.by, self.past
        believed = believe(recipient, self.reading, by, past, self.of)
        address = self.of.address or _address(recipient, by, past)
        another = is_of_another(recipient, address, by.compared)
        follows = self._follows(self._claim(recipient, verdict, believed, address, another=another))
        named = names_failed(recipient, by.compared)
        if self._is_about(address, recipient, believed):
            recipient = _as_written_to(recipient, address)
        key = by.compared.form(recipient.recipient)
        bounce = Bounce(
            recipient,
            verdict,
            believed,
            key,
            reported=named if named and by.compared.form(named) != key else None,
            suppressed=follows.suppression is not None,
            suppressed_until=follows.suppression.until if follows.suppression else None,
            stream=_stream(past),
            campaign=past.message.campaign if past.message else "",
            effect=follows.effect,
            counted=follows.counted,
        )
        first = self._is_first(bounce)
        self.bounces.append(dataclasses.replace(bounce, counts=True) if first and self._counts(bounce) else bounce)

    def _claim(
        self, recipient: Recipient, verdict: Verdict | None, believed: Believed, address: str, *, another: bool
    ) -> Claim:
        kind, stream = self.reading.kind, _stream(self.past)
        return Claim(
            self.account,
            address,
            stream,
            kind,
            recipient.action,
            verdict,
            believed,
            self.letter_id,
            self.came_at,
            of_another=another,
        )

    def _follows(self, claim: Claim) -> Consequence:
        if self.powerless:
            return Consequence(Effect.NONE)
        key = self.by.compared.form(claim.address)
        mailbox = fold(key) if self.past.terms.fold_gmail else key
        about = self.pasts.get(mailbox) or self.past.about(mailbox)
        follows = weigh(claim, about, self.past.terms, now=self.now)
        self.suppressions += _in_its_spelling(follows.standing, claim.address, key)
        if freed := release(claim, about):
            self.releases.append(freed)
        if follows.suppression:
            self.suppressions.append(follows.suppression)
            about = dataclasses.replace(about, suppressions=(*about.suppressions, follows.suppression))
        self.pasts[mailbox] = about
        return follows

    def _is_about(self, address: str, recipient: Recipient, believed: Believed) -> bool:
        """Whether it is recorded of *address*, where the report names another; what is contradicted stays as it came."""
        if self.by.compared.form(address) == self.by.compared.form(recipient.recipient):
            return False
        of_token = self.of.address is not None and believed.belief is not Belief.CONTRADICTED
        return of_token or believed.belief is Belief.PROVEN

    def _is_first(self, bounce: Bounce) -> bool:
        """Take note of what is counted: of several failures of one address that a letter tells alike, the first."""
        category = bounce.verdict.category if bounce.verdict else None
        same = (bounce.key, bounce.recipient.action, category, bounce.believed.belief)
        return self.counted.setdefault(same, bounce) is bounce

    def _counts(self, bounce: Bounce) -> bool:
        failed = bounce.recipient.action is Action.FAILED
        of_message = bounce.verdict is not None and bounce.verdict.reason in OF_THE_MESSAGE
        return failed and not of_message and is_believed(bounce.believed, self.past.terms) and not self.powerless


def _stream(past: History) -> str:
    return past.message.stream if past.message else ""


def _judged(judgement: Judgement, own: str | None) -> list[tuple[Recipient, Verdict | None]]:
    """The recipients with their verdicts; where none is named it is whom the token was made for, if anybody knows."""
    reading = judgement.reading
    if not reading.recipients and reading.kind in _WISHES:
        return [(Recipient(own, Action.DELIVERED), None)] if own else []
    judged = zip(reading.recipients, judgement.verdicts, strict=True)
    named = ((_named(recipient, own), verdict) for recipient, verdict in judged)
    return [(recipient, verdict) for recipient, verdict in named if recipient.recipient]


def _named(recipient: Recipient, own: str | None) -> Recipient:
    return recipient if recipient.recipient or not own else dataclasses.replace(recipient, recipient=own)


def _address(recipient: Recipient, by: Credentials, past: History) -> str:
    """The address that this is about: the one that the message went to, as far as that is known."""
    sent_to = past.message.recipients if past.message else ()
    return next((one for one in names(recipient) if by.compared.form(one) in sent_to), recipient.recipient)


def _as_written_to(recipient: Recipient, address: str) -> Recipient:
    """The same outcome, of the address that the mail was written to; the one that failed stays as the final one."""
    final = recipient.final_recipient or recipient.recipient
    return dataclasses.replace(recipient, recipient=address, final_recipient=final)


def _in_its_spelling(standing: Suppression | None, address: str, key: str) -> list[Suppression]:
    """What suppresses another spelling of the same mailbox, for this one: so it holds when they are one address no more."""
    if standing is None or comparable(standing.address) == key:
        return []
    return [dataclasses.replace(standing, address=address)]


def _tallies(
    bounces: Iterable[Bounce], kind: Kind, account: str, past: History, now: dt.datetime
) -> tuple[CountedOutcome, ...]:
    if is_overused(past):
        return ()
    at = past.message.sent_at if past.message else now
    return tuple(
        CountedOutcome(account, at, split(one.key)[1], what, one.campaign, one.stream)
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


def _blocked(bounces: Iterable[Bounce], past: History, now: dt.datetime) -> tuple[str, ...]:
    """The providers of proven blocks, each address once a day: whoever holds its path may report it more often."""
    addresses = dict.fromkeys(bounce.key for bounce in bounces if _is_proven_block(bounce))
    return tuple(provider(split(key)[1]) for key in addresses if not _was_blocked(past.about(key), now))


def _is_proven_block(bounce: Bounce) -> bool:
    blocked = bounce.verdict is not None and bounce.verdict.category is Category.BLOCK
    if bounce.reported is not None:  # where mail is sent on, it is not the provider of the address that was written to
        return False
    return blocked and bounce.recipient.action is Action.FAILED and bounce.believed.belief is Belief.PROVEN


def _was_blocked(about: AddressHistory, now: dt.datetime) -> bool:
    """Whether an earlier letter of the day (UTC) told of a block of the address."""
    today = now.astimezone(dt.UTC).date()
    return any(
        past.category is Category.BLOCK and past.at.astimezone(dt.UTC).date() == today for past in about.failures
    )
