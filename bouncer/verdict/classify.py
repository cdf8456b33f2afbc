"""Say what went wrong for one recipient: four facts are established, and the table of verdicts joins them.

The facts are the stage of the dialogue, whom the answer speaks of, its words, and its codes (``facts.py``). Every verdict names the
row of the table, the rule or code that was heard, and the line of the letter that it was heard on.
"""

from collections.abc import Iterator
from functools import cache

from bouncer.mail.status import EnhancedStatus
from bouncer.ndr.once import once
from bouncer.ndr.reading import Action, Reading, Recipient
from bouncer.verdict import provider, spelling, stage, subject, table
from bouncer.verdict.facts import Coded, Facts, Heard, Length, heard
from bouncer.verdict.lexicon import Lexicon
from bouncer.verdict.rules import DOUBT, PLAIN, VAGUE, replies, statuses
from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.stage import BEFORE_RECIPIENT, Moment
from bouncer.verdict.subject import Subject
from bouncer.verdict.table import Takes, row_for
from bouncer.verdict.verdict import Category, Reason, Verdict
from bouncer.verdict.words import Words, cut

_SENDER_MAY_BE_MEANT = frozenset(
    {
        Heard.GONE,
        Heard.BARE,
        Heard.CARRIER,
        Heard.DOMAIN,
        Heard.NXDOMAIN,
        Heard.FULL,
        Heard.MAILBOX,
        Heard.VAGUE_MAILBOX,
    }
)
_OF_DOMAIN = frozenset({Heard.DOMAIN, Heard.NXDOMAIN})
_HARD = frozenset({Heard.GONE, Heard.BARE, Heard.DOMAIN})
_NAMES_RECIPIENT = frozenset({Coded.RECIPIENT, Coded.DOMAIN})
_ABOUT_MAILBOX = frozenset({Category.HARD, Category.SOFT})
_CLASS_4, _CLASS_5 = 4, 5
_LOOK_BACK = 80
"""Characters before a phrase that are kept, to tell whom it speaks of."""
_AUTH_REPLIES = frozenset({534, 535, 538})  # RFC 4954 section 6: in answer to AUTH only


@cache
def _lexicons() -> tuple[Lexicon, Lexicon, Lexicon]:
    """Compile on first use, so that commands that judge nothing start without it."""
    return Lexicon(PLAIN), Lexicon(VAGUE), Lexicon(DOUBT)


class _Finding:
    """What one witness says: a text rule or a code, the reason that it gives, and the line that it stands on."""

    __slots__ = ("before", "evidence", "reason", "rule")

    def __init__(self, reason: Reason, rule: str, evidence: str, before: str = "") -> None:
        self.reason, self.rule, self.evidence = reason, rule, evidence
        self.before = before  # what stands before it in the searched text


class _Case:
    """One recipient's failure, as the facts are established from it: the diagnostic first, then what else the letter says."""

    def __init__(self, recipient: Recipient, reading: Reading) -> None:
        self.recipient = recipient
        self.reading = reading
        self._raw: list[tuple[str, ...]] = [(recipient.diagnostic_code or "",), recipient.said]
        self._words: list[Words] = []

    def sources(self) -> Iterator[Words]:
        """Give the sources of words; what is never asked for is never prepared."""
        for position, raw in enumerate(self._raw):
            if position == len(self._words):
                self._words.append(Words.of(raw))
            yield self._words[position]

    @once
    def moment(self) -> Moment:
        """When the answer was given."""
        recipient = self.recipient
        if recipient.around is None:
            moment = stage.find((recipient.diagnostic_code or "", *recipient.said))
        else:
            moment = stage.find_flat(recipient.around)
        if moment is stage.UNTOLD and recipient.reply_code in _AUTH_REPLIES:
            return Moment(stage.Stage.AUTH, str(recipient.reply_code))
        return moment

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

    @once
    def providers(self) -> frozenset[str]:
        """Give the providers that may have answered."""
        servers = (self.recipient.remote_mta, self.reading.reporting_mta)
        text = " ".join(words.text for words in self.sources())
        return provider.recognised(self.recipient.recipient, servers, text)

    def lines(self) -> Iterator[str]:
        """Give all lines of the letter about this recipient."""
        return (line for words in self.sources() for line in words.lines)

    def line_with(self, token: str, otherwise: str) -> str:
        """Give the first line that contains *token*."""
        return next((cut(line, line.find(token)) for line in self.lines() if token in line), otherwise)

    def knows(self, rule: Rule) -> bool:
        """Whether a rule may speak here: one that is a provider's own only where that provider answered."""
        return not rule.providers or not self.providers.isdisjoint(rule.providers)


