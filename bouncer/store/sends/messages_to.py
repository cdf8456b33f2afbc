"""The registered messages that went to an address: looked for among the newest, so that the work is bounded."""

import json

import sqlalchemy as sa

from bouncer.mail.address import comparable
from bouncer.ports.scope import Scope
from bouncer.ports.sends import MOST_LOOKED_THROUGH, RegisteredMessage
from bouncer.store.engine.columns import clean
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.scoping import scope_checks
from bouncer.store.tables import sent_messages

_LAST = sa.select(sa.func.max(sent_messages.c.id).label("last"))


def newest(connection: sa.Connection, scope: Scope, address: str, limit: int) -> list[RegisteredMessage]:
    """Give the newest messages to *address*, as ``ports.sends.SendCounts.messages_to`` says."""
    form, messages = clean(comparable(address)), sent_messages.c
    last = fetch_rows(connection, _LAST, {})[0].last
    if last is None:
        return []
    as_listed = json.dumps(form, ensure_ascii=False)
    may_name = sa.type_coerce(messages.recipients, sa.Text).contains(as_listed, autoescape=True)
    recent = messages.id > last - MOST_LOOKED_THROUGH
    query = sa.select(sent_messages).where(recent, may_name, *scope_checks(scope, messages.account))
    rows = connection.execute(query.order_by(messages.id.desc()).limit(limit))
    return [
        RegisteredMessage(
            row.account, row.sent_at, row.message_id, row.subject, row.campaign, row.stream, len(row.recipients)
        )
        for row in rows
        if form in row.recipients
    ]
