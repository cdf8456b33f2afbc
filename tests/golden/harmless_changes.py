"""Changes of a letter that mean nothing: forms of the same text, additions on the way, another message below the report.

Each is a function of a letter's octets, by its name in ``CHANGES``; it gives None where the letter has not what it changes.
"""

import html
import re
import textwrap
from collections.abc import Callable
from dataclasses import replace

from tests.golden.letter_shape import Part, Shape, split_fields, value_of, with_field

Change = Callable[[bytes], bytes | None]

_OF_RETURNED = re.compile(
    r"[ >|]*(?:(?:Return-Path|Received|From|Message-I[dD]|Subject|Date|To|MIME-Version|X-[\w-]+):"
    r"|[-=_*]{3,}[^<>]*(?:copy|message|header|mail|nachricht))",
    re.IGNORECASE,
)
_ADDRESS = r"[\w.+=-]+@[\w-]+(?:\.[\w-]+)+"
_ANOTHER_BOUNDARY = "=_of-both-forms"
_OF_BOUNCES = (
    "Hello,\n\nuser unknown, mailbox full, 550 5.1.1 <bob@example.com>: Recipient address rejected: User unknown.\n"
    "Your message could not be delivered to carol@example.net. The account has been closed.\n"
)


def of_header(change: Callable[[list[str]], list[str]]) -> Change:
    """Make a change of the header's fields."""

    def apply(raw: bytes) -> bytes | None:
        shape = Shape.of(raw)
        return None if shape is None else bytes(replace(shape, fields=change(shape.fields)))

    return apply


def of_text(change: Callable[[str], str], **form: str) -> Change:
    """Make a change of the first text for people, or of its *form*."""

    def apply(raw: bytes) -> bytes | None:
        shape = Shape.of(raw)
        number = shape.first_text if shape else None
        if (
            shape is None
            or number is None
            or (text := shape.parts[number].text) is None
            or text.lstrip().startswith("{")
        ):
            return None
        part = shape.parts[number].with_text(change(text), **form)
        return None if part is None else bytes(shape.with_part(number, part))

    return apply


def of_notice(change: Callable[[list[str]], list[str]]) -> Change:
    """Make a change of the text's lines above the returned message."""

    def apply(text: str) -> str:
        lines = text.split("\n")
        end = next((number for number, line in enumerate(lines) if _OF_RETURNED.match(line)), len(lines))
        return "\n".join(change(lines[:end]) + lines[end:])

    return of_text(apply)


def of_lines(change: Callable[[str], str]) -> Change:
    """Make a change of each line above the returned message."""
    return of_notice(lambda lines: [change(line) for line in lines])


def of_status(change: Callable[[list[list[str]]], list[list[str]]]) -> Change:
    """Make a change of the blocks of fields of the delivery-status part."""

    def apply(raw: bytes) -> bytes | None:
        shape = Shape.of(raw)
        for number, part in enumerate(shape.parts if shape and shape.boundary else ()):
            blocks = [split_fields(f"{block}\n") for block in re.split(r"\n\n+", part.body.strip("\n"))]
            if shape and part.media_type == "message/delivery-status" and all(blocks):
                body = "\n".join("".join(block) for block in change([block for block in blocks if block]))
                return bytes(shape.with_part(number, replace(part, body=body)))
        return None

    return apply


def of_returned(change: Callable[[list[str]], Part]) -> Change:
    """Make another part of the returned message's header."""

    def apply(raw: bytes) -> bytes | None:
        shape = Shape.of(raw)
        for number, part in enumerate(shape.parts if shape and shape.boundary else ()):
            fields = split_fields(part.body.partition("\n\n")[0] + "\n")
            if shape and part.media_type == "message/rfc822" and fields:
                return bytes(shape.with_part(number, change(fields)))
        return None

    return apply


def with_body(body: str) -> Change:
    """Give the returned message another *body*."""
    return of_returned(
        lambda fields: Part(
            ["Content-Type: message/rfc822\n"],
            "".join(field for field in fields if not field.lower().startswith("content-")) + "\n" + body,
        )
    )


def also_as(page: Callable[[str], str]) -> Change:
    """Make the first text an alternative beside an HTML page of it."""

    def apply(raw: bytes) -> bytes | None:
        shape = Shape.of(raw)
        number = shape.first_text if shape and shape.boundary else None
        if shape is None or number is None or (text := shape.parts[number].text) is None:
            return None
        plain, hypertext = Part([], "").with_text(text), Part([], "").with_text(page(text), media_type="text/html")
        body = "".join(f"--{_ANOTHER_BOUNDARY}\n{part}\n" for part in (plain, hypertext)) + f"--{_ANOTHER_BOUNDARY}--\n"
        fields = [f'Content-Type: multipart/alternative; boundary="{_ANOTHER_BOUNDARY}"\n']
        return bytes(shape.with_part(number, Part(fields, body)))

    return apply


def fold(field: str, width: int) -> str:
    """Fold a field at *width* characters."""
    name, _, value = re.sub(r"\n[ \t]+", " ", field.rstrip("\n")).partition(":")
    value = value.strip(" \t")  # an octet of UTF-8 may look like another blank
    lines = textwrap.wrap(f"{name}: {value}", width, break_long_words=False, break_on_hyphens=False)
    return "\n ".join(lines) + "\n"


