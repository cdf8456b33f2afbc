"""The body of a request: read within a limit, and turned into a value of the route's type."""

import json
import re
from collections.abc import Mapping

import msgspec
from starlette.requests import ClientDisconnect, Request

from bouncer.web.form_data import form_values, is_form
from bouncer.web.problem import ProblemError
from bouncer.web.route import ApiRoute
from bouncer.web.spelling import spell_out

_JSON = "application/json"
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""NUL in a string of JSON, after an even number of backslashes."""
_PLACE = " - at `$"
"""In an error of msgspec's the place of the fault follows, as `$.terms.days` or `$[0].emails[1]`."""
_MEMBER = re.compile(r"\.(\w{1,100})")
_FIELD = re.compile(r"Object (?:missing required|contains unknown) field `(\w{1,100})`")
_HAS_NUL = ProblemError(422, "The body has a NUL character, which no address and no text has.")


async def read_body(request: Request, limit: int) -> bytes:
    """Read the body, *limit* octets of it.

    Raises ProblemError: 415 for a compressed one, 413, and 400 where the client leaves before its end.
    """
    _refuse_compressed(request.headers.get("content-encoding", ""))
    length = request.headers.get("content-length", "0")
    too_large = ProblemError(413, f"The body has more than {limit} octets.", headers={"connection": "close"})
    if length.isdecimal() and int(length) > limit:
        raise too_large
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise too_large
    except ClientDisconnect:
        raise ProblemError(400, "The body ended early.") from None
    return bytes(body)


def _refuse_compressed(coding: str) -> None:
    """Refuse a body that is to be inflated: a kilobyte could become a gigabyte (RFC 9110 section 15.5.16)."""
    if coding.strip().lower() not in ("", "identity"):
        words = "Send the body as it is, without Content-Encoding."
        raise ProblemError(415, words, headers={"accept-encoding": "identity", "connection": "close"})


def decode_body(route: ApiRoute, content_type: str | None, body: bytes) -> object:
    """Give the value of a JSON body, or of a form where the tree takes forms.

    Raises ProblemError: 415 for another media type, 400 for a body that cannot be read, 422 for another value.
    """
    is_lenient = route.form.lenient
    if route.form.has_form_bodies and is_form(content_type or ""):
        return _convert_form(route, form_values(content_type or "", body))
    if not is_lenient and (content_type or "").partition(";")[0].strip().lower() != _JSON:
        raise ProblemError(415, f"Send a JSON body, with Content-Type: {_JSON}.")
    try:
        if _ESCAPED_NUL.search(body):
            json.loads(body, object_pairs_hook=_refuse_nul)
            raise _HAS_NUL
        value: object = msgspec.json.decode(b"{}" if is_lenient and not body.strip() else body, type=route.body)
        if not is_lenient:
            json.loads(body, object_pairs_hook=_refuse_repeats)
    except msgspec.ValidationError as error:
        raise ProblemError(
            422, f"The body does not fit: {spell_out(str(error))}.", parameter=_faulty_member(str(error))
        ) from None
    except (msgspec.DecodeError, ValueError, RecursionError):  # also text that is not UTF-8, and endless numbers
        raise ProblemError(400, "The body is no JSON.") from None
    return value


def _refuse_repeats(members: list[tuple[str, object]]) -> None:
    """Refuse an object with two members of one name (RFC 7493 section 2.3): readers differ. Raises ProblemError (422)."""
    names = [name for name, _ in members]
    if len(set(names)) != len(names):
        name = next(name for name in names if names.count(name) > 1)
        raise ProblemError(422, f"The member {name} is given twice.", parameter=name)


def _refuse_nul(members: list[tuple[str, object]]) -> None:
    """Refuse the member that has a NUL. Raises ProblemError (422)."""
    for name, value in members:
        if any("\0" in text for text in _texts(value)):
            raise ProblemError(422, f"{name} has a NUL character, which no address and no text has.", parameter=name)


def _convert_form(route: ApiRoute, values: Mapping[str, object]) -> object:
    """Give the value of the fields of a form, whose numbers are text."""
    if any("\0" in text for value in values.values() for text in _texts(value)):
        raise _HAS_NUL
    try:
        return msgspec.convert(values, type=route.body, strict=False)
    except msgspec.ValidationError as error:
        raise ProblemError(
            422, f"The form does not fit: {spell_out(str(error))}.", parameter=_faulty_member(str(error))
        ) from None


def _faulty_member(words: str) -> str | None:
    """Give the member of the body that an error's *words* are about; None where it is the body itself."""
    if match := _FIELD.match(words):
        return match[1]
    _, _, place = words.rpartition(_PLACE) if _PLACE in words else ("", "", "")
    return next(reversed(_MEMBER.findall(place)), None)


def _texts(value: object) -> list[str]:
    """Give the texts of a field, without its files."""
    return [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]
