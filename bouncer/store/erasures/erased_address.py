"""The addresses of an erasure: the forms under which rows are found, and whether a text names one of them."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import sqlalchemy as sa

from bouncer.mail.address import ascii_domain, gmail_mailbox, split
from bouncer.store.engine.values import in_parts
from bouncer.store.erasures.spellings import Spellings, make_gmail_spellings, make_spellings, readings_of
from bouncer.store.suppressions.keys import key

MOST_OF_DOMAIN = 4
"""Local parts of one domain for which a query looks: of more, each costs it more than the rows that it spares."""
MOST_PATTERNS = 200
"""Domains of one query: SQLite takes no condition with more than a thousand parts (SQLITE_MAX_EXPR_DEPTH)."""
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_LIKE_GMAIL = "%mail%com%"
_ENCODED = "xn--"
"""The beginning of a label whose characters are encoded in ASCII (RFC 5890 section 2.3.2.5)."""


@dataclass(frozen=True, slots=True)
class ErasedAddresses:
    """Addresses in comparable form, and those at Gmail without the dots and tags that it ignores."""

    plain: Sequence[str]
    folded: Sequence[str]
    written: Sequence[str]
    """The plain forms, and beyond ASCII their further spellings, by which texts name them."""
    spellings: Sequence[Spellings]

    @classmethod
    def of(cls, addresses: Iterable[str]) -> Self:
        """Give the forms of *addresses*."""
        plain = sorted({key(address) for address in addresses})
        folded = sorted({mailbox for form in plain if (mailbox := gmail_mailbox(form))})
        written = [spelling for form in plain for spelling in _spell_out(form)]
        spellings = [make_spellings(domain, locals_) for domain, locals_ in _group_by_domain(written).items()]
        if folded:
            spellings.append(make_gmail_spellings(split(form)[0] for form in folded))
        return cls(plain, folded, written, spellings)

    def has(self, form: str) -> bool:
        """Whether *form*, an address in comparable form, is erased."""
        return form in self.plain or (gmail_mailbox(form) or "") in self.folded

    def names(self, text: str) -> bool:
        """Whether a text has an erased address, as it is or in one of the ``spellings``."""
        return any(spellings.are_in(reading) for reading in readings_of(text) for spellings in self.spellings)

    def with_keys(self, keys: Sequence[str]) -> Self:
        """Give the same for rows with *keys*: addresses in comparable form inside which an erased one is written."""
        return replace(self, plain=keys, folded=())

    def rows(self, plain: sa.ColumnElement[Any], folded: sa.ColumnElement[Any]) -> list[sa.ColumnElement[bool]]:
        """Give the conditions on the columns of both forms, one by one, so that the index of each column is used."""
        by_form: list[sa.ColumnElement[bool]] = [plain.in_(self.plain)]
        return [*by_form, folded.in_(self.folded)] if self.folded else by_form

    def may_name(self, columns: Sequence[sa.ColumnElement[Any]]) -> Iterator[sa.ColumnElement[bool]]:
        """Give conditions for rows that may name an erased address in one of *columns*; ``names`` says whether they do.

        A row may meet several of the conditions.
        """
        texts = [sa.func.lower(sa.type_coerce(column, sa.Text)) for column in columns]
        likes = {_like(domain): [*map(_like, locals_)] for domain, locals_ in _group_by_domain(self.written).items()}
        if self.folded:
            likes[_LIKE_GMAIL] = [f"%{'%'.join(split(form)[0])}%" for form in self.folded]  # dots are anywhere
        conditions = [_has_both(text, domain, locals_) for text in texts for domain, locals_ in likes.items()]
        yield from (sa.or_(*some) for some in in_parts(conditions, MOST_PATTERNS))


def _group_by_domain(forms: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Give the local parts of addresses by domain."""
    locals_ = defaultdict[str, list[str]](list)
    for local, domain in map(split, forms):
        locals_[domain].append(local)
    return locals_


def _has_both(text: sa.ColumnElement[Any], domain: str, locals_: Sequence[str]) -> sa.ColumnElement[bool]:
    """Give the condition that *text* has a domain and one of some local parts, in any order; with many of them, only the domain."""
    has_domain = text.like(domain)
    if len(locals_) > MOST_OF_DOMAIN:
        return has_domain
    return sa.and_(has_domain, sa.or_(*map(text.like, locals_)))


def _like(part: str) -> str:
    """Give the pattern of a part of an address for LIKE, with any signs between its letters and digits.

    A sign may be encoded, and SQLite's ``lower`` leaves capitals beyond ASCII.
    """
    return f"%{_NOT_PLAIN.sub('%', part)}%"


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
