"""The address that a statement of absence is about, where an answer names several: "bob@example.org: unknown; jane@...: sent"."""

import re
from collections.abc import Iterable

from bouncer.verdict.words import AnswerText

_NEAR = 80
"""Characters between an address and the statement about it; the frames of servers are shorter."""
_FRAME = re.compile(
    r"recipient address rejected|rcpt to|is|was|has|which|who|sorry|says|said|address|recipient|[\d .:,;<>()\[\]\"'-]"
)
"""Text between an address and the statement about it: "@: recipient address rejected: | user unknown"."""
_BETWEEN = re.compile(r"[^@;.!?|\u3002\uff01\uff1f]{0,60}")
_OTHER_ROLE = re.compile(
    r"\b(?:instead|to|is|at|see|use|ask|contact|please|for|from|by|delivered|sent|accepted|copied|cc|successor)[ :<(\[\"']{0,4}$"
)
"""Words before an address that make it no subject: "no such user, please write | to"."""
_CHECK = re.compile(r"verification failed for <?@>?:? ?")
"""Exim's words about a sender's address; a server that quotes another may have them about the recipient's."""
_PARTS = re.compile(r"[\W\d_]{1,64}")


def is_of_other(words: AnswerText, offset: int, forms: Iterable[str], *, may_follow: bool) -> bool:
    """Whether the statement at *offset* of *words* is about an address in the recipient's domain that is not the recipient.

    An address in another domain may be the target of a forward, or the recipient under another name. So may one with a part of
    the recipient's name: "jane.roe" for "jane". The only address that an answer names may be the member of a group for which the
    recipient stands. *forms* are the forms of the recipient's address, in lower case; *may_follow* tells whether the address may
    stand behind the statement.
    """
    addresses = [address.lower().strip("'`*") for address in words.addresses()]
    has_escapes = "\\" in words.text  # "<\\303\\274ber@example.org>"
    if len({*addresses}) == 1 or len(addresses) != words.text.count("@") or has_escapes:
        return False
    index = _index(words.text, offset, may_follow=may_follow)
    if index is None:
        return False
    local, _, domain = addresses[index].rpartition("@")
    own = [form.rpartition("@") for form in forms]
    parts = _parts(local)
    return any(domain == form[2] for form in own) and not any(
        local == form[0] or parts & _parts(form[0]) for form in own
    )


def without_own_check(words: AnswerText, offset: int, forms: Iterable[str]) -> AnswerText | None:
    """Remove words at *offset* that a check of the recipient's own address failed: the words behind them say why; else None."""
    if (check := _CHECK.match(words.text, offset)) is None:
        return None
    addresses = words.addresses()[words.text.count("@", 0, offset) :]
    if not addresses or addresses[0].lower() not in forms:
        return None
    return words._replace(text=words.text[:offset] + " " * len(check[0]) + words.text[check.end() :])


def _parts(local: str) -> set[str]:
    return {part for part in _PARTS.split(local) if part}


def _index(text: str, offset: int, *, may_follow: bool) -> int | None:
    """Give the number of the address that the statement at *offset* is about; None where none stands right beside it."""
    if text.startswith("@", offset):
        return text.count("@", 0, offset)
    sign = text.rfind("@", max(0, offset - _NEAR), offset)
    if sign >= 0 and not _FRAME.sub("", text[sign + 1 : offset]):
        return text.count("@", 0, sign)
    between = _BETWEEN.match(text, offset) if may_follow else None
    if between is None or text[between.end() : between.end() + 1] != "@" or _OTHER_ROLE.search(between[0]):
        return None
    return text.count("@", 0, offset)
