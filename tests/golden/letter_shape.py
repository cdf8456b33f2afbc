"""A letter taken apart at its first level, to be changed and put together again: fields, parts, the first text.

Only letters of regular form are taken apart: whole fields, a declared boundary, a known charset. Text is octets as Latin-1.
"""

import base64
import quopri
import re
from dataclasses import dataclass, replace
from typing import Self

_FIELD = re.compile(r"[!-9;-~]+[ \t]*:.*\n(?:[ \t].*\n)*")
_FOLD = re.compile(r"\n[ \t]+")


def split_fields(text: str) -> list[str] | None:
    """Split a header, or a block of fields, into its fields; None where a line belongs to none."""
    fields = _FIELD.findall(text)
    return fields if "".join(fields) == text else None


def value_of(fields: list[str], name: str) -> str:
    """Give the unfolded value of the field *name*; empty where there is none."""
    same = (field for field in fields if field.lower().startswith(f"{name.lower()}:"))
    return _FOLD.sub(" ", next(same, ":").partition(":")[2]).strip()


def with_field(fields: list[str], name: str, value: str) -> list[str]:
    """Give *fields* with *value* in the field *name*."""
    others = [field for field in fields if not field.lower().startswith(f"{name.lower()}:")]
    return [*others, f"{name}: {value}\n"]


@dataclass(frozen=True, slots=True)
class Part:
    """A part, or a whole letter without parts."""

    fields: list[str]
    body: str

    @classmethod
    def of(cls, text: str) -> Self | None:
        """Take a part's text apart."""
        head, gap, body = ("", "", text[1:]) if text.startswith("\n") else text.partition("\n\n")
        fields = split_fields(f"{head}\n" if head else "")
        return None if fields is None else cls(fields, body if gap or not head else "")

    @property
    def media_type(self) -> str:
        """The media type in lower case."""
        return value_of(self.fields, "Content-Type").lower().partition(";")[0].strip() or "text/plain"

    @property
    def text(self) -> str | None:
        """The decoded text; None where its charset does not fit."""
        encoding, octets = value_of(self.fields, "Content-Transfer-Encoding").lower(), self.body.encode("latin-1")
        charset = re.search(r"charset=\"?([\w-]+)", value_of(self.fields, "Content-Type"), re.IGNORECASE)
        name = charset[1].lower() if charset else "utf-8"
        try:
            if encoding == "base64":
                octets = base64.b64decode(octets)
            elif encoding == "quoted-printable":
                octets = quopri.decodestring(octets)
            return octets.decode("utf-8" if name == "us-ascii" else name).replace("\r\n", "\n")
        except (LookupError, ValueError):
            return None

    def with_text(
        self, text: str, *, charset: str = "utf-8", encoding: str = "8bit", media_type: str = ""
    ) -> Self | None:
        """Give the part with another text, or in another form; None where the charset lacks its letters."""
        try:
            octets = text.encode(charset)
        except UnicodeEncodeError:
            return None
        forms = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}
        fields = with_field(self.fields, "Content-Type", f"{media_type or self.media_type}; charset={charset}")
        body = forms.get(encoding, bytes)(octets).decode("latin-1")
        return replace(self, fields=with_field(fields, "Content-Transfer-Encoding", encoding), body=body)

    def __str__(self) -> str:
        return "".join(self.fields) + "\n" + self.body


@dataclass(frozen=True, slots=True)
class Shape:
    """A letter: its header, and its parts; a letter without parts is the only one of its own."""

    fields: list[str]
    parts: list[Part]
    boundary: str = ""

    @classmethod
    def of(cls, raw: bytes) -> Self | None:
        """Take a letter apart; None where its form is not regular."""
        letter = Part.of(raw.replace(b"\r\n", b"\n").decode("latin-1"))
        if letter is None or not letter.media_type.startswith("multipart/"):
            return letter and cls(letter.fields, [letter])
        declared = re.search(
            r"boundary=(?:\"([^\"]+)\"|([^\s;]+))", value_of(letter.fields, "Content-Type"), re.IGNORECASE
        )
        boundary = (declared[1] or declared[2]) if declared else ""
        _, *pieces = f"\n{letter.body}".split(f"\n--{boundary}")
        parts = [part for piece in pieces[:-1] if (part := Part.of(piece.partition("\n")[2] + "\n"))]
        regular = boundary and len(pieces) > 1 and pieces[-1].startswith("--") and len(parts) == len(pieces) - 1
        return cls(letter.fields, parts, boundary) if regular else None

    @property
    def first_text(self) -> int | None:
        """The number of the first text for people; None where there is none before the returned message."""
        for number, part in enumerate(self.parts):
            if part.media_type == "text/plain":
                return number
            if part.media_type in {"message/rfc822", "text/rfc822-headers"}:
                return None
        return None

    def with_part(self, number: int, part: Part) -> Self:
        """Give the letter with another part in the place of that *number*."""
        parts = [*self.parts[:number], part, *self.parts[number + 1 :]]
        return replace(self, parts=parts, fields=self.fields if self.boundary else part.fields)

    def __bytes__(self) -> bytes:
        text = str(Part(self.fields, self.parts[0].body))
        if self.boundary:
            parts = "".join(f"--{self.boundary}\n{str(part).removesuffix(chr(10))}\n" for part in self.parts)
            text = str(Part(self.fields, f"{parts}--{self.boundary}--\n"))
        return text.replace("\n", "\r\n").encode("latin-1")
