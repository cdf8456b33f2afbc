"""Say what went wrong for one recipient: text first, then status, then reply code, then what became of it.

Status alone decides rightly in fewer than half of real letters; what the server wrote decides. The order of the
rules is `rules/__init__.py`; every verdict names its rule and the line of the letter that it decided on.
"""

from collections.abc import Iterator
from functools import cache

from bouncer.mail.status import EnhancedStatus
from bouncer.ndr.once import once
from bouncer.ndr.reading import Action, Reading, Recipient
from bouncer.verdict.doubts import reconsider
from bouncer.verdict.lexicon import Lexicon
from bouncer.verdict.rules import PLAIN, VAGUE, replies, statuses
from bouncer.verdict.verdict import Reason, Verdict
from bouncer.verdict.words import Words, cut


@cache
def _lexicons() -> tuple[Lexicon, Lexicon]:
    """Compile on first use, so that commands that judge nothing start without it."""
    return Lexicon(PLAIN), Lexicon(VAGUE)


class _Case:
    """One recipient's failure, as the judges below see it: the diagnostic first, then what else the letter says."""

    def __init__(self, recipient: Recipient) -> None:
        self.recipient = recipient
        self._raw: list[tuple[str, ...]] = [(recipient.diagnostic_code or "",), recipient.said]
        self._words: list[Words] = []

    def sources(self) -> Iterator[Words]:
        """Give the sources of words; what is never asked for is never prepared."""
        for position, raw in enumerate(self._raw):
            if position == len(self._words):
                self._words.append(Words.of(raw))
            yield self._words[position]

    @once
    def statuses(self) -> tuple[EnhancedStatus, ...]:
        """Give the status codes that speak, the best witness first.

        Where the field's code names no cause, that is the code in the refusing server's own words: Exim and OpenSMTPD
        report 5.0.0 whatever those were, and Sendmail a code of its own choice.
        """
        field = self.recipient.status
        if field and (field.subject, field.detail) in statuses.SPEAKING:
            return (field,)
        quoted = next((EnhancedStatus.find(words.text) for words in self.sources() if words.lines), None)
        return tuple(status for status in (quoted, field) if status)

    def lines(self) -> Iterator[str]:
        """Give all lines of the letter about this recipient."""
        return (line for words in self.sources() for line in words.lines)

    def line_with(self, token: str, otherwise: str) -> str:
        """Give the first line that contains *token*."""
        return next((cut(line, line.find(token)) for line in self.lines() if token in line), otherwise)


def classify(recipient: Recipient, reading: Reading) -> Verdict:
    """Say why mail to *recipient* failed or is late; always gives a verdict, at worst `unknown`."""
    case = _Case(recipient)
    return reconsider(next(_verdicts(case)), recipient, reading.original)


def _verdicts(case: _Case) -> Iterator[Verdict]:
    plain, vague = _lexicons()
    yield from _by_status(case, statuses.OF_THE_SENDER, "registry")
    yield from _by_text(case, plain)
    yield from _by_status(case, statuses.PUBLISHED, "published")
    yield from _by_status(case, statuses.TELLING, "registry")
    yield from _by_text(case, vague)
    yield from _by_status(case, statuses.VAGUE, "registry")
    yield from _by_subject(case)
    yield from _by_reply_code(case)
    yield _by_action(case)


def _by_text(case: _Case, lexicon: Lexicon) -> Iterator[Verdict]:
    for words in case.sources():
        if found := lexicon.find(words):
            rule, offset = found
            yield Verdict(rule.reason, rule.id, words.line_at(offset))


def _by_status(case: _Case, table: dict[tuple[int, int], Reason], source: str) -> Iterator[Verdict]:
    for status in case.statuses:
        if reason := table.get((status.subject, status.detail)):
            yield Verdict(reason, f"{source}-x.{status.subject}.{status.detail}", _status_line(case, status))


def _by_subject(case: _Case) -> Iterator[Verdict]:
    for status in case.statuses:
        if reason := statuses.VAGUE_SUBJECT.get(status.subject):
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
