"""The border between a report's own words and the returned message.

The returned message is no evidence: an address or a reply code in it tells nothing about this failure. It begins at its own
MIME part (RFC 6522), at a line that announces it, or at a header block in the text.
"""

import re

from bouncer.ndr import phrases

# Lines that announce the returned message. Sources: qmail (https://cr.yp.to/proto/qsbmf.txt), Exim's and Sendmail's texts,
# and the wording that MTAs have in common: "original message", "returned message", "message header" between rules of dashes.
_ANNOUNCED = re.compile(
    r"\n[ \t>]*+(?:"
    r"[-=*_|+]{2,}+[ \t]*+(?:below (?:this|the next) line|(?:this is a|here is a|enclosed is|attach(?:ed|ment) is)[ \w,]{0,40}copy"
    r"|start of [\w ]{0,20}(?:message|mail)"
    r"|(?:the )?(?:original|returned|rejected|undelivered|undeliverable|unsent|failed|body of|forwarded|header of)[ \w]{0,20}?"
    r"(?:message|mail|e-?mail|headers?|text)|message (?:headers?|text|body|follows|contents)|(?:copy|text) of[ \w]{0,30}message"
    r"|(?:full|complete) (?:message|headers?)|(?:message|mail) (?:returned|follows)|unsent message|headers? of|the header )"
    r"|(?:the )?(?:original|returned|undelivered|unsent|rejected|bounced|old) (?:message|e-?mail)(?: text| headers?)?"
    r"(?: follows| is attached| was| begins?| below)?[ \t]*+[:.-]*+[ \t]*+$"
    r"|(?:below is a copy of|here is a copy of|this is a copy of|included is a copy of|a copy of the original message) "
    r"[^\n]{0,60}[:.]?$"
    r"|original message headers?\b|message headers? follows?\b|(?:the )?message header(?:s)?:[ \t]*+$|your message reads\b"
    r"|the first \d+ lines of your|_{30,}+[ \t]*+\n[^\n]{1,80} mailing list$)"
    r"[^\n]*+",
    re.MULTILINE,
)
# A header block in the text: a trace field, or the sender's fields in a row.
_TRACE = re.compile(
    r"\n[ \t>|]*+(?:received:[ \t]?(?:from|by|\()|return-path:[ \t]*+<?[^\s>]*+>?$|dkim-signature:|domainkey-signature:"
    r"|mime-version:[ \t]*+1|arc-seal:|x-received:|authentication-results:|delivered-to:)",
    re.MULTILINE,
)
_FIELDS = re.compile(
    r"\n[ \t>|]*+(?:message-id:[ \t]*+<|(?:from|to|subject|date):[^\n]*+"
    r"\n[ \t>|]*+(?:from|to|subject|date|message-id|mime-version):)",
    re.MULTILINE,
)

_QUOTED = ("> ", "| ")
_QUOTE_SIGN = re.compile(r"^[ \t]?+[>|] ?+", re.MULTILINE)
_HEAD = 1_000
"""Characters of a returned message that hold the first fields of its header."""
_BELOW = 600
"""Characters of a notice below the header that it begins with; a message that came back is mostly longer."""
_ABOVE = re.compile(
    r"\b(?:above|obige[nrs]?|oben|ci-dessus|arriba|acima|sopra|bovenstaande?|hierboven)\b", re.IGNORECASE
)
_MAX_BLOCKS = 8
_MAX_FIELDS = 60
"""Header blocks that are examined, and fields that are skipped: a notice sums up one message, in a few fields."""


def has_trace(returned: str) -> bool:
    """Whether *returned*, the text of a returned message, begins with a header that has fields of its transport."""
    return _TRACE.search("\n" + returned[:_HEAD].lower()) is not None


def cut(text: str) -> tuple[str, int]:
    """Split off the returned message: (the report's own words, index where the returned message begins, or -1 without one).

    The sender's fields in a row count only after an address: before it they identify the message that the notice is about.
    """
    # The expressions match the end of the line before, which is ten times as fast as matching a beginning. They search lower case,
    # in which the dotted capital I alone would become two letters and shift all later indexes.
    lines = ("\n" + text).replace("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}", "i").lower()
    announced = _ANNOUNCED.search(lines)
    end = len(lines) if announced is None else announced.start()
    trace = _TRACE.search(lines, 0, end)
    first = end if trace is None else trace.start()
    begin = _fields_after_address(lines, first)
    if begin < 0 and trace is not None:
        begin = _block_start(lines, first)
    if begin >= 0:
        return text[:begin] if text[:begin].strip() else _words_below(text), begin
    return text[:end], -1 if announced is None else announced.end() - 1


def _words_below(text: str) -> str:
    """Give the words of a notice that begins with the returned header, and goes on below it; "" where they do not refer to it.

    They are its own only where they go on with the sentence, or point upwards: what else stands there is the returned message.
    """
    words = text.lstrip("\n").partition("\n\n")[2].lstrip("\n")
    first = words.partition("\n\n")[0]
    refers = first[:1].islower() or _ABOVE.search(first) is not None
    is_notice = len(words) <= _BELOW and phrases.contains_any(phrases.FAILED, phrases.normalize(first))
    return words if refers and is_notice else ""


def cut_quotation_signs(text: str, limit: int) -> str:
    """Give *text*, or at most *limit* characters of it without quotation signs where its lines have them."""
    return _QUOTE_SIGN.sub("", text[:limit]) if text.lstrip("\n").startswith(_QUOTED) else text


def _fields_after_address(lines: str, end: int) -> int:
    """Find the sender's fields in a row after an address; -1 where there are none before *end*."""
    at = lines.find("@", 0, end)
    if at < 0:
        return -1
    for number, block in enumerate(_FIELDS.finditer(lines, 0, end)):
        begin = _block_start(lines, block.start())
        if at < begin:
            return begin
        if number >= _MAX_BLOCKS:
            break
    return -1


def _block_start(lines: str, end_of_line: int) -> int:
    """Step back over the fields right before the recognized one; give the index where they begin in the text."""
    for _ in range(_MAX_FIELDS):
        before = lines.rfind("\n", 0, end_of_line)
        name, colon, _value = lines[before + 1 : end_of_line].strip(" \t>|").partition(":")
        if before < 0 or not colon or not name or " " in name or not name.isascii():
            break
        end_of_line = before
    return end_of_line
