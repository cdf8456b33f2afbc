"""A letter that has been opened: split once, decoded only where a dialect looks (RFC 5322, RFC 2046, RFC 6522)."""

import re

from bouncer.mail.marker import FIELD, read_mark
from bouncer.ndr import addresses, evidence, fields, mentions, mime, origin, phrases, said
from bouncer.ndr.header import Headers, block_at
from bouncer.ndr.limits import Limits
from bouncer.ndr.once import once
from bouncer.ndr.reading import Original


class Letter:
    """One letter, opened once and shared by all dialects. Nothing in here raises on what a stranger wrote."""

    def __init__(self, raw: bytes, limits: Limits) -> None:
        self.raw = raw
        self.limits = limits
        text = _normal(raw[: limits.octets])
        begin, end, body = block_at(text, 0, limits.header_octets)
        self.headers = Headers(text[begin:end])
        self.content_type = mime.content_type(self.headers)
        self.parts = mime.split(self.headers, self.content_type, text[body:], limits)

    @once
    def text(self) -> str:
        """The report's text: the plain text before the returned message; the HTML's words where only they name anybody."""
        before = self._parts_before_returned()
        plain = "\n".join(part.text(self.limits.text) for part in before if part.content_type == "text/plain")
        if "@" in plain or not self.html_text:
            return _single_spaced(plain)
        return self.html_text if "@" in self.html_text or not plain.strip() else plain

    @once
    def html_text(self) -> str:
        """The words of the HTML parts before the returned message."""
        pages = [
            part.text(self.limits.text) for part in self._parts_before_returned() if part.content_type == "text/html"
        ]
        seen = "\n".join(mime.strip_html(page) for page in pages)
        return seen if "@" in seen else "\n".join(mime.strip_html(mime.spell_links(page)) for page in pages)

    @once
    def _cut(self) -> tuple[str, int]:
        return evidence.cut(self.text)

    @property
    def evidence(self) -> str:
        """The report's own words: its text up to the returned message."""
        return self._cut[0]

    @property
    def rest(self) -> str:
        """What the text holds after its own words, without the line that announces it."""
        at = self._cut[1]
        return self.text[at:] if at >= 0 else ""

    @once
    def lines(self) -> list[str]:
        """The evidence line by line, without trailing blanks."""
        return [line.rstrip() for line in self.evidence.split("\n", self.limits.lines)[: self.limits.lines]]

    @once
    def subject(self) -> str:
        """The subject as phrases are looked up in it."""
        return phrases.flat(self.headers.get("subject"))

    @once
    def flat(self) -> str:
        """Subject and evidence as phrases are looked up in them."""
        return phrases.flat(f"{self.subject} {self.evidence}")

    @once
    def tells_failure(self) -> bool:
        """Whether it says that mail failed or is late: in words that we know, or by a status, the same in every language."""
        return phrases.says(phrases.FAILED_OR_LATE, self.flat) or said.status(self.evidence) is not None

    @once
    def tells_success(self) -> bool:
        """Whether it says that mail was delivered, and of none that it was not."""
        return phrases.says(phrases.DELIVERED, self.flat) and not phrases.says(phrases.UNDELIVERED, self.flat)

    @once
    def mentions(self) -> list[mentions.Mention]:
        """Where the evidence names addresses that may be recipients."""
        return mentions.find(self.lines) if "@" in self.evidence else []

    @once
    def by_mail_system(self) -> bool:
        """Whether a mail system wrote this about mail: by its header fields, or by its subject and its words together."""
        return origin.is_report(self.headers, self.content_type) or (
            origin.has_subject_of_report(self.headers)
            and (
                origin.speaks_for_nobody(self.headers) or phrases.says(phrases.UNDELIVERED, phrases.flat(self.evidence))
            )
        )

    @once
    def parties(self) -> frozenset[str]:
        """Addresses of those who report and who are reported to; never failed recipients. In lower case."""
        return origin.parties(self.headers, self.returned)

    @once
    def status_blocks(self) -> list[fields.Block]:
        """The field blocks of all delivery-status parts, in their order (RFC 3464 section 2.1)."""
        blocks: list[fields.Block] = []
        for part in self.parts:
            if part.delivery_status:
                blocks += fields.blocks(part.text(self.limits.text))
        return blocks

    @once
    def undeclared_blocks(self) -> list[fields.Block]:
        """The field blocks of parts that some gateway gave another type: an attachment, a message of no known kind."""
        blocks: list[fields.Block] = []
        for part in self.parts:
            if part.might_hold_fields and len(part.body) <= self.limits.text:
                blocks += fields.blocks(part.text(self.limits.text))
        return blocks

    @once
    def returned(self) -> Headers:
        """The headers of the returned message, from its part or from the text; empty where the letter has none."""
        for part in self.parts:
            if part.returned:
                body = part.text(self.limits.text) if "content-transfer-encoding" in part.headers else part.body
                begin, end, _ = block_at(body, 0, self.limits.header_octets)
                return Headers(body[begin:end], returned=True)
        words, at = self._cut
        if at < 0:
            return Headers()
        begin, end, _ = block_at(self.text, min(at, len(words)) if at <= len(words) else at, self.limits.header_octets)
        return Headers(self.text[begin:end], returned=True)

    @once
    def original(self) -> Original:
        """What the returned headers say of the message."""
        returned = self.returned
        if not returned:
            return Original()
        return Original(
            message_id=returned.raw("message-id") or None,
            subject=returned.get("subject") or None,
            from_=returned.get("from") or None,
            to=tuple(addresses.in_field(returned.get("to")))[: self.limits.recipients],
            date=returned.raw("date") or None,
            return_path=read_mark(returned.raw(FIELD.lower())) or read_mark(returned.raw("return-path")),
        )

    def _parts_before_returned(self) -> list[mime.Part]:
        before: list[mime.Part] = []
        for part in self.parts:
            if part.returned:
                break
            before.append(part)
        return before


def _single_spaced(text: str) -> str:
    """Take out every second line end of a text in which some gateway doubled them all."""
    doubled = "\n\n\n\n" in text and not _SINGLE.search(text)
    return text.replace("\n\n", "\n") if doubled else text


_SINGLE = re.compile(r"(?<=[^\n])\n(?:\n\n)*+(?=[^\n])")
"""An odd number of line ends in a row."""


def _normal(raw: bytes) -> str:
    """Hold octets as Latin-1 text with LF line ends, without NULs and byte order mark."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    if b"\r" in raw:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")  # CR CR LF is what some gateways make of a line's end
    return raw.replace(b"\0", b"").decode("latin-1")
