"""The limits of reading: it is bounded in time and memory, whatever a stranger sends."""

from dataclasses import dataclass

FEW_RECIPIENTS = 32
"""Recipients about whom all words are kept: real reports seldom have more."""
LEAST_WORDS = 512
"""Characters that are kept about each of hundreds of recipients: a line of a reply (RFC 5321 section 4.5.3.1.5)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one reading. Text beyond a bound is ignored; the rest of the letter is read."""

    octets: int = 12 * 1024 * 1024
    """Octets of the letter. ``[smtp] max_message`` lets in larger ones, which are kept whole and read up to this bound: reports
    have their facts on their first pages."""
    header_octets: int = 512 * 1024
    """Octets of one header block. Trace headers of real letters stay under 100 kB."""
    parts: int = 200
    """MIME parts, and multiparts that hold them. A report has three; a digest of reports has some dozens."""
    delimiters: int = 20_000
    """Lines that begin with ``--``, where a MIME part may end."""
    text: int = 128 * 1024
    """Characters of each part that are decoded and read as evidence."""
    dialogue: int = 8_000
    """Characters of text that are searched for the stage of the SMTP dialogue; a transcript of several attempts fits."""
    lines: int = 2_000
    """Lines of evidence. qmail names one recipient in three lines; a mailing to 500 is a large one."""
    addresses: int = 2_000
    """@ signs in the lines of evidence: four for each recipient of the largest report. The text around each is examined."""
    recipients: int = 500
    """Recipients of one report. RFC 5321 asks servers for 100 in one transaction."""
    words: int = 128 * 1024
    """Characters of the words about all recipients together, as ``text``: a long sentence that names five hundred would be judged,
    and recorded, for each of them."""

    def words_of_each(self, recipients: int) -> int:
        """Give how many characters are kept of the words about each of so many recipients."""
        return max(LEAST_WORDS, self.words // max(1, recipients))
