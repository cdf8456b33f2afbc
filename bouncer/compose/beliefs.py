"""Translating the reasons why a report is believed or not: the English sentences of policy.believe are recognized and said again.

They are recorded in English, as the trail and the lists show them, with the facts of the case in placeholders. A sentence in
another form, as an older version may have written it, stays as it is.
"""

import re
from string import Formatter

from bouncer.compose.inert import words
from bouncer.compose.language import Language
from bouncer.mail.returnpath import Flaw

MAX_WHY = 200
"""Characters of the reason why a report is doubted."""

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
    "{what} was signed for this recipient",
    "{what} was signed for another recipient",
    "{what} was signed for one recipient, and nothing says for whom",
    "{what} was signed for one recipient, whatever address the report names",
    "{what} was signed for the recipient of the returned message, who has mail sent on",
    "{what} was signed for another message than the one that is returned",
    "{what} was signed for a message that did not go to this recipient",
    "{what} was signed for a message of which nothing more is known",
    "{what} was signed for a message to several, and its To names this one",
    "{what} was signed for a message to {count}, this one among them, and any of those may have written this",
    "{what} was signed for a message to {count}, this one among them, and a server of the account's own reports it",
)
SUBJECTS = ("its return path", "the signed header that it returns")
FLAWS = (*(flaw.value for flaw in Flaw), "not in order")

_SAID = {"what": "|".join(map(re.escape, SUBJECTS)), "flaw": "|".join(map(re.escape, FLAWS)), "count": "[0-9]+"}


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = (
        re.escape(text) + (f"(?P<{name}>{_SAID[name]})" if name else "")
        for text, name, _, _ in Formatter().parse(sentence)
    )
    return re.compile("".join(parts))


_PATTERNS = tuple((sentence, _pattern(sentence)) for sentence in SENTENCES)


def translate_reason(why: str, language: Language) -> str:
    """Translate *why* into *language*."""
    for sentence, pattern in _PATTERNS:
        if match := pattern.fullmatch(why):
            places = match.groupdict()
            return language.say(
                sentence, **{name: value if value.isdigit() else language.say(value) for name, value in places.items()}
            )
    return words(why, MAX_WHY, proven=False)


def texts() -> tuple[str, ...]:
    """Give every text of this module, for translators."""
    return (*SENTENCES, *SUBJECTS, *FLAWS)
