"""Blocks of delivery-status fields and their values (RFC 3464 section 2, RFC 6533 sections 3 and 4).

They are read from the part made for them, from a text that prints them, or from a quotation of one. Real ones break the standard:
no blank line between recipients, continuation lines without indentation, types that no registry knows.
"""

import re

from bouncer.mail.status import EnhancedStatus
from bouncer.ndr.header import decode_words
from bouncer.ndr.reading import Action

Block = dict[str, str]
"""Field name in lower case to its unfolded text. The first field of a name counts."""

MAX_VALUE = 4_000
"""Characters kept of one field's text; a reply of eight full lines (RFC 5321 section 4.5.3.1.5)."""

_FIELD = re.compile(r"[ \t]*+([A-Za-z][A-Za-z-]*+)[ \t]*+:(.*+)")
_NAMES = frozenset(
    {
        "original-envelope-id", "reporting-mta", "dsn-gateway", "received-from-mta", "arrival-date",
        "original-recipient", "final-recipient", "action", "status", "remote-mta", "diagnostic-code",
        "last-attempt-date", "final-log-id", "will-retry-until", "localized-diagnostic", "failure-reasons",
    }
)  # fmt: skip
_WORDY = frozenset({"diagnostic-code", "localized-diagnostic", "status"})
"""Fields whose text continues without indentation, where a server did not fold it correctly."""
_STARTS = frozenset({"original-recipient", "final-recipient"})
_ACTIONS = {
    "failed": Action.FAILED, "failure": Action.FAILED, "fail": Action.FAILED, "error": Action.FAILED,
    "expired": Action.FAILED, "rejected": Action.FAILED, "hard-bounce": Action.FAILED, "undeliverable": Action.FAILED,
    "delayed": Action.DELAYED, "delay": Action.DELAYED, "deferred": Action.DELAYED, "warning": Action.DELAYED,
    "delivered": Action.DELIVERED, "deliverable": Action.DELIVERED, "relayed": Action.RELAYED, "expanded": Action.EXPANDED,
}  # fmt: skip
_ESCAPE = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_XTEXT = re.compile(r"\+(2B|3D)")
"""The two printable signs that xtext must write as codes; other codes are left: an address may hold "+42" as a tag."""
_ADDRESS_TYPE = re.compile(r"[ \t]*+(?:[A-Za-z][\w./ -]{0,30}+|)[ \t]*+;[ \t]*+")
_PREFIX = re.compile(r"(?:smtp|mailto|rfc822|to|x400):[ \t]*+", re.IGNORECASE)
_COMMENT = re.compile(r"(?<![ \t])[ \t]++\([^()]*+\)$")
_COMMENT_BEFORE = re.compile(r"\([^()]*+\)[ \t]*+")
_SOURCE_ROUTE = re.compile(r"@[^\s:@]{1,255}(?:,@[^\s:@]{1,255}){0,8}:(?=[^\s:]+@)")
_FOLDED = re.compile(r"(?<=[@.])[ \t]++|(?<![ \t])[ \t]++(?=[@.])")
"""A match begins only at the first blank of a row: else the engine would try each of many blanks to the row's end."""
_TYPED = re.compile(r"[ \t]*+([A-Za-z][\w./-]{0,30}+)[ \t]*+;[ \t]*+")


def blocks(text: str) -> list[Block]:
    """Read the delivery-status fields in *text*; a recipient's fields begin a block of their own, with or without a blank line."""
    return _read(text, _NAMES)


def blocks_of_any_name(text: str) -> list[Block]:
    """Read blocks of fields of any name: feedback reports, receipts."""
    return _read(text, None)


def _read(text: str, names: frozenset[str] | None) -> list[Block]:
    blocks: list[Block] = []
    block: Block = {}
    name, margin = "", 0
    for line in text.split("\n"):
        if not line or line.isspace():
            block, name = _close(blocks, block), ""
            continue
        folded = name and line[0] in " \t" and _margin(line) > margin
        field = None if folded else _FIELD.match(line)
        label = field[1].lower() if field else ""
        if field and (names is None or label in names or label.startswith("x-")):
            name, margin = label, _margin(line) if line[0] in " \t" else 0
            if name in block and (name in _STARTS or (name == "action" and names_recipient(block))):
                block = _close(blocks, block)
            block.setdefault(name, field[2].strip()[:MAX_VALUE])
        elif name and (folded or name in _WORDY) and len(block[name]) < MAX_VALUE:
            block[name] = f"{block[name]} {line.strip()[:MAX_VALUE]}".lstrip()
    _close(blocks, block)
    return blocks


