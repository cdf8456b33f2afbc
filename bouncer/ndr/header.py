"""Header blocks: finding their end, reading their fields (RFC 5322 section 2.2, RFC 2047, and RFC 7103 for broken ones).

Text here is octets decoded as Latin-1, so that nothing is lost before the charset is known; line ends are LF. One expression
splits the fields once; they are unfolded and decoded only when needed.
"""

import binascii
import re
from collections.abc import Iterator
from encodings import normalize_encoding
from encodings.aliases import aliases

from bouncer.mail.signed_header import FIELD

_BLOCK = re.compile(r"(?:[!-9;-~]++[ \t]*+:.*+(?:\n[ \t].*+)*+(?:\n|\Z))*+")
_FIELD = re.compile(r"\n([!-9;-~]++)[ \t]*+:(.*+(?:\n[ \t].*+)*+)")
# The fields of a returned message that the program reads.
_ASKED = re.compile(
    rf"\n({FIELD}|from|to|subject|date|message-id|return-path|sender|reply-to|errors-to|x-hmxmroriginalrecipient"
    r"|x-smtpapi|x-mailgun-variables|x-pm-tag|x-pm-metadata-[!-9;-~]++)"
    r"[ \t]*+:(.*+(?:\n[ \t].*+)*+)",
    re.IGNORECASE,
)
_BLANK_LINES = re.compile(r"(?:[ \t]*+\n)*+")
_BLANK = ("\n", " ", "\t")
_FROM = ("From ", ">From ")
_MBOX_LINE = re.compile(r">?From .*+\n")
_FOLD = re.compile(r"\n[ \t]+")
# Fields that show that a header block continues after a line that is no field (RFC 7103 section 7.1.4).
_GOES_ON = re.compile(
    r"^(?:from|to|subject|date|message-id|content-type|mime-version|received):", re.MULTILINE | re.IGNORECASE
)
MAX_VALUE = 32 * 1024
"""Characters kept of one field's text before any expression searches it: five hundred addresses of a usual length."""
_MAX_WORD = 1_000
"""Characters before a cut that are searched for a word's end; no address is half as long."""
_MAX_CHARSET = 40
_NOT_FOR_MAIL = frozenset(
    {
        *("punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"),
        *("base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec"),
    }
)
"""Codecs of Python that are no charsets of mail: of more than linear time, for escapes, or from octets to octets."""
_CHARSETS = frozenset(name for pair in aliases.items() for name in pair if not _NOT_FOR_MAIL & set(pair)) | {
    "koi8_u",
    "koi8_t",
    "cp720",
    "cp737",
    "cp874",
    "utf_8_sig",
}
"""Names of charsets that are looked up: for an unknown name Python would search the disk, and cache the failure."""
_WIDER = {
    **dict.fromkeys(("gb2312", "gbk", "x_gbk"), "gb18030"),
    **dict.fromkeys(("shift_jis", "x_sjis"), "cp932"),
    **dict.fromkeys(("euc_kr", "ks_c_5601_1987"), "cp949"),
    "windows_874": "cp874",
    "iso_8859_8_i": "iso8859_8",
    "x_euc_jp": "euc_jp",
}
"""Charsets that mails name when they mean a wider one (WHATWG Encoding Standard, section 4.2)."""
_BLANKS = " \t\n\r\f\v"
"""Blanks of ASCII: Latin-1 has others, whose octets end letters of UTF-8."""
_WORD = re.compile(r"=\?([\w.+-]++)(?:\*[\w-]++)?\?([bBqQ])\?([^?\s]*+)\?=(?:[ \t\n]{1,40}(?==\?))?")


class Headers:
    """One header block. The first field of a name counts, as RFC 7103 section 7.1.1 advises for fields that must be single.

    With *returned*, the block is a returned message's: only the fields that the program reads are kept.
    """

    __slots__ = ("_decoded", "_fields", "_unfolded")

    def __init__(self, block: str = "", *, returned: bool = False) -> None:
        fields = (_ASKED if returned else _FIELD).findall("\n" + block)
        self._fields: dict[str, str] = {name.lower(): value for name, value in reversed(fields)}
        self._unfolded: dict[str, str] = {}
        self._decoded: dict[str, str] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def __bool__(self) -> bool:
        return bool(self._fields)

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def any_of(self, names: frozenset[str]) -> bool:
        """Whether the block has a field of one of these *names*."""
        return not names.isdisjoint(self._fields)

    def raw(self, name: str) -> str:
        """Give the field's text unfolded, with encoded words undecoded; empty where the block has no such field."""
        value = self._unfolded.get(name)
        if value is None:
            if name not in self._fields:
                return ""
            value = self._fields[name]
            value = _cut(value) if len(value) > MAX_VALUE else value
            value = self._unfolded[name] = unfold(value) if "\n" in value else value.strip(_BLANKS)
        return value

    def get(self, name: str) -> str:
        """Give the field's text, unfolded and decoded; empty where the block has no such field."""
        value = self._decoded.get(name)
        if value is None:
            value = self.raw(name)
            if not value.isascii():
                value = to_text(value, "utf-8")
            value = self._decoded[name] = decode_words(value) if "=?" in value else value
        return value


