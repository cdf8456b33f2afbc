"""The results of the checks in the reader's language: their titles, states and remedies.

The command ``bouncer check`` prints them in English. The page translates the texts of the catalogues, and leaves the names,
numbers and paths in them as they are; any other text, such as an error of the system or a line for the DNS, stays as it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bouncer.compose.language import Language
from bouncer.doctor.finding import Finding
from bouncer.doctor.publish_command import DnsRecord
from bouncer.policy.languages import ENGLISH


@dataclass(frozen=True, slots=True)
class ShownText:
    """A text of a check as the page shows it; *language*: the code of its language where the page has another one, else empty."""

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


def zone_lines(records: Iterable[DnsRecord], language: Language) -> Iterator[str]:
    """Give the *records* as lines of a zone file, their remarks in *language*."""
    for record in records:
        yield str(replace(record, remark=check_words(record.remark, language).words))


def check_words(text: str, language: Language) -> ShownText:
    """Translate a text of a check into *language*; a text that no catalogue has stays English."""
    if language.code == ENGLISH or not text:
        return ShownText(text)
    words = language.translate(text)
    return ShownText(text, ENGLISH) if words is None else ShownText(words)
