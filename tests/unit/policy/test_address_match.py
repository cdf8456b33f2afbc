"""The comparisons of addresses before a decision: whom a token speaks for, within a bound; the decision itself is linear."""

import datetime as dt
import hmac
import sys
from typing import Any

import pytest

from bouncer.mail.letter import PathKind, ReturnPath
from bouncer.mail.returnpath import Key, Signed, sign, verify
from bouncer.ndr.named_addresses import comparable_forms
from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient
from bouncer.policy.address_match import MAX_TEXT, MOST_ASKED, Comparison, compare
from bouncer.policy.circumstances import Circumstances
from bouncer.policy.history import History, SentMessage
from bouncer.policy.route import RoutedLetter, with_comparison
from bouncer.verdict.verdict import Judgement

KEY = Key(b"a secret of at least sixteen octets")
NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
TODAY = 20_400
PAUL = "paul+a@example.org"


def token(recipient: str | None = PAUL) -> Signed:
    signature = verify(
        sign("acme", recipient, domain="rp.example.com", key=KEY, today=TODAY, days=9), keys=(KEY,), today=TODAY
    )
    assert isinstance(signature, Signed)
    return signature


def reading(recipients: list[str], to: tuple[str, ...] = ()) -> Reading:
    failures = tuple(Recipient(recipient, Action.FAILED) for recipient in recipients)
    return Reading(Kind.BOUNCE, recipients=failures, original=Original(to=to))


def comparison(recipients: list[str], to: tuple[str, ...] = (), by: Signed | None = None) -> Comparison:
    report = reading(recipients, to)
    by = by or token()
    return compare(report, comparable_forms(report), token=by, signed=by, mark=None)


def other_addresses(count: int) -> list[str]:
    return [f"r{n}@example.net" for n in range(count)]


def test_a_token_speaks_for_its_recipient_in_every_spelling():
    match = comparison([*other_addresses(3), "PAUL+A@Example.org"], ("Paul+a@example.org.",))

    assert (match.intended, match.intended_address) == ({PAUL}, "PAUL+A@Example.org")
    assert comparison(other_addresses(3), (PAUL,)).intended_address == PAUL
    assert (comparison(other_addresses(3)).intended, comparison(other_addresses(3)).intended_address) == (
        frozenset(),
        None,
    )
    assert comparison(other_addresses(3), by=token(None)).intended == frozenset()
    assert (
        comparison(other_addresses(3), by=token("jane@example.org")).intended_address == "jane@example.org"
    )  # it stands in the path


def test_a_token_is_asked_no_more_often_than_a_report_can_name_recipients():
    assert comparison([*other_addresses(MOST_ASKED - 1), PAUL]).intended == {PAUL}
    assert comparison([*other_addresses(MOST_ASKED), PAUL]).intended == frozenset()


def test_spellings_of_the_recipient_are_looked_for_among_as_many_addresses():
    jane, respelled = token("jane@example.org"), "jane@mail.example.org"

    assert respelled in comparison([*other_addresses(MOST_ASKED - 1), respelled], by=jane).spellings
    assert respelled not in comparison([*other_addresses(MOST_ASKED), respelled], by=jane).spellings


def test_a_hashed_path_from_before_addresses_had_one_form_still_speaks(monkeypatch: pytest.MonkeyPatch):
    """An old path holds the hash of the address as it was written."""
    with monkeypatch.context() as before:
        before.setattr("bouncer.mail.returnpath.comparable", lambda address: address)
        old = token('"jane"@example.org')

    assert comparison(['"jane"@example.org'], by=old).intended == {"jane@example.org"}
    assert comparison(["jane@example.org"], by=old).intended == frozenset()


def calls(count: int, by: Signed, history: History) -> tuple[int, int]:
    """How many calls a decision on a letter with *count* recipients and as many To makes; how many ask a signature."""
    report = reading(other_addresses(count), tuple(f"t{n}@b\u00fccher{n}.example" for n in range(count)))
    path = ReturnPath("x@rp.example.com", PathKind.SIGNED, "acme")
    about = Circumstances(1, path, by, owners=(), operator=None, now=NOW, mark=by)
    case = RoutedLetter(Judgement(report, (None,) * count), with_comparison(about, report, comparable_forms(report)))
    calls, signatures_checked = 0, 0

    def note(_frame: Any, event: str, call: Any) -> None:
        nonlocal calls, signatures_checked
        calls += event in ("call", "c_call")
        signatures_checked += event == "c_call" and call in (hmac.digest, hmac.compare_digest)

    sys.setprofile(note)
    try:
        assert case.query.addresses
        case.decide(history)
    finally:
        sys.setprofile(None)
    return calls, signatures_checked


@pytest.mark.parametrize("recipient", [PAUL, "jane@example.org", None], ids=["hashed", "plain", "several"])
@pytest.mark.parametrize("sent_to", [0, 1, 1000])
def test_the_decision_is_linear_in_what_a_letter_names_and_asks_no_signature_of_it(recipient: str | None, sent_to: int):
    """Two letters, one twice as long: twice the calls. A message of ours to one may be asked about, once."""
    message = SentMessage(
        NOW, recipients=frozenset(f"m{n}@example.org" for n in range(sent_to)), found_by_reference=True
    )
    history = History(message=message if sent_to else None)
    once, twice = (calls(count, token(recipient), history) for count in (100, 200))

    assert twice[0] < 2.1 * once[0]
    assert once[1] == twice[1] <= 2


def test_a_long_header_is_compared_once_and_cut():
    """A subject of 500 kB was taken apart for each of 500 recipients, in the transaction."""
    report = Reading(
        Kind.BOUNCE, original=Original("<M1@x.example>", "a  B " * 100_000, f"{'x' * 100_000} <Ann@FA\u00df.example>")
    )
    match = compare(report, {}, token=None, signed=None, mark=None)

    assert (match.message_id, match.sender) == ("m1@x.example", "xn--fa-hia.example")
    assert match.subject is not None
    assert match.subject.startswith("a b a b")
    assert len(match.subject) <= MAX_TEXT


JANE = "jane@example.org"


@pytest.mark.parametrize("marked_as_hash", [False, True])
@pytest.mark.parametrize("signed_as_hash", [False, True])
def test_a_path_and_a_returned_header_for_two_people_are_of_two_mails(marked_as_hash: bool, signed_as_hash: bool):
    """Whichever of the two hides its recipient: who holds a path cannot lend its proof to the header of another's mail."""

    def is_mismatched(marked_for: str | None, signed_for: str | None) -> bool:
        mark, signed = hashed(marked_for, marked_as_hash), hashed(signed_for, signed_as_hash)
        return compare(reading([JANE]), {JANE: JANE}, token=signed, signed=signed, mark=mark).is_mismatched

    assert is_mismatched(JANE, "mallory@example.net")
    assert not is_mismatched(JANE, JANE)
    assert not is_mismatched(JANE, None)
    assert not is_mismatched(None, JANE)


def hashed(recipient: str | None, as_hash: bool) -> Signed:
    """A good signature for *recipient*, by name or by hash; for several where it is None."""
    path = sign(
        "acme", recipient, domain="rp.example.com", key=KEY, today=TODAY, days=9, hashed=as_hash and bool(recipient)
    )
    signature = verify(path, keys=(KEY,), today=TODAY)
    assert isinstance(signature, Signed)
    return signature
