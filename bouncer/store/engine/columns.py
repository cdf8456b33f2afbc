"""Column types: the Python value and the value in the database of each, the same in every engine."""

import dataclasses
import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

from bouncer.mail.address import MAX_DOMAIN, MAX_LOCAL_PART
from bouncer.policy.account_rules import AccountRules, BadPaths, SuppressedMail
from bouncer.policy.preferences import Overrides
from bouncer.policy.records import Belief

MAX_WORDS = 16_384
"""Characters of one text from a letter; reading bounds its lines far below, this catches the exceptions."""
MAX_LINES = 1000
"""Texts of one list: a header may name any number of addresses."""
MAX_KEY = 2 * (MAX_LOCAL_PART + 1 + MAX_DOMAIN)
"""Octets of an indexed text: twice the longest address; four of them are within the 2,704 octets of PostgreSQL's index entries."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A 63-bit number; SQLite spells the type of its row id INTEGER."""


def clean(text: str, limit: int = MAX_WORDS) -> str:
    """Make a stranger's *text* storable: no lone surrogates, no NUL (PostgreSQL refuses it), at most *limit* characters.

    With the limit MAX_KEY, as that of an indexed text, it is at most so many octets.
    """
    text = text[:limit]
    if text.isascii() and "\0" not in text:
        return text
    text = text.replace("\0", "\ufffd").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.encode()[:MAX_KEY].decode(errors="ignore") if limit == MAX_KEY else text


def microseconds(moment: dt.datetime) -> int:
    """Convert *moment* to the database's form; raises TypeError for a naive one, whose meaning is unknown."""
    return (moment - _EPOCH) // _MICROSECOND


class Instant(TypeDecorator[dt.datetime]):
    """A moment: microseconds since 1970 UTC in the database, an aware datetime on our side."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, _dialect: sa.Dialect) -> int | None:
        """Convert to microseconds; raises TypeError for a naive datetime."""
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, _dialect: sa.Dialect) -> dt.datetime | None:
        """Convert to an aware datetime in UTC."""
        return None if value is None else _EPOCH + value * _MICROSECOND


class StrangersText(TypeDecorator[str]):
    """A stranger's text, cleaned on its way in."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, limit: int = MAX_WORDS) -> None:
        super().__init__()
        self.limit = limit

    def process_bind_param(self, value: str | None, _dialect: sa.Dialect) -> str | None:
        """Clean the text."""
        return None if value is None else clean(value, self.limit)


_NO_LINES = "[]"
"""The form of an empty list of texts, as most are."""


class Lines(TypeDecorator[tuple[str, ...]]):
    """Several texts as one JSON list; never null."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, _dialect: sa.Dialect) -> str:
        """Write the list as JSON, each text cleaned."""
        return json.dumps([clean(text) for text in (value or ())[:MAX_LINES]], ensure_ascii=False)

    def process_result_value(self, value: Any, _dialect: sa.Dialect) -> tuple[str, ...]:
        """Read the list."""
        return tuple(json.loads(value)) if value and value != _NO_LINES else ()


class ArrayLiteral(TypeDecorator[Sequence[str]]):
    """Several texts as one value for PostgreSQL, which the statement casts to an array.

    Its form is https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO. The driver takes over a microsecond to write each
    text of a list: of thousands, longer than the server takes to search for them.
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, _dialect: sa.Dialect) -> str:
        """Write the array, each text in quotes."""
        texts = value or ()
        together = "".join(texts)
        if '"' in together or "\\" in together:
            texts = [text.replace("\\", "\\\\").replace('"', '\\"') for text in texts]
        quoted = '","'.join(texts)
        return f'{{"{quoted}"}}' if texts else "{}"


class AccountWishes(TypeDecorator[Overrides]):
    """The preferences of an account's owners, as a JSON object."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Overrides | None, _dialect: sa.Dialect) -> str:
        """Write the object."""
        return json.dumps(value or {})

    def process_result_value(self, value: Any, _dialect: sa.Dialect) -> Overrides:
        """Read the object."""
        wishes: Overrides = json.loads(value or "{}")
        return wishes


class AccountTerms(TypeDecorator[AccountRules]):
    """An account's rules as a JSON object of those that are not the default; unknown rules of a later version are ignored."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: AccountRules | None, _dialect: sa.Dialect) -> str:
        """Write the rules that are not the default."""
        plain, actual = (dataclasses.asdict(rules) for rules in (AccountRules(), value or AccountRules()))
        return json.dumps({name: actual[name] for name in actual if actual[name] != plain[name]})

    def process_result_value(self, value: Any, _dialect: sa.Dialect) -> AccountRules:
        """Read the object."""
        field_names = {field.name for field in dataclasses.fields(AccountRules)}
        known_values = {
            name: value_in_json for name, value_in_json in json.loads(value or "{}").items() if name in field_names
        }
        parsed_values = {
            name: _TERMS[name](value_in_json) if name in _TERMS else value_in_json
            for name, value_in_json in known_values.items()
        }
        return AccountRules(**parsed_values)


_TERMS: dict[str, Any] = {
    "suppress_on": Belief,
    "bad_paths": BadPaths,
    "servers": tuple,
    "suppressed": SuppressedMail,
}
"""By rule: makes its value of the JSON value, for types that JSON lacks."""
