"""Signs in a letter's words of its writer: a mail system about mail, or a person."""

import re

from bouncer.ndr import addresses, codes, phrases

_QUESTION = re.compile(r"(?<=\w)[\"')»” ]?[?\uff1f\u061f](?=\s|$)")
_QUOTED = re.compile(r"^> ?\S", re.MULTILINE)
_OF_REPORT = re.compile(r"^> ?(?:>|[a-z][a-z-]{1,30}:|.{0,100}(?:@|\b[245]\d\d[ -]))", re.MULTILINE | re.IGNORECASE)
"""A quoted line of a message's header, or of a report."""


def is_personal(evidence: str) -> bool:
    """Whether *evidence* asks its reader something, or quotes a text: no mail system does."""
    return _QUESTION.search(evidence) is not None or _quotes_text(evidence)


def _quotes_text(evidence: str) -> bool:
    """Whether *evidence* quotes a text as a person's answer does: no line of the quotation is of a header or of a report."""
    return _QUOTED.search(evidence) is not None and _OF_REPORT.search(evidence) is None


def mentions_delivery(evidence: str) -> bool:
    """Whether *evidence* says that mail did not arrive, or holds a server's code."""
    return (
        phrases.contains_any(phrases.UNDELIVERED_OR_LATE, phrases.normalize(evidence))
        or codes.status(evidence) is not None
        or codes.reply_code(evidence) is not None
    )


def says_nothing_else(lines: list[str]) -> bool:
    """Whether every line says that mail was not delivered, names an address, or is a rule: no person writes so."""
    written = (line for line in lines if line.strip(" *-=_"))
    return all(_says_undelivered(line) or addresses.find(line) == [line.strip()] for line in written)


def _says_undelivered(line: str) -> bool:
    return phrases.contains_any(phrases.UNDELIVERED, phrases.normalize(line))
