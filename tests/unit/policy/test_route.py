"""From a reading to a record: belief, suppression, who is told. Anyone can send a bounce; nobody can silence another."""

import dataclasses
import datetime as dt

import pytest

from bouncer.mail.letter import PathKind, ReturnPath
from bouncer.mail.returnpath import Key, Signed, sign, verify
from bouncer.ndr.named_addresses import comparable_forms
from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient, Written
from bouncer.policy import route as routing
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.believe import DAILY_USES
from bouncer.policy.circumstances import Circumstances
from bouncer.policy.history import AddressHistory, EarlierFailure, History
from bouncer.policy.notifications import Subscription
from bouncer.policy.records import (
    NO_ACCOUNT,
    Belief,
    Bucket,
    Counted,
    Effect,
    EntryKind,
    LetterState,
    NewEntry,
    Record,
    Unread,
)
from bouncer.verdict.verdict import Category, Judgement, Reason, Verdict

KEY = Key(b"a secret of at least sixteen octets")
NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
TODAY = 20_400
JANE = "jane@example.org"
HARD = Verdict(Reason.INVALID_RECIPIENT, "unknown-user", "550 5.1.1 unknown")
FULL = Verdict(Reason.MAILBOX_FULL, "over-quota", "452 4.2.2 full")
SPAM = Verdict(Reason.SPAM_CONTENT, "spam", "554 5.7.1 spam")


def signed_for(recipient: str, *, hashed: bool = False) -> tuple[ReturnPath, Signed]:
    address = sign("acme", recipient, domain="rp.example.com", key=KEY, today=TODAY, days=9, hashed=hashed)
    signed = verify(address, keys=(KEY,), today=TODAY)
    assert isinstance(signed, Signed)
    return ReturnPath(address, PathKind.SIGNED, "acme", signed.recipient, signed.recipient_hash), signed


def alias(recipient: str | None = None) -> ReturnPath:
    kind = PathKind.VERP if recipient else PathKind.ALIAS
    return ReturnPath("acme@rp.example.com", kind, "acme", recipient)


def failing(
    address: str = JANE, verdict: Verdict | None = HARD, kind: Kind = Kind.BOUNCE, **facts: object
) -> Judgement:
    reading = Reading(kind, "rfc3464", recipients=(Recipient(address, Action.FAILED),))
    return Judgement(dataclasses.replace(reading, **facts), (verdict,))


def circumstances(path: ReturnPath, signed: Signed | None = None, **facts: object) -> Circumstances:
    plain = Circumstances(1, path, signed, owners=("ann@acme.example",), operator=None, now=NOW)
    return dataclasses.replace(plain, **facts)


def route(judgement: Judgement, about: Circumstances, history: History | None = None) -> Record:
    return routing.route(
        judgement, routing.with_comparison(about, judgement.reading, comparable_forms(judgement.reading)), history
    )


def test_a_proven_hard_bounce_suppresses_its_recipient_and_tells_the_owner():
    path, signed = signed_for(JANE)

    record = route(failing(), circumstances(path, signed))

    assert record.state is LetterState.READ
    assert [bounce.believed.belief for bounce in record.bounces] == [Belief.PROVEN]
    assert [(suppression.account, suppression.address, suppression.reason) for suppression in record.suppressions] == [
        ("acme", JANE, "invalid-recipient")
    ]
    assert [(entry.kind, entry.to) for entry in record.entries] == [(EntryKind.NOTICE, "ann@acme.example")]


def test_a_hashed_path_suppresses_the_address_that_it_was_made_for():
    path, signed = signed_for("Jane@Example.org", hashed=True)

    record = route(failing("jane@example.org"), circumstances(path, signed))

    assert [suppression.address for suppression in record.suppressions] == ["jane@example.org"]


def test_a_token_says_nothing_about_another_recipient():
    """A recipient who holds a return path of ours reports a failure of somebody else: it is his own, and counts by days."""
    path, signed = signed_for("mallory@example.net")

    record = route(failing(JANE), circumstances(path, signed))

    (bounce,) = record.bounces
    assert (bounce.believed.belief, bounce.key, bounce.reported) == (Belief.PROVEN, "mallory@example.net", JANE)
    assert (bounce.effect, bounce.counted) == (Effect.COUNTED, Counted(1, 3, 30))
    assert record.suppressions == ()


