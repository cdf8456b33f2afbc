"""Suppression: which addresses get no more mail, for how long, and when they are freed; only believed reports count.

A fault of the address suppresses at once; a mailbox or server that cannot take mail now suppresses after failures on several days.
A refusal because of the sender never does, nor one because of the message: the next message is another. If mail is forwarded and
another address failed, whatever its fault, that counts by days too: one of several readers of a role address may have left. Each
relapse lasts longer (the ladder), a proven delivery frees the address, and an address on the allow-list is never suppressed.
"""

import dataclasses
import datetime as dt
from dataclasses import dataclass

from bouncer.ndr.reading import Action, Kind
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.address_list import is_wish
from bouncer.policy.history import AddressHistory
from bouncer.policy.ladder import COMPLAINT, OF_THE_MESSAGE, RULES, UNSUBSCRIBE, LadderRule, count_and_window, rule_for
from bouncer.policy.records import Belief, Believed, ChangeSource, Counted, Effect, Release, Suppression
from bouncer.verdict.verdict import Category, Reason, Verdict

_WISHES = {Kind.COMPLAINT: COMPLAINT, Kind.UNSUBSCRIBE: UNSUBSCRIBE}
_REASONS = frozenset(Reason)
_COUNTED = (Category.SOFT, Category.TECHNICAL)
_SAME_TIME = dt.timedelta(minutes=1)
"""A tolerance: the decisions of a batch are dated by its commit, which may come this long after the moment of a decision."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A letter's report about one address of an account."""

    account: str
    address: str
    stream: str
    kind: Kind
    action: Action
    verdict: Verdict | None
    believed: Believed
    letter_id: int
    at: dt.datetime  # when the letter came
    is_of_another: bool = False  # mail to the address is forwarded, and another one failed: others may have got it


def is_believed(believed: Believed, terms: AccountRules) -> bool:
    """Whether a report is believed enough to suppress for an account with the rules *terms*."""
    return believed.belief is Belief.PROVEN or believed.belief is terms.suppress_on is Belief.PLAUSIBLE


@dataclass(frozen=True, slots=True)
class Consequence:
    """The consequence for the address: the effect, and the suppression or the count."""

    effect: Effect
    suppression: Suppression | None = None
    counted: Counted | None = None
    existing: Suppression | None = None  # an existing suppression that already covers the claim
    is_longer: bool = False  # the suppression follows on one that is still in force


def decide_suppression(claim: Claim, history: AddressHistory, terms: AccountRules, *, now: dt.datetime) -> Consequence:
    """Decide whether *claim* suppresses the address, how long and why; or else why not."""
    rule = _rule_of(claim)
    if rule is None:
        return Consequence(Effect.NONE)
    history = _without_future(history, now)
    if bar := _obstacle(claim, history, rule, terms):
        return Consequence(bar)
    if wish_of_kind := _WISHES.get(claim.kind):
        request = "complained" if wish_of_kind == COMPLAINT else "asked to be taken off"
        return _consequence(
            claim, history, wish_of_kind, rule, f"the recipient {request}; {claim.believed.why}", terms, now
        )
    return _judge_failures(claim, history, rule, terms, now)


def _without_future(history: AddressHistory, now: dt.datetime) -> AddressHistory:
    """Leave out changes that a wrong clock dated in the future: no release of tomorrow is newer than the reports of today."""
    end = now + _SAME_TIME
    return dataclasses.replace(
        history,
        failures=tuple(failure for failure in history.failures if failure.at <= end),
        changes=tuple(change for change in history.changes if change.at <= end),
    )


def _obstacle(claim: Claim, history: AddressHistory, rule: LadderRule, terms: AccountRules) -> Effect | None:
    """Give the effect that names the obstacle to a suppression; None where there is none."""
    if not is_believed(claim.believed, terms):
        return Effect.DOUBTED
    if rule.after == "never":
        return Effect.NEVER
    if history.allowed:
        return Effect.ALLOWED
    last_freed = _last_freed(history)
    return Effect.FREED if last_freed and claim.at <= last_freed else None


def _rule_of(claim: Claim) -> LadderRule | None:
    """The rule of suppression for the claim; None where it reports nothing that could suppress."""
    if wish_of_kind := _WISHES.get(claim.kind):
        return RULES[wish_of_kind]
    if claim.kind is not Kind.BOUNCE or claim.action is not Action.FAILED or claim.verdict is None:
        return None
    rule = rule_for(claim.verdict.reason)
    return RULES[Category.SOFT] if claim.is_of_another and rule.after == "at once" else rule


