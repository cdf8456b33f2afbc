"""The search for the phrase that decides: outside asides, advice, links and turns of a transcript; then in other words."""

from bouncer.verdict import bare_statements, neighbours, synonyms
from bouncer.verdict.asserted import NEAR
from bouncer.verdict.facts import WordsMeaning, meaning_of
from bouncer.verdict.failure import Failure, Witness
from bouncer.verdict.lexicon import Lexicon
from bouncer.verdict.quoted_answer import without_introduction
from bouncer.verdict.rules import evasive, providers
from bouncer.verdict.rules import recipient as recipient_rules
from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.words import AnswerText

ABSENT = frozenset({WordsMeaning.GONE, WordsMeaning.BARE, WordsMeaning.CARRIER, WordsMeaning.DOMAIN})
"""Meanings of words that say that the recipient, or its domain, is not there."""
PUBLISHED = frozenset(rule.id for rule in (*providers.RULES, *recipient_rules.REMOVED))
"""Rules for words whose meaning the providers have published, or that name the other cause themselves: words of doubt around
them change nothing."""
_EVASIVE = frozenset(rule.id for rule in evasive.RULES)
"""Rules that withdraw an answer, wherever they match: "user unknown (our answer to all spam)"."""
_TURN = " <<< "
"""The sign before a server's turn in a transcript of Sendmail."""


def search_sources(failure: Failure, lexicon: Lexicon) -> Witness | None:
    """Search the sources of words in order; give the first match."""
    for words in failure.sources():
        if witness := _search(failure, lexicon, words):
            return witness
    return None


def search_reworded(failure: Failure, lexicon: Lexicon) -> Witness | None:
    """Search the words again in other forms: joined ones split, usual ones for rare ones."""
    for words in failure.sources():
        for other, can_prove in synonyms.rewordings(words, failure):
            witness = _search(failure, lexicon, other)
            if witness and (can_prove or meaning_of(witness.rule, witness.reason) not in ABSENT):
                return witness
        if bare_statements.states_absence(words, failure.names):
            rule = bare_statements.ABSENCE
            return Witness(rule.reason, rule.id, words.line_at(0), "", words.text[:NEAR], words)
    return None


def _search(failure: Failure, lexicon: Lexicon, words: AnswerText) -> Witness | None:
    match = lexicon.find(words, failure.knows)
    if match is None or (match := _search_turns(failure, lexicon, words, match)) is None:
        return None
    if (match_outside := _search_outside(failure, lexicon, words, match)) is None:
        return None
    rule, offset = match_outside
    before = without_introduction(words.text[max(0, offset - NEAR) : offset])
    around = before, words.text[offset : offset + NEAR]
    return Witness(rule.reason, rule.id, words.line_at(offset), *around, words, offset)


def _search_turns(
    failure: Failure, lexicon: Lexicon, words: AnswerText, match: tuple[Rule, int]
) -> tuple[Rule, int] | None:
    """Give the first match in one turn of a transcript: words of two turns are no phrase."""
    turn = words.text.find(_TURN, match[1], match[1] + NEAR)
    if turn < 0:
        return match
    before, after = words.text[:turn], " " * turn + words.text[turn:]
    return lexicon.find(words._replace(text=before), failure.knows) or lexicon.find(
        words._replace(text=after), failure.knows
    )


def _search_outside(
    failure: Failure, lexicon: Lexicon, words: AnswerText, match: tuple[Rule, int]
) -> tuple[Rule, int] | None:
    """Give the first match outside asides, advice and links, where *match* is in one of them and there is such a match.

    An absence that only the path of a link or a condition tells is none: "see https://example.org/help/user-unknown", "if the
    address could not be found, try again".
    """
    rule, offset = match
    if rule.id in _EVASIVE:
        return match
    own_check = neighbours.without_own_check(words, offset, failure.forms)
    condition = words.without_condition(offset)
    for without in (words.without_aside(offset), condition, own_check):
        if without and (match_elsewhere := lexicon.find(without, failure.knows)):
            return _search_beside_link(failure, lexicon, without, match_elsewhere)
    if condition and _is_absence(rule):
        return None
    return _search_beside_link(failure, lexicon, words, match)


def _search_beside_link(
    failure: Failure, lexicon: Lexicon, words: AnswerText, match: tuple[Rule, int]
) -> tuple[Rule, int] | None:
    """Give an absence outside links, where *match* is in a link; None where only the link tells an absence."""
    rule, offset = match
    if rule.id in PUBLISHED or (without := words.without_link(offset)) is None:
        return match
    match_elsewhere = lexicon.find(without, failure.knows)
    if _is_absence(rule):
        return match_elsewhere
    return match_elsewhere if match_elsewhere and _is_absence(match_elsewhere[0]) else match


def _is_absence(rule: Rule) -> bool:
    return meaning_of(rule.id, rule.reason) in ABSENT