def test_only_the_recipient_of_the_token_is_suppressed_of_several():
    path, signed = signed_for("mallory@example.net")
    reading = Reading(
        Kind.BOUNCE,
        "rfc3464",
        recipients=tuple(Recipient(address, Action.FAILED) for address in (JANE, "mallory@example.net")),
    )

    record = route(Judgement(reading, (HARD, HARD)), circumstances(path, signed))

    assert [bounce.believed.belief for bounce in record.bounces] == [Belief.CONTRADICTED, Belief.PROVEN]
    assert [suppression.address for suppression in record.suppressions] == ["mallory@example.net"]


def test_a_forwarded_recipient_is_the_one_that_the_token_names():
    """jane@example.org has her mail sent on; the other address fails; what is counted is hers, never the other's."""
    path, signed = signed_for(JANE)

    record = route(failing("jane.private@example.net", original=Original(to=(JANE,))), circumstances(path, signed))

    assert record.bounces[0].believed.belief is Belief.PROVEN
    assert [(bounce.key, bounce.is_counted, bounce.effect) for bounce in record.bounces] == [
        (JANE, True, Effect.COUNTED)
    ]
    assert record.suppressions == ()


def test_the_original_recipient_counts_as_well_as_the_final_one():
    path, signed = signed_for(JANE)
    recipient = Recipient("j@example.net", Action.FAILED, original_recipient=JANE, final_recipient="j@example.net")

    record = route(Judgement(Reading(Kind.BOUNCE, recipients=(recipient,)), (HARD,)), circumstances(path, signed))

    assert [(bounce.key, bounce.reported, bounce.effect) for bounce in record.bounces] == [
        (JANE, "j@example.net", Effect.COUNTED)
    ]


def test_a_report_may_name_many_addresses_for_one_and_counts_once():
    """Mail to jane@example.org goes on to three; two of them, and one of another fault, count as one failure of each kind."""
    path, signed = signed_for(JANE)
    failed = tuple(Recipient(f"{name}@inner.example", Action.FAILED) for name in "abc")

    record = route(Judgement(Reading(Kind.BOUNCE, recipients=failed), (HARD, HARD, SPAM)), circumstances(path, signed))

    assert [(bounce.key, bounce.is_counted) for bounce in record.bounces] == [(JANE, True), (JANE, False), (JANE, True)]
    assert [count.kind for count in record.counts] == ["invalid-recipient", "spam-content"]
    assert record.blocked == ()  # whose provider it was is not known


@pytest.mark.parametrize("path", [alias(), alias(JANE)], ids=["alias", "VERP"])
@pytest.mark.parametrize("suppress_on", [Belief.PROVEN, Belief.PLAUSIBLE])
def test_a_failure_that_nobody_proved_counts_as_no_day_of_the_next_proven_one(path: ReturnPath, suppress_on: Belief):
    terms = AccountRules(suppress_on=suppress_on)
    record = route(failing(JANE, verdict=FULL), circumstances(path), History(rules=terms))

    assert [(bounce.believed.belief, bounce.is_counted) for bounce in record.bounces] == [(Belief.UNPROVEN, False)]


def test_a_failure_without_a_name_is_of_whom_the_token_was_made_for():
    nameless = Judgement(Reading(Kind.BOUNCE, recipients=(Recipient("", Action.FAILED),)), (HARD,))
    path, signed = signed_for(JANE)
    hidden, unknown = signed_for(JANE, hashed=True)

    assert [suppression.address for suppression in route(nameless, circumstances(path, signed)).suppressions] == [JANE]
    nobody = route(nameless, circumstances(hidden, unknown))
    assert (nobody.bounces, len(nobody.entries), nobody.token) == ((), 1, unknown.mac)


@pytest.mark.parametrize("verdict", [FULL, SPAM], ids=["soft", "block"])
def test_only_hard_failures_suppress_at_once(verdict: Verdict):
    path, signed = signed_for(JANE)

    assert route(failing(verdict=verdict), circumstances(path, signed)).suppressions == ()


@pytest.mark.parametrize("path", [alias(), alias(JANE)], ids=["alias", "verp"])
def test_an_alias_suppresses_nobody(path: ReturnPath):
    record = route(failing(), circumstances(path))

    assert record.bounces[0].believed.belief is Belief.UNPROVEN
    assert record.suppressions == ()
    assert record.entries


def test_an_alias_and_a_message_from_the_owners_domain_is_plausible():
    record = route(failing(original=Original(from_="Acme <news@acme.example>")), circumstances(alias()))

    assert record.bounces[0].believed.belief is Belief.PLAUSIBLE
    assert record.suppressions == ()


