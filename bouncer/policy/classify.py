"""Say what went wrong for one recipient: text first, then status, then reply code, then what became of it.

Status alone decides rightly in fewer than half of real letters; what the server wrote decides. The order of the
rules is `rules/__init__.py`; every verdict names its rule and the line of the letter that it decided on.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from bouncer.mail.status import EnhancedStatus
from bouncer.ndr.reading import Action, Reading, Recipient
from bouncer.policy.doubts import reconsider
from bouncer.policy.rules import PLAIN, VAGUE, replies, statuses
from bouncer.policy.rules.rule import Rule, expand, key_of
from bouncer.policy.verdict import Reason, Verdict

MAX_TEXT = 4_000
"""Characters of a server's words that are looked at; replies of RFC 5321 have 512 octets a line, real ones few lines."""
MAX_LINES = 60
"""Lines of a server's words that are looked at: a transcript of several tries fits."""
MAX_EVIDENCE = 300
"""Characters of the deciding line that are kept: a page and a mail show them."""

_CONTINUATION = re.compile(r"(?<=[^;:] )[245]\d\d[- ](?:[245]\.\d{1,3}\.\d{1,3} )?(?=\S)")
_ADDRESS = re.compile(r"(?<![\w.+=-])[\w.+=/~&$!#%*?^{|}'-]{1,200}@(?:[\w-]{1,63}\.){0,10}[\w-]{1,63}")


@dataclass(frozen=True, slots=True)
class _Phrase:
    rank: int
    rule: Rule
    pattern: re.Pattern[str]


class _Lexicon:
    """Rules made ready for searching: phrases by their key."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_key: dict[str, list[_Phrase]] = {}
        for rank, rule in enumerate(rules):
            for phrase in rule.phrases:
                self._by_key.setdefault(key_of(phrase), []).append(_Phrase(rank, rule, re.compile(expand(phrase))))

    def find(self, text: str) -> tuple[Rule, int] | None:
        """Give the first rule, in the rules' order, that *text* fits, and where."""
        likely = [phrase for key, phrases in self._by_key.items() if key in text for phrase in phrases]
        for phrase in sorted(likely, key=lambda phrase: phrase.rank):
            if found := phrase.pattern.search(text):
                return phrase.rule, found.start()
        return None


@cache
def _lexicons() -> tuple[_Lexicon, _Lexicon]:
    """Compile on first use, so that commands that judge nothing start without it."""
    return _Lexicon(PLAIN), _Lexicon(VAGUE)


@dataclass(frozen=True, slots=True)
class _Words:
    """One source of a server's words: its lines as they stand, and as they are searched."""

    lines: tuple[str, ...]
    searched: tuple[str, ...]

    @classmethod
    def of(cls, raw: Iterable[str]) -> "_Words":
        whole = "\n".join(raw)[:MAX_TEXT]
        lines = tuple(line for line in (" ".join(line.split()) for line in whole.splitlines()[:MAX_LINES]) if line)
        return cls(lines, tuple(_searchable(line) for line in lines))

    @property
    def text(self) -> str:
        """All lines as one, for phrases that a server broke over several."""
        return " ".join(self.searched)

    def line_at(self, offset: int) -> str:
        """Give the line that the searched text's *offset* is in."""
        for line, searched in zip(self.lines, self.searched, strict=True):
            if offset <= len(searched):
                return _cut(line, offset)
            offset -= len(searched) + 1
        return ""


def _searchable(line: str) -> str:
    return _ADDRESS.sub("@", _CONTINUATION.sub("", line.lower().replace("\u2019", "'")))


def _cut(line: str, offset: int) -> str:
    begin = max(0, min(offset - MAX_EVIDENCE // 4, len(line) - MAX_EVIDENCE))
    return line[begin : begin + MAX_EVIDENCE]


@dataclass(frozen=True, slots=True)
class _Case:
    """One recipient's failure, as the judges below see it."""

    recipient: Recipient
    sources: tuple[_Words, ...]

    @classmethod
    def of(cls, recipient: Recipient) -> "_Case":
        diagnostic = _Words.of((recipient.diagnostic_code or "",))
        return cls(recipient, (diagnostic, _Words.of(recipient.said)))

    def lines(self) -> Iterator[str]:
        """Give all lines of the letter about this recipient."""
        return (line for words in self.sources for line in words.lines)

    def line_with(self, token: str, otherwise: str) -> str:
        """Give the first line that contains *token*."""
        return next((_cut(line, line.find(token)) for line in self.lines() if token in line), otherwise)


def classify(recipient: Recipient, reading: Reading) -> Verdict:  # noqa: ARG001 -- the reading is context that rules may use
    """Say why mail to *recipient* failed or is late; always gives a verdict, at worst `unknown`."""
    case = _Case.of(recipient)
    return reconsider(next(_verdicts(case)), recipient, case.lines())


def _verdicts(case: _Case) -> Iterator[Verdict]:
    plain, vague = _lexicons()
    yield from _by_text(case, plain)
    yield from _by_status(case, statuses.PUBLISHED, "published")
    yield from _by_status(case, statuses.TELLING, "registry")
    yield from _by_text(case, vague)
    yield from _by_status(case, statuses.VAGUE, "registry")
    yield from _by_subject(case)
    yield from _by_reply_code(case)
    yield _by_action(case)


def _by_text(case: _Case, lexicon: _Lexicon) -> Iterator[Verdict]:
    for words in case.sources:
        if found := lexicon.find(words.text):
            rule, offset = found
            yield Verdict(rule.reason, rule.id, words.line_at(offset))


def _by_status(case: _Case, table: dict[tuple[int, int], Reason], source: str) -> Iterator[Verdict]:
    status = case.recipient.status
    if status and (reason := table.get((status.subject, status.detail))):
        yield Verdict(reason, f"{source}-x.{status.subject}.{status.detail}", _status_line(case, status))


def _by_subject(case: _Case) -> Iterator[Verdict]:
    status = case.recipient.status
    if status and (reason := statuses.VAGUE_SUBJECT.get(status.subject)):
        yield Verdict(reason, f"registry-x.{status.subject}", _status_line(case, status))


def _status_line(case: _Case, status: EnhancedStatus) -> str:
    return case.line_with(str(status), f"Status: {status}")


def _by_reply_code(case: _Case) -> Iterator[Verdict]:
    code = case.recipient.reply_code
    if code and (reason := replies.MEANS.get(code)):
        yield Verdict(reason, f"reply-{code}", case.line_with(str(code), str(code)))


def _by_action(case: _Case) -> Verdict:
    action = case.recipient.action
    if action is Action.DELAYED:
        return Verdict(Reason.EXPIRED, "action-delayed", f"Action: {action}")
    return Verdict(Reason.UNKNOWN, "action-failed", f"Action: {action}")
