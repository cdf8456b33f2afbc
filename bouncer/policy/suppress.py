"""Who is no longer written to, for how long, and who is again: on the word of reports that are believed, and no other.

A fault of the address suppresses at once; a mailbox or server that cannot take mail now, after failures on several days. What was
refused because of the sender never does, nor because of the message: the next one is another. Where another address failed that
mail is sent on to, whatever its fault, that counts by days too: of those who read a role address, one has left. Each relapse stays
longer (the ladder), a delivery that is proven frees the address, and an entry of the allow-list is never suppressed.
"""

import datetime as dt
from dataclasses import dataclass

from bouncer.ndr.reading import Action, Kind
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.history import AddressHistory
from bouncer.policy.ladder import COMPLAINT, OF_THE_MESSAGE, RULES, UNSUBSCRIBE, LadderRule, count_and_window, rule_for
from bouncer.policy.records import Belief, Believed, Counted, Effect, Release, Suppression
from bouncer.verdict.verdict import Category, Reason, Verdict

BY_BOUNCE = "bounce"
"""The source of what a letter did; what a person did by command or import, no letter lifts."""
_WISHES = {Kind.COMPLAINT: COMPLAINT, Kind.UNSUBSCRIBE: UNSUBSCRIBE}
_REASONS = frozenset(Reason)
_COUNTED = (Category.SOFT, Category.TECHNICAL)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a letter says of one address of an account."""

    account: str
    address: str
    stream: str
    kind: Kind
    action: Action
    verdict: Verdict | None
    believed: Believed
    letter_id: int
    at: dt.datetime  # when the letter came
    of_another: bool = False  # mail to the address is sent on, and another one failed: others may have got it


def is_believed(believed: Believed, terms: AccountRules) -> bool:
    """Whether a report is believed enough to suppress for an account of these *terms*."""
    return believed.belief is Belief.PROVEN or believed.belief is terms.suppress_on is Belief.PLAUSIBLE


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows for the address: the effect in a word, and what is to be done or was counted."""

    effect: Effect
    suppression: Suppression | None = None
    counted: Counted | None = None
    standing: Suppression | None = None  # what does already what the claim would do


def weigh(claim: Claim, past: AddressHistory, terms: AccountRules, *, now: dt.datetime) -> Consequence:
    """Say whether the address is suppressed because of *claim*, how long and why; or else why not."""
    rule = _rule_of(claim)
    if rule is None:
        return Consequence(Effect.NONE)
    if bar := _bar(claim, past, rule, terms):
        return Consequence(bar)
    if wish := _WISHES.get(claim.kind):
        said = "complained" if wish == COMPLAINT else "asked to be taken off"
        return _new(claim, past, wish, rule, f"the recipient {said}; {claim.believed.why}", terms, now)
    return _after_failures(claim, past, rule, terms, now)


def _bar(claim: Claim, past: AddressHistory, rule: LadderRule, terms: AccountRules) -> Effect | None:
    """What forbids that the claim suppresses."""
    if not is_believed(claim.believed, terms):
        return Effect.DOUBTED
    if rule.after == "never":
        return Effect.NEVER
    if past.allowed:
        return Effect.ALLOWED
    freed = _last_freed(past)
    return Effect.FREED if freed and claim.at <= freed else None


def _rule_of(claim: Claim) -> LadderRule | None:
    """The rule of suppression that the claim falls under; None where it tells of nothing that could suppress."""
    if wish := _WISHES.get(claim.kind):
        return RULES[wish]
    if claim.kind is not Kind.BOUNCE or claim.action is not Action.FAILED or claim.verdict is None:
        return None
    rule = rule_for(claim.verdict.reason)
    return RULES[Category.SOFT] if claim.of_another and rule.after == "at once" else rule


