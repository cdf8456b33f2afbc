"""The registered messages that went to an address: looked for among the newest, so that the work is bounded."""

import json
from typing import Any

import sqlalchemy as sa

from bouncer.mail.address import comparable
from bouncer.ports.scope import Scope
from bouncer.ports.sends import MOST_LOOKED_THROUGH, RegisteredMessage
from bouncer.store.engine.columns import clean
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.scoping import without_index
from bouncer.store.tables import sent_messages


def find_newest(connection: sa.Connection, scope: Scope, address: str, limit: int) -> list[RegisteredMessage]:
    """Give the newest messages to *address*, as ``ports.sends.SendCounts.messages_to`` says."""
    form = clean(comparable(address))
    as_listed = _literally(json.dumps(form, ensure_ascii=False))
    values = {"as_listed": as_listed, "depth": MOST_LOOKED_THROUGH, "limit": limit}
    of_account = {} if scope.account is None else {"account": scope.account}
    rows = fetch_rows(connection, _MESSAGES[bool(of_account)], {**values, **of_account})
    return [
        RegisteredMessage(
            row.account, row.sent_at, row.message_id, row.subject, row.campaign, row.stream, len(row.recipients)
        )
        for row in rows
        if form in row.recipients
    ]


def _literally(text: str) -> str:
    """Give the pattern for LIKE that has *text* somewhere."""
    for special in (_ESCAPE, "%", "_"):
        text = text.replace(special, f"{_ESCAPE}{special}")
    return f"%{text}%"


def _messages(*of_account: sa.ColumnElement[bool]) -> sa.Select[Any]:
    last = sa.select(sa.func.max(sent_messages.alias().c.id)).scalar_subquery()
    as_text = sa.type_coerce(sent_messages.c.recipients, sa.Text)
    may_name = as_text.like(sa.bindparam("as_listed", type_=sa.Text), escape=_ESCAPE)
    recent = sent_messages.c.id > last - sa.bindparam("depth", type_=sa.Integer)
    query = sa.select(sent_messages).where(recent, may_name, *of_account)
    return query.order_by(sent_messages.c.id.desc()).limit(sa.bindparam("limit", type_=sa.Integer))


_ESCAPE = "/"
_MESSAGES = {
    False: _messages(),
    True: _messages(without_index(sent_messages.c.account) == sa.bindparam("account", type_=sa.Text)),
}
"""By whether only the messages of an account are asked for."""