def test_a_verp_path_that_names_another_recipient_contradicts():
    assert route(failing(), circumstances(alias("bob@example.org"))).bounces[0].believed.belief is Belief.CONTRADICTED


def test_a_key_that_is_gone_proves_nothing():
    path, _ = signed_for(JANE)

    record = route(failing(), circumstances(path, None))

    assert record.bounces[0].believed.belief is Belief.UNPROVEN
    assert record.suppressions == ()


def test_a_proven_complaint_suppresses():
    path, signed = signed_for(JANE)

    record = route(failing(kind=Kind.COMPLAINT, verdict=None), circumstances(path, signed))

    assert [suppression.reason for suppression in record.suppressions] == ["complaint"]


@pytest.mark.parametrize("kind", [Kind.AUTO_REPLY, Kind.CHALLENGE, Kind.RECEIPT])
def test_a_letter_that_is_no_bounce_is_told_to_nobody_and_suppresses_nobody(kind: Kind):
    path, signed = signed_for(JANE)

    record = route(failing(kind=kind), circumstances(path, signed))

    assert (record.bounces, record.suppressions, record.entries) == ((), (), ())
    assert record.state is LetterState.READ


def test_a_delay_is_recorded_and_never_suppresses():
    path, signed = signed_for(JANE)
    reading = Reading(Kind.DELAY, recipients=(Recipient(JANE, Action.DELAYED),))

    record = route(Judgement(reading, (HARD,)), circumstances(path, signed))

    assert len(record.bounces) == 1
    assert record.suppressions == ()


def test_a_delivered_recipient_of_a_bounce_is_not_suppressed():
    path, signed = signed_for(JANE)
    reading = Reading(Kind.BOUNCE, recipients=(Recipient(JANE, Action.DELIVERED),))

    assert route(Judgement(reading, (None,)), circumstances(path, signed)).suppressions == ()


def test_an_unreadable_letter_is_shunted():
    record = route(Judgement(Reading(Kind.UNREADABLE, why="no dialect"), ()), circumstances(alias()))

    assert record.state is LetterState.SHUNTED
    assert record.note == "no dialect"


def test_a_report_about_our_own_notices_is_told_to_nobody():
    record = route(failing(), circumstances(ReturnPath("bouncer-x@rp.example.com", PathKind.NOTICE)))

    assert (record.bounces, record.suppressions, record.entries) == ((), (), ())
    assert record.note


def test_one_of_our_own_notices_is_told_to_nobody_and_suppresses_nobody():
    """The loop: the owner's address is a return path of ours."""
    path, signed = signed_for(JANE)

    record = route(failing(), circumstances(path, signed), History(is_our_own=True))

    assert (record.suppressions, record.entries) == ((), ())


def test_proven_and_unproven_reports_are_taken_from_buckets_of_their_own():
    path, signed = signed_for(JANE)
    plausible = failing(original=Original(from_="Acme <news@acme.example>"))

    proven, forged, made_to_look_like_ours = (
        route(judgement, where).entries
        for judgement, where in (
            (failing(), circumstances(path, signed)),
            (failing(), circumstances(alias())),
            (plausible, circumstances(alias())),
        )
    )

    assert [entry.bucket for entry in proven] == [Bucket.PROVEN]
    assert {entry.bucket for entry in (*forged, *made_to_look_like_ours)} == {Bucket.UNPROVEN}


def test_a_report_by_an_overused_path_is_told_in_a_digest_and_never_to_nobody():
    path, signed = signed_for(JANE)

    record = route(failing(), circumstances(path, signed), History(uses=DAILY_USES))

    assert [(entry.to, entry.bucket) for entry in record.entries] == [("ann@acme.example", Bucket.DIGEST)]
    assert "told in a digest only" in (record.note or "")


UNREADABLE = Judgement(Reading(Kind.UNREADABLE, why="no dialect"), ())
MAIL = Judgement(Reading(Kind.OTHER, why="no mail system sent it"), ())
TO_OPERATOR = NewEntry(EntryKind.UNREAD, "op@example.com", account=NO_ACCOUNT, bucket=Bucket.UNREAD)


def test_an_unreadable_letter_may_be_a_report_and_is_shown_to_the_owner():
    record = route(UNREADABLE, circumstances(alias()))

    assert record.entries == (NewEntry(EntryKind.UNREAD, "ann@acme.example", bucket=Bucket.UNREAD),)
    assert record.unread is Unread.UNREADABLE
    assert record.note == "no dialect"