def _margin(line: str) -> int:
    """Count the blanks before a line: a text that prints the fields may indent them."""
    return len(line) - len(line.lstrip())


def _close(blocks: list[Block], block: Block) -> Block:
    if block:
        blocks.append(block)
    return {}


def names_recipient(block: Block) -> bool:
    """Whether a block is about one recipient."""
    return "final-recipient" in block or "original-recipient" in block


def address(value: str) -> str:
    """Take the address out of ``address-type; address``, however malformed either is; empty where there is none."""
    return decode_address(literal(value))


def decode_address(value: str) -> str:
    """Decode needless encodings in an address: RFC 2047 words, RFC 6533's escapes for 7-bit channels."""
    value = decode_words(value) if "=?" in value else value
    return _ESCAPE.sub(_unescape, value) if "\\x{" in value else value


def original(value: str) -> str:
    """Take the address out of Original-Recipient; it may be in xtext (RFC 3461 section 4), where "+2B" means a plus sign."""
    text = address(value)
    if "+" not in text:
        return text
    local, at, domain = text.rpartition("@")
    return _XTEXT.sub(lambda code: chr(int(code[1], 16)), local) + at + domain


def literal(value: str) -> str:
    """Take the address out of its field without decoding it."""
    value = _COMMENT_BEFORE.sub("", value.strip(), count=1) if value.startswith("(") else value.strip()
    for _ in ("type", "type again"):
        value = value[kind.end() :] if (kind := _ADDRESS_TYPE.match(value)) else value
    value = value.strip()
    if value.endswith(")"):
        value = _COMMENT.sub("", value)
    inner = value.rpartition("<")[2].partition(">")[0] if "<" in value else value
    inner = inner.strip().strip("<>").strip("'")
    if inner.startswith('"') and inner.endswith('"'):
        inner = inner[1:-1].strip()  # quotes around all of it; a quoted local part ends before the domain
    if ":" in inner:
        inner = _PREFIX.sub("", _SOURCE_ROUTE.sub("", inner, count=1), count=1)
    return _unfold_address(inner.strip())


def _unfold_address(value: str) -> str:
    """Join an address folded at its @ or at a dot, where RFC 5322 allows no blank except in obsolete syntax (section 4.4)."""
    if " " not in value or "@" not in value or '"' in value or "/" in value:
        return value
    return _FOLDED.sub("", value)


def _unescape(escape: re.Match[str]) -> str:
    point = int(escape[1], 16)
    return chr(point) if point <= 0x10FFFF and not 0xD800 <= point <= 0xDFFF else escape[0]  # noqa: PLR2004 -- Unicode's bounds


def text_of_typed(value: str) -> str:
    """Take the text out of ``type; text``: a host's name, a diagnostic (RFC 3464 sections 2.1.2, 2.3.6)."""
    kind = _TYPED.match(value)
    return (value[kind.end() :] if kind else value).strip()


def action(block: Block) -> Action | None:
    """Read Action in any letter case and wording; None where it is absent or unknown."""
    words = block.get("action", "").lower().split(maxsplit=1)
    return _ACTIONS.get(words[0].strip("();,.")) if words else None


def status(block: Block) -> EnhancedStatus | None:
    """Read Status, ignoring comments after it; None where it is absent or malformed."""
    return EnhancedStatus.find(block["status"]) if "status" in block else None


def supplement(block: Block) -> str:
    """Give the remote server's answer in Exchange's X-Supplementary-Info: ``<mx.example.org #5.2.2 smtp;552 5.2.2 full>``."""
    value = block.get("x-supplementary-info", "").strip(" <>")
    host, hash_, rest = value.partition(" #")
    answer = rest if hash_ else host
    return text_of_typed(answer.partition(" ")[2]) if ";" in answer.partition(" ")[2][:12] else answer.lstrip("#")
