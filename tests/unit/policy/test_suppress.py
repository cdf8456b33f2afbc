"""The decisions who is suppressed, for how long, and who is freed: every rule of the table, by history."""

import dataclasses
import datetime as dt

import pytest

from bouncer.ndr.reading import Action, Kind
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.history import AddressHistory, Change, EarlierFailure
from bouncer.policy.ladder import RULES, rule_for
from bouncer.policy.records import Belief, Believed, ChangeSource, Counted, Effect, Suppression
from bouncer.policy.suppress import Claim, Consequence, decide_release, decide_suppression
from bouncer.verdict.verdict import Category, Reason, Verdict

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
JANE = "jane@example.org"
TERMS = AccountRules()


def claim(reason: Reason = Reason.INVALID_RECIPIENT, **facts: object) -> Claim:
    plain = Claim(
        "acme",
        JANE,
        "",
        Kind.BOUNCE,
        Action.FAILED,
        Verdict(reason, "a-rule", "its words"),
        Believed(Belief.PROVEN, "signed for it"),
        7,
        NOW,
    )
    return dataclasses.replace(plain, **facts)  # type: ignore[arg-type]


def failed(reason: Reason, *days_ago: float) -> tuple[EarlierFailure, ...]:
    return tuple(EarlierFailure(NOW - ago * DAY, reason.category) for ago in days_ago)


def suppressed(days_ago: float, reason: Reason | str, source: ChangeSource = ChangeSource.BOUNCE) -> Change:
    return Change(NOW - days_ago * DAY, is_release=False, reason=str(reason), source=source)


def freed(days_ago: float) -> Change:
    return Change(NOW - days_ago * DAY, is_release=True, reason="", source=ChangeSource.COMMAND)


def standing(until: dt.datetime | None, reason: str = "mailbox-full", **facts: object) -> Suppression:
    plain = Suppression("acme", JANE, reason, ChangeSource.BOUNCE, 1, NOW - 9 * DAY, until)
    return dataclasses.replace(plain, **facts)  # type: ignore[arg-type]


def days(suppression: Suppression | None) -> int | None:
    assert suppression is not None
    return (suppression.until - NOW).days if suppression.until else None


def suppress(report: Claim, history: AddressHistory, terms: AccountRules, *, now: dt.datetime) -> Suppression | None:
    return decide_suppression(report, history, terms, now=now).suppression


def test_a_hard_failure_suppresses_at_once_for_a_year_and_then_for_good():
    first = suppress(claim(), AddressHistory(), TERMS, now=NOW)
    again = suppress(claim(), AddressHistory(changes=(suppressed(400, Reason.INVALID_RECIPIENT),)), TERMS, now=NOW)

    assert days(first) == 365
    assert days(again) is None


@pytest.mark.parametrize(("reason", "needed"), [(Reason.MAILBOX_FULL, 3), (Reason.SERVER_BUSY, 7)])
def test_soft_and_technical_failures_suppress_on_different_days_inside_the_window(reason: Reason, needed: int):
    """Technical ones are weaker: more of them are needed."""
    before = tuple(range(1, needed))

    def after(*days_ago: float) -> Suppression | None:
        return suppress(claim(reason), AddressHistory(failed(reason, *days_ago)), TERMS, now=NOW)

    assert after(*before[:-1]) is None
    assert after(*before) is not None
    assert after(*(ago / 100 for ago in before)) is None  # all on one day
    assert after(*(ago + 29 for ago in before)) is None  # too long ago
    assert after(*before[:-1], 40) is None


def test_an_account_has_its_own_numbers():
    history = AddressHistory(failed(Reason.MAILBOX_FULL, 50))

    assert suppress(claim(Reason.MAILBOX_FULL), history, TERMS, now=NOW) is None
    eager = AccountRules(soft_failures=2, soft_window_days=60)
    assert suppress(claim(Reason.MAILBOX_FULL), history, eager, now=NOW) is not None


def test_soft_and_technical_failures_are_counted_apart():
    history = AddressHistory(failed(Reason.SERVER_BUSY, 1, 2, 3))

    assert suppress(claim(Reason.MAILBOX_FULL), history, TERMS, now=NOW) is None


def test_each_relapse_stays_longer():
    ladder = []
    changes: tuple[Change, ...] = ()
    for relapse in range(5):
        history = AddressHistory(failed(Reason.MAILBOX_FULL, 1, 2), changes)
        ladder.append(days(suppress(claim(Reason.MAILBOX_FULL), history, TERMS, now=NOW)))
        changes = (*changes, suppressed(500 - relapse, Reason.MAILBOX_FULL))

    assert ladder == [21, 60, 180, 365, 365]


