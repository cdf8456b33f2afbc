"""Recipients whom a notice names though their mail arrived: in a transcript, in a list with results, in a sentence."""

import re

from bouncer.ndr import phrases
from bouncer.ndr.dialogue_lines import is_positive_reply
from bouncer.ndr.mentions import Mention, MentionKind

_SUCCEEDED = re.compile(
    r"(?:[\s>|]*+(?:status|result|action|ergebnis|statut|estado|stato) ?[:=] ?)?(?:successfully |has been |was )?"
    r"(?:delivered\b|relayed\b|succe\w{2,6}\b|ok\b|2\d\d[ -](?:2\.\d|ok)|2\.\d{1,3}\.\d{1,3}\b|zugestellt\b|remis\b"
    r"|entregad|entregue\b|consegnat|recapitat|bezorgd\b|levererat|leveret\b|levert\b|dostarcz|доставлен|doručen)",
    re.IGNORECASE,
)
"""A result that tells of success, beside an address or on the line below it."""


def is_accepted(mention: Mention, lines: list[str]) -> bool:
    """Whether a transcript's reply, or the result beside an address or below it, tells that its mail was taken."""
    next_line = lines[mention.line + 1] if mention.line + 1 < len(lines) else ""
    if mention.kind is MentionKind.COMMAND:
        return is_positive_reply(next_line)
    if mention.kind is not MentionKind.ENTRY:
        return False
    beside = mention.rest.strip(" :;,|()\t-.=_")
    return _SUCCEEDED.match(beside or next_line) is not None


def tell_success(words: str) -> bool:
    """Whether *words*, sentences about an address, say that its mail arrived, and of no failure."""
    words = phrases.normalize(words)
    arrived = phrases.contains_any(phrases.DELIVERED, words) or phrases.contains_any(phrases.REACHED, words)
    return arrived and not phrases.contains_any(phrases.FAILED_OR_LATE, words)
