"""Header fields by which filters can sort notices: the address, the cause, and the account (RFC 2919).

Exim and Gmail write ``X-Failed-Recipients``, and programs act on it: it names only recipients whose failure is believed enough for
that.
"""

import re
from collections.abc import Iterator
from email.utils import parseaddr

from bouncer.compose import mime
from bouncer.compose.notice import Notice, affected_recipients
from bouncer.compose.plain_text import line
from bouncer.compose.sentences import MAX_ADDRESS
from bouncer.compose.status import believed_recipients
from bouncer.mail.address import ascii_domain, is_plausible, split
from bouncer.ndr.reading import Kind

MOST = 10
"""Addresses that a field names at most: a filter searches for a single address."""

_LIST_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?")
_LISTABLE = re.compile(r"[^\s,;:<>()\[\]\\\"@]+@[^\s,;:<>()\[\]\\\"@]+")
"""An address that needs no quotes in a list (RFC 5322 section 3.2.3)."""
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")


def fields(notice: Notice, from_: str) -> tuple[str, ...]:
    """Write the fields, without invalid addresses, statuses and names."""
    return tuple(_fields(notice, from_))


def _fields(notice: Notice, from_: str) -> Iterator[str]:
    about = affected_recipients(notice)[:MOST]
    if addresses := _join_values(
        text for text in (line(recipient.recipient, MAX_ADDRESS) for recipient in about) if is_plausible(text)
    ):
        yield mime.header("X-Bounce-Recipient", addresses)
    failing = believed_recipients(notice)[:MOST] if notice.kind is Kind.BOUNCE else ()
    if failed := _join_values(
        _ascii_address(recipient.recipient) for recipient in failing if _LISTABLE.fullmatch(recipient.recipient)
    ):
        yield mime.header("X-Failed-Recipients", failed)
    if notice.kind is not Kind.BOUNCE:
        yield f"X-Bounce-Category: {notice.kind.value}"
    elif categories := _join_values(recipient.reason.category.value for recipient in about if recipient.reason):
        yield f"X-Bounce-Category: {categories}"
    if statuses := _join_values(
        recipient.status for recipient in about if recipient.status and _STATUS.fullmatch(recipient.status)
    ):
        yield mime.header("X-Bounce-Status", statuses)
    yield from list_id(notice.account, from_)


def list_id(account: str | None, from_: str) -> tuple[str, ...]:
    """Name the stream of an account's notices (RFC 2919), below the domain that they come from."""
    domain = ascii_domain(split(parseaddr(from_)[1])[1])
    if not _LIST_LABEL.fullmatch(account or "") or not _LIST_LABEL.fullmatch(domain):
        return ()
    return (f"List-Id: <{account}.bounces.{domain}>",)


def _ascii_address(address: str) -> str:
    """Give the address in the form for programs: its domain in ASCII (RFC 5891)."""
    local, domain = split(line(address, MAX_ADDRESS))
    return f"{local}@{ascii_domain(domain)}"


def _join_values(values: Iterator[str]) -> str:
    return ", ".join(dict.fromkeys(values))
