"""The story of each letter for a terminal: the log's events in words."""

import contextlib
import email
import logging
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from bouncer.logs import Event, Fact
from bouncer.mail.logged import escape_invisible
from bouncer.ndr.reading import Kind
from bouncer.policy.preferences import HoldReason
from bouncer.policy.records import Effect, EntryKind, Unread

LONGEST_NOTICE = 64 * 1024
"""Characters of a notice that are shown; our notices have about two thousand."""

_LABEL = 11
_ENDED = frozenset({"sent", "held", "unwanted", "deferred", "given-up"})
"""Events after which a notice waits, was sent, or will never be sent."""
_WHY_HELD: Mapping[str, str] = {
    HoldReason.PREFERENCE: "its reader prefers a digest for such news",
    HoldReason.PATH: "its return path has been used too often today",
    HoldReason.ADDRESS: "two mails about this address were sent today",
    HoldReason.MOST: "as many mails were sent as its reader wants at once (most)",
    HoldReason.QUIET: "its reader has quiet hours",
}
_WISHES = (Kind.COMPLAINT, Kind.UNSUBSCRIBE)
"""Kinds of letters that a recipient causes by a wish."""
_WHY_UNREAD: Mapping[str, str] = {
    Unread.WISH: "it asks to be taken off the list",
    Unread.ANSWER: "a person answers",
    Unread.UNREADABLE: "no program could read it",
    Unread.WRITTEN: "a person may have written it",
}


@dataclass(slots=True)
class _Chapter:
    """The state of the story of one letter."""

    kind: str = ""
    read: bool = False
    notices: int = 0
    ended_notices: set[int] = field(default_factory=set)  # the ids of notices whose end was told

    @property
    def is_told(self) -> bool:
        return self.read and len(self.ended_notices) >= self.notices


