"""The reply to a sender whose recipient is suppressed: the cause and the way out, in one line of SMTP."""

import datetime as dt
import shlex

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bouncer.compose.refusal import IN_FRONT, MAX_LINE, cause_in_words, refusal, release_command
from bouncer.policy.ladder import COMPLAINT, UNSUBSCRIBE
from bouncer.policy.records import ChangeSource, Suppression
from bouncer.verdict.verdict import Reason

SINCE, UNTIL = dt.datetime(2026, 11, 22, tzinfo=dt.UTC), dt.datetime(2027, 11, 22, tzinfo=dt.UTC)
JANE = "jane@example.org"
COMMAND = "bouncer suppressions remove --account acme "


def suppressed(reason: str = "invalid-recipient", until: dt.datetime | None = UNTIL) -> Suppression:
    return Suppression("acme", JANE, reason, ChangeSource.BOUNCE, None, SINCE, until)


def test_a_refusal_says_who_why_how_long_and_how_to_free_the_address():
    assert str(refusal(suppressed(), JANE, utf8=False)) == (
        "550 5.7.1 jane@example.org: not sent, mailbox does not exist (suppressed until 2027-11-22); "
        f"to free it: {COMMAND}jane@example.org"
    )


def test_a_suppression_without_end_is_told_without_a_day():
    assert "not sent, marked as spam (suppressed); to" in refusal(suppressed(COMPLAINT, None), JANE, utf8=False).text


@pytest.mark.parametrize("reason", [*Reason, COMPLAINT, UNSUBSCRIBE])
def test_every_reason_that_we_give_has_words(reason: str):
    assert f"not sent, {cause_in_words(reason)} (" in refusal(suppressed(reason), JANE, utf8=False).text


def test_a_persons_own_words_are_told_as_such():
    assert "not sent, reason: by hand (" in refusal(suppressed("by hand"), JANE, utf8=False).text


def test_an_address_that_the_server_names_is_not_named_twice():
    reply = refusal(suppressed(), JANE, utf8=False, follows_address=True)

    assert reply.text.startswith("not sent, mailbox does not exist")
    assert reply.text.endswith(JANE)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("o'hara@example.org", shlex.quote("o'hara@example.org")),
        ("$(reboot)@example.org", "'$(reboot)@example.org'"),
        ('"john doe"@example.org', "'\"john doe\"@example.org'"),
        ("-rf@example.org", "-- -rf@example.org"),
        ("jane@ex\u00e4mple.org", "jane@xn--exmple-cua.org"),
        ("j\u00e4ne@example.org", "ADDRESS"),
        ("jane\u202e@example.org", "ADDRESS"),
        ("x" * 64 + "@example.org", "x" * 64 + "@example.org"),
        ("x" * 64 + "@" + "y." * 90 + "org", "ADDRESS"),
        ("x" * 500 + "@example.org", "ADDRESS"),
    ],
)
def test_the_command_takes_the_address_as_a_shell_does(address: str, written: str):
    assert refusal(suppressed(), address, utf8=False).text.endswith(f"to free it: {COMMAND}{written}")
    assert shlex.split(release_command("acme", address))[-1] == address


def test_a_client_that_understands_utf8_gets_the_address_as_it_is():
    text = refusal(suppressed(), "j\u00e4ne@ex\u00e4mple.org", utf8=True).text

    assert text.startswith("j\u00e4ne@ex\u00e4mple.org: not sent, ")
    assert text.endswith("'j\u00e4ne@ex\u00e4mple.org'")


TEXTS = st.text(max_size=700)


@given(address=TEXTS, reason=TEXTS, utf8=st.booleans(), follows_address=st.booleans())
@example(address="\u2603" * 100, reason="\u2603" * 100, utf8=True, follows_address=False)
def test_a_refusal_is_one_line_that_fits_whatever_a_stranger_writes(
    address: str, reason: str, utf8: bool, follows_address: bool
):
    line = str(refusal(suppressed(reason), address, utf8=utf8, follows_address=follows_address))
    in_front = len(IN_FRONT) + min(len(address.encode("utf-8", "replace")), 256)

    assert line.isprintable()
    assert line.isascii() or utf8
    assert len(line.encode()) + in_front + 2 <= MAX_LINE