def _after_failures(
    claim: Claim, past: AddressHistory, rule: LadderRule, terms: AccountRules, now: dt.datetime
) -> Consequence:
    assert claim.verdict
    needed, window = count_and_window(rule, terms)
    by_days = claim.of_another or claim.verdict.category in _COUNTED
    days = _days(claim, past, window) if by_days else needed
    if days < needed:
        if any(_in_force(one, claim.stream, now) for one in past.suppressions):
            return Consequence(Effect.ALREADY)
        return Consequence(Effect.COUNTED, counted=Counted(days, needed, window))
    why = f"failures on {days} days within {window}" if by_days else "at once"
    reason = claim.verdict.reason.value
    return _new(claim, past, reason, rule, f"{claim.verdict.category}, {why}; {claim.believed.why}", terms, now)


def release(claim: Claim, past: AddressHistory) -> Release | None:
    """Say whether the address is freed because of *claim*: a proven delivery, against what letters of failure did."""
    delivered = claim.kind is Kind.SUCCESS and claim.action is Action.DELIVERED
    if not delivered or claim.believed.belief is not Belief.PROVEN:
        return None
    in_force = [one for one in past.suppressions if one.until is None or one.until > claim.at]
    if not in_force or any(one.source != BY_BOUNCE or one.reason in (COMPLAINT, UNSUBSCRIBE) for one in in_force):
        return None
    why = f"a later mail was delivered; {claim.believed.why}"
    return Release(claim.account, claim.address, BY_BOUNCE, claim.letter_id, claim.at, why)


def _new(
    claim: Claim, past: AddressHistory, reason: str, rule: LadderRule, why: str, terms: AccountRules, now: dt.datetime
) -> Consequence:
    # by their times: what was done for several spellings of one mailbox was done once
    relapses = len(
        {one.at for one in past.changes if not one.freed and one.source == BY_BOUNCE and _same_kind(one.reason, reason)}
    )
    days = rule.rung(relapses)
    until = None if days is None else now + dt.timedelta(days=days)
    stream = _scope(claim, reason, terms)
    for standing in past.suppressions:
        if _covers(standing, stream, until, now, reason):
            return Consequence(Effect.ALREADY, standing=standing)
    again = f"; suppressed {'once' if relapses == 1 else f'{relapses} times'} before" if relapses else ""
    new = Suppression(
        claim.account,
        claim.address,
        reason,
        BY_BOUNCE,
        claim.letter_id,
        since=now,
        until=until,
        stream=stream,
        rule=claim.verdict.rule if claim.verdict else None,
        why=why + again,
    )
    return Consequence(Effect.SUPPRESSED, new)


def _covers(one: Suppression, stream: str, until: dt.datetime | None, now: dt.datetime, reason: str) -> bool:
    """Whether *one*, in force, already does what is wanted: a relapse is only what happens after an end."""
    if not _in_force(one, stream, now):
        return False
    longer = one.until is None or (until is not None and one.until >= until)
    return longer or _same_kind(one.reason, reason)


def _in_force(one: Suppression, stream: str, now: dt.datetime) -> bool:
    return one.stream in ("", stream) and (one.until is None or one.until > now)


def _same_kind(one: str, other: str) -> bool:
    return _kind(one) == _kind(other)


def _kind(reason: str) -> str:
    """The category of a reason; a fault of one message, complaint, unsubscribe and a person's own words stand for themselves."""
    category = _category(reason)
    return category.value if category and reason not in OF_THE_MESSAGE else reason


def _category(reason: str) -> Category | None:
    return Reason(reason).category if reason in _REASONS else None


def _scope(claim: Claim, reason: str, terms: AccountRules) -> str:
    """The stream that a suppression holds for: an address that is gone is gone for every stream."""
    gone = _category(reason) is Category.HARD
    return claim.stream if terms.by_stream and not gone else ""


def _days(claim: Claim, past: AddressHistory, window: int) -> int:
    """Count the different days, this one's too, on which mail failed so inside the window; those before a change are spent."""
    assert claim.verdict
    since = claim.at - dt.timedelta(days=window)
    spent = max((one.at for one in past.changes), default=since)
    days = {
        one.at.date() for one in past.failures if one.category is claim.verdict.category and one.at > max(since, spent)
    }
    return len(days | {claim.at.date()})


def _last_freed(past: AddressHistory) -> dt.datetime | None:
    return max((one.at for one in past.changes if one.freed), default=None)
