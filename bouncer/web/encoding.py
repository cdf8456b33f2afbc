"""Encoding of answers: entity tag, compression, and the headers of every answer."""

import asyncio
import gzip
import hashlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from bouncer.errors import StoreError, UseCaseError
from bouncer.web.exporting import Export, ExportEnded, compress_parts, while_open, with_first, write_parts
from bouncer.web.form import ApiForm
from bouncer.web.problem import Problem

LEAST_COMPRESSED = 1024
"""The fewest octets of an answer that is compressed: a smaller one fits one packet as it is."""
LEAST_IN_THREAD = 256 * 1024
"""The fewest octets of an answer that a thread compresses: fewer take two or three milliseconds."""
_log = logging.getLogger(__name__)
_LEVEL = 5  # of nine: a fifth larger than the smallest, in a third of the time
_READING = ("GET", "HEAD")
Result = TypeVar("Result")
_ALWAYS = {
    "cache-control": "no-store",  # an answer shows one key's data
    "x-content-type-options": "nosniff",
    "vary": "accept-encoding, authorization",
}


async def encode_answer(
    request: Request, status: int, body: bytes, headers: Mapping[str, str], *, media_type: str = "application/json"
) -> Response:
    """Make the answer to a request; a GET whose ``If-None-Match`` has the answer's entity tag gets 304 and no body."""
    sent = {**_ALWAYS, **headers}
    if request.method in _READING and status == HTTPStatus.OK:
        sent["etag"] = tag = await _work(_tag_of, body)
        if _has(request, tag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=sent)
    if len(body) >= LEAST_COMPRESSED and _takes_compressed(request):
        body = await _work(_compress, body)
        sent["content-encoding"] = "gzip"
    return Response(body, status, sent, media_type if body else None)


class FixedAnswer:
    """The endpoint of a document that is the same for everybody: *write* gives it, when it is asked for first.

    As it is no function, Starlette calls it for every method, and it answers 405 itself.
    The document needs no key, and no rate bounds its readers: so its entity tag and its compressed form are made once.
    """

    def __init__(self, write: Callable[[], bytes], headers: Mapping[str, str], media_type: str) -> None:
        self._write = write
        self._headers = {**_ALWAYS, **headers}
        self._media_type = media_type
        self._forms: tuple[bytes, bytes, str] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises HTTPException (405)."""
        request = Request(scope, receive)
        if request.method not in _READING:
            raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"allow": ", ".join(_READING)})
        await (await self._respond(request))(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        if self._forms is None:
            body = self._write()
            self._forms = body, await _work(_compress, body), await _work(_tag_of, body)
        body, compressed, tag = self._forms
        sent = {**self._headers, "etag": tag}
        if _has(request, tag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=sent)
        if _takes_compressed(request):
            return Response(compressed, HTTPStatus.OK, {**sent, "content-encoding": "gzip"}, self._media_type)
        return Response(body, HTTPStatus.OK, sent, self._media_type)


async def _work(change: Callable[[bytes], Result], body: bytes) -> Result:
    """Give the result of *change*, which lets other threads run: for a large *body* in a thread, since others are served here."""
    return change(body) if len(body) < LEAST_IN_THREAD else await asyncio.to_thread(change, body)


def _compress(body: bytes) -> bytes:
    return gzip.compress(body, _LEVEL, mtime=0)


async def stream_answer(
    request: Request, export: Export, headers: Mapping[str, str], *, is_open: Callable[[], Awaitable[bool]]
) -> Response:
    """Make the answer that sends an export as it is read, as long as *is_open*. Raises as reading its first page does."""
    watched = replace(export, pages=while_open(export.pages, is_open))
    parts, sent = await with_first(write_parts(watched)), {**_ALWAYS, **headers}
    if request.method == "HEAD":
        parts = _empty_body()
    if _takes_compressed(request):
        parts, sent["content-encoding"] = compress_parts(parts), "gzip"
    return ExportAnswer(parts, HTTPStatus.OK, sent, export.form.media_type)


async def _empty_body() -> AsyncIterator[bytes]:
    """Give an empty body: a HEAD request gets the header fields, and no list is read for it."""
    yield b""


class ExportAnswer(StreamingResponse):
    """The answer of an export. It breaks off, without its last chunk, if the store does not answer any more or it is ended."""

    async def stream_response(self, send: Send) -> None:
        """Hook of Starlette: send the answer."""
        try:
            await super().stream_response(send)
        except StoreError as error:
            _log.warning("an export broke off, as the store does not answer: %s", error)
        except (UseCaseError, ExportEnded) as error:
            _log.warning("an export broke off: %s", error)


def problem_response(problem: Problem, headers: Mapping[str, str], form: ApiForm, now: float) -> Response:
    """Make the answer for an error in the form of its tree, at *now*, in seconds since 1970."""
    sent = {**_ALWAYS, **form.headers({**headers, **problem.headers}, now)}
    return Response(form.encode(problem), form.status(problem.status), sent, form.media_type)


def _tag_of(body: bytes) -> str:
    """Give the entity tag of an answer."""
    return f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'


def _has(request: Request, tag: str) -> bool:
    """Whether the client has the answer with this entity tag."""
    return _names(request.headers.get("if-none-match", ""), tag)


def _takes_compressed(request: Request) -> bool:
    return _takes_gzip(request.headers.get("accept-encoding", ""))


def _names(header: str, tag: str) -> bool:
    tags = [part.strip().removeprefix("W/") for part in header.split(",")]
    return "*" in tags or tag.removeprefix("W/") in tags


def _takes_gzip(header: str) -> bool:
    for part in header.split(","):
        coding, _, weight = part.partition(";")
        if coding.strip().lower() == "gzip":
            return weight.strip().replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
