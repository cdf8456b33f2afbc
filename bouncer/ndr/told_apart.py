"""Recipients whom the sentences of one notice tell apart: some have the message, and others do not.

"Delivery to bob@example.org succeeded, but carol@example.org does not exist" reports on carol alone, although bob is named first
and the sentence as a whole says that something failed.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from bouncer.mail.address import comparable
from bouncer.ndr import addresses, phrases, success
from bouncer.ndr.letter import Letter
from bouncer.ndr.mentions import Mention, MentionKind
from bouncer.ndr.other_people import is_of_other, words_before
from bouncer.ndr.paragraphs import MOST_IN_SENTENCES

_CLAUSE_ENDS = re.compile(
    r"(?<=[!?;])\s++|(?<![.].)(?<=[.])\s++|(?<=[\u3002\uff01\uff1f\uff1b])"
    r"|,? (?=(?:but|however|whereas|while|though|aber|jedoch|doch|während|mais|tandis que|pero|mientras que|mas|enquanto|ma|mentre"
    r"|maar|terwijl|men|medan|mens|ale|lecz|но|однако|ama|fakat)\b)"
    r"|,? (?:and|und|et|y|e|en|och|og|i|a|и|ve) (?=(?:could|was|were|is|are|has|have|did|does|can|konnte|wurde|ist|hat|n'a|ne|no"
    r"|non|não|niet|kon|kunde|kunne|nie|не|bulunamad)\b)",
    re.IGNORECASE,
)
_LACKS_IT = re.compile(
    r"\b(?:no longer|no such|not|n't|unknown|invalid|full|left|closed|expired|disabled|gone|over quota|does(?:n't| not)|retired"
    r"|unbekannt|ungültig|voll|existiert|ausgeschieden|inconnue?|pleine?|n'existe|désactivée?|desconocid[oa]|llen[oa]|existe|inexistente"
    r"|sconosciut[oa]|pien[oa]|esiste|desconhecid[oa]|chei[oa]|onbekend|vol|bestaat|okänd|finns inte|ukjent|ukendt|findes|nieznany"
    r"|pełna|istnieje|neznám\w+|neexistuje|неизвест\w+|переполнен|существует)\b|n't\b|存在|いっぱい|不明|없",
    re.IGNORECASE,
)
"""Words of an address whose mail failed, besides the phrases of failure."""
_BEGINS = re.compile(rf"[ \t>|*•<(\[\"'-]*+(?:{addresses.ADDRESS}|[A-ZÀ-ÖØ-ÞА-Я\u0391-\u03a9])")
"""A line that begins with an address or a capital, and so is no more of a sentence above it."""
_CONTEXT = 60
"""Characters before an address that may tell that it is a person's to ask, or the sender's."""
_MAX_TEXT = 8_000
"""Characters of a notice that are searched; what tells two recipients apart in sentences is short."""


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause that names addresses: its words, and the line on which each address stands."""

    words: str
    places: tuple[tuple[int, str], ...]


def tell_apart(letter: Letter, mentions: list[Mention]) -> list[Mention]:
    """Give the mentions of the failed recipients, where the letter tells that others have the message; else all *mentions*."""
    if not success.may_be_told(letter.flat):
        return mentions
    clauses = list(_clauses(letter))
    failures = [clause for clause in clauses if _tells_failure(clause.words)]
    delivered = _mailboxes(clause for clause in clauses if success.is_told(clause.words))
    delivered -= _mailboxes(failures) | {comparable(party) for party in letter.parties}
    if not delivered:
        return mentions
    return (
        _failed_mentions(
            [mention for mention in mentions if comparable(mention.address) not in delivered],
            _from_clauses(failures, letter),
        )
        or mentions
    )


def _failed_mentions(others: list[Mention], clause_mentions: list[Mention]) -> list[Mention]:
    """Choose between the mentions that are left and those of clauses, which have their own words and nobody else's."""
    mailboxes = {comparable(mention.address) for mention in others}
    by_clause = [mention for mention in clause_mentions if comparable(mention.address) in mailboxes]
    if all(mention.kind is MentionKind.SENTENCE for mention in others) and len(by_clause) >= len(mailboxes) > 0:
        return by_clause
    return others or clause_mentions


def _mailboxes(clauses: Iterable[_Clause]) -> set[str]:
    return {comparable(address) for clause in clauses for _, address in clause.places}


def _clauses(letter: Letter) -> Iterator[_Clause]:
    """Give the clauses that name addresses, of each paragraph within MAX_TEXT."""
    ends = accumulate(len(line) for line in letter.lines)
    lines, begin = [line for line, end in zip(letter.lines, ends, strict=True) if end <= _MAX_TEXT], 0
    for number in range(len(lines) + 1):
        if number < len(lines) and lines[number].strip():
            continue
        if any("@" in line for line in lines[begin:number]):
            yield from _clauses_of(lines[begin:number], begin)
        begin = number + 1


def _clauses_of(lines: Sequence[str], first: int) -> Iterator[_Clause]:
    begins = [number for number, line in enumerate(lines) if number and "@" in line and _BEGINS.match(line)]
    for begin, end in pairwise([0, *begins, len(lines)]):
        yield from _clauses_of_sentences(lines[begin:end], first + begin)


def _clauses_of_sentences(lines: Sequence[str], first: int) -> Iterator[_Clause]:
    text = " ".join(line.strip() for line in lines)
    for words in _CLAUSE_ENDS.split(text):
        addresses_named = [
            address
            for start, address in addresses.find_with_positions(words)
            if not is_of_other(words_before(words, start, _CONTEXT))
        ]
        if 0 < len(addresses_named) <= MOST_IN_SENTENCES:
            yield _Clause(words, tuple((first + _line_of(address, lines), address) for address in addresses_named))


def _line_of(address: str, lines: Sequence[str]) -> int:
    return next((number for number, line in enumerate(lines) if address in line), 0)


def _tells_failure(words: str) -> bool:
    return _LACKS_IT.search(words) is not None or phrases.contains_any(phrases.FAILED, phrases.normalize(words))


def _from_clauses(clauses: Sequence[_Clause], letter: Letter) -> list[Mention]:
    """Give an entry for each address that a clause tells a failure of, with the clause's words about it."""
    return [
        Mention(MentionKind.ENTRY, number, 0, address, clause.words)
        for clause in clauses
        for number, address in clause.places
        if address.lower() not in letter.parties
    ]
