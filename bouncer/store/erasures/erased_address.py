"""The addresses of an erasure: the forms under which rows are found, and whether a text names one of them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import sqlalchemy as sa

from bouncer.mail.address import MAX_LOCAL_PART, ascii_domain, gmail_mailbox, split
from bouncer.store.suppressions.keys import key

MOST_PATTERNS = 500
"""Patterns of one query: SQLite takes no condition with more than a thousand parts (SQLITE_MAX_EXPR_DEPTH)."""
_ESCAPE = "/"
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_ENCODED = "xn--"
"""The beginning of a label whose characters are encoded in ASCII (RFC 5890 section 2.3.2.5)."""


@dataclass(frozen=True, slots=True)
class ErasedAddresses:
    """Addresses in comparable form, and those at Gmail without the dots and tags that it ignores."""

    plain: Sequence[str]
    folded: Sequence[str]
    written: Sequence[str]
    """The plain forms, and beyond ASCII their further spellings, by which texts name them."""
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, addresses: Iterable[str]) -> Self:
        """Give the forms of *addresses*."""
        plain = sorted({key(address) for address in addresses})
        folded = sorted({mailbox for form in plain if (mailbox := gmail_mailbox(form))})
        written = [spelling for form in plain for spelling in _spell_out(form)]
        return cls(plain, folded, written, _pattern(written, folded))

    def has(self, form: str) -> bool:
        """Whether *form*, an address in comparable form, is erased."""
        return form in self.plain or (gmail_mailbox(form) or "") in self.folded

    def names(self, text: str) -> bool:
        """Whether a text has an erased address, as it is or in the form of a return path (``jane=example.org``)."""
        return self.pattern.search(text.lower()) is not None

    def rows(self, plain: sa.ColumnElement[Any], folded: sa.ColumnElement[Any]) -> list[sa.ColumnElement[bool]]:
        """Give the conditions on the columns of both forms, one by one, so that the index of each column is used."""
        by_form: list[sa.ColumnElement[bool]] = [plain.in_(self.plain)]
        return [*by_form, folded.in_(self.folded)] if self.folded else by_form

    def may_name(self, columns: Sequence[sa.ColumnElement[Any]]) -> Iterator[sa.ColumnElement[bool]]:
        """Give conditions for rows that may name an erased address in one of *columns*; ``names`` says whether they do.

        A row may meet several of the conditions.
        """
        texts = [sa.func.lower(sa.type_coerce(column, sa.Text)) for column in columns]
        texts_without_dots = [sa.func.replace(text, ".", "") for text in texts] if self.folded else []
        likes = [text.like(_like(form), escape=_ESCAPE) for text in texts for form in self.written]
        likes += [text.like(_like_mailbox(form), escape=_ESCAPE) for text in texts_without_dots for form in self.folded]
        for begin in range(0, len(likes), MOST_PATTERNS):
            yield sa.or_(*likes[begin : begin + MOST_PATTERNS])


def _escape(text: str) -> str:
    return re.sub(r"[/%_]", rf"{_ESCAPE}\g<0>", text)


def _like(form: str) -> str:
    """Give the pattern of a form for LIKE; the @ stands for any character, as a return path has another.

    Characters beyond ASCII stand for any others, as SQLite's ``lower`` leaves capitals among them.
    """
    local, domain = (_BEYOND_ASCII.sub("%", _escape(part)) for part in split(form))
    return f"%{local}_{domain}%"


def _spell_out(form: str) -> Iterator[str]:
    """Give *form* as texts write it: with its domain in A-labels or in characters, and those composed or not (NFC, NFD)."""
    local, domain = split(form)
    in_characters = ".".join(map(_decode_label, domain.split(".")))
    for spelling in dict.fromkeys((domain, in_characters if ascii_domain(in_characters) == domain else domain)):
        yield from dict.fromkeys(unicodedata.normalize(norm, f"{local}@{spelling}") for norm in ("NFC", "NFD"))


def _decode_label(label: str) -> str:
    """Give a label of a domain without its encoding (RFC 3492), or as it is where it has none."""
    if not label.startswith(_ENCODED):
        return label
    try:
        return label.removeprefix(_ENCODED).encode("ascii").decode("punycode").lower()
    except UnicodeError:
        return label


def _like_mailbox(form: str) -> str:
    """Give the pattern of a mailbox at Gmail for LIKE, in texts without dots: both domains, with and without a +tag."""
    return f"%{_escape(split(form)[0])}%mailcom%"


def _pattern(written: Iterable[str], folded: Iterable[str]) -> re.Pattern[str]:
    """Make the pattern of the forms, each as a whole address and not as a part of a longer one."""
    pairs = [tuple(map(re.escape, split(form))) for form in written]
    pairs += [(_spellings(split(form)[0]), r"(?:gmail|googlemail)\.com") for form in folded]
    whole = "|".join(f"{local}@{domain}" for local, domain in pairs)
    paths = "|".join(f"{local}={domain}" for local, domain in pairs)
    ends = r"(?![\w-]|\.\w)"
    return re.compile(rf"(?:(?<![\w.+-])(?:{whole})|(?<![\w.])(?:{paths})){ends}")


def _spellings(local: str) -> str:
    """Give the pattern of the spellings that Gmail takes for one mailbox: dots anywhere, and a +tag."""
    return r"\.?".join(map(re.escape, local)) + rf"(?:\+[^@=\s]{{0,{MAX_LOCAL_PART}}})?"
