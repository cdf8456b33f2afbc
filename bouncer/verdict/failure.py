"""One failure and its witnesses: the server's words, its codes, the moment of its answer, the providers that may have given it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bouncer.mail.status import EnhancedStatus
from bouncer.ndr.cached import cached_property
from bouncer.ndr.reading import Reading, Recipient
from bouncer.verdict import provider, stage
from bouncer.verdict.rules import statuses
from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.stage import Moment
from bouncer.verdict.verdict import Reason
from bouncer.verdict.words import AnswerText, cut, unwrap

_AUTH_REPLIES = frozenset({534, 535, 538})  # RFC 4954 section 6: in answer to AUTH only

_NO_LETTERS = re.compile(r"[\W\d_]{1,300}")


class Witness(NamedTuple):
    """One witness: a text rule or a code, the reason that it gives, and the line that contains it."""

    reason: Reason
    rule: str
    evidence: str
    before: str = ""  # the searched text before the match
    phrase: str = ""  # the beginning of the match
    words: AnswerText | None = None  # the whole searched text
    offset: int = 0  # the match's index in it


class Failure:
    """One recipient's failure, from which the facts are established: the diagnostic first, then the letter's other words."""

    def __init__(self, recipient: Recipient, reading: Reading) -> None:
        self.recipient = recipient
        self.reading = reading
        diagnostic = recipient.diagnostic_code or ""
        self.answer = unwrap(diagnostic)
        self.wrapped = self.answer != diagnostic
        self._raw: list[tuple[str, ...]] = [raw for raw in ((self.answer,), recipient.own_lines) if any(raw)]
        self._words: list[AnswerText] = []

    def sources(self) -> Iterator[AnswerText]:
        """Give the sources of words, each prepared only when it is reached."""
        for position, raw in enumerate(self._raw):
            if position == len(self._words):
                self._words.append(AnswerText.of(raw))
            yield self._words[position]

    @cached_property
    def moment(self) -> Moment:
        """The stage at which the answer was given."""
        recipient = self.recipient
        if (
            recipient.reply_code in _AUTH_REPLIES
        ):  # a later command may have been sent with it: commands are sent in groups
            return Moment(stage.Stage.AUTH, str(recipient.reply_code))
        moment = stage.UNKNOWN_MOMENT
        if recipient.dialogue != "":  # the answer's own words come before the text around it
            moment = stage.find((recipient.diagnostic_code or "", *recipient.own_lines))
        if moment is stage.UNKNOWN_MOMENT and recipient.dialogue:
            moment = stage.find_in_normalized(recipient.dialogue)
        return moment

    @cached_property
    def statuses(self) -> tuple[EnhancedStatus, ...]:
        """Give the significant status codes, the best witness first.

        Where the field's code names no cause, this is the code in the refusing server's own words: Exim and OpenSMTPD report 5.0.0
        for every code, and Sendmail a code of its own choice.
        """
        field = self.recipient.status
        if field and not self.wrapped and (field.subject, field.detail) in statuses.SPEAKING:
            return (field,)
        quoted = next((EnhancedStatus.find(words.text) for words in self.sources() if words.lines), None)
        return tuple(status for status in (quoted, field) if status)

    @cached_property
    def providers(self) -> frozenset[str]:
        """Give the providers that may have answered; the reporting server quotes the remote one where the report names both."""
        server = self.recipient.remote_mta or self.reading.reporting_mta
        text = " ".join(words.text for words in self.sources())
        return provider.providers_of(self.recipient.recipient, server, text)

    @cached_property
    def forms(self) -> frozenset[str]:
        """The forms of the recipient's address, in lower case, without the one that only the answer names."""
        recipient = self.recipient
        forms = (recipient.recipient, recipient.original_recipient, recipient.final_recipient)
        return frozenset(address.lower() for address in forms if address)

    @cached_property
    def _addresses(self) -> frozenset[str]:
        return self.forms | {(self.recipient.actual_recipient or "").lower()}

    @cached_property
    def name_parts(self) -> frozenset[str]:
        """The words in the recipient's addresses."""
        return frozenset(word for address in self._addresses for word in _NO_LETTERS.split(address) if word)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The local parts of the recipient's addresses, but for those too short to be looked for."""
        local = {address.rpartition("@")[0] for address in self._addresses}
        return tuple(name for name in local if len(name) > 1)

    def lines(self) -> Iterator[str]:
        """Give all lines of the letter about this recipient."""
        return (line for words in self.sources() for line in words.lines)

    def line_with(self, token: str, otherwise: str) -> str:
        """Give the first line that contains *token*."""
        return next((cut(line, line.find(token)) for line in self.lines() if token in line), otherwise)

    def knows(self, rule: Rule) -> bool:
        """Whether a rule applies here: a provider's own rule only where that provider may have answered."""
        return not rule.providers or not self.providers.isdisjoint(rule.providers)