def _judge_failures(
    claim: Claim, history: AddressHistory, rule: LadderRule, terms: AccountRules, now: dt.datetime
) -> Consequence:
    assert claim.verdict
    needed, window = count_and_window(rule, terms)
    by_days = claim.is_of_another or claim.verdict.category in _COUNTED
    days = _days(claim, history, window) if by_days else needed
    if days < needed:
        if any(_is_in_force(suppression, claim.stream, now) for suppression in history.suppressions):
            return Consequence(Effect.ALREADY)
        return Consequence(Effect.COUNTED, counted=Counted(days, needed, window))
    why = f"failures on {days} days within {window}" if by_days else "at once"
    reason = claim.verdict.reason.value
    return _consequence(
        claim, history, reason, rule, f"{claim.verdict.category}, {why}; {claim.believed.why}", terms, now
    )


def decide_release(claim: Claim, history: AddressHistory) -> Release | None:
    """Decide whether *claim* frees the address: a proven delivery lifts the suppressions that reports of failure made."""
    is_delivered = claim.kind is Kind.SUCCESS and claim.action is Action.DELIVERED
    if not is_delivered or claim.believed.belief is not Belief.PROVEN:
        return None
    in_force = [
        suppression for suppression in history.suppressions if suppression.until is None or suppression.until > claim.at
    ]
    if not in_force or any(
        suppression.source != ChangeSource.BOUNCE or suppression.reason in (COMPLAINT, UNSUBSCRIBE)
        for suppression in in_force
    ):
        return None
    why = f"a later mail was delivered; {claim.believed.why}"
    return Release(claim.account, claim.address, ChangeSource.BOUNCE, claim.letter_id, claim.at, why)


def _consequence(
    claim: Claim,
    history: AddressHistory,
    reason: str,
    rule: LadderRule,
    why: str,
    terms: AccountRules,
    now: dt.datetime,
) -> Consequence:
    # counted by their times: a suppression of several spellings of one mailbox happened once
    relapses = len(
        {
            change.at
            for change in history.changes
            if not change.is_release and change.source == ChangeSource.BOUNCE and _is_same_kind(change.reason, reason)
        }
    )
    days = rule.rung(relapses)
    until = None if days is None else now + dt.timedelta(days=days)
    stream = _scope(claim, reason, terms)
    for suppression in history.suppressions:
        if _covers(suppression, stream, until, now, reason):
            return Consequence(Effect.ALREADY, existing=suppression)
    again = f"; suppressed {'once' if relapses == 1 else f'{relapses} times'} before" if relapses else ""
    new = Suppression(
        claim.account,
        claim.address,
        reason,
        ChangeSource.BOUNCE,
        claim.letter_id,
        since=now,
        until=until,
        stream=stream,
        rule=claim.verdict.rule if claim.verdict else None,
        why=why + again,
    )
    is_longer = any(_is_in_force(suppression, stream, now) for suppression in history.suppressions)
    return Consequence(Effect.SUPPRESSED, new, is_longer=is_longer)


def _covers(suppression: Suppression, stream: str, until: dt.datetime | None, now: dt.datetime, reason: str) -> bool:
    """Whether *suppression*, in force, covers the new one: a relapse can only follow the end of a suppression.

    A failure never covers a wish, which holds on when the failure is forgiven.
    """
    if not _is_in_force(suppression, stream, now) or (is_wish(reason) and not is_wish(suppression.reason)):
        return False
    longer = suppression.until is None or (until is not None and suppression.until >= until)
    return longer or _is_same_kind(suppression.reason, reason)


def _is_in_force(suppression: Suppression, stream: str, now: dt.datetime) -> bool:
    return suppression.stream in ("", stream) and (suppression.until is None or suppression.until > now)


def _is_same_kind(reason: str, other: str) -> bool:
    return _kind(reason) == _kind(other)


def _kind(reason: str) -> str:
    """The category of a reason; reasons about one message, complaint, unsubscribe and people's own words are their own kinds."""
    category = _category(reason)
    return category.value if category and reason not in OF_THE_MESSAGE else reason


def _category(reason: str) -> Category | None:
    return Reason(reason).category if reason in _REASONS else None


def _scope(claim: Claim, reason: str, terms: AccountRules) -> str:
    """The stream that a suppression is for: an address that does not exist is suppressed for every stream."""
    is_gone = _category(reason) is Category.HARD
    return claim.stream if terms.by_stream and not is_gone else ""


def _days(claim: Claim, history: AddressHistory, window: int) -> int:
    """Count the different days, this one included, with such a failure in the window; days before a change do not count."""
    assert claim.verdict
    since = claim.at - dt.timedelta(days=window)
    spent = max((change.at for change in history.changes), default=since)
    days = {
        failure.at.date()
        for failure in history.failures
        if failure.category is claim.verdict.category and failure.at > max(since, spent)
    }
    return len(days | {claim.at.date()})


def _last_freed(history: AddressHistory) -> dt.datetime | None:
    return max((change.at for change in history.changes if change.is_release), default=None)
