"""Receiving a form with a file: the file is written to the disk as it arrives, and only behind the form's own token."""

import asyncio
import tempfile
from collections.abc import Callable
from typing import BinaryIO

from starlette.requests import ClientDisconnect, Request

from bouncer.compose.language import Language
from bouncer.pages.uploads import ReceivedFile
from bouncer.web.multipart import MultipartParser, PartHead
from bouncer.web.problem import ProblemError

FILE, PASTED = "file", "addresses"
"""The fields whose contents go to the disk: a file, and a text of any length."""
MEGABYTE = 1024 * 1024
MAX_UPLOAD = 16 * MEGABYTE
"""Octets of a file: 100,000 addresses with all that SendGrid says of each have 15 MB. The command takes any size."""
MAX_FIELD = 1024
"""Octets of another field: the longest is an account's name or a date."""
MOST_IGNORED = 8 * MAX_UPLOAD
"""Octets of a body that is too large and read to its end all the same: a browser shows no answer before it has sent all."""
UPLOAD_SECONDS = 300
"""The time for a form: the largest file by a line of half a megabit a second."""

Fields = list[tuple[str, str]]


async def receive_upload(
    request: Request, admit: Callable[[Fields], None], language: Language
) -> tuple[Fields, ReceivedFile | None]:
    """Give the fields of a form, and its file (None: nothing was chosen or pasted), which the caller closes.

    *admit* gets the fields in front of the file before a single octet of it is written, and raises where the form is not ours.
    Raises ProblemError: 413 for too much, 400 for a broken body, 408 for a slow one, 422 for a file beside a pasted text.
    """
    form = _IncomingForm(request, admit, language)
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            await form.read()
        return form.fields, form.received_file()
    except ClientDisconnect:
        form.close()
        raise ProblemError(400, "The upload ended early.") from None
    except TimeoutError:
        form.close()
        raise ProblemError(408, language.say("The upload took too long."), headers={"connection": "close"}) from None
    except OSError:
        form.close()
        raise ProblemError(507, language.say("There is no room for the file here now.")) from None
    except BaseException:
        form.close()
        raise


class _IncomingForm:
    """A form while it is received."""

    def __init__(self, request: Request, admit: Callable[[Fields], None], language: Language) -> None:
        self.fields: Fields = []
        self._request = request
        self._admit = admit
        self._language = language
        self._part: PartHead | None = None
        self._text = bytearray()
        self._file: BinaryIO | None = None
        self._source: PartHead | None = None  # the part that the file came from
        self._written = 0

    async def read(self) -> None:
        """Read the form to its end."""
        length = self._request.headers.get("content-length", "0")
        if length.isdecimal() and int(length) > MOST_IGNORED:
            raise self._too_large()
        read = 0
        try:
            parser = MultipartParser(self._request.headers.get("content-type", ""))
            async for piece in self._request.stream():
                read += len(piece)
                if read > MOST_IGNORED:
                    raise self._too_large()
                for event in parser.feed(piece):
                    self._take(event)
        except ValueError:
            raise ProblemError(400, "The body is no form that can be read.") from None
        if not parser.is_whole:
            raise ProblemError(400, "The upload ended early.")
        self._end_part()
        self._admit(self.fields)
        if self._written > MAX_UPLOAD:
            raise self._too_large()

    def received_file(self) -> ReceivedFile | None:
        """Give the file, at its beginning."""
        if self._file is None or self._source is None:
            return None
        self._file.seek(0)
        return ReceivedFile(self._file, self._source.file_name)

    def close(self) -> None:
        """Delete the octets that were written."""
        if self._file is not None:
            self._file.close()

    def _take(self, event: PartHead | bytes) -> None:
        if isinstance(event, PartHead):
            self._end_part()
            self._part = event
        elif self._part is not None and self._part.name in (FILE, PASTED):
            self._write(self._part, event)
        else:
            self._text += event
            if len(self._text) > MAX_FIELD:
                raise ProblemError(413, f"A field has more than {MAX_FIELD} octets.", headers={"connection": "close"})

    def _end_part(self) -> None:
        """Keep a field that a person has not left empty."""
        if self._part is not None and (text := self._text.decode("utf-8", "replace").strip()):
            self.fields.append((self._part.name, text))
        self._text.clear()

    def _write(self, part: PartHead, octets: bytes) -> None:
        if self._file is None:
            self._admit(self.fields)
            self._file, self._source = tempfile.TemporaryFile(), part  # noqa: SIM115 -- closed by the caller
        elif part is not self._source:
            raise ProblemError(422, self._language.say("Choose a file or paste addresses, not both."))
        self._written += len(octets)
        if self._written <= MAX_UPLOAD:
            self._file.write(octets)

    def _too_large(self) -> ProblemError:
        size = self._language.number(MAX_UPLOAD // MEGABYTE)
        sentence = self._language.say(
            "The file is too large: {size} MB at most. The command bouncer suppressions import takes any size.",
            size=size,
        )
        return ProblemError(413, sentence, headers={"connection": "close"})