def test_failures_before_an_end_are_spent():
    """After a suppression has run out, or was lifted, it takes as many new failures."""
    for change in (suppressed(20, Reason.MAILBOX_FULL), freed(20)):
        old = AddressHistory(failed(Reason.MAILBOX_FULL, 21, 22), (change,))
        new = AddressHistory(failed(Reason.MAILBOX_FULL, 1, 2, 21), (change,))

        assert suppress(claim(Reason.MAILBOX_FULL), old, TERMS, now=NOW) is None
        assert suppress(claim(Reason.MAILBOX_FULL), new, TERMS, now=NOW) is not None


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason.category in (Category.BLOCK, Category.OTHER)])
def test_a_block_never_suppresses_however_often(reason: Reason):
    history = AddressHistory(failed(reason, *range(1, 30)))

    assert suppress(claim(reason), history, TERMS, now=NOW) is None


@pytest.mark.parametrize(("kind", "reason"), [(Kind.COMPLAINT, "complaint"), (Kind.UNSUBSCRIBE, "unsubscribe")])
def test_a_recipient_who_complains_or_unsubscribes_is_suppressed_until_lifted(kind: Kind, reason: str):
    suppression = suppress(claim(kind=kind, action=Action.DELIVERED, verdict=None), AddressHistory(), TERMS, now=NOW)

    assert suppression is not None
    assert (suppression.reason, suppression.until) == (reason, None)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.BOUNCE, Kind.COMPLAINT, Kind.UNSUBSCRIBE)])
def test_no_other_kind_of_letter_suppresses(kind: Kind):
    assert suppress(claim(kind=kind), AddressHistory(), TERMS, now=NOW) is None


@pytest.mark.parametrize("belief", [Belief.PLAUSIBLE, Belief.UNPROVEN, Belief.CONTRADICTED])
def test_only_what_is_proven_suppresses_unless_the_account_says_otherwise(belief: Belief):
    report = claim(believed=Believed(belief, "why"))

    assert suppress(report, AddressHistory(), TERMS, now=NOW) is None
    trusting = suppress(report, AddressHistory(), AccountRules(suppress_on=Belief.PLAUSIBLE), now=NOW)
    assert (trusting is not None) is (belief is Belief.PLAUSIBLE)


def test_the_allow_list_is_never_suppressed():
    assert suppress(claim(), AddressHistory(allowed=True), TERMS, now=NOW) is None


def test_an_old_report_does_not_undo_a_release():
    history = AddressHistory(changes=(freed(1),))

    assert suppress(claim(at=NOW - 2 * DAY), history, TERMS, now=NOW) is None
    assert suppress(claim(at=NOW), history, TERMS, now=NOW) is not None


@pytest.mark.parametrize("ahead", [3600 / 86_400, 4000], ids=["an hour", "years"])
def test_events_that_a_clock_ahead_has_dated_are_no_history(ahead: float):
    """A release of then is not newer than the reports of today, and a failure of then is none of another day."""
    released = AddressHistory(changes=(freed(-ahead),))
    failures = AddressHistory(failed(Reason.MAILBOX_FULL, 1, 2), (freed(-ahead),))
    of_then = AddressHistory(failed(Reason.MAILBOX_FULL, -ahead - 1, -ahead - 2))

    assert suppress(claim(), released, TERMS, now=NOW) is not None
    assert suppress(claim(Reason.MAILBOX_FULL), failures, TERMS, now=NOW) is not None
    assert suppress(claim(Reason.MAILBOX_FULL), of_then, TERMS, now=NOW) is None


def test_a_standing_suppression_is_only_made_longer():
    def after(earlier: Suppression, reason: Reason) -> Suppression | None:
        history = AddressHistory(failed(reason, 1, 2), suppressions=(earlier,))
        return suppress(claim(reason), history, TERMS, now=NOW)

    assert after(standing(NOW + DAY), Reason.MAILBOX_FULL) is None  # more of the same, while it stands
    assert days(after(standing(NOW + DAY), Reason.INVALID_RECIPIENT)) == 365
    assert after(standing(None, "by hand"), Reason.INVALID_RECIPIENT) is None
    assert after(standing(NOW - DAY), Reason.MAILBOX_FULL) is not None  # it has run out


def test_a_stream_is_left_alone_by_what_another_did_but_a_dead_address_is_dead_for_all():
    by_stream = AccountRules(by_stream=True)
    wish = claim(kind=Kind.COMPLAINT, action=Action.DELIVERED, verdict=None, stream="news")

    def stream(report: Claim, terms: AccountRules) -> str:
        suppression = suppress(report, AddressHistory(), terms, now=NOW)
        assert suppression is not None
        return suppression.stream

    assert stream(wish, by_stream) == "news"
    assert stream(wish, TERMS) == ""
    assert stream(claim(stream="news"), by_stream) == ""


