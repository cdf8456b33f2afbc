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
from dataclasses import dataclass
from typing import Any

from bouncer.errors import BouncerError

MAX_OBJECT = 64 * 1024
"""Characters of one object; an address with all its facts is a hundredth of that."""
_IN_A_LIST = re.compile(r'"[^"]{1,64}"\s*:\s*\[\s*\{')
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
        text += piece
        while (begin := text.find("{")) >= 0:
            number += text.count("\n", 0, begin)
            text = text[begin:]
            value, end = _decoded(text)
            if value is None and not last and len(text) < MAX_OBJECT:
                break  # the rest of it is in the next piece
            if value is not None and has_address(value):
                yield Row(number, columns_of(value))
                rows_seen += 1
            else:
                if value is None and not at_start:
                    yield Row(number, fault="not JSON")
                end = 1  # an object inside it may be whole, or have an address
            objects_seen += value is not None and bool(value)
            at_start = False
            number += text.count("\n", 0, end)
            text = text[end:]
        else:
            number += text.count("\n")
            text = ""  # nothing of it is needed any more
    if objects_seen and not rows_seen:
        raise BouncerError("no object in this JSON has a member that is called address or email")


def is_list_of_texts(head: str) -> bool:
    """Whether a document that begins with *head* lists texts, and no objects."""
    return bool(re.match(r'\[\s*"', head.lstrip()))


def text_rows(pieces: Iterator[str]) -> Iterator[Row]:
    """Give a row for each text of a document that lists addresses alone."""
    text, number = "", 1
    for piece, last in _with_last(pieces):
        text += piece
        while (begin := text.find('"')) >= 0:
            number += text.count("\n", 0, begin)
            text = text[begin:]
            value, end = _decoded(text)
            if end == 0 and not last and len(text) < MAX_OBJECT:
                break  # the rest of it is in the next piece
            yield Row(number, {"address": str(value)}) if end else Row(number, fault="not JSON")
            number += text.count("\n", 0, max(end, 1))
            text = text[max(end, 1) :]
        else:
            number += text.count("\n")
            text = ""


def columns_of(members: Mapping[str, object]) -> dict[str, str]:
    """Give an object's members as columns of text; null is empty."""
    return {str(name): "" if value is None else str(value) for name, value in members.items()}


def _decoded(text: str) -> tuple[Any, int]:
    """Decode the value that begins *text*, and say where it ends; None and 0 where it is not whole, or is none."""
    try:
        return _decode(text)
    except (ValueError, RecursionError):
        return None, 0


def _with_last(pieces: Iterator[str]) -> Iterator[tuple[str, bool]]:
    """Give each piece, and an empty one at the end that is marked as the last."""
    yield from ((piece, False) for piece in pieces)
    yield "", True