@pytest.mark.parametrize("answers", [True, False])
def test_a_persons_letter_is_shown_to_the_owner(*, answers: bool):
    written = Written("Jo <jo@example.net>", "hello", ("Hi",), answers=answers)

    record = route(MAIL, circumstances(alias(), extract=written))

    assert [entry.kind for entry in record.entries] == [EntryKind.UNREAD]
    assert record.unread is (Unread.ANSWER if answers else Unread.WRITTEN)
    assert record.written == written


def test_a_machines_letter_is_shown_to_nobody():
    record = route(MAIL, circumstances(alias(), extract=Written(by_person=False)))

    assert (record.entries, record.unread, record.written) == ((), None, None)


def wish(path: ReturnPath, signed: Signed | None = None, *, by_person: bool = True) -> Record:
    judgement = Judgement(Reading(Kind.UNSUBSCRIBE, recipients=(Recipient(JANE, Action.DELIVERED),)), (None,))
    return route(judgement, circumstances(path, signed, extract=Written(by_person=by_person)))


def test_a_wish_to_be_taken_off_is_shown_unless_a_program_wrote_it_and_it_was_followed():
    path, signed = signed_for(JANE)

    assert wish(path, signed).unread is Unread.WISH
    assert wish(path, signed).suppressions
    assert wish(path, signed, by_person=False).unread is None
    assert wish(alias(), by_person=False).unread is Unread.WISH


@pytest.mark.parametrize("judgement", [UNREADABLE, MAIL], ids=["unreadable", "mail"])
def test_a_letter_of_an_account_without_owner_goes_to_the_operator(judgement: Judgement):
    record = route(judgement, circumstances(alias(), owners=(), operator="op@example.com"))

    assert record.entries == (TO_OPERATOR,)


def test_an_account_that_wants_no_mail_gets_none_and_it_is_listed():
    record = route(UNREADABLE, circumstances(alias(), owners=(), operator="op@example.com", forwards=False))

    assert record.entries == ()
    assert record.unread is Unread.UNREADABLE


def test_a_letter_of_which_nobody_can_be_told_is_listed():
    assert route(MAIL, circumstances(alias(), owners=())).unread is Unread.WRITTEN


def test_an_unreadable_letter_about_a_notice_is_shown_to_the_operator_unless_the_notice_was_his():
    """Else the owner hears of no bounce, and nobody knows it; the operator's own would come back for ever."""

    def came_back_from(owner: str | None, **facts: object) -> Record:
        path = ReturnPath("bouncer-x@rp.example.com", PathKind.NOTICE, recipient=owner)
        return route(UNREADABLE, circumstances(path, operator="op@example.com", **facts))

    assert came_back_from("ann@acme.example").entries == (TO_OPERATOR,)
    for record in (
        came_back_from("OP@example.com"),
        came_back_from(None),
        came_back_from("ann@acme.example", is_from_bouncer=True),
    ):
        assert record.entries == ()


def test_a_letter_that_could_begin_a_loop_is_not_shown():
    for facts, history in (({"is_from_bouncer": True}, History()), ({}, History(is_our_own=True))):
        assert route(UNREADABLE, circumstances(alias(), **facts), history).entries == ()


def test_a_letter_in_quarantine_is_shown_to_nobody():
    path = ReturnPath("acme-x@rp.example.com", PathKind.QUARANTINE, "acme")

    assert (route(MAIL, circumstances(path)).entries, route(MAIL, circumstances(path)).unread) == ((), None)


def blocks(belief_path: ReturnPath, signed: Signed | None, history: History, **facts: object) -> Record:
    judgement = failing(verdict=SPAM, original=Original(from_="x@acme.example"))
    return route(judgement, circumstances(belief_path, signed, **facts), history)


def test_only_proven_blocks_are_counted_and_warned_of():
    path, signed = signed_for(JANE)
    ninth = History(blocked={"example.org": 9})

    assert [entry.kind for entry in blocks(path, signed, ninth).entries] == [EntryKind.NOTICE, EntryKind.WARNING]
    for unproven in (alias(), alias(JANE)):
        assert blocks(unproven, None, ninth).blocked == ()
        assert [entry.kind for entry in blocks(unproven, None, ninth).entries] == [EntryKind.NOTICE]


