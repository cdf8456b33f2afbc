"""Kinds of columns: what a value is on our side and what it is in the database, the same in every engine."""

import dataclasses
import datetime as dt
import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

from bouncer.mail.address import MAX_DOMAIN, MAX_LOCAL_PART
from bouncer.policy.account_rules import AccountRules, BadPaths, SuppressedMail
from bouncer.policy.preferences import Overrides
from bouncer.policy.records import Belief

MAX_WORDS = 16_384
"""Characters of one text out of a letter; reading bounds its lines far below, this bounds what slips through."""
MAX_LINES = 1000
"""Texts of one list: a header may name any number of addresses."""
MAX_KEY = 2 * (MAX_LOCAL_PART + 1 + MAX_DOMAIN)
"""Characters of an indexed text: twice the longest address, and within what any engine takes into an index."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A 63-bit number; SQLite's row number is spelled INTEGER."""


def clean(text: str, limit: int = MAX_WORDS) -> str:
    """Make a stranger's *text* storable: no lone surrogates, no NUL (PostgreSQL has none), at most *limit* characters."""
    text = text[:limit]
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def microseconds(moment: dt.datetime) -> int:
    """Give *moment* as the database has it; TypeError for a naive one: nobody could say which moment it means."""
    return (moment - _EPOCH) // _MICROSECOND


class Instant(TypeDecorator[dt.datetime]):
    """A moment: microseconds since 1970 UTC in the database, an aware datetime on our side."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, _dialect: sa.Dialect) -> int | None:
        """Refuse a naive one."""
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, _dialect: sa.Dialect) -> dt.datetime | None:
        """Give it in UTC."""
        return None if value is None else _EPOCH + value * _MICROSECOND


class StrangersText(TypeDecorator[str]):
    """A stranger's text, cleaned on its way in."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, limit: int = MAX_WORDS) -> None:
        super().__init__()
        self.limit = limit

    def process_bind_param(self, value: str | None, _dialect: sa.Dialect) -> str | None:
        """Clean it."""
        return None if value is None else clean(value, self.limit)


class Lines(TypeDecorator[tuple[str, ...]]):
    """Several texts as one JSON list; never null."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, _dialect: sa.Dialect) -> str:
        """Write the list, each text cleaned."""
        return json.dumps([clean(one) for one in (value or ())[:MAX_LINES]], ensure_ascii=False)

    def process_result_value(self, value: Any, _dialect: sa.Dialect) -> tuple[str, ...]:
        """Read it."""
        return tuple(json.loads(value)) if value else ()


class AccountWishes(TypeDecorator[Overrides]):
    """What an account's owners prefer, as a JSON object."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Overrides | None, _dialect: sa.Dialect) -> str:
        """Write it."""
        return json.dumps(value or {})

    def process_result_value(self, value: Any, _dialect: sa.Dialect) -> Overrides:
        """Read it."""
        wishes: Overrides = json.loads(value or "{}")
        return wishes


class AccountTerms(TypeDecorator[AccountRules]):
    """An account's terms as a JSON object of those that are not the default; what a later version wrote is passed over."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: AccountRules | None, _dialect: sa.Dialect) -> str:
        """Write what is not the default."""
        plain, wanted = (dataclasses.asdict(one) for one in (AccountRules(), value or AccountRules()))
        return json.dumps({name: wanted[name] for name in wanted if wanted[name] != plain[name]})

    def process_result_value(self, value: Any, _dialect: sa.Dialect) -> AccountRules:
        """Read it."""
        known = {one.name for one in dataclasses.fields(AccountRules)}
        given = {name: said for name, said in json.loads(value or "{}").items() if name in known}
        made = {name: _TERMS[name](said) if name in _TERMS else said for name, said in given.items()}
        return AccountRules(**made)


_TERMS: dict[str, Any] = {
    "suppress_on": Belief,
    "bad_paths": BadPaths,
    "servers": tuple,
    "suppressed": SuppressedMail,
}
"""How those of Terms that JSON has no form of are made of what it has."""
