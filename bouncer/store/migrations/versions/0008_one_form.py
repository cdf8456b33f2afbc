"""One form in which addresses are compared: IDNA 2008, NFC, no needless quotes. From here on rows are found by this form.

Each row keeps its address as it was written, and so gets its new key from that. A row that was written for
faß.example is no longer found for fass.example, and is for xn--fa-hia.example. Only addresses beyond ASCII or with quotes
can differ, so the others, nearly all, are passed over in the database.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from bouncer.mail.address import ascii_domain, comparable, folded, split
from bouncer.store.engine.columns import MAX_KEY, clean

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEYED = {"suppressions": ("account", "stream"), "staged": ("name", "account", "stream"), "allowed": ("account",)}
"""Tables with one row for a key and these columns."""
MORE = dict.fromkeys(("suppressions", "staged"), ("address_domain", "until"))
"""Further columns of these tables, which follow from the key, or decide between two rows."""


def upgrade() -> None:
    """Give every address that may be compared otherwise from now on its new key."""
    folding = _folding()
    for name, scope in KEYED.items():
        _rekey_each(name, scope, folding)
    _rekey("trail", "id", "address", {"address_key": comparable})
    _rekey("bounces", "id", "recipient", {"recipient_key": comparable, "recipient_domain": _domain})
    _rekey("outbox", "id", "forward_path", {"domain": lambda address: ascii_domain(split(address)[1])})
    _rekey("aliases", "address", "address", {"address": comparable})
    _rekey("sent_messages", "id", "recipients", {"recipients": _rekeyed_list})


def _find_odd(table: sa.TableClause, column: str) -> Sequence[Any]:
    """The rows with a character beyond ASCII or a quote in *column*; a list always has the quotes of JSON."""
    text = table.c[column]
    octets = sa.func.octet_length(text) if _is_postgresql() else sa.func.length(sa.cast(text, sa.LargeBinary))
    beyond = octets != sa.func.length(text)
    quoted = text.like('%\\"%') if column == "recipients" else text.like('"%')
    return op.get_bind().execute(sa.select(table).where(sa.or_(beyond, quoted))).mappings().all()


def _is_postgresql() -> bool:
    """Whether a text's length in octets has a function of its own, and a cast would read backslashes in it."""
    return op.get_bind().dialect.name == "postgresql"


def _rekey(name: str, by: str, column: str, forms: dict[str, Callable[[str], str]]) -> None:
    """Fill columns that are forms of the value in *column*; rows are found again *by* their primary key."""
    table = sa.table(name, *(sa.column(form) for form in {by, column, *forms}))
    change = sa.update(table).where(table.c[by] == sa.bindparam("which"))
    rows = [
        {"which": row[by], **{target: form(row[column]) for target, form in forms.items()}}
        for row in _find_odd(table, column)
    ]
    if rows:
        op.get_bind().execute(change.values({target: sa.bindparam(target) for target in forms}), rows)


def _rekey_each(name: str, scope: tuple[str, ...], folding: set[str]) -> None:
    """Give rows their new keys one by one; of two that meet the longer one stays."""
    table = sa.table(name, *map(sa.column, ("address", "address_key", *scope)), *map(sa.column, MORE.get(name, ())))
    for row in _find_odd(table, "address"):
        key = _key(row["address"], fold=row["account"] in folding)
        if key != row["address_key"]:
            _move(table, [table.c[part] == row[part] for part in scope], row, key)


def _move(table: sa.TableClause, scope: list[sa.ColumnElement[bool]], row: Any, key: str) -> None:
    bind = op.get_bind()
    old, new = (sa.and_(*scope, table.c.address_key == stored) for stored in (row["address_key"], key))
    other = bind.execute(sa.select(table).where(new)).mappings().first()
    if other is not None and ("until" not in row or not _is_longer(row["until"], other["until"])):
        bind.execute(sa.delete(table).where(old))
        return
    bind.execute(sa.delete(table).where(new))
    place = {"address_domain": split(key)[1]} if "address_domain" in row else {}
    bind.execute(sa.update(table).where(old).values(address_key=key, **place))


def _is_longer(until: int | None, other: int | None) -> bool:
    return other is not None and (until is None or until > other)


def _key(address: str, *, fold: bool) -> str:
    return clean(folded(address) if fold else comparable(address), MAX_KEY)


def _folding() -> set[str]:
    """The accounts whose keys leave out the dots and tags that Gmail ignores."""
    accounts = sa.table("accounts", sa.column("name"), sa.column("terms"))
    rows = op.get_bind().execute(sa.select(accounts)).all()
    return {name for name, terms in rows if json.loads(terms or "{}").get("fold_gmail")}


def _domain(address: str) -> str:
    return split(comparable(address))[1]


def _rekeyed_list(addresses: str) -> str:
    """A sent message has only comparable forms: a form from before IDNA 2008 looks like any other, and stays."""
    return json.dumps([comparable(address) for address in json.loads(addresses)], ensure_ascii=False)
