"""A text rule: the phrases in which mail servers say one thing, and the reason that they mean.

A rule is data. Its phrases are searched in lower-case text with single blanks, in which every mail address is "@"
(classify.py prepares it). A phrase is a small regular expression; a word in angle brackets stands for its entry in
VOCABULARY. Repetition is bounded, so that searching is linear in the text's length; a test walks every phrase's parse
tree to hold this. Alternatives stand in groups, so that every phrase has a literal that must be there: its key, which
is looked for first because that is cheap.
"""

import re
from dataclasses import dataclass

from bouncer.policy.verdict import Reason

_REFUSED = (
    "(?:rejected|refused|denied|blocked|banned|declined|prohibited|forbidden|not accepted|not allowed|not permitted"
    "|not authori[sz]ed|disallowed|unacceptable|dropped|discarded)"
)
VOCABULARY: dict[str, str] = {
    # a mailbox and its owner
    "who": (
        "(?:user|users|recipient|recipients|mail-? ?box|mailboxes|account|address|addresses|alias|addressee|member"
        "|customer|subscriber|person|login|user ?name|user ?id|mail ?drop|e-?mail|inbox|destination|local[ -]?part"
        "|screen ?name|mail user|rcpt|group|name)"
    ),
    # what may stand between a mailbox and what is said of it
    "at": "(?:\\(?s\\)?|'s)?:? ?(?:name |id |address |account |mailbox )?(?:[\"'(\\[<]{0,3}@[\"')\\]>]{0,3}[:,]? ?)?",
    "is": "(?:(?:is|was|are|were|has|have|had|been|being|seems to be|may be|currently|temporarily|now|also|either|at present) ){0,3}",
    # it is not there
    "gone": (
        "(?:unknown|not found|not be found|not known|not exist|does not exist|doesn't exist|don't exist|do not exist|no exist"
        "|not exists|not recogni[sz]ed|not valid|isn't valid|invalid|unrecogni[sz]ed|non-? ?exist|inexist|not listed|not registered"
        "|unregistered|undefined|undeliverable|not local|not a local|not here|not available here|unroutable|unrouteable|not defined"
        "|not configured|not present|misspelled|incorrect|unidentified|illegal|not our|nonexist|no found)"
    ),
    # it would not have it
    "refused": _REFUSED,
    "fails": "(?:fail|did not pass|does not pass|didn't pass|not pass|reject|violat|invalid|not valid|not align|is missing|error)",
    # it holds no more
    "over": "(?:exceed(?:s|ed|ing)?|over|above|beyond|out of|reached|hit|violat(?:es|ed|ing|ion of)|insufficient|no more)",
    "not": "(?:not|n't|cannot|unable to|never|no)",
}
"""Words that servers use for each other, by what they mean."""

_WORD = re.compile(r"<([a-z]+)>")
_ESCAPE = re.compile(r"\\.")
_GROUP = re.compile(r"\([^()]*\)\??")
_OPEN_ENDED = re.compile(r"\[[^\]]*\]\??|\{[^}]*\}|.\?|[.^$]")


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that servers say: its id, what it means, who says so and where that is written, and the phrases."""

    id: str
    reason: Reason
    source: str
    phrases: tuple[str, ...]


def expand(phrase: str) -> str:
    """Put VOCABULARY's entries in the place of their names."""
    return _WORD.sub(lambda word: VOCABULARY[word[1]], phrase)


def key_of(phrase: str) -> str:
    """Give the longest literal run that any text matching *phrase* must contain."""
    literal = _ESCAPE.sub("\0", _WORD.sub("\0", phrase))
    while "(" in literal:
        literal = _GROUP.sub("\0", literal)
    return max(_OPEN_ENDED.sub("\0", literal).split("\0"), key=len)
