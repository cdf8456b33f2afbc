"""Addresses as logs show them: return paths without signature, since the whole path gives power to report about its recipient."""

import re

# Key id and day, which stay, then the MAC of mail.returnpath, also inside the wrappings that servers on the way add.
_SIGNATURE = re.compile(r"(-[a-z2-7]{4})[a-z2-7]{16}(?=[-.@])", re.IGNORECASE)
# The recipient that a path was made for: after signature and reference, or after a plus sign. A hash (it begins with =) may stay.
_RECIPIENT = re.compile(r"(-[a-z2-7]{4}\.\.\.(?:\.[a-z0-9]+)?-|\+)(?!=[a-z2-7]{16}@)[^@]*(?=@|$)", re.IGNORECASE)
_BETWEEN_WORDS = frozenset(' \t<>(),:;[]"')
CUT = "..."


def without_signature(path: str) -> str:
    """Give *path* with its signature cut out; an address without one unchanged."""
    return _SIGNATURE.sub(rf"\1{CUT}", path)


def without_recipient(path: str) -> str:
    """Give one of our return paths without its signature and without the recipient in it."""
    return _RECIPIENT.sub(rf"\1{CUT}", without_signature(path))


def without_mailboxes(text: str) -> str:
    """Give *text* with the local part of every address in it cut out; the domains stay."""
    *before, last = text.split("@")
    return "@".join([*map(_without_last_word, before), last])


def _without_last_word(text: str) -> str:
    end = len(text)
    if text.endswith('"'):  # a quoted local part may hold blanks
        return text[: max(0, text.rfind('"', 0, end - 1))] + CUT
    while end and text[end - 1] not in _BETWEEN_WORDS:
        end -= 1
    return text[:end] + CUT


def escape_invisible(text: str) -> str:
    """Escape control characters, bidirectional marks and the like, so that a terminal shows them and does not obey them."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
