"""Addresses as logs show them: return paths without the signature, for whoever holds a whole path can speak for its recipient."""

import re

# A key id and a day, which stay, and the MAC of mail.returnpath; whatever servers on the way wrapped it in.
_SIGNATURE = re.compile(r"(-[a-z2-7]{4})[a-z2-7]{16}(?=[-.@])", re.IGNORECASE)
# Behind signature and reference, or behind a plus sign: whom the path was made for. A hash, which begins with =, names nobody.
_RECIPIENT = re.compile(r"(-[a-z2-7]{4}\.\.\.(?:\.[a-z0-9]+)?-|\+)(?!=[a-z2-7]{16}@)[^@]*(?=@|$)", re.IGNORECASE)
_BETWEEN_WORDS = frozenset(' \t<>(),:;[]"')
CUT = "..."


def unsigned(path: str) -> str:
    """Give *path* with its signature cut out; any other address as it is."""
    return _SIGNATURE.sub(rf"\1{CUT}", path)


def nameless(path: str) -> str:
    """Give a return path of ours without its signature and without the recipient that stands in it."""
    return _RECIPIENT.sub(rf"\1{CUT}", unsigned(path))


def without_mailboxes(text: str) -> str:
    """Give *text* with the local part of every address in it cut out: the domain says where, and not who."""
    *before, last = text.split("@")
    return "@".join([*map(_without_last_word, before), last])


def _without_last_word(text: str) -> str:
    end = len(text)
    if text.endswith('"'):  # a quoted local part: all of it, with its blanks
        return text[: max(0, text.rfind('"', 0, end - 1))] + CUT
    while end and text[end - 1] not in _BETWEEN_WORDS:
        end -= 1
    return text[:end] + CUT


def visible(text: str) -> str:
    """Write controls, bidirectional marks and the like as escapes, so that a terminal shows them and does not obey."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
