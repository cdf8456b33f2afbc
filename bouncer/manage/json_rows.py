"""Rows of JSON documents of any size: objects or addresses in a list, as the AWS CLI, Postmark and SendGrid's API write them.

    aws sesv2 list-suppressed-destinations        {"SuppressedDestinationSummaries": [{"EmailAddress": ...}, ...]}
    Postmark, GET .../suppressions/dump           {"Suppressions": [{"EmailAddress": ...}, ...]}
    SendGrid, GET /v3/suppression/bounces         [{"email": ...}, ...]
    SendGrid, GET /v3/asm/groups/1/suppressions   ["jane@example.org", ...]
    Mailgun, GET /v3/{domain}/bounces             {"items": [{"address": ...}, ...], "paging": {...}}
    listmonk, GET /api/bounces                    {"data": {"results": [{"email": ...}, ...], ...}}

The document is never held whole: objects are decoded one by one, and the text around them is skipped. So a file may hold
several pages of an API, one behind the other.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bouncer.errors import BouncerError

MAX_OBJECT = 64 * 1024
"""Characters of one object; an address with all its facts is a hundredth of that."""
MOST_NESTED = 8
"""Objects around an object with an address; the deepest of the documents above has two."""
MOST_BEFORE = 512
"""Characters before the place that is read: the library counts their lines for each fault."""
_IN_A_LIST = re.compile(r'"[^"]{1,64}"\s*:\s*\[\s*\{')
_NO_OBJECTS = re.compile(r'(?:\{\s*+(?:(?=\{)|(?:[^\s"{}]|"[^"\\]*+"\s*+(?![\s:]))[^{]*+(?=\{)))+')
"""Braces, another behind each, that begin no object: neither its end nor a member's name and a colon follows."""
_decode = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: the number of the line on which it began, and its columns or its fault."""

    number: int
    columns: Mapping[str, str] | None = None
    fault: str = ""


def is_document(head: str) -> bool:
    """Whether a file that begins with *head* is one JSON document, and not JSON lines."""
    text = head.lstrip()
    if text.startswith("["):
        return bool(re.match(r'\[\s*[{"\]]', text))
    first, _, _ = text.partition("\n")
    try:
        whole = json.loads(first)
    except (ValueError, RecursionError):
        return text.startswith("{") and (_IN_A_LIST.search(text) is not None or first.strip() == "{")
    return isinstance(whole, dict) and any(isinstance(value, dict | list) for value in whole.values())


def rows(pieces: Iterator[str], has_address: Callable[[Mapping[str, object]], bool]) -> Iterator[Row]:
    """Give a row for each object for which *has_address* holds, and a fault for each that cannot be decoded.

    Raises BouncerError where the document has objects, and none has an address.
    """
    text, number, at_start, rows_seen, objects_seen = "", 1, True, 0, 0
    for piece, last in _with_last(pieces):
        text, at, nesting = text + piece, 0, _Nesting()
        while (begin := text.find("{", at)) >= 0:
            braces = _NO_OBJECTS.match(text, begin)  # passed over at once, as one fault
            value, end = (None, braces.end()) if braces else _decode_or_skip(text, begin)
            if value is None and not braces and not last and len(text) - begin < MAX_OBJECT:
                break  # the rest of it is in the next piece
            number += text.count("\n", at, begin)
            at = begin
            if value is not None and has_address(value):
                yield Row(number, columns_of(value))
                rows_seen += 1
            else:
                if value is None and not at_start:
                    yield Row(number, fault="not JSON")
                end = end if braces else nesting.next_place(begin, end)
            objects_seen += value is not None and bool(value)
            at_start = False
            number += text.count("\n", at, end)
            at = end
            if at > MOST_BEFORE:
                text, at = text[at:], nesting.move(at)
        rest = len(text) if begin < 0 else begin
        number += text.count("\n", at, rest)
        text = text[rest:]  # nothing before it is needed any more
    if objects_seen and not rows_seen:
        raise BouncerError("no object in this JSON has a member that is called address or email")


@dataclass(slots=True)
class _Nesting:
    """The objects around a place that were decoded in vain, by their ends: each holds all that are decoded inside it."""

    ends: list[int] = field(default_factory=list)

    def next_place(self, begin: int, end: int) -> int:
        """Give the place to go on at, behind an object from *begin* to *end* that is no row.

        An object inside it may be whole, or have an address. Beyond MOST_NESTED objects around it nothing is looked for: each
        octet would be decoded again and again.
        """
        while self.ends and self.ends[-1] <= begin:
            self.ends.pop()
        self.ends.append(end)
        return end if len(self.ends) > MOST_NESTED else begin + 1

    def move(self, by: int) -> int:
        """Take note that *by* characters were cut off the front; give the place at which to go on, now the first."""
        self.ends = [end - by for end in self.ends]
        return 0


def is_list_of_texts(head: str) -> bool:
    """Whether a document that begins with *head* lists texts, and no objects."""
    return bool(re.match(r'\[\s*"', head.lstrip()))


def text_rows(pieces: Iterator[str]) -> Iterator[Row]:
    """Give a row for each text of a document that lists addresses alone."""
    text, number = "", 1
    for piece, last in _with_last(pieces):
        text, at = text + piece, 0
        while (begin := text.find('"', at)) >= 0:
            value, end = _decode_or_skip(text, begin)
            if value is None and not last and len(text) - begin < MAX_OBJECT:
                break  # the rest of it is in the next piece
            number += text.count("\n", at, begin)
            yield Row(number, fault="not JSON") if value is None else Row(number, {"address": str(value)})
            number += text.count("\n", begin, end)
            at = end
            if at > MOST_BEFORE:
                text, at = text[at:], 0
        rest = len(text) if begin < 0 else begin
        number += text.count("\n", at, rest)
        text = text[rest:]


def columns_of(members: Mapping[str, object]) -> dict[str, str]:
    """Give an object's members as columns of text; null is empty."""
    return {str(name): "" if value is None else str(value) for name, value in members.items()}


def _decode_or_skip(text: str, begin: int) -> tuple[Any, int]:
    """Decode the value at *begin*, and say where it ends; None, and the place of the fault, where it is not whole, or is none."""
    try:
        return _decode(text, begin)
    except json.JSONDecodeError as error:
        is_open = error.msg.startswith("Unterminated string")
        return None, len(text) if is_open else max(error.pos, begin + 1)
    except (ValueError, RecursionError):  # numbers and nestings beyond all bounds
        return None, min(begin + MAX_OBJECT, len(text))


def _with_last(pieces: Iterator[str]) -> Iterator[tuple[str, bool]]:
    """Give each piece, and an empty one at the end that is marked as the last."""
    yield from ((piece, False) for piece in pieces)
    yield "", True