@pytest.mark.parametrize(
    ("report", "history", "effect"),
    [
        (claim(), AddressHistory(), Effect.SUPPRESSED),
        (claim(), AddressHistory(suppressions=(standing(None, "invalid-recipient"),)), Effect.ALREADY),
        (claim(Reason.MAILBOX_FULL), AddressHistory(suppressions=(standing(None),)), Effect.ALREADY),
        (claim(Reason.MAILBOX_FULL), AddressHistory(suppressions=(standing(NOW - DAY),)), Effect.COUNTED),
        (claim(Reason.SPAM_CONTENT), AddressHistory(), Effect.NEVER),
        (claim(Reason.UNKNOWN), AddressHistory(), Effect.NEVER),
        (claim(believed=Believed(Belief.UNPROVEN, "")), AddressHistory(), Effect.DOUBTED),
        (claim(), AddressHistory(allowed=True), Effect.ALLOWED),
        (claim(at=NOW - 2 * DAY), AddressHistory(changes=(freed(1),)), Effect.FREED),
        (claim(kind=Kind.DELAY, action=Action.DELAYED), AddressHistory(), Effect.NONE),
        (claim(kind=Kind.COMPLAINT, verdict=None), AddressHistory(), Effect.SUPPRESSED),
        (
            claim(kind=Kind.COMPLAINT, verdict=None),
            AddressHistory(suppressions=(standing(None, "invalid-recipient"),)),
            Effect.SUPPRESSED,
        ),
        (
            claim(kind=Kind.UNSUBSCRIBE, verdict=None),
            AddressHistory(suppressions=(standing(None, "asked"),)),
            Effect.ALREADY,
        ),
    ],
)
def test_the_effect_of_a_report_is_said_in_a_word(report: Claim, history: AddressHistory, effect: Effect):
    decision = decide_suppression(report, history, TERMS, now=NOW)

    assert decision.effect is effect
    assert (decision.suppression is not None) == (effect is Effect.SUPPRESSED)
    assert (decision.counted is not None) == (effect is Effect.COUNTED)


def test_the_distance_to_a_suppression_is_counted_in_days_of_failure():
    def day(*days_ago: float, terms: AccountRules = TERMS) -> Counted | None:
        history = AddressHistory(failed(Reason.MAILBOX_FULL, *days_ago))
        return decide_suppression(claim(Reason.MAILBOX_FULL), history, terms, now=NOW).counted

    assert day() == Counted(1, 3, 30)
    assert day(0.1, 0.2) == Counted(1, 3, 30)  # the same day
    assert day(1, 1.1, 40) == Counted(2, 3, 30)
    assert day(1, terms=AccountRules(soft_failures=5, soft_window_days=7)) == Counted(2, 5, 7)


DELIVERED = {"kind": Kind.SUCCESS, "action": Action.DELIVERED, "verdict": None}


def test_a_proven_delivery_frees_the_address():
    release = decide_release(claim(**DELIVERED), AddressHistory(suppressions=(standing(None, "invalid-recipient"),)))

    assert release is not None
    assert (release.address, release.letter_id) == (JANE, 7)


@pytest.mark.parametrize(
    ("changed", "stands"),
    [
        ({"believed": Believed(Belief.PLAUSIBLE, "")}, standing(None)),
        ({"action": Action.RELAYED}, standing(None)),
        ({"action": Action.EXPANDED}, standing(None)),
        ({"kind": Kind.DELAY}, standing(None)),
        ({}, standing(None, "complaint")),
        ({}, standing(None, "unsubscribe")),
        ({}, standing(None, "by hand", source=ChangeSource.COMMAND)),
        ({}, standing(NOW - DAY)),
    ],
)
def test_no_weaker_proof_frees_an_address_and_wishes_and_commands_stay(changed: dict[str, object], stands: Suppression):
    assert decide_release(claim(**{**DELIVERED, **changed}), AddressHistory(suppressions=(stands,))) is None


def test_every_reason_has_a_rule():
    assert {rule_for(reason).after for reason in Reason} == {"at once", "soft", "technical", "never"}
    for reason in Reason:
        assert rule_for(reason) is RULES.get(reason, RULES[reason.category])


@pytest.mark.parametrize("reason", [Reason.MESSAGE_TOO_LARGE, Reason.FORMAT_ERROR])
@pytest.mark.parametrize("of_another", [False, True])
def test_a_fault_of_one_message_never_suppresses(reason: Reason, *, of_another: bool):
    """A good address was lost for 14 days because of three large mails: the next, small one would have arrived."""
    often = AddressHistory(failed(reason, *range(1, 30)))

    assert decide_suppression(claim(reason, is_of_another=of_another), often, TERMS, now=NOW) == Consequence(
        Effect.NEVER
    )


@pytest.mark.parametrize("reason", [Reason.MESSAGE_TOO_LARGE, "message-too-large"])
def test_a_suppression_that_one_message_led_to_once_makes_no_relapse(reason: str):
    """In the trail of before it stands still; the next suppression begins at the foot of the ladder."""
    history = AddressHistory(failed(Reason.MAILBOX_UNAVAILABLE, 1, 2), changes=(suppressed(90, reason), freed(60)))

    assert days(suppress(claim(Reason.MAILBOX_UNAVAILABLE), history, TERMS, now=NOW)) == 14
