"""What is compared of a letter before a decision: whom a token speaks for, within a bound; the decision itself is linear."""

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
    found = verify(
        sign("acme", recipient, domain="rp.example.com", key=KEY, today=TODAY, days=9), keys=(KEY,), today=TODAY
    )
    assert isinstance(found, Signed)
    return found


def reading(recipients: list[str], to: tuple[str, ...] = ()) -> Reading:
    said = tuple(Recipient(recipient, Action.FAILED) for recipient in recipients)
    return Reading(Kind.BOUNCE, recipients=said, original=Original(to=to))


def found(recipients: list[str], to: tuple[str, ...] = (), by: Signed | None = None) -> Comparison:
    said = reading(recipients, to)
    by = by or token()
    return compare(said, comparable_forms(said), token=by, signed=by, mark=None)


def others(count: int) -> list[str]:
    return [f"r{n}@example.net" for n in range(count)]


def test_a_token_speaks_for_its_recipient_in_every_spelling():
    one = found([*others(3), "PAUL+A@Example.org"], ("Paul+a@example.org.",))

    assert (one.intended, one.intended_address) == ({PAUL}, "PAUL+A@Example.org")
    assert found(others(3), (PAUL,)).intended_address == PAUL
    assert (found(others(3)).intended, found(others(3)).intended_address) == (frozenset(), None)
    assert found(others(3), by=token(None)).intended == frozenset()
    assert (
        found(others(3), by=token("jane@example.org")).intended_address == "jane@example.org"
    )  # it stands in the path


def test_a_token_is_asked_no_more_often_than_a_report_can_name_recipients():
    assert found([*others(MOST_ASKED - 1), PAUL]).intended == {PAUL}
    assert found([*others(MOST_ASKED), PAUL]).intended == frozenset()


def test_a_hashed_path_from_before_addresses_had_one_form_still_speaks(monkeypatch: pytest.MonkeyPatch):
    """It holds the hash of the address as it was written."""
    with monkeypatch.context() as before:
        before.setattr("bouncer.mail.returnpath.comparable", lambda address: address)
        old = token('"jane"@example.org')

    assert found(['"jane"@example.org'], by=old).intended == {"jane@example.org"}
    assert found(["jane@example.org"], by=old).intended == frozenset()


def calls(count: int, by: Signed, past: History) -> tuple[int, int]:
    """How many calls a decision on a letter with *count* recipients and as many To makes; how many ask a signature."""
    said = reading(others(count), tuple(f"t{n}@b\u00fccher{n}.example" for n in range(count)))
    path = ReturnPath("x@rp.example.com", PathKind.SIGNED, "acme")
    about = Circumstances(1, path, by, owners=(), operator=None, now=NOW, mark=by)
    case = RoutedLetter(Judgement(said, (None,) * count), with_comparison(about, said, comparable_forms(said)))
    made, asked = 0, 0

    def note(_frame: Any, event: str, call: Any) -> None:
        nonlocal made, asked
        made += event in ("call", "c_call")
        asked += event == "c_call" and call in (hmac.digest, hmac.compare_digest)

    sys.setprofile(note)
    try:
        assert case.query.addresses
        case.decide(past)
    finally:
        sys.setprofile(None)
    return made, asked


@pytest.mark.parametrize("recipient", [PAUL, "jane@example.org", None], ids=["hashed", "plain", "several"])
@pytest.mark.parametrize("sent_to", [0, 1, 1000])
def test_the_decision_is_linear_in_what_a_letter_names_and_asks_no_signature_of_it(recipient: str | None, sent_to: int):
    """Two letters, one twice as long: twice the calls. A message of ours to one may be asked about, once."""
    message = SentMessage(
        NOW, recipients=frozenset(f"m{n}@example.org" for n in range(sent_to)), found_by_reference=True
    )
    past = History(message=message if sent_to else None)
    once, twice = (calls(count, token(recipient), past) for count in (100, 200))

    assert twice[0] < 2.1 * once[0]
    assert once[1] == twice[1] <= 2


def test_a_long_header_is_compared_once_and_cut():
    """A subject of 500 kB was taken apart for each of 500 recipients, in the transaction."""
    said = Reading(
        Kind.BOUNCE, original=Original("<M1@x.example>", "a  B " * 100_000, f"{'x' * 100_000} <Ann@FA\u00df.example>")
    )
    one = compare(said, {}, token=None, signed=None, mark=None)

    assert (one.message_id, one.sender) == ("m1@x.example", "xn--fa-hia.example")
    assert one.subject is not None
    assert one.subject.startswith("a b a b")
    assert len(one.subject) <= MAX_TEXT
