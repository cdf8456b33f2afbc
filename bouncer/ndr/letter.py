"""An opened letter: split once, decoded only where a dialect looks (RFC 5322, RFC 2046, RFC 6522)."""

from itertools import takewhile

from bouncer.ndr import addresses, codes, evidence, fields, goods, markup, mentions, mime, origin, phrases, wording
from bouncer.ndr.cached import cached_property
from bouncer.ndr.header import Headers, block_at
from bouncer.ndr.limits import Limits
from bouncer.ndr.mention_index import MentionIndex
from bouncer.ndr.paragraphs import FailureLines
from bouncer.ndr.parties import addressee_fields, parties_of, senders
from bouncer.ndr.plain_text import clean_text, normalize_signs, text_of_pages
from bouncer.ndr.preamble import with_preamble
from bouncer.ndr.reading import NO_ENVELOPE, Envelope, Original
from bouncer.ndr.returned_header import is_whole, original_of

_BEFORE_ADDRESS = 120
"""Characters before a notice's first address that are kept; words about the dialogue stand after it."""
_NOTICE = 600
"""Characters of a notice without a second sign of a mail system; a postmaster who explains something writes more."""


class Letter:
    """One letter, opened once and shared by all dialects. No method raises on a stranger's octets."""

    def __init__(self, raw: bytes, limits: Limits, envelope: Envelope = NO_ENVELOPE) -> None:
        self.raw = raw
        self.envelope = envelope
        self.limits = limits
        text = mime.as_text(raw[: limits.octets])
        begin, end, body = block_at(text, 0, limits.header_octets)
        self.headers = Headers(text[begin:end])
        self.content_type = mime.content_type(self.headers)
        content = text[body:]
        self.parts = with_preamble(mime.split(self.headers, self.content_type, content, limits), content)
        self.words_about: dict[str, str] = {}  # cache of ``notice_text``: the words about each address asked for

    @cached_property
    def text(self) -> str:
        """The report's text: the plain text before the returned message; the HTML's words where only they name an address."""
        before = self._parts_before_returned()
        texts = (part.text(self.limits.text) for part in before if part.content_type == "text/plain")
        plain = clean_text("\n".join(texts))
        if "@" in plain or not self.html_text:
            text = markup.unfold_elements(mime.single_spaced(plain))
            return text if "@" in text else addresses.with_signs(text)
        return self.html_text if "@" in self.html_text or not plain.strip() else plain

    @cached_property
    def html_text(self) -> str:
        """The words of the HTML parts before the returned message."""
        pages = [part for part in self._parts_before_returned() if part.content_type == "text/html"]
        return text_of_pages([page.text(self.limits.text) for page in pages]) if pages else ""

    @cached_property
    def _cut(self) -> tuple[str, int]:
        return evidence.cut(self.text)

    @property
    def evidence(self) -> str:
        """The report's own words: its text up to the returned message."""
        return self._cut[0]

    @property
    def rest(self) -> str:
        """The text after the report's own words, without the line that announces it."""
        return self.text[self._cut[1] :] if self._cut[1] >= 0 else ""

    @cached_property
    def lines(self) -> list[str]:
        """The evidence line by line, without trailing blanks."""
        limit, text = self.limits.addresses, self.evidence
        if text.count("@") > limit:
            text = "@".join(text.split("@", limit)[:limit])
        return [line.rstrip() for line in text.split("\n", self.limits.lines)[: self.limits.lines]]

    @cached_property
    def subject(self) -> str:
        """The subject, normalized by ``phrases.normalize``."""
        return phrases.normalize(self.headers.get("subject"))

    @cached_property
    def flat(self) -> str:
        """Subject and evidence, normalized by ``phrases.normalize``."""
        return phrases.normalize(f"{self.subject} {self.evidence}")

    @cached_property
    def dialogue(self) -> str:
        """The notice's normalized words, where they may show which command of the SMTP dialogue was answered; else empty."""
        if self.content_type != "multipart/report":
            return self._words_about_dialogue(self.flat)
        words = self._words_about_dialogue(self._notice_part().lower())
        return phrases.normalize(words) if words else ""

    def _words_about_dialogue(self, words: str) -> str:
        """Give *words*, in lower case, from shortly before the first address, where they may describe the dialogue; else ""."""
        words = words[max(0, words.find("@") - _BEFORE_ADDRESS) :][: self.limits.dialogue]
        return words if phrases.contains_any(phrases.STAGE, words) else ""

    def _notice_part(self) -> str:
        """The first part of a report, which is for people (RFC 6522 section 3)."""
        notice = next((part for part in self._parts_before_returned() if part.content_type == "text/plain"), None)
        return normalize_signs(notice.text(self.limits.dialogue)) if notice else self.html_text[: self.limits.dialogue]

    @cached_property
    def addressed_to(self) -> tuple[str, ...]:
        """The fields, unchanged, that show the address that the letter came to: for a report, the message's sender."""
        return addressee_fields(self.headers, self.envelope.return_path)

    @cached_property
    def is_about_failure(self) -> bool:
        """Whether the letter says that mail failed or is late: by known words, or by a status, the same in every language."""
        says = phrases.contains_any(phrases.FAILED_OR_LATE, self.flat) or codes.status(self.evidence) is not None
        return says or phrases.contains_any(phrases.NAMES_DELAY, self.subject)

    @cached_property
    def tells_success(self) -> bool:
        """Whether the letter says that mail was delivered, and of no mail that it failed."""
        return wording.tells_success(self.flat, self.evidence, is_about_failure=self.is_about_failure)

    @cached_property
    def failure_lines(self) -> FailureLines:
        """The lines of the evidence whose paragraph says that mail failed."""
        return FailureLines(self.lines)

    @cached_property
    def mentions(self) -> list[mentions.Mention]:
        """The places where the evidence names addresses that may be recipients."""
        return mentions.find_mentions(self.lines, self.failure_lines) if "@" in self.evidence else []

    @cached_property
    def mention_index(self) -> MentionIndex:
        """The mentions by the mailboxes that they name."""
        return MentionIndex(self.mentions)

    @cached_property
    def is_by_mail_system(self) -> bool:
        """Whether a mail system wrote the letter about mail: by its header, its subject and words, or its returned message."""
        headers = self.headers
        if origin.is_declared(headers, self.content_type):
            return True
        if self.carries_program:
            return False
        if self.is_by_correspondent:
            report = origin.has_subject_of_report(headers) and self.mentions and not goods.tells_of_goods(self.flat)
            says_more = wording.is_forwarded(self.text) or not report
            return not says_more and wording.says_nothing_else(self.lines, quotes=origin.is_office(headers))
        return self._from_mail_system or self._speaks_as_mail_system

    @property
    def _from_mail_system(self) -> bool:
        headers = self.headers
        if origin.has_another_purpose(headers):
            return False
        return origin.is_system(headers) or (
            origin.may_be_system(headers) and (origin.has_second_sign(headers) or self.returns_whole_header)
        )

    @property
    def _speaks_as_mail_system(self) -> bool:
        headers, words = self.headers, phrases.normalize(self.evidence)
        for_nobody = origin.has_null_or_system_path(headers, self.envelope.reverse_path)
        tells = phrases.contains_any(phrases.UNDELIVERED, words) and not goods.tells_of_goods(words)
        if origin.has_subject_of_report(headers) and (for_nobody or (tells and self._is_notice)):
            return True
        if self.returns_addressees_message:
            return phrases.contains_any(phrases.FAILED, words)
        parcel = goods.tells_of_goods(words) and not origin.has_null_path(headers)
        if not (for_nobody and origin.is_postmaster(headers)) or not wording.mentions_delivery(
            self.evidence, of_goods=parcel
        ):
            return False
        return origin.has_second_sign(headers) or (self._is_notice and not origin.is_persons_answer(headers))

    @property
    def _is_notice(self) -> bool:
        """Whether the letter returns a message, or is no longer than a notice."""
        return self.returns_message or len(self.evidence) <= _NOTICE

    @cached_property
    def carries_program(self) -> bool:
        """Whether a program or archive is attached: then a worm imitates a report."""
        return any(part.is_program for part in self.parts)

    @property
    def returns_message(self) -> bool:
        """Whether the letter returns a message, or quotes the header of one."""
        return bool(self.returned) or self._cut[1] >= 0

    @property
    def returns_whole_header(self) -> bool:
        """Whether a message is returned with fields that no mail program quotes when somebody answers or forwards a mail."""
        return any(part.is_returned_message for part in self.parts) or is_whole(self.returned, self.rest)

    @cached_property
    def is_by_correspondent(self) -> bool:
        """Whether somebody other than a mail system wrote the letter: without the null path, a mail system returns the message."""
        headers, path = self.headers, self.envelope.reverse_path
        report = origin.has_subject_of_report(headers)
        person = origin.may_be_by_person(headers, path) and wording.is_personal(
            self.text, self.evidence, is_report=report
        )
        by_writer = person or origin.has_own_reverse_path(headers, path)
        return origin.is_from_helpdesk(headers) or (by_writer and not self.returns_whole_header)

    @cached_property
    def returns_addressees_message(self) -> bool:
        """Whether the letter returns its addressee's message and is no answer to it, or came with the null reverse-path."""
        if not self.returned or "in-reply-to" in self.headers or "references" in self.headers:
            return False
        if origin.has_null_path(self.headers) or self.envelope.reverse_path == "":
            return True
        our_addresses = {address.lower() for value in self.addressed_to for address in addresses.find_in_field(value)}
        return not our_addresses.isdisjoint(senders((), self.returned))

    @cached_property
    def parties(self) -> frozenset[str]:
        """Addresses that send or receive the report, which are never failed recipients. In lower case."""
        return parties_of(self.headers, self.returned)

    @cached_property
    def status_blocks(self) -> list[fields.Block]:
        """The field blocks of all delivery-status parts, in order (RFC 3464 section 2.1)."""
        texts = (part.text(self.limits.text) for part in self.parts if part.is_delivery_status)
        return [block for text in texts for block in fields.blocks(text)]

    @cached_property
    def undeclared_blocks(self) -> list[fields.Block]:
        """The field blocks of parts to which a gateway gave another type: an attachment, a message of unknown kind."""
        parts = (part for part in self.parts if part.might_hold_fields and len(part.body) <= self.limits.text)
        return [block for part in parts for block in fields.blocks(part.text(self.limits.text))]

    @cached_property
    def _returned_block(self) -> str:
        for part in self.parts:
            if part.is_returned_message:
                body = part.text(self.limits.text) if "content-transfer-encoding" in part.headers else part.body
                begin, end, _ = block_at(body, 0, self.limits.header_octets)
                return body[begin:end]
        rest = evidence.cut_quotation_signs(self.rest, self.limits.header_octets)
        begin, end, _ = block_at(rest, 0, self.limits.header_octets)
        return rest[begin:end]

    @cached_property
    def returned(self) -> Headers:
        """The headers of the returned message, from its part or from the text; empty where the letter has none."""
        return Headers(self._returned_block, returned=True)

    @property
    def trace(self) -> str:
        """The returned header in lower case: its trace (RFC 5321 section 4.4) names the envelope's recipients."""
        return self._returned_block[: self.limits.text].lower()

    @cached_property
    def original(self) -> Original:
        """The fields of the returned headers that a Reading holds."""
        return original_of(self.returned, self.limits.recipients)

    def _parts_before_returned(self) -> list[mime.Part]:
        return list(takewhile(lambda part: not part.is_returned_message, self.parts))