def classify(recipient: Recipient, reading: Reading) -> Verdict:
    """Say why mail to *recipient* failed or is late; always gives a verdict, at worst `unknown`."""
    case = _Case(recipient, reading)
    plain, vague, doubt = _lexicons()
    code = _code(case)
    coded = code.kind
    words = _first(case, plain) or _spelled(case, plain)
    if words is None and coded not in _ONE_CAUSE:
        words = _first(case, vague)
    said = heard(words.rule, words.reason) if words else Heard.NOTHING
    doubted = _first(case, doubt) if words is None and coded in _NAMES_RECIPIENT else None
    moment = case.moment
    about = _subject(case, words, said)
    facts = Facts(
        moment.stage,
        about,
        said,
        coded,
        _length(recipient),
        recipient.action is Action.DELAYED,
        doubted is not None,
    )
    row = row_for(facts)
    by_code = row.gives is Takes.CODE or (bool(row.coded) and not row.heard)
    witness = (doubted if row.gives is Takes.DOUBT else None if by_code else words) or code.finding(case)
    return _verdict(row, witness, moment)


_ONE_CAUSE = frozenset({Coded.RECIPIENT, Coded.DOMAIN, Coded.DISABLED, Coded.CAUSE})


def _verdict(row: table.Row, witness: _Finding, moment: Moment) -> Verdict:
    reason = row.gives if isinstance(row.gives, Reason) else witness.reason
    about = Subject.SENDER if moment.stage in BEFORE_RECIPIENT else subject.of_reason(reason)
    return Verdict(reason, witness.rule, witness.evidence, row.id, moment.stage, about)


def _first(case: _Case, lexicon: Lexicon) -> _Finding | None:
    """Give what the first source of words says that says anything."""
    for words in case.sources():
        if found := lexicon.find(words, case.knows):
            rule, offset = found
            return _Finding(
                rule.reason, rule.id, words.line_at(offset), words.text[max(0, offset - _LOOK_BACK) : offset]
            )
    return None


def _spelled(case: _Case, lexicon: Lexicon) -> _Finding | None:
    """Give what the words say once those that are written together are taken apart: ``NO_SUCH_USER``, ``err.nosuchuser``."""
    for words in case.sources():
        apart = spelling.apart(words)
        if apart is not None and (found := lexicon.find(apart, case.knows)):
            rule, offset = found
            return _Finding(
                rule.reason, rule.id, apart.line_at(offset), apart.text[max(0, offset - _LOOK_BACK) : offset]
            )
    return None


def _subject(case: _Case, words: _Finding | None, said: Heard) -> Subject:
    """Say whom the words speak of, where that is not what such words are mostly said of; UNKNOWN elsewhere."""
    if words is None or said not in _SENDER_MAY_BE_MEANT:
        return Subject.UNKNOWN
    of_domain = said in _OF_DOMAIN
    if subject.is_sender(words.evidence, case.recipient, case.reading, of_domain=of_domain):
        return Subject.SENDER
    return subject.of_clause(words.before, of_domain=of_domain) if said in _HARD else Subject.UNKNOWN


def _length(recipient: Recipient) -> Length:
    klass = recipient.reply_code // 100 if recipient.reply_code else recipient.status.klass if recipient.status else 0
    return {_CLASS_4: Length.FOR_NOW, _CLASS_5: Length.FINAL}.get(klass, Length.UNSAID)


class _Code:
    """What the codes say; the line that shows it is looked for only when it decides."""

    __slots__ = ("kind", "otherwise", "reason", "rule", "token")

    def __init__(self, kind: Coded, reason: Reason, rule: str, token: str, otherwise: str) -> None:
        self.kind, self.reason, self.rule = kind, reason, rule
        self.token, self.otherwise = token, otherwise

    def finding(self, case: _Case) -> _Finding:
        """Give it with its line."""
        evidence = case.line_with(self.token, self.otherwise) if self.token else self.otherwise
        return _Finding(self.reason, self.rule, evidence)


def _code(case: _Case) -> _Code:
    """Say what the codes say: the status that speaks, else the reply code, else what became of it."""
    before = case.moment.stage in BEFORE_RECIPIENT
    for status in case.statuses:
        published = statuses.is_published(status)
        kind, reason = statuses.meaning(status, case.providers if published else frozenset())
        if reason is None or (before and reason.category in _ABOUT_MAILBOX):
            continue
        source = "published" if published else "registry"
        rule = f"{source}-x.{status.subject}.{status.detail}"
        return _Code(kind, reason, rule, str(status), f"Status: {status}")
    for status in case.statuses:
        if reason := statuses.VAGUE_SUBJECT.get(status.subject):
            kind = statuses.KIND_OF_SUBJECT.get(status.subject, Coded.REGION)
            return _Code(kind, reason, f"registry-x.{status.subject}", str(status), f"Status: {status}")
    return _reply(case.recipient)


def _reply(recipient: Recipient) -> _Code:
    code, action = recipient.reply_code, recipient.action
    if code and (reason := replies.MEANS.get(code)):
        return _Code(Coded.REPLY, reason, f"reply-{code}", str(code), str(code))
    if action is Action.DELAYED:
        return _Code(Coded.NOTHING, Reason.EXPIRED, "action-delayed", "", f"Action: {action}")
    return _Code(Coded.NOTHING, Reason.UNKNOWN, "action-failed", "", f"Action: {action}")
