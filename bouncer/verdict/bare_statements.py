"""Short statements in free order, made of known words alone: "this mailbox has been put out of existence".

No list of phrases is whole. Where none matches, a statement of few words is understood by the classes of its words, in whatever
order: a noun for the recipient, and a word for its end, or a denial of its existence. Every other word must say nothing: one word
that is in no class leaves the statement open.
"""

import re
from collections.abc import Collection

from bouncer.verdict import asserted, unread
from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason
from bouncer.verdict.words import AnswerText

MOST_WORDS = 14
"""Words of a statement; a longer one has clauses, and the order of its words counts."""
_WHO = "user recipient mailbox account address alias addressee inbox person @"
_ENDED = """
deleted removed closed cancelled canceled terminated erased abolished dissolved purged discontinued vanished gone nonexistent
non-existent shut unregistered unassigned unallocated defunct
"""
_DENIED = "not no never nobody none neither nor cannot"
_EXISTS = """
exist exists existed existing existence known found assigned registered listed hosted served located recognised recognized allocated
find locate
"""
_SAYS_NOTHING = """
the this that these a an is was are were has have had been be being by of on at in to it its his her here there our us we anybody
anyone somebody any more longer one such since permanently finally also and sorry error reason because anywhere does do did can
could as name called lookup search
"""
_WHO_WORDS, _ENDED_WORDS, _DENIED_WORDS, _EXISTS_WORDS = (
    frozenset(words.split()) for words in (_WHO, _ENDED, _DENIED, _EXISTS)
)
_KNOWN_WORDS = _WHO_WORDS.union(_ENDED_WORDS, _DENIED_WORDS, _EXISTS_WORDS, _SAYS_NOTHING.split())
_PLACE = re.compile(
    r"\b(?:in|on|at|by|under|within) (?:our|this|the|my|that) (?:[a-z]{3,12} )?"
    r"(?:servers?|systems?|hosts?|domain|site|directory|database|records|machine|company|organi[sz]ation|school)\b"
)
_BESIDE = re.compile(
    r"\b(?:by|from|in|of|to|with|on|at|for|under|within|into) (?:(?:the|this|that|its|his|her|our|an?|any) )?"
    rf"(?:{_WHO.replace(' ', '|')})(?![\w'-])"
)
"""A recipient that is not the subject: "removed by the | user", "deleted from the | mailbox"."""
_CODES = re.compile(r"^(?:[45]\d\d[ -])?(?:#?\d\.\d{1,3}\.\d{1,3} )?")
_WORD = re.compile(r"[^\s.,;:!?<>()\"]{1,80}")
_NO_STATEMENT = re.compile(
    r"[;?|]|[.!:] \S|\b(?:has|have|had) (?:deleted|removed|closed|cancell?ed|terminated|erased|discontinued)\b"
    r"|\b(?:known|existing|listed|registered) (?:user|person|recipient|account|address)\b"
)
"""More than one statement, somebody's act on a thing that may be any, or "not the address of a known person"."""
ABSENCE = Rule(
    "bare-statement", Reason.INVALID_RECIPIENT, "a statement whose every word is understood, in any order", ()
)


def states_absence(words: AnswerText, names: Collection[str]) -> bool:
    """Whether *words* are one short statement that the recipient does not exist, and nothing else.

    *names* are the recipient's names, in lower case: they mean the recipient, too.
    """
    text = (
        _CODES.sub("", words.text)
        .strip(" .")
        .replace("n't", " not")
        .replace("put out of existence", "deleted")
        .replace("in use", "existing")
    )
    if _NO_STATEMENT.search(text):
        return False
    tokens = [
        "@" if token in names and unread.is_name(token) else token
        for token in _WORD.findall(_PLACE.sub(" ", text))[: MOST_WORDS + 1]
    ]
    token_set = frozenset(tokens)
    if (
        len(tokens) > MOST_WORDS
        or not token_set <= _KNOWN_WORDS
        or _WHO_WORDS.isdisjoint(_BESIDE.sub(" ", " ".join(tokens)).split())
    ):
        return False
    is_denied, is_ended = not token_set.isdisjoint(_DENIED_WORDS), not token_set.isdisjoint(_ENDED_WORDS)
    is_absent = not token_set.isdisjoint(_EXISTS_WORDS) and not is_ended if is_denied else is_ended
    return is_absent and asserted.is_undoubted(words)
