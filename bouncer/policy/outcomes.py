"""The consequences of a letter for each recipient: belief, suppression or release, and the counts of sends."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from bouncer.mail.address import comparable, fold_comparable, split
from bouncer.mail.letter import PathKind
from bouncer.ndr.named_addresses import addresses_of
from bouncer.ndr.reading import Action, Kind, Reading, Recipient
from bouncer.policy.account_events import SuppressionChange
from bouncer.policy.believe import Credentials, believe, is_counted_by_address, is_overused
from bouncer.policy.failed_recipient import IntendedRecipient, intended_recipient, is_about_another, reported_address
from bouncer.policy.history import AddressHistory, History
from bouncer.policy.ladder import COMPLAINT, OF_THE_MESSAGE, UNSUBSCRIBE
from bouncer.policy.records import Belief, Believed, Bounce, CountedOutcome, Effect, Release, Suppression
from bouncer.policy.suppress import Claim, Consequence, decide_release, decide_suppression, is_believed
from bouncer.verdict.provider import provider
from bouncer.verdict.verdict import Category, Judgement, Verdict

RECORDED = frozenset({Kind.BOUNCE, Kind.DELAY, Kind.SUCCESS, Kind.COMPLAINT, Kind.UNSUBSCRIBE})
"""Kinds that report an outcome: each recipient gets a row."""
CONFIRMED = "confirmed"
"""The name, in the counts of sends, of a delivery that a report proves."""
UNPROVEN = "unproven"
"""The name, in the counts of sends, of a failure that anyone may have made up."""
_WISHES = {Kind.COMPLAINT: COMPLAINT, Kind.UNSUBSCRIBE: UNSUBSCRIBE}
_EARNED = (Belief.PROVEN, Belief.PLAUSIBLE)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """All consequences of the recipients of one letter."""

    bounces: tuple[Bounce, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    releases: tuple[Release, ...] = ()
    counts: tuple[CountedOutcome, ...] = ()
    blocked: tuple[str, ...] = ()
    reported_addresses: tuple[str, ...] = ()  # as in a Record
    changes: tuple[SuppressionChange, ...] = ()  # suppressions and releases, for webhooks


def outcomes(
    judgement: Judgement,
    by: Credentials,
    history: History,
    *,
    letter_id: int,
    came_at: dt.datetime,
    now: dt.datetime,
    is_our_own: bool,
) -> Outcomes:
    """Decide on every recipient of a letter; a *is_our_own* letter (one of our own mails) is recorded and changes nothing."""
    reading, account = judgement.reading, by.path.account
    if reading.kind not in RECORDED or account is None or by.path.kind is PathKind.NOTICE:
        return Outcomes()
    intended = intended_recipient(reading, by.token, by.compared, history.message)
    decisions = _Decisions(reading, account, by, history, intended, letter_id, came_at, now, is_our_own)
    for recipient, verdict in _pair_with_verdicts(judgement, intended.address):
        decisions.decide(recipient, verdict)
    counted = tuple(decisions.counted.values())
    tallies = () if is_our_own else _tallies(counted, reading.kind, account, history, now)
    told_of = tuple({bounce.key: None for bounce in decisions.bounces}) if is_counted_by_address(history) else ()
    changed = tuple(decisions.suppressions), tuple(decisions.releases)
    bounces, blocked = tuple(decisions.bounces), _blocking_providers(counted, history, now)
    return Outcomes(bounces, *changed, tallies, blocked, told_of, tuple(decisions.changes))


@dataclass(slots=True)
class _Decisions:
    """The decisions on one letter, recipient by recipient; for forwarded mail a report may name any number of addresses."""

    reading: Reading
    account: str
    by: Credentials
    history: History
    intended: IntendedRecipient
    letter_id: int
    came_at: dt.datetime
    now: dt.datetime
    is_our_own: bool
    bounces: list[Bounce] = field(default_factory=list)
    suppressions: list[Suppression] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    changes: list[SuppressionChange] = field(default_factory=list)
    # the first of the bounces that report the same about one address
    counted: dict[tuple[object, ...], Bounce] = field(default_factory=dict)
    # by address, with this letter's earlier consequences
    histories: dict[str, AddressHistory] = field(default_factory=dict)

    def decide(self, recipient: Recipient, verdict: Verdict | None) -> None:
        """Decide on one recipient."""
        by, history = self.by, self.history
        believed = believe(recipient, self.reading, by, history, self.intended)
        address = self.intended.address or _address(recipient, by, history)
        another = is_about_another(recipient, address, by.compared)
        follows = self._follows(self._claim(recipient, verdict, believed, address, another=another))
        reported = reported_address(recipient, by.compared)
        if self._is_about(address, recipient, believed):
            recipient = _as_written_to(recipient, address)
        key = by.compared.comparable(recipient.recipient)
        bounce = Bounce(
            recipient,
            verdict,
            believed,
            key,
            reported=reported if reported and by.compared.comparable(reported) != key else None,
            suppressed=follows.suppression is not None,
            suppressed_until=follows.suppression.until if follows.suppression else None,
            stream=_stream(history),
            campaign=history.message.campaign if history.message else "",
            effect=follows.effect,
            counted=follows.counted,
        )
        first = self._is_first(bounce)
        self.bounces.append(dataclasses.replace(bounce, is_counted=True) if first and self._counts(bounce) else bounce)

    def _claim(
        self, recipient: Recipient, verdict: Verdict | None, believed: Believed, address: str, *, another: bool
    ) -> Claim:
        kind, stream = self.reading.kind, _stream(self.history)
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
            is_of_another=another,
        )

    def _follows(self, claim: Claim) -> Consequence:
        if self.is_our_own:
            return Consequence(Effect.NONE)
        key = self.by.compared.comparable(claim.address)
        mailbox = self._mailbox(key)
        history_of_address = self.histories.get(mailbox) or self.history.history_of(mailbox)
        follows = decide_suppression(claim, history_of_address, self.history.rules, now=self.now)
        self.suppressions += _copy_to_spelling(follows.existing, claim.address, key)
        if freed := decide_release(claim, history_of_address):
            self.releases.append(freed)
            self.changes.append(SuppressionChange(freed, key, belief=claim.believed.belief))
        if new := follows.suppression:
            self.suppressions.append(new)
            self.changes.append(SuppressionChange(new, key, not follows.is_longer, claim.believed.belief))
            history_of_address = dataclasses.replace(
                history_of_address, suppressions=(*history_of_address.suppressions, new)
            )
        self.histories[mailbox] = history_of_address
        return follows

    def _mailbox(self, key: str) -> str:
        return fold_comparable(key) if self.history.rules.fold_gmail else key

    def _is_about(self, address: str, recipient: Recipient, believed: Believed) -> bool:
        """Whether the bounce is recorded for *address*, where the report names another; a contradicted report stays as it came."""
        if self.by.compared.comparable(address) == self.by.compared.comparable(recipient.recipient):
            return False
        of_token = self.intended.address is not None and believed.belief is not Belief.CONTRADICTED
        return of_token or believed.belief is Belief.PROVEN

    def _is_first(self, bounce: Bounce) -> bool:
        """Note a bounce that counts, and tell whether it is the first of those that the letter reports alike about one address."""
        category = bounce.verdict.category if bounce.verdict else None
        outcome = (bounce.key, bounce.recipient.action, category, bounce.believed.belief)
        return self.counted.setdefault(outcome, bounce) is bounce

    def _counts(self, bounce: Bounce) -> bool:
        failed = bounce.recipient.action is Action.FAILED
        of_message = bounce.verdict is not None and bounce.verdict.reason in OF_THE_MESSAGE
        if not failed or of_message or not is_believed(bounce.believed, self.history.rules) or self.is_our_own:
            return False
        history = self.history.history_of(self._mailbox(bounce.key))
        return bounce.verdict is None or history.counts_another(bounce.verdict.category, self.now)


def _stream(history: History) -> str:
    return history.message.stream if history.message else ""


def _pair_with_verdicts(judgement: Judgement, own_recipient: str | None) -> list[tuple[Recipient, Verdict | None]]:
    """The recipients with their verdicts; if none is named, the one that the token was made for, where it is known."""
    reading = judgement.reading
    if not reading.recipients and reading.kind in _WISHES:
        return [(Recipient(own_recipient, Action.DELIVERED), None)] if own_recipient else []
    pairs = zip(reading.recipients, judgement.verdicts, strict=True)
    reported = ((_with_recipient(recipient, own_recipient), verdict) for recipient, verdict in pairs)
    return [(recipient, verdict) for recipient, verdict in reported if recipient.recipient]


def _with_recipient(recipient: Recipient, address: str | None) -> Recipient:
    return recipient if recipient.recipient or not address else dataclasses.replace(recipient, recipient=address)


def _address(recipient: Recipient, by: Credentials, history: History) -> str:
    """The address that the bounce is about: the one that the message went to, as far as it is known."""
    sent_to = history.message.recipients if history.message else ()
    return next(
        (address for address in addresses_of(recipient) if by.compared.comparable(address) in sent_to),
        recipient.recipient,
    )


def _as_written_to(recipient: Recipient, address: str) -> Recipient:
    """Give the outcome for the address that the mail was written to; the failed address stays as the final one."""
    final = recipient.final_recipient or recipient.recipient
    return dataclasses.replace(recipient, recipient=address, final_recipient=final)


def _copy_to_spelling(standing: Suppression | None, address: str, key: str) -> list[Suppression]:
    """Copy a suppression of another spelling of the mailbox to this one: it holds even if the account stops folding spellings."""
    if standing is None or comparable(standing.address) == key:
        return []
    return [dataclasses.replace(standing, address=address)]


def _tallies(
    bounces: Iterable[Bounce], kind: Kind, account: str, history: History, now: dt.datetime
) -> tuple[CountedOutcome, ...]:
    if is_overused(history):
        return ()
    at = history.message.sent_at if history.message else now
    return tuple(
        CountedOutcome(account, at, split(bounce.key)[1], label, bounce.campaign, bounce.stream)
        for bounce in bounces
        if (label := _label(bounce, kind))
    )


def _label(bounce: Bounce, kind: Kind) -> str | None:
    """Give the name under which the counts of sends hold a bounce; None where a contradicted report counts for nothing."""
    if bounce.believed.belief is Belief.CONTRADICTED:
        return None
    failed = kind is Kind.BOUNCE and bounce.recipient.action is Action.FAILED
    if failed or kind in _WISHES:
        if bounce.believed.belief not in _EARNED:
            return UNPROVEN
        return _WISHES.get(kind) or (bounce.verdict.reason.value if bounce.verdict else None)
    proven = bounce.believed.belief is Belief.PROVEN
    return CONFIRMED if proven and kind is Kind.SUCCESS and bounce.recipient.action is Action.DELIVERED else None


def _blocking_providers(bounces: Iterable[Bounce], history: History, now: dt.datetime) -> tuple[str, ...]:
    """The providers of proven blocks, each address once a day: the holder of its path may report the block more often."""
    addresses = dict.fromkeys(bounce.key for bounce in bounces if _is_proven_block(bounce))
    return tuple(
        provider(split(key)[1]) for key in addresses if not history.history_of(key).failures_of_day(Category.BLOCK, now)
    )


def _is_proven_block(bounce: Bounce) -> bool:
    blocked = bounce.verdict is not None and bounce.verdict.category is Category.BLOCK
    if bounce.reported is not None:  # forwarded mail: another provider than the recipient's may have blocked it
        return False
    return blocked and bounce.recipient.action is Action.FAILED and bounce.believed.belief is Belief.PROVEN
