"""Why a report is believed no further, in any language: the sentences of policy.believe, recognised and said again.

They are recorded in English, as the trail and the lists show them; what is said in them of a single case stands in places.
A sentence that is none of these, as an older version may have written it, is told as it stands.
"""

import re
from string import Formatter

from bouncer.compose.inert import words
from bouncer.compose.language import Language
from bouncer.mail.returnpath import Flaw

MAX_WHY = 200
"""Characters of why a report is doubted."""

SENTENCES = (
    "it did not come to a return path of an account",
    "it came to an alias that anyone may know",
    "it came to an alias that anyone may know, and the header that it returns is {flaw}",
    "its return path is {flaw}; it is in quarantine",
    "the key that signed its return path is no longer known",
    "the return path names another recipient",
    "the signed header that it returns was made for another message",
    "the signed header that it returns was made for another account",
    "the returned message says that it is from a domain of the account's owner",
    "the returned headers are those of a message that went to this recipient",
    "the returned message is one that we know, and it did not go to this recipient",
    "the returned message's headers are not those that were sent",
    "{what} has already been used {count} times today",
    "{what} has already told of this recipient {count} times today",
    "{what} has already told of {count} recipients today",
    "{what} was signed for another recipient",
    "{what} was signed for one recipient, and nothing says for whom",
    "{what} was signed for another message than the one that is returned",
    "{what} was signed for a message that did not go to this recipient",
    "{what} was signed for a message of which nothing more is known",
    "{what} was signed for a message to several, and its To names this one",
    "{what} was signed for a message to {count}, this one among them, and any of those may have written this",
)
WHAT = ("its return path", "the signed header that it returns")
FLAWS = (*(one.value for one in Flaw), "not in order")

_SAID = {"what": "|".join(map(re.escape, WHAT)), "flaw": "|".join(map(re.escape, FLAWS)), "count": "[0-9]+"}


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = (
        re.escape(text) + (f"(?P<{name}>{_SAID[name]})" if name else "")
        for text, name, _, _ in Formatter().parse(sentence)
    )
    return re.compile("".join(parts))


_PATTERNS = tuple((sentence, _pattern(sentence)) for sentence in SENTENCES)


def retold(why: str, language: Language) -> str:
    """Say *why* in *language*."""
    for sentence, pattern in _PATTERNS:
        if found := pattern.fullmatch(why):
            places = found.groupdict()
            return language.say(
                sentence, **{name: said if said.isdigit() else language.say(said) for name, said in places.items()}
            )
    return words(why, MAX_WHY, proven=False)


def texts() -> tuple[str, ...]:
    """Give every text that can be said here, for translators."""
    return (*SENTENCES, *WHAT, *FLAWS)
