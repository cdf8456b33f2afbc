"""The whole story of an address in words."""

import datetime as dt

from bouncer.manage.explaining import explain_story
from bouncer.manage.stories import AddressStory
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.records import ChangeSource, Suppression
from bouncer.ports.letters import BounceRow
from bouncer.ports.sends import RegisteredMessage
from bouncer.ports.suppressions import Allowed, TrailRow

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
JANE = "jane@example.org"


def bounce(days: int, **facts: object) -> BounceRow:
    plain: dict[str, object] = dict.fromkeys(BounceRow.__dataclass_fields__)
    columns: dict[str, object] = {
        "id": days,
        "letter_id": 1 << 40,
        "at": NOON + days * DAY,
        "account": "acme",
        "kind": "bounce",
        "recipient": JANE,
        "action": "failed",
        "status": "4.2.2",
        "reply_code": 452,
        "category": "soft",
        "reason": "mailbox-full",
        "belief": "proven",
        "belief_why": "its return path was signed for this recipient",
        "diagnostic_code": "452 4.2.2 over quota",
        "reporting_mta": "mx.example.net",
    }
    return BounceRow(**{**plain, **columns, **facts})  # type: ignore[arg-type]


def change(days: int, wording: str, **facts: object) -> TrailRow:
    plain = TrailRow(
        9, NOON + days * DAY, "acme", JANE, "", wording, "mailbox-full", None, "command", None, None, "she wrote"
    )
    return TrailRow(**{**{name: getattr(plain, name) for name in TrailRow.__dataclass_fields__}, **facts})  # type: ignore[arg-type]


def story_of(*events: BounceRow | TrailRow, **facts: object) -> str:
    story = AddressStory(
        "acme",
        JANE,
        AccountRules(),
        facts.get("suppressions", ()),  # type: ignore[arg-type]
        facts.get("allowed", ()),  # type: ignore[arg-type]
        tuple(event for event in events if isinstance(event, BounceRow)),
        tuple(event for event in events if isinstance(event, TrailRow)),
        NOON + 100 * DAY,
        facts.get("messages", ()),  # type: ignore[arg-type]
    )
    return "\n".join(explain_story(story))


def test_a_story_goes_from_the_first_failure_to_the_release():
    until = NOON + 23 * DAY
    suppression = Suppression(
        "acme", JANE, "mailbox-full", "bounce", 1, NOON + 2 * DAY, until, why="soft, failures on 3 days"
    )

    story = story_of(
        bounce(2, suppressed=True, suppressed_until=until),
        bounce(0),
        change(2, "suppressed", source=ChangeSource.BOUNCE, letter_id=1 << 40, until=until),
        change(9, "freed"),
        suppressions=(suppression,),
    )

    assert (
        story
        == """\
jane@example.org, account acme

No mail goes to it: suppressed since 2026-11-22 12:00 UTC, until 2026-12-13 12:00 UTC, for mailbox-full.
Why: soft, failures on 3 days.

What happened, oldest first:

2026-11-20 12:00 UTC  A bounce from mx.example.net said: mailbox-full (soft), 452 4.2.2. Report 0000100000000.
    In its words: 452 4.2.2 over quota
    It was proven: its return path was signed for this recipient.
    It counts: on 3 different days within 30 such failures suppress.

2026-11-22 12:00 UTC  A bounce from mx.example.net said: mailbox-full (soft), 452 4.2.2. Report 0000100000000.
    In its words: 452 4.2.2 over quota
    It was proven: its return path was signed for this recipient.
    It suppressed the address until 2026-12-13 12:00 UTC.

2026-11-22 12:00 UTC  Suppressed by report 0000100000000, until 2026-12-13 12:00 UTC, for mailbox-full.
    Why: she wrote.

2026-11-29 12:00 UTC  Freed by command.
    Why: she wrote."""
    )


def test_a_failure_that_counts_for_nothing_says_why():
    assert "So it counts for nothing." in story_of(bounce(0, belief="unproven"))
    assert "It never suppresses: the fault is not the address's." in story_of(
        bounce(0, category="block", reason="spam-content")
    )
    assert "It never suppresses: it says too little." in story_of(bounce(0, category="other", reason="unknown"))
    assert "That is no failure." in story_of(bounce(0, kind="delay", action="delayed", category="soft"))
    assert "is on the allow-list, or was freed later" in story_of(hard(0))


def hard(days: int, **facts: object) -> BounceRow:
    return bounce(days, category="hard", reason="invalid-recipient", **facts)


def test_the_effect_of_a_failure_is_told_as_it_was_decided():
    assert "It changed nothing: the address was on the allow-list." in story_of(hard(1, effect="allowed"))
    assert "It changed nothing: the address was suppressed already." in story_of(hard(1, effect="already-suppressed"))
    assert "It changed nothing: the address was freed after" in story_of(hard(1, effect="freed"))
    counted = bounce(1, effect="counted", counted_day=2, counted_needed=3, counted_window=30)
    assert "It counts: day 2 of 3 within 30 on which such failures suppress." in story_of(counted)


def test_the_address_that_failed_is_told_beside_the_recipient():
    facts = {"effect": "counted", "counted_day": 1, "counted_needed": 3, "counted_window": 30}
    story = story_of(hard(0, reported="j@inner.example", **facts))

    assert "It names j@inner.example as the address that failed." in story
    assert "It counts: day 1 of 3 within 30 on which such failures suppress." in story


def test_a_suppression_that_ran_out_is_told_where_it_did():
    ran_out = "2026-11-27 12:00 UTC  The suppression ran out: mail could go to it again."
    suppressed = change(0, "suppressed", until=NOON + 7 * DAY)

    assert story_of(suppressed, bounce(8)).index(ran_out) < story_of(suppressed, bounce(8)).index("2026-11-28")
    assert ran_out in story_of(suppressed)
    assert "ran out" not in story_of(suppressed, change(3, "freed"))
    assert "ran out" not in story_of(change(0, "suppressed", until=NOON + 365 * DAY))


def test_the_allow_list_and_silence_are_told():
    assert "on the allow-list as @example.org" in story_of(allowed=(Allowed("acme", "@example.org", NOON),))
    assert "Nothing was ever reported about it" in story_of()
    assert "Mail goes to it" in story_of()


def test_sent_messages_stand_before_their_reports():
    first, second = (
        RegisteredMessage("acme", NOON + days * DAY, "m@acme.example", subject, "spring", "", 1)
        for days, subject in ((0, "Hello"), (3, None))
    )
    story = story_of(bounce(1), messages=(second, first))

    assert story.index("A message was sent to it.\n    About the message: Hello, of the campaign spring") < story.index(
        "A bounce"
    )
    assert story.rindex("2026-11-23 12:00 UTC  A message was sent to it.") > story.index("A bounce")
    assert "Nothing was ever reported" not in story_of(messages=(first,))
