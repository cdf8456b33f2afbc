"""How far a report is believed: what each piece of evidence is worth, and what contradicts it."""

import dataclasses
import datetime as dt

import pytest

from bouncer.mail.letter import PathKind, ReturnPath
from bouncer.mail.returnpath import Key, Signed, sign, verify
from bouncer.ndr import named_addresses
from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient
from bouncer.policy.address_match import compare
from bouncer.policy.believe import DAILY_USES, MAX_HOLDERS, Credentials, believe
from bouncer.policy.failed_recipient import IntendedRecipient, intended_recipient
from bouncer.policy.history import History, SentMessage
from bouncer.policy.records import Belief, Believed

KEY = Key(b"a secret of at least sixteen octets")
NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
TODAY = 20_400
JANE, JOE, MALLORY = "jane@example.org", "joe@example.org", "mallory@example.net"
ALIAS = ReturnPath("acme@rp.example.com", PathKind.ALIAS, "acme")
PROVEN, PLAUSIBLE, UNPROVEN, CONTRADICTED = Belief.PROVEN, Belief.PLAUSIBLE, Belief.UNPROVEN, Belief.CONTRADICTED
NOT_ARRIVED = (Action.FAILED, Action.DELAYED)


def token(
    recipient: str | None, account: str = "acme", *, hashed: bool = False, reference: str | None = None
) -> Signed:
    path = sign(
        account,
        recipient,
        domain="rp.example.com",
        key=KEY,
        today=TODAY,
        days=9,
        hashed=hashed,
        reference=reference,
    )
    signature = verify(path, keys=(KEY,), today=TODAY)
    assert isinstance(signature, Signed)
    return signature


def by_path(signed: Signed | None, mark: Signed | None = None, **facts: object) -> Credentials:
    return Credentials(ReturnPath("x@rp.example.com", PathKind.SIGNED, "acme"), signed, mark, **facts)  # type: ignore[arg-type]


def by_alias(mark: Signed | None = None, path: ReturnPath = ALIAS, **facts: object) -> Credentials:
    return Credentials(path, None, mark, **facts)  # type: ignore[arg-type]


def sent(*recipients: str, signed_for: bool = True) -> History:
    message = SentMessage(
        NOW, "m1@acme.example", "Your order", recipients=frozenset(recipients), found_by_reference=signed_for
    )
    return History(message=message)


def judged(
    by: Credentials, *named_ones: str, history: History | None = None, original: Original | None = None
) -> Believed:
    recipients = tuple(Recipient(name, Action.FAILED) for name in named_ones)
    reading = Reading(Kind.BOUNCE, recipients=recipients, original=original or Original())
    comparison = compare(
        reading, named_addresses.comparable_forms(reading), token=by.token, signed=by.signed, mark=by.mark
    )
    history = history or History()
    intended = intended_recipient(reading, by.token, comparison, history.message)
    return believe(recipients[0], reading, dataclasses.replace(by, compared=comparison), history, intended)


@pytest.mark.parametrize("hashed", [False, True])
def test_a_signed_path_proves_a_report_about_its_recipient_whomever_it_names(hashed: bool):
    signed, knowing = token(JANE, hashed=hashed), sent(JANE)

    assert judged(by_path(signed), "JANE@Example.Org").belief is PROVEN
    assert judged(by_path(signed), JOE, history=knowing).belief is PROVEN
    assert judged(by_path(signed), JOE, original=Original(to=(JANE,))).belief is PROVEN  # she has her mail sent on
    assert judged(by_path(signed), JOE, MALLORY, original=Original(to=(JANE,))).belief is PROVEN


def test_a_hashed_path_whose_recipient_nobody_spells_says_so():
    believed = judged(by_path(token(JANE, hashed=True)), JOE)

    assert (believed.belief, believed.why) == (
        UNPROVEN,
        "its return path was signed for one recipient, and nothing says for whom",
    )


