"""Classify one recipient's failure: four facts are established, and the table of verdicts joins them.

The facts are the stage of the dialogue, the subject of the answer, its words, and its codes (``facts.py``). Every verdict names the
row of the table, the rule or code that matched, and the line of the letter that it matched in.
"""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from bouncer.ndr.reading import Action, Reading, Recipient
from bouncer.verdict import asserted, search, subject, unread, whose_absence
from bouncer.verdict.asserted import any_sign
from bouncer.verdict.codes import Code, code_of, length_of
from bouncer.verdict.facts import CodesMeaning, Facts, Length, WordsMeaning, meaning_of
from bouncer.verdict.failure import Failure, Witness
from bouncer.verdict.lexicon import Lexicon
from bouncer.verdict.rules.order import ABSENCE, DOUBT, PLAIN, VAGUE
from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.stage import BEFORE_RECIPIENT, Stage
from bouncer.verdict.subject import Subject
from bouncer.verdict.table import TableRow, Takes, row_for
from bouncer.verdict.verdict import Reason, Verdict
from bouncer.verdict.words import AnswerText, cut

_SENDER_MAY_BE_MEANT = frozenset(
    {
        WordsMeaning.GONE,
        WordsMeaning.BARE,
        WordsMeaning.CARRIER,
        WordsMeaning.DOMAIN,
        WordsMeaning.NXDOMAIN,
        WordsMeaning.FULL,
        WordsMeaning.MAILBOX,
        WordsMeaning.VAGUE_MAILBOX,
    }
)
_OF_DOMAIN = frozenset({WordsMeaning.DOMAIN, WordsMeaning.NXDOMAIN})
_HARD = frozenset({WordsMeaning.GONE, WordsMeaning.BARE, WordsMeaning.DOMAIN})
_OTHER_CAUSES = frozenset(
    {WordsMeaning.FULL, WordsMeaning.SIZE, WordsMeaning.SERVER, WordsMeaning.BLOCK, WordsMeaning.VAGUE_REFUSAL}
)
"""Causes that, beside an absence, leave open which of the two is true; a switched-off mailbox counts as an absence."""
_NAMES_RECIPIENT = frozenset({CodesMeaning.RECIPIENT, CodesMeaning.DOMAIN})
_ONE_CAUSE = frozenset({CodesMeaning.RECIPIENT, CodesMeaning.DOMAIN, CodesMeaning.DISABLED, CodesMeaning.CAUSE})
"""Meanings of codes that name one cause: beside such a code the vague rules are not tried."""
_ANSWERED = frozenset({Stage.RCPT, Stage.DATA})
"""Stages at which a server had answered for the recipient."""
_LOOK_AROUND = 120
"""Characters before a phrase, and of it, that show whom it is about."""


class Grounds(NamedTuple):
    """The basis of a verdict: the facts, the row that they fit, and the witnesses of each fact."""

    failure: Failure
    facts: Facts
    row: TableRow
    words: Witness | None
    code: Code
    doubt: Witness | None

    @property
    def witness(self) -> Witness:
        """The witness whose line decided."""
        row = self.row
        if row.result is Takes.DOUBT and self.doubt:
            return self.doubt
        by_code = row.result is Takes.CODE or (bool(row.codes) and not row.words)
        return (None if by_code else self.words) or self.code.witness(self.failure)

    @property
    def verdict(self) -> Verdict:
        """The verdict that follows from the grounds."""
        witness, stage = self.witness, self.facts.stage
        reason = self.row.result if isinstance(self.row.result, Reason) else witness.reason
        about = Subject.SENDER if stage in BEFORE_RECIPIENT else subject.subject_of_reason(reason)
        return Verdict(reason, witness.rule, witness.evidence, self.row.id, stage, about)


@cache
def _lexicons() -> tuple[Lexicon, Lexicon, Lexicon]:
    """Compile the rules on first use, so that commands that do not classify start without them."""
    return Lexicon(PLAIN), Lexicon(VAGUE), Lexicon(DOUBT)


@cache
def _absence() -> Lexicon:
    return Lexicon(ABSENCE)


def patterns() -> Iterator[str]:
    """Give the patterns of all rules, and of the words of doubt and of time; a file has their needs (``rules.written_needs``)."""
    for lexicon in (*_lexicons(), _absence(), any_sign()):
        yield from lexicon.patterns


def classify(recipient: Recipient, reading: Reading) -> Verdict:
    """Classify why mail to *recipient* failed or is late; always gives a verdict, at worst `unknown`."""
    return grounds_of(recipient, reading).verdict


