"""The log: one line for each event, on the standard library's logging, as text, with syslog's priorities, or as JSON.

An event has a name and facts. Text writes them as ``kept letter=38g0n6damk02s return_path='acme@rp.example.com'``, JSON as the
members of one object. Facts that we word (ids, names of accounts, numbers) are written as they are. All other facts are
strangers' words: they are quoted, in ASCII, and cut. No line of the log begins with a stranger's words.
"""

import datetime as dt
import json
import logging
import os
import re
import sys
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

Fact: TypeAlias = str | int | None

LONGEST_FACT = 300
"""Characters of a fact: an address and a reply of a mail server fit."""
FACT_LIMITS: Final[Mapping[str, int]] = {"helo": 99, "login": 99, "queue_id": 20}
"""Characters of facts whose honest values are shorter."""
_IDS = ("letter", "account", "entry", "peer")
_TERMS = (
    "path",
    "kind",
    "notice",
    "state",
    "category",
    "reason",
    "status",
    "belief",
    "effect",
    "dialect",
    "cause",
    "channel",
)
TRUSTED_FACTS = frozenset([*_IDS, *_TERMS, "until", "tls"])
"""Facts that we word ourselves; a fact of more than one word is quoted."""
EVENTS: Final[Mapping[str, str]] = {
    "kept": "a letter is committed, and its sender hears 250",
    "refused": "a recipient gets 5yz, and why; at the servers for outgoing mail, as it is suppressed",
    "put-off": "a recipient or a letter gets 4yz, and why; in a connection once, while the cause stays",
    "session": "a connection ended that had errors or kept nothing",
    "read": "a letter was read",
    "shunted": "a letter that nobody could read (warning)",
    "unread": "a letter that a person has to see, and why: a wish, an answer, unreadable, written (warning)",
    "recorded": "what a report says of one recipient, and what followed",
    "suppressed": "an address that mail no longer goes to, and until when",
    "freed": "an address that mail goes to again",
    "queued": "a notice that is to leave",
    "held": "a notice that waits for a digest, until when and why",
    "unwanted": "a notice that its reader's preferences leave out",
    "sent": "a notice was handed over, and what the mail server said",
    "deferred": "a notice could not be handed over, and when it is tried again (warning)",
    "given-up": "a notice that will not leave any more (warning)",
    "signed": "a mail of an account went out with a return path of ours",
    "counted": "a mail of an account went out with the return path that it had",
    "dropped": "a suppressed recipient was taken off a mail, and the cause of the suppression",
    "answered": "a request to the HTTP API or for a web page was answered, with which status; key: a key's id or a session's",
    "reloaded": "SIGHUP put new settings in force (a warning where some need a restart)",
    "not-reloaded": "SIGHUP found a fault; all is as it was (warning)",
}
"""Name of each event, and when it is logged; docs/log.md explains each in the same words."""
TEXT, JSON = "text", "json"
FORMATS = (TEXT, JSON)
"""The formats of the log."""
NOISY = ("alembic", "asyncio", "mail.log")
"""Libraries whose messages at level INFO help nobody."""
PLAIN_MESSAGE = "message"
"""The name of the event, in JSON, for a line that is no event of ours."""

_WORD = re.compile(r"[\w.:/@+-]+", re.ASCII)
_INDENT = "    "
_PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}


class Event:
    """An event and its facts; facts that are None are left out."""

    __slots__ = ("facts", "name")

    def __init__(self, name: str, /, **facts: Fact) -> None:
        self.name = name
        self.facts = {
            key: fact if isinstance(fact, int) else fact[: FACT_LIMITS.get(key, LONGEST_FACT)]
            for key, fact in facts.items()
            if fact is not None
        }

    def __str__(self) -> str:
        return " ".join([self.name, *[f"{key}={_spell_fact(key, fact)}" for key, fact in self.facts.items()]])


def _spell_fact(key: str, fact: str | int) -> str:
    if isinstance(fact, int):
        return str(fact)
    if key in TRUSTED_FACTS and _WORD.fullmatch(fact):
        return fact
    return ascii(fact)[: FACT_LIMITS.get(key, LONGEST_FACT)]


def log_event(log: logging.Logger, level: int, name: str, /, **facts: Fact) -> None:
    """Log one event."""
    if log.isEnabledFor(level):
        log.log(level, Event(name, **facts))


class TextFormatter(logging.Formatter):
    """Lines for people and grep. The lines of a traceback are indented, so that none looks like an event."""

    def __init__(self, *, timed: bool) -> None:
        super().__init__(f"{'%(asctime)s ' if timed else ''}%(levelname)s %(name)s %(message)s")

        self._second, self._clock = 0, ""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 -- logging's name
        """Hook of logging: the default format; the text of each second is made once."""
        second = int(record.created)
        if second != self._second:
            self._second, self._clock = second, super().formatTime(record, datefmt)[: -len(",000")]
        return f"{self._clock},{int(record.msecs):03d}"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- logging's name
        """Hook of logging: the first line."""
        record.message = _make_visible(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 -- logging's name
        """Hook of logging: a traceback may hold a stranger's words, so they are escaped."""
        return _set_in(super().formatException(ei))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, event and its facts; ``message`` and ``trace`` for other records."""

    def format(self, record: logging.LogRecord) -> str:
        """Hook of logging: give the record as one line of JSON in ASCII."""
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        fields: dict[str, object] = {"time": moment, "level": record.levelname.lower(), "logger": record.name}
        if isinstance(record.msg, Event):
            fields |= {"event": record.msg.name, **record.msg.facts}
        else:
            fields |= {"event": PLAIN_MESSAGE, "message": record.getMessage()}
        if record.exc_info:
            fields["trace"] = self.formatException(record.exc_info)
        return json.dumps(fields)


class Prioritized(logging.Formatter):
    """Lines of another formatter with syslog's priority in front, as the journal reads it (sd-daemon(3))."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """Hook of logging: give the record's lines, each with its priority in front."""
        mark = f"<{_PRIORITIES.get(record.levelno, 6)}>"
        return "\n".join(mark + line for line in self._inner.format(record).split("\n"))


def make_formatter(form: str, *, journal: bool) -> logging.Formatter:
    """Make the formatter for *form*, one of FORMATS; with *journal*, for systemd's journal, which adds the time itself."""
    inner = JsonFormatter() if form == JSON else TextFormatter(timed=not journal)
    return Prioritized(inner) if journal else inner


def is_journal(environment: Mapping[str, str], descriptor: int) -> bool:
    """Whether *descriptor* is the journal's: JOURNAL_STREAM names its device and inode (systemd.exec(5))."""
    try:
        status = os.fstat(descriptor)
    except OSError:
        return False
    return environment.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"


def log_to_stderr(level: str, form: str = TEXT) -> None:
    """Log records of *level* and above to standard error. A second call replaces the first one's configuration."""
    # No format of ours shows these facts of a record; they cost a quarter of a line (logging's "Optimization").
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # noqa: SLF001 -- the same page of its documentation names it
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(make_formatter(form, journal=is_journal(os.environ, sys.stderr.fileno())))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def level_name() -> str:
    """Give the level from which on records are logged, for another process of ours."""
    return logging.getLevelName(logging.getLogger().getEffectiveLevel()).lower()


def _make_visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _set_in(text: str) -> str:
    return "\n".join(_INDENT + _make_visible(line) for line in text.split("\n"))