def test_another_address_beside_the_failed_recipient_is_somebody_else():
    signed = token(JANE)

    assert judged(by_path(signed), JANE, JOE).belief is PROVEN
    assert judged(by_path(signed), JOE, JANE).belief is CONTRADICTED


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        *((kind, action) for kind in (Kind.SUCCESS, Kind.BOUNCE) for action in Action if action not in NOT_ARRIVED),
        *((kind, Action.FAILED) for kind in Kind if kind not in (Kind.BOUNCE, Kind.DELAY, Kind.COMPLAINT)),
    ],
)
def test_a_report_of_no_failure_that_names_another_is_not_the_recipients(kind: Kind, action: Action):
    """A report may say of one address that it failed and of another that it got the mail."""
    reading = Reading(kind, recipients=(Recipient(JOE, action),))
    by = by_path(token(JANE))
    comparison = compare(
        reading, named_addresses.comparable_forms(reading), token=by.token, signed=by.signed, mark=None
    )

    believed = believe(
        reading.recipients[0], reading, dataclasses.replace(by, compared=comparison), History(), IntendedRecipient(JANE)
    )

    assert believed.belief is CONTRADICTED


def test_a_mark_for_somebody_else_contradicts_the_path():
    signed = token(JANE)

    assert judged(by_path(signed, mark=token(JOE)), JANE).belief is CONTRADICTED
    assert judged(by_path(signed, mark=token(JANE, "other")), JANE).belief is CONTRADICTED
    assert judged(by_path(signed, mark=token(JANE, hashed=True)), JANE).belief is PROVEN
    assert judged(by_path(signed, mark=token(None)), JANE).belief is PROVEN


def test_a_token_speaks_only_so_often_a_day():
    signed = token(JANE)

    assert judged(by_path(signed), JANE, history=History(uses=DAILY_USES - 1)).belief is PROVEN
    worn = judged(by_path(signed), JANE, history=History(uses=DAILY_USES))
    assert worn.belief is UNPROVEN
    assert f"{DAILY_USES} times today" in worn.why


def test_a_path_for_several_may_speak_more_often_only_if_it_was_signed_for_them():
    many = tuple(f"{n}@example.org" for n in range(5))
    signed = token(None, reference="r1")

    def after(uses: int) -> Believed:
        return judged(by_path(signed), many[0], history=dataclasses.replace(sent(*many), uses=uses, shared=True))

    assert after(DAILY_USES * 5 - 1).belief is PLAUSIBLE
    assert after(DAILY_USES * 5).belief is UNPROVEN


def test_a_path_for_nobody_knows_how_many_may_tell_ten_times_a_day_of_each():
    signed, to = token(None), Original(to=(JANE, JOE))

    def after(reports: dict[str, int], **facts: int) -> Belief:
        return judged(
            by_path(signed), JANE, history=History(shared=True, reports_today=reports, **facts), original=to
        ).belief

    assert after({JOE: DAILY_USES, JANE: DAILY_USES - 1}, uses=500, addresses_today=2) is PLAUSIBLE
    assert after({JANE: DAILY_USES}, uses=DAILY_USES, addresses_today=1) is UNPROVEN
    assert after({JANE: 1}, addresses_today=MAX_HOLDERS) is PLAUSIBLE
    assert after({}, addresses_today=MAX_HOLDERS) is UNPROVEN
    assert after({}, uses=DAILY_USES * MAX_HOLDERS) is UNPROVEN


def test_a_path_for_several_is_plausible_and_proven_by_the_accounts_own_server():
    """Every recipient of the message holds the path, so that each could report the failure of another."""
    signed, history = token(None, reference="r1"), sent(JANE, JOE)

    assert judged(by_path(signed), JANE, history=history).belief is PLAUSIBLE
    assert judged(by_path(signed, from_own_server=True), JANE, history=history).belief is PROVEN
    assert judged(by_path(signed, from_own_server=True), MALLORY, history=history).belief is CONTRADICTED
    assert judged(by_path(signed), JANE, history=sent(JANE)).belief is PROVEN
    assert judged(by_path(signed), JOE, history=sent(JANE)).belief is PROVEN  # it went to her alone


