"""The results of the checks in the reader's language: their titles, states and remedies.

The checks speak English, as the command ``bouncer check`` prints them. The texts of ``pages.check_texts`` are recognized and said
again, with the names, numbers and paths in them as they are; any other text, such as an error of the system or a line for the
DNS, stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bouncer.compose.language import Language
from bouncer.doctor.finding import Finding
from bouncer.pages.check_texts import TEXTS
from bouncer.pages.known_texts import KnownTexts
from bouncer.policy.languages import ENGLISH

_KNOWN = KnownTexts(TEXTS)


@dataclass(frozen=True, slots=True)
class ShownText:
    """A text of a check as the page shows it, and its language code where that is not the page's; else empty."""

    words: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A result of a check as the page shows it."""

    tone: str
    about: ShownText
    says: ShownText
    remedy: ShownText


def shown_findings(findings: Sequence[tuple[Finding, str]], language: Language) -> list[ShownFinding]:
    """Give the *findings*, each with its tone, translated into *language*."""
    return [
        ShownFinding(tone, *(check_words(text, language) for text in (finding.about, finding.says, finding.remedy)))
        for finding, tone in findings
    ]


def check_words(text: str, language: Language) -> ShownText:
    """Translate a text of a check into *language*; a text that TEXTS does not hold stays English."""
    if language.code == ENGLISH or not text:
        return ShownText(text)
    translation = _KNOWN.say(text, language)
    return ShownText(text, ENGLISH) if translation is None else ShownText(translation)


def texts() -> tuple[str, ...]:
    """Give the texts of this module that appear in no call, for translators."""
    return TEXTS
