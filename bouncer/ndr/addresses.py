"""Addresses in free text (RFC 5322 section 3.4.1, RFC 6532), as mail systems print them."""

import re
from functools import lru_cache

_AROUND = r"\s<>()\[\]\",;:|\\\xab\xbb\u2018-\u201f\u2039\u203a\u3000-\u303f\uff00-\uffef"
"""Characters around an address, typographic quotation marks and East Asian signs among them; it holds none of them unquoted."""
_OUTSIDE = rf"{_AROUND}@"
ADDRESS = (
    rf"(?:\"[^\"\n]{{1,64}}\"|[^{_OUTSIDE}]{{1,128}}+)"
    r"@(?:[^\W_](?:[\w-]|\.(?=\w))*+|\[[0-9a-fA-F.:]{3,45}\])"
)
"""An address: local part (quoted or not), @, domain or address literal. A trailing dot, as at a sentence's end, is left out."""

_FREE = re.compile(rf"(?<![^{_AROUND}])" + ADDRESS)
_URL = re.compile(r"https?://[^\s<>\"]{1,2000}", re.IGNORECASE)
"""URLs are removed before the search: a link may hold anybody's address."""
_PREFIX = re.compile(r"(?:smtp|mailto|rfc822|x400|to|dda:smtp)[:=]|[*'`=/]+(?=[\w+])", re.IGNORECASE)
_UNSPACED = "[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"  # Thai, kana, Han, Hangul
_GLUED = re.compile(rf"^{_UNSPACED}{{1,20}}+(?=[\w.+-]{{1,64}}@[\x00-\x7f])(?=[\x00-\x7f])|(?<=[A-Za-z]){_UNSPACED}++$")
_WORD = re.compile(r"[^\s<>,;:\"()\[\]]++")
"""A word of a field. Code checks for the @ when the word is whole: an expression with @ in it would be tried at each letter."""
_SPELLED = re.compile(
    r"(\b(?:to|for|called|named|user|mailbox|account|recipient|addressee|address|reach|of|no) (?:user |name )?[<\"'(\u201c]?"
    r"(?!(?:the|this|that|an?|any|all|us|me|you|him|her|them|it|users?|mail|servers?|hosts?|systems?|domains?|recipients?|port"
    r"|address(?:es)?|mailbox(?:es)?|accounts?|some\w{0,4}|any\w{0,4}|every\w{0,4}|nobody|people|name|mta|relay|postmaster|help"
    r"|support|services?|instructions?|information|details?|more|page|site|look)\b)"
    r"[A-Za-z0-9][\w.+-]{0,63})[\"'\u201d]? ?(?: at |[(\[]at[)\]]) ?((?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b)(?![/:@])"
)
"""An address with its sign in words, as speech, old gateways and wary postmasters spell it; no sentence about a host at a place."""
_FIELDS = 16
"""Header fields whose addresses are cached: few fields of a letter name people, and several functions read each."""


def find(text: str) -> list[str]:
    """Give every address in *text*, in order, repeats included."""
    if "@" not in text:
        return []
    if "://" in text:
        text = _URL.sub(" ", text)
    return [strip_address(match) for match in _FREE.findall(text, *_bounds_around_signs(text))]


def find_with_positions(text: str) -> list[tuple[int, str]]:
    """Give every address in *text* with the index where it begins."""
    if "://" in text:
        text = _URL.sub(lambda url: " " * len(url[0]), text)
    return [(match.start(), strip_address(match[0])) for match in _FREE.finditer(text, *_bounds_around_signs(text))]


def _bounds_around_signs(text: str) -> tuple[int, int]:
    """Give the bounds of the words of *text* with an @: elsewhere the expression would be tried at each word for nothing."""
    first = text.find("@")
    if first < 0:
        return 0, 0
    begin = text.rfind(" ", 0, first) + 1 if '"' not in text else 0  # a quoted local part may hold blanks
    end = text.find(" ", text.rfind("@"))
    return begin, end if end >= 0 else len(text)


def with_signs(text: str) -> str:
    """Write the sign in addresses that *text* spells in words, "the mailbox jane at example.org", after a word for a recipient."""
    return _SPELLED.sub(r"\1@\2", text) if " at " in text or "at]" in text or "at)" in text else text


def strip_address(address: str) -> str:
    """Remove text that clings to an address: a type before it, quotes around it, words of languages that write no blanks."""
    if prefix := _PREFIX.match(address):
        address = address[prefix.end() :]
    if not address.isascii():
        address = _GLUED.sub("", address)
    return address.rstrip("'`.")


@lru_cache(_FIELDS)
def find_in_field(value: str) -> tuple[str, ...]:
    """Give every word of a header field that looks like an address, in order, without repeats."""
    return tuple(dict.fromkeys([word for word in _WORD.findall(value) if "@" in word[1:-1]])) if "@" in value else ()