def test_an_address_counts_as_blocked_once_a_day():
    path, signed = signed_for(JANE)
    midnight = NOW.replace(hour=0)

    def blocked_after(at: dt.datetime, category: Category = Category.BLOCK) -> tuple[str, ...]:
        return blocks(
            path, signed, History(by_address={JANE: AddressHistory(failures=(EarlierFailure(at, category),))})
        ).blocked

    assert blocked_after(midnight) == ()
    assert blocked_after(midnight - dt.timedelta(seconds=1)) == ("example.org",)
    assert blocked_after(midnight, Category.SOFT) == ("example.org",)


@pytest.mark.parametrize("circumstance", [{"is_from_bouncer": True}, {}], ids=["mail of a bouncer", "ours"])
def test_a_letter_that_could_begin_a_loop_warns_nobody_either(circumstance: dict[str, bool]):
    path, signed = signed_for(JANE)
    history = History(blocked={"example.org": 9}, is_our_own=not circumstance)

    assert blocks(path, signed, history, operator="op@example.com", **circumstance).entries == ()


def test_mail_to_postmaster_goes_to_the_operator():
    path = ReturnPath("postmaster@rp.example.com", PathKind.OPERATOR)
    judgement = Judgement(Reading(Kind.UNREADABLE), ())

    to_operator = route(judgement, circumstances(path, operator="op@example.com", owners=()))
    to_nobody = route(judgement, circumstances(path, owners=()))

    assert to_operator.entries == (NewEntry(EntryKind.OPERATOR, "op@example.com", bucket=Bucket.OPERATOR),)
    assert to_nobody.entries == ()
    assert to_nobody.note == "no operator is set; kept only"
    assert to_operator.state is LetterState.READ


def test_a_loop_through_postmaster_ends():
    path = ReturnPath("abuse@rp.example.com", PathKind.OPERATOR)

    record = route(
        Judgement(Reading(Kind.OTHER), ()), circumstances(path, operator="op@example.com"), History(is_our_own=True)
    )

    assert record.entries == ()


def test_the_mail_of_another_bouncer_is_told_to_nobody():
    """Two installations whose operators are each other's postmaster@ do not write to each other for ever."""
    path = ReturnPath("abuse@rp.example.com", PathKind.OPERATOR)
    judgement = Judgement(Reading(Kind.OTHER), ())

    record = route(judgement, circumstances(path, operator="op@example.com", is_from_bouncer=True))

    assert (record.entries, record.note) == ((), "the mail of another bouncer; told to nobody")


BY_FILE = Subscription("acme", "file", "acme.jsonl")
SOFT_BY_FILE = Subscription("acme", "file", "soft.jsonl", ("soft",))


@pytest.mark.parametrize(("verdict", "hears"), [(HARD, ["acme.jsonl"]), (FULL, ["acme.jsonl", "soft.jsonl"])])
def test_a_file_hears_of_the_topics_that_it_subscribes_to_beside_the_owner(verdict: Verdict, hears: list[str]):
    path, signed = signed_for(JANE)

    record = route(failing(verdict=verdict), circumstances(path, signed, subscriptions=(BY_FILE, SOFT_BY_FILE)))

    assert [(entry.channel, entry.to) for entry in record.entries] == [
        ("mail", "ann@acme.example"),
        *(("file", name) for name in hears),
    ]


def test_an_account_that_wants_no_mail_is_heard_of_by_its_files():
    facts = {"owners": (), "forwards": False, "operator": "op@example.com", "subscriptions": (BY_FILE,)}

    for judgement, kind in ((failing(), EntryKind.NOTICE), (UNREADABLE, EntryKind.UNREAD)):
        record = route(judgement, circumstances(alias(), **facts))
        assert [(entry.kind, entry.to) for entry in record.entries] == [(kind, "acme.jsonl")]


@pytest.mark.parametrize(("facts", "history"), [({"is_from_bouncer": True}, History()), ({}, History(is_our_own=True))])
def test_a_report_that_is_told_to_nobody_is_told_to_no_file(facts: dict[str, bool], history: History):
    assert route(failing(), circumstances(alias(), subscriptions=(BY_FILE,), **facts), history).entries == ()


def test_mail_to_postmaster_is_the_operators_alone():
    path = ReturnPath("postmaster@rp.example.com", PathKind.OPERATOR)

    record = route(MAIL, circumstances(path, operator="op@example.com", owners=(), subscriptions=(BY_FILE,)))

    assert [entry.to for entry in record.entries] == ["op@example.com"]