def _cut(value: str) -> str:
    """Give MAX_VALUE characters of a field at most, ending with a whole word: half an address would be another address."""
    end = max(value.rfind(sign, MAX_VALUE - _MAX_WORD, MAX_VALUE) for sign in " ,\n")
    return value[: end if end > 0 else MAX_VALUE]


def unfold(value: str) -> str:
    """Join the lines of a folded field (RFC 5322 section 2.2.3)."""
    return _FOLD.sub(" ", value).strip(_BLANKS)


def decode_words(value: str) -> str:
    """Decode all RFC 2047 encoded words in *value*."""
    return _WORD.sub(_decode_word, value)


def _decode_word(word: re.Match[str]) -> str:
    charset, encoding, encoded = word.groups()
    octets = encoded.encode("latin-1", "replace")
    try:
        octets = binascii.a2b_base64(octets + b"===") if encoding in "bB" else binascii.a2b_qp(octets, header=True)
    except binascii.Error:
        return encoded
    return to_text(octets.decode("latin-1"), charset)


def parameter(value: str, name: str) -> str:
    """Read one parameter of a structured field (RFC 2045 section 5.1), quoted or not; empty where it is absent."""
    at = value.lower().find(name + "=")
    if at < 0:
        match = re.search(rf"{name}\*?\s*=\s*", value, re.IGNORECASE)
        if not match:
            return ""
        rest = value[match.end() :]
    else:
        rest = value[at + len(name) + 1 :].lstrip()
    if rest.startswith('"'):
        return rest[1:].partition('"')[0]
    return re.split(r"[;\s]", rest, maxsplit=1)[0]


def is_plain(octets: str) -> bool:
    """Whether *octets* are the same text in every charset of mail, including those that switch by escapes (RFC 1468, RFC 1843)."""
    return octets.isascii() and "\x1b" not in octets and "~{" not in octets


def to_text(octets: str, charset: str) -> str:
    """Decode *octets*, held as Latin-1, from *charset*, else from UTF-8, else leave them as Latin-1."""
    if is_plain(octets):
        return octets
    raw = octets.encode("latin-1", "replace")
    for name in (charset, "utf-8"):
        if (text := _decode_strictly(raw, name, "strict")) is not None:
            return text
    replaced = _decode_strictly(raw, charset, "replace") if _is_multibyte(charset) else None
    return octets if replaced is None else replaced


def _decode_strictly(raw: bytes, charset: str, errors: str) -> str | None:
    """Decode *raw*; None where *charset* is no charset of mail, or the octets are invalid in it."""
    name = normalize_encoding(charset[:_MAX_CHARSET]).lower()
    name = _WIDER.get(name, name)
    if name not in _CHARSETS:
        return None
    try:
        text = raw.decode(name, errors)
    except (LookupError, UnicodeError):
        return None
    return text.encode("utf-8", "replace").decode("utf-8") if "7" in name else text  # UTF-7 may hold lone surrogates


def _is_multibyte(charset: str) -> bool:
    """Whether invalid octets are better replaced than read as Latin-1, so that the rest of the text stays readable."""
    return charset.lower().replace("_", "-") in {
        "iso-2022-jp",
        "gb2312",
        "gbk",
        "gb18030",
        "big5",
        "shift-jis",
        "euc-jp",
        "euc-kr",
    }


def block_at(text: str, start: int, limit: int) -> tuple[int, int, int]:
    """Find the header block at *start*: indexes of its beginning, of its end, and of the body's beginning.

    Blank lines and an mbox line before it are skipped; a line that is no field ends the block unless well-known fields follow.
    """
    begin = _end(_BLANK_LINES.match(text, start), start) if text.startswith(_BLANK, start) else start
    if text.startswith(_FROM, begin):
        begin = _end(_MBOX_LINE.match(text, begin), begin)
    stop = begin + limit
    end = _end(_BLOCK.match(text, begin, stop), begin)
    if end >= len(text) or text[end] == "\n":
        return begin, end, end + 1
    blank = text.find("\n\n", end, stop)
    blank = blank + 1 if blank >= 0 else min(len(text), stop)
    if text.startswith("--", end) or not _GOES_ON.search(text, end, blank):
        return begin, end, end
    return begin, blank, blank + 1


def _end(match: re.Match[str] | None, start: int) -> int:
    return match.end() if match else start