def test_a_path_that_several_messages_share_proves_none_of_them():
    """Each went to one recipient, and every one of those holds the path."""
    signed = token(None, reference="sale")
    (message,) = (sent(JANE).message,)
    assert message is not None
    shared = History(message=dataclasses.replace(message, address_count=30))

    assert judged(by_path(signed), JANE, history=shared).belief is PLAUSIBLE
    assert judged(by_path(signed, from_own_server=True), JANE, history=shared).belief is PROVEN
    worn = dataclasses.replace(shared, uses=DAILY_USES * 30)
    assert judged(by_path(signed), JANE, history=worn).belief is UNPROVEN


def test_a_path_for_several_proves_nothing_by_naming_another_message():
    """The path's holder cites the Message-ID of a mailing that they never got."""
    signed = token(None)

    believed = judged(by_path(signed, from_own_server=True), JANE, history=sent(JANE, JOE, signed_for=False))

    assert believed.belief is UNPROVEN


def test_returned_headers_that_are_not_those_that_were_sent_contradict():
    signed, history = token(JANE, reference="r1"), sent(JANE)

    def returning(message_id: str, subject: str) -> Belief:
        return judged(by_path(signed), JANE, history=history, original=Original(message_id, subject)).belief

    assert returning("<M1@acme.example>", "Your order") is PROVEN
    assert returning("<rewritten@relay.example>", "Your order") is PROVEN  # by a relay on the way
    assert returning("<m1@acme.example>", "[list] Your order") is PROVEN
    assert returning("<forged@example.net>", "You have won") is CONTRADICTED


@pytest.mark.parametrize(
    "subject",
    [
        "[EXT] Your order",
        "***SPAM*** your  ORDER",
        "Your order [SPAM]",
        "Your or...",
        "Fwd: Re: Your ord",
        "Yourorder",
        None,
    ],
)
def test_a_message_with_another_id_is_ours_by_its_subject_tagged_cut_folded_or_absent(subject: str | None):
    by = by_path(token(JANE, reference="r1"))

    assert judged(by, JANE, history=sent(JANE), original=Original("<x@relay.example>", subject)).belief is PROVEN


@pytest.mark.parametrize("subject", ["Order", "You", "[EXT] Yo...", "Your bill", "[EXT]"])
def test_a_message_with_another_id_and_too_little_of_the_subject_is_another(subject: str):
    by = by_path(token(JANE, reference="r1"))

    assert judged(by, JANE, history=sent(JANE), original=Original("<x@relay.example>", subject)).belief is CONTRADICTED


def test_an_alias_is_believed_by_the_signed_header_that_is_returned():
    assert judged(by_alias(token(JANE)), JANE).belief is PROVEN
    assert judged(by_alias(token(JANE)), JOE).belief is PROVEN
    assert judged(by_alias(token(JANE, "other")), JANE).belief is CONTRADICTED
    assert judged(by_alias(token(JANE)), JANE, history=History(uses=DAILY_USES)).belief is UNPROVEN


def test_an_alias_is_plausible_by_a_message_that_was_registered():
    history = sent(JANE, JOE, signed_for=False)
    original = Original("<m1@acme.example>", "Your order")

    assert judged(by_alias(), JANE, history=history, original=original).belief is PLAUSIBLE
    assert judged(by_alias(), MALLORY, history=history, original=original).belief is CONTRADICTED
    assert judged(by_alias(), JANE, original=original).belief is UNPROVEN


def test_an_alias_is_plausible_by_the_owners_domain_and_says_what_a_bad_header_was():
    ours = Original(from_="News <news@acme.example>")

    assert judged(by_alias(owners=("ann@acme.example",)), JANE, original=ours).belief is PLAUSIBLE
    believed = judged(by_alias(flaw="expired"), JANE)
    assert (believed.belief, "expired" in believed.why) == (UNPROVEN, True)


def test_quarantine_operator_and_lost_keys_prove_nothing():
    quarantine = ReturnPath("x@rp.example.com", PathKind.QUARANTINE, "acme")
    operator = ReturnPath("abuse@rp.example.com", PathKind.OPERATOR)

    for by in (
        by_alias(token(JANE), quarantine, flaw="expired"),
        by_alias(token(JANE), operator),
        by_path(None),
    ):
        assert judged(by, JANE).belief is UNPROVEN