def grounds_of(recipient: Recipient, reading: Reading) -> Grounds:
    """Establish the four facts about one failure, and find the row of the table that they fit."""
    failure = Failure(recipient, reading)
    plain, vague, _ = _lexicons()
    code = code_of(failure)
    words = search.search_sources(failure, plain) or search.search_reworded(failure, plain)
    if words is None and code.kind not in _ONE_CAUSE:
        words = search.search_sources(failure, vague)
    meaning = meaning_of(words.rule, words.reason) if words else WordsMeaning.NOTHING
    about = _subject(failure, words, meaning, code)
    hedged = words is not None and meaning in search.ABSENT and not (words.words and asserted.is_plain(words.words))
    length = length_of(recipient, words if hedged else None)
    proves = (
        length is not Length.FOR_NOW or meaning is not WordsMeaning.DOMAIN
    )  # a domain 4yz is dns-error, open or not
    if (
        words
        and proves
        and about is Subject.UNKNOWN
        and ((hedged and _is_open(failure, words)) or _is_of_other(failure, words, meaning, code))
    ):
        meaning = WordsMeaning.OPEN
    doubt = _doubt(failure) if words is None and code.kind in _NAMES_RECIPIENT else None
    facts = Facts(
        failure.moment.stage,
        about,
        meaning,
        code.kind,
        length,
        recipient.action is Action.DELAYED,
        doubt is not None,
    )
    return Grounds(failure, facts, row_for(facts), words, code, doubt)


def _doubt(failure: Failure) -> Witness | None:
    """Find the words against a code that names the recipient: a word of doubt, or a statement that is not understood."""
    _, _, doubts = _lexicons()
    if doubt := search.search_sources(failure, doubts):
        return doubt
    if length_of(failure.recipient) is Length.FOR_NOW:
        return None
    return _search_sender(failure) or _search_unread(failure)


def _search_sender(failure: Failure) -> Witness | None:
    """Find the line that names the sender, and not the recipient, beside a code that names a recipient: whose code it is."""
    for line in next((words.lines for words in failure.sources() if words.lines), ()):
        if "@" in line and subject.names_sender(line, failure.recipient, failure.reading, of_domain=False):
            return Witness(Reason.SENDER_REJECTED, "doubt-sender-named", cut(line, line.find("@")))
    return None


def _search_unread(failure: Failure) -> Witness | None:
    """Find a statement that no rule understands: it has no word of absence, or has one of doubt, of time or of another cause."""
    words = next((words for words in failure.sources() if words.lines), None)
    if words is None:
        return None
    address = failure.recipient.recipient
    agrees = not unread.says_more(words, address) or _absence().find(unread.naming(words, address))
    if agrees and asserted.is_undoubted(words.without_links()):
        return None
    return Witness(Reason.GENERAL_PERMANENT, "doubt-unread", cut(words.lines[0], 0))


def _subject(failure: Failure, words: Witness | None, meaning: WordsMeaning, code: Code) -> Subject:
    """Find whom the words are about, where that differs from the usual subject of such words; else UNKNOWN."""
    if words is None or meaning not in _SENDER_MAY_BE_MEANT:
        return Subject.UNKNOWN
    of_domain = meaning in _OF_DOMAIN
    if subject.names_sender(words.evidence, failure.recipient, failure.reading, of_domain=of_domain):
        return Subject.SENDER
    if meaning not in _HARD and not of_domain:
        return Subject.UNKNOWN
    about = subject.subject_of_clause(words.before[-_LOOK_AROUND:], words.phrase[:_LOOK_AROUND], of_domain=of_domain)
    is_hop = (
        about is Subject.UNKNOWN
        and of_domain
        and subject.names_hop(words.evidence, failure.recipient, itself=_is_domain_itself(failure, code))
    )
    return Subject.SERVER if is_hop else about


def _is_domain_itself(failure: Failure, code: Code) -> bool:
    """Whether only the domain's own name counts: where a server answered, or no code says that it is the domain that is missing."""
    return failure.moment.stage in _ANSWERED or code.kind is not CodesMeaning.DOMAIN


def _is_open(failure: Failure, words: Witness) -> bool:
    """Whether the sentence around *words* leaves open whether they hold."""
    phrase = asserted.end_before_advice(words.phrase, " ".join(words.words.lines) if words.words else "")
    return words.rule not in search.PUBLISHED and asserted.is_open(
        words.before, phrase, lambda piece: _names_other(failure, piece)
    )


def _is_of_other(failure: Failure, words: Witness, meaning: WordsMeaning, code: Code) -> bool:
    """Whether *words* state an absence of something or somebody other than the recipient, or leave open whose it is."""
    is_named = code.kind in _NAMES_RECIPIENT
    return (
        meaning in search.ABSENT
        and words.rule not in search.PUBLISHED
        and whose_absence.is_other(failure, words, is_named=is_named)
    )


def _names_other(failure: Failure, piece: str) -> bool | None:
    """Whether *piece* of an answer names a cause other than an absence; None where it names no cause."""
    words = AnswerText.of((piece,))
    rule = _search_words(words, failure)
    return None if rule is None else meaning_of(rule.id, rule.reason) in _OTHER_CAUSES


def _search_words(words: AnswerText, failure: Failure) -> Rule | None:
    plain, vague, _ = _lexicons()
    match = plain.find(words, failure.knows) or vague.find(words, failure.knows)
    return match[0] if match else None