class TerminalStory(logging.Handler):
    """A log handler that tells the story of each letter, line by line, by calls of *say*.

    *soon* schedules a function for after the current event. The first notice that leaves is shown, if the courier names its file.
    """

    def __init__(self, say: Callable[[str], None], soon: Callable[[Callable[[], None]], object]) -> None:
        super().__init__(logging.INFO)
        self._say = say
        self._soon = soon
        self._chapters: dict[str, _Chapter] = {}
        self.on_event: Callable[[], None] = lambda: None  # called when a letter's story has a new event
        self.names_letters = False  # whether a letter is named when it comes
        self.passed_over: AbstractSet[str] = frozenset()  # letters whose notices are not told
        self.notice_shown = False
        self._last: Fact = None

    def is_told(self, letter: str) -> bool:
        """Whether the story of *letter* is told, except for later deliveries."""
        return letter in self._chapters and self._chapters[letter].is_told

    def emit(self, record: logging.LogRecord) -> None:
        """Hook of logging: tell an event. Another handler writes other records to standard error."""
        if isinstance(record.msg, Event):
            facts = record.msg.facts
            if record.msg.name in _ENDED:
                if not self._is_passed_over(facts.get("letter")):
                    self._turn_to(facts.get("letter"))
                    self._tell_notice(record.msg.name, facts)
            elif teller := _TELLERS.get(record.msg.name):
                teller(self, facts)

    def _is_passed_over(self, letter: Fact) -> bool:
        """Whether the story leaves out a notice of this letter, or a digest: digests are told once letters are named."""
        return str(letter) in self.passed_over or (letter is None and not self.names_letters)

    def _turn_to(self, letter: Fact) -> None:
        """Name the letter of the next lines if it differs from that of the last lines; a digest has no letter."""
        if self.names_letters and letter != self._last:
            self._say("\n" + escape_invisible(f"Letter {letter}" if letter else "A digest"))
        self._last = letter

    def _line(self, label: str, text: str) -> None:
        self._say(f"  {label:{_LABEL}}{escape_invisible(text)}")

    def _chapter(self, facts: Mapping[str, Fact]) -> _Chapter:
        return self._chapters.setdefault(str(facts.get("letter")), _Chapter())

    def _tell_kept(self, facts: Mapping[str, Fact]) -> None:
        if self.names_letters:
            way = f"from {facts['peer']} to {facts['return_path']}"
            self._say("\n" + escape_invisible(f"Letter {facts['letter']}, {facts['octets']} octets {way}"))
            self._last = facts["letter"]

    def _tell_refused(self, facts: Mapping[str, Fact]) -> None:
        self._say("\n" + escape_invisible(f"Refused at RCPT: {facts.get('return_path')}: {facts.get('said')}"))

    def _tell_read(self, facts: Mapping[str, Fact]) -> None:
        self._chapter(facts).kind = str(facts["kind"])
        note = f": {facts['said']}" if facts.get("said") else ""
        self._turn_to(facts.get("letter"))
        self._line("read", f"{facts['kind']}{note}")
        self._begin(facts)

    def _tell_shunted(self, facts: Mapping[str, Fact]) -> None:
        self._turn_to(facts.get("letter"))
        self._line("read", f"nobody knows what it is: {facts.get('said')}")
        self._begin(facts)

    def _begin(self, facts: Mapping[str, Fact]) -> None:
        chapter = self._chapter(facts)

        def end() -> None:
            """Say, after all records of the letter, if no notice follows from it."""
            chapter.read = True
            if not chapter.notices:
                self._line("notice", "none, nobody needs to know")
            self.on_event()

        self._soon(end)

    def _tell_unread(self, facts: Mapping[str, Fact]) -> None:
        self._line("unread", _WHY_UNREAD.get(str(facts["cause"]), str(facts["cause"])))

    def _tell_recorded(self, facts: Mapping[str, Fact]) -> None:
        kind = self._chapter(facts).kind
        verdict_facts = (facts.get(name) for name in ("state", "category", "reason", "status"))
        outcome = kind if kind in _WISHES else " ".join(str(fact) for fact in verdict_facts if fact)
        before = ", suppressed before" if facts.get("effect") == Effect.ALREADY else ""
        self._line("recorded", f"{facts.get('recipient')}: {outcome} ({facts.get('belief')}){before}")

    def _tell_suppressed(self, facts: Mapping[str, Fact]) -> None:
        until = f" until {str(facts['until'])[:10]}" if facts.get("until") else ""
        self._line("suppressed", f"{facts.get('recipient')}{until}: your mail to it can be kept back from now on")

    def _tell_queued(self, facts: Mapping[str, Fact]) -> None:
        self._chapter(facts).notices += 1

    def _tell_notice(self, event: str, facts: Mapping[str, Fact]) -> None:
        answer, until = str(facts.get("said", "")), str(facts.get("until", ""))[:16].replace("T", " ")
        self._line(
            "notice",
            {
                "sent": f"to {facts.get('to')}: sent, {answer}",
                "held": f"held until {until} UTC: {_WHY_HELD.get(str(facts.get('cause')), 'it goes into a digest')}",
                "unwanted": "none, its reader does not want such news",
                "deferred": f"to {facts.get('to')}: not taken yet, tried again at {until} UTC: {answer}",
                "given-up": f"to {facts.get('to')}: refused for good: {answer}",
            }[event],
        )
        self._chapter(facts).ended_notices.add(int(facts.get("entry") or 0))
        self.on_event()
        if event == "sent" and facts.get("notice") == EntryKind.NOTICE and not self.notice_shown:
            self._show(answer)

    def _show(self, file: str) -> None:
        """Show the notice in *file*, if *file* is the name of a file."""
        try:
            message = email.message_from_bytes(Path(file).read_bytes(), policy=default)
        except (OSError, ValueError):  # a mail server took the notice: its reply is no file name
            return
        body = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
        if body is None:
            return
        self.notice_shown = True
        head = [f"{name}: {message[name]}" for name in ("From", "To", "Subject", "Date")]
        notice_lines = [*head, "", *str(body.get_content())[:LONGEST_NOTICE].splitlines()]
        self._say("\n  The notice, as its reader gets it:\n")
        for line in notice_lines:
            self._say(f"  | {escape_invisible(line)}".rstrip())


_TELLERS: Mapping[str, Callable[[TerminalStory, Mapping[str, Fact]], None]] = {
    "kept": TerminalStory._tell_kept,  # noqa: SLF001 -- its own
    "refused": TerminalStory._tell_refused,  # noqa: SLF001
    "read": TerminalStory._tell_read,  # noqa: SLF001
    "shunted": TerminalStory._tell_shunted,  # noqa: SLF001
    "unread": TerminalStory._tell_unread,  # noqa: SLF001
    "recorded": TerminalStory._tell_recorded,  # noqa: SLF001
    "suppressed": TerminalStory._tell_suppressed,  # noqa: SLF001
    "queued": TerminalStory._tell_queued,  # noqa: SLF001
}


@contextlib.contextmanager
def quiet_log() -> Iterator[logging.Logger]:
    """Give our logger, whose events go to handlers that are added to it; other warnings go to standard error as usual."""
    log, others = logging.getLogger("bouncer"), logging.getLogger().handlers
    before, own_handlers, levels = log.level, list(log.handlers), [(handler, handler.level) for handler in others]

    def is_no_event(record: logging.LogRecord) -> bool:
        return not isinstance(record.msg, Event)

    log.setLevel(logging.INFO)
    for handler in others:
        handler.setLevel(logging.WARNING)
        handler.addFilter(is_no_event)
    try:
        yield log
    finally:
        log.handlers[:] = own_handlers
        log.setLevel(before)
        for handler, level in levels:
            handler.setLevel(level)
            handler.removeFilter(is_no_event)
