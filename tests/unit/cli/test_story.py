"""The story of a letter: the log's events in words; strangers' words move no cursor."""

import logging
from collections.abc import Callable

import pytest

from bouncer.cli.story import TerminalStory
from bouncer.logs import Event, Fact
from bouncer.policy.preferences import HoldReason
from bouncer.policy.records import Unread


class Teller:
    """Hears events as the daemon logs them; what a story does soon is done when ``finish`` is called."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._later: list[Callable[[], None]] = []
        self.story = TerminalStory(self.lines.append, self._later.append)

    def hear(self, name: str, **facts: Fact) -> None:
        self.story.emit(logging.LogRecord("bouncer", logging.INFO, "", 0, Event(name, **facts), None, None))

    def finish(self) -> None:
        while self._later:
            self._later.pop()()

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@pytest.fixture
def teller() -> Teller:
    return Teller()


def test_a_letter_is_told_when_all_its_notices_are(teller: Teller):
    teller.hear("read", letter="a", kind="bounce")
    teller.hear("queued", letter="a", to="ann@acme.example")
    teller.hear("queued", letter="a", to="bob@acme.example")
    teller.finish()
    teller.hear("held", letter="a", entry=1, until="2026-11-27T08:00:00+00:00", cause=HoldReason.PREFERENCE)
    assert not teller.story.is_told("a")

    teller.hear("sent", letter="a", entry=2, to="bob@acme.example", said="250 ok", notice="notice")

    assert teller.story.is_told("a")
    assert "held until 2026-11-27 08:00 UTC: its reader prefers a digest for such news" in teller.text
    assert "to bob@acme.example: sent, 250 ok" in teller.text


def test_a_notice_may_be_placed_before_it_is_told_that_it_waits(teller: Teller):
    teller.hear("unwanted", letter="a", entry=1)
    teller.hear("read", letter="a", kind="bounce")
    teller.hear("queued", letter="a")
    teller.finish()

    assert teller.story.is_told("a")
    assert "none, its reader does not want such news" in teller.text


def test_the_story_says_that_nobody_is_told(teller: Teller):
    teller.hear("read", letter="a", kind="auto-reply", said="its subject")
    assert not teller.story.is_told("a")
    teller.finish()

    assert teller.lines == ["  read       auto-reply: its subject", "  notice     none, nobody needs to know"]
    assert teller.story.is_told("a")


@pytest.mark.parametrize("why", HoldReason)
def test_each_reason_to_hold_a_notice_has_words(teller: Teller, why: HoldReason):
    teller.hear("held", letter="a", entry=1, until="2026-11-27T08:00:00+00:00", cause=why)

    assert "it goes into a digest" not in teller.text


@pytest.mark.parametrize("why", Unread)
def test_each_reason_for_a_person_to_see_a_letter_has_words(teller: Teller, why: Unread):
    teller.hear("unread", letter="a", cause=why)

    assert teller.text not in ("", f"  unread     {why}")


def test_a_later_stage_names_its_letter(teller: Teller):
    teller.story.names_letters = True
    teller.hear("kept", letter="a", peer="192.0.2.1", return_path="acme@rp.example", octets=12)
    teller.hear("read", letter="a", kind="bounce")
    teller.hear("kept", letter="b", peer="192.0.2.1", return_path="acme@rp.example", octets=12)
    teller.hear("sent", letter="a", entry=1, to="ann@acme.example", said="ok")
    teller.hear("sent", entry=2, to="ann@acme.example", said="ok")
    teller.hear("refused", return_path="x@rp.example", said="550 no such path")

    assert [line for line in teller.lines if line.startswith("\n")] == [
        "\nLetter a, 12 octets from 192.0.2.1 to acme@rp.example",
        "\nLetter b, 12 octets from 192.0.2.1 to acme@rp.example",
        "\nLetter a",
        "\nA digest",
        "\nRefused at RCPT: x@rp.example: 550 no such path",
    ]


def test_strangers_words_move_no_cursor_and_begin_no_line(teller: Teller):
    nasty = "x\n  notice     forged\x1b[31m\u202e"
    teller.story.names_letters = True
    for event in (
        "kept",
        "refused",
        "read",
        "shunted",
        "unread",
        "recorded",
        "suppressed",
        "deferred",
        "given-up",
        "sent",
    ):
        names = (
            "letter",
            "peer",
            "return_path",
            "kind",
            "said",
            "cause",
            "recipient",
            "state",
            "to",
            "until",
            "notice",
        )
        teller.hear(event, octets=1, entry=1, **dict.fromkeys(names, nasty))
    teller.finish()

    assert not {"\x1b", "\u202e"} & set(teller.text)
    assert not any(line.startswith("  notice     forged") for line in teller.text.splitlines())
