"""Where a report's own words end and the returned message begins.

The returned message is no evidence: an address or a reply code in it says nothing of this failure. It begins at a MIME part
of its own (RFC 6522), at a line that announces it, or at a header block that stands in the text.
"""

import re

# Lines that announce the returned message. Sources: qmail (https://cr.yp.to/proto/qsbmf.txt), Exim's and Sendmail's texts,
# and the wording that MTAs have in common: "original message", "returned message", "message header" between rules of dashes.
_ANNOUNCED = re.compile(
    r"^[ \t>]*+(?:"
    r"-{2,}+[ \t]*+(?:below (?:this|the next) line|(?:this is a|here is a|start of)[ \w,]{0,40}(?:copy|message|returned)"
    r"|(?:the )?(?:original|returned|rejected|undelivered|undeliverable|unsent|failed|body of)[ \w]{0,20}?"
    r"(?:message|mail|e-?mail|headers?|text)|message (?:headers?|text|body|follows|contents)|(?:copy|text) of[ \w]{0,30}message"
    r"|(?:full|complete) (?:message|headers?)|(?:message|mail) (?:returned|follows)|unsent message|headers? of)"
    r"|(?:the )?(?:original|returned|undelivered|unsent|rejected) (?:message|mail)(?: text| headers?)?"
    r"(?: follows| is attached| was| begins?)?[ \t]*+[:.-]*+[ \t]*+$"
    r"|original message headers?\b|message headers? follows?\b|(?:the )?message header(?:s)?:[ \t]*+$"
    r")[^\n]*+",
    re.MULTILINE | re.IGNORECASE,
)
# A header block in the text: a trace or identification field, with another field right before or after it.
_BLOCK = re.compile(
    r"^[ \t>|]*+(?:received: (?:from|by|\()|return-path:[ \t]*+<|dkim-signature:|domainkey-signature:|message-id:[ \t]*+<"
    r"|mime-version:[ \t]*+1|x-mailer:|arc-seal:|from:[^\n]*+\n[ \t>|]*+(?:to|subject|date|message-id|mime-version):"
    r"|(?:x-sender|x-spam-[a-z]+|authentication-results|delivered-to):)",
    re.MULTILINE | re.IGNORECASE,
)


def cut(text: str) -> tuple[str, int]:
    """Split off the returned message: (the report's own words, where the returned message begins; -1 where none is in *text*)."""
    announced = _ANNOUNCED.search(text)
    end = len(text) if announced is None else announced.start()
    block = _BLOCK.search(text, 0, end)
    if block is not None:
        return text[: _block_start(text, block.start())], block.start()
    return text[:end], -1 if announced is None else announced.end()


def _block_start(text: str, at: int) -> int:
    """Step back over the fields that stand right before the one that was recognised."""
    while at > 0:
        before = text.rfind("\n", 0, at - 1) + 1
        line = text[before:at].strip(" \t>|\n")
        name, colon, _ = line.partition(":")
        if not colon or not name or " " in name or not name.isascii():
            return at
        at = before
    return at