def wrap(lines: list[str], width: int) -> list[str]:
    """Wrap long lines as mail programs do: the rest begins at the margin."""
    return [
        piece
        for line in lines
        for piece in (
            textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) if len(line) > width else [line]
        )
    ]


def preformatted(text: str) -> str:
    return f"<html><body><pre>{html.escape(text)}</pre></body></html>\n"


def paragraphs(text: str) -> str:
    return "".join(
        f"<p>{html.escape(part).replace(chr(10), '<br>')}</p>\n" for part in re.split(r"\n\n+", text.strip())
    )


def cells(text: str) -> str:
    return f"<table>{''.join(f'<tr><td>{html.escape(line)}</td></tr>' for line in text.splitlines())}</table>\n"


def smart(line: str) -> str:
    return re.sub(r"\"([^\"]*)\"", "\u201c\\1\u201d", line).replace("'", "\u2019")


ADDITIONS = {
    "legal": "--\nExample Widgets, Berlin. This e-mail is confidential. If you received it, please notify office@widgets.example.",
    "scanner": "This email has been checked for viruses by Avast antivirus software.\nwww.widgets.example",
    "German": "Diese E-Mail kann vertrauliche Informationen enthalten. Wenn Sie nicht der Adressat sind, löschen Sie sie.",
    "green": "Please consider the environment before printing this e-mail.",
}
BANNERS = {
    "external": "[EXTERNAL] This message came from outside the organisation.",
    "caution": "CAUTION: This email originated from outside of the organization. Do not click links.",
    "first": "You don't often get email from mailer-daemon@widgets.example. Learn why this is important",
}
CHANGES: dict[str, Change] = {
    "line ends": lambda raw: raw.replace(b"\r\n", b"\n"),
    "folds": of_header(lambda fields: [fold(field, 40) for field in fields]),
    "no folds": of_header(lambda fields: [fold(field, 900) for field in fields]),
    "order of fields": of_header(lambda fields: fields[::-1]),
    "names in lower case": of_header(
        lambda fields: [field.partition(":")[0].lower() + ":" + field.partition(":")[2] for field in fields]
    ),
    "more fields": of_header(
        lambda fields: [
            "Received: from relay.widgets.example by mx.widgets.example; Tue, 3 Mar 2026 11:11:11 +0000\n",
            "X-Spam-Status: No\n",
            *fields,
        ]
    ),
    "subject of a filter": of_header(
        lambda fields: with_field(fields, "Subject", f"[EXTERNAL] {value_of(fields, 'Subject')}")
    ),
    "quoted-printable": of_text(str, encoding="quoted-printable"),
    "base64": of_text(str, encoding="base64"),
    "Latin-1": of_text(str, charset="iso-8859-1"),
    "UTF-16": of_text(str, charset="utf-16", encoding="base64"),
    "HTML, preformatted": of_text(preformatted, media_type="text/html"),
    "HTML, paragraphs": of_text(paragraphs, media_type="text/html"),
    "HTML, cells": of_text(cells, media_type="text/html"),
    "also HTML": also_as(paragraphs),
    "wrapped": of_notice(lambda lines: wrap(lines, 72)),
    "blanks at the ends": of_lines(lambda line: f"{line}  "),
    "two blanks": of_lines(lambda line: re.sub(r"(?<=[.!?:;,]) (?=\S)", "  ", line)),
    "blanks that keep together": of_lines(lambda line: line.replace(" ", "\u00a0")),
    "lines at the ends": of_text(lambda text: f"\n\n{text.rstrip()}\n\n\n"),
    "typographic quotes": of_lines(smart),
    "links of addresses": of_lines(lambda line: re.sub(rf"<({_ADDRESS})>", r"\1<mailto:\1>", line)),
    "links in brackets": of_lines(lambda line: re.sub(rf"<({_ADDRESS})>", r"<mailto:\1>", line)),
    **{
        f"{name} below": of_text(lambda text, words=words: f"{text.rstrip()}\n\n{words}\n")
        for name, words in ADDITIONS.items()
    },
    **{f"{name} above": of_text(lambda text, words=words: f"{words}\n\n{text}") for name, words in BANNERS.items()},
    "unknown fields of status": of_status(
        lambda blocks: [["X-Trace: 7\n", *block, "X-Note: user unknown to the billing system\n"] for block in blocks]
    ),
    "order of status fields": of_status(lambda blocks: [block[::-1] for block in blocks]),
    "folds of status": of_status(lambda blocks: [[fold(field, 50) for field in block] for block in blocks]),
    "display name": of_status(lambda blocks: [[*block, "X-Display-Name: Jane Doe\n"] for block in blocks]),
    "returned header only": of_returned(lambda fields: Part(["Content-Type: text/rfc822-headers\n"], "".join(fields))),
    "returned message about bounces": with_body(_OF_BOUNCES),
    "long returned message": with_body("Our offers for the winter.\n" * 400),
}
"""The changes by name."""
