"""The addresses that send or receive a report, and those of the sender of the message that it is about."""

from collections.abc import Iterable

from bouncer.ndr import addresses
from bouncer.ndr.header import Headers

_OWN_FIELDS = ("to", "from", "reply-to", "sender", "errors-to", "delivered-to", "cc")
_ADDRESSED = ("to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
_SENDER_FIELDS = ("from", "return-path", "sender", "reply-to", "errors-to")


def parties_of(headers: Headers, returned: Headers) -> frozenset[str]:
    """The addresses that send or receive a report: its own To and From, and the returned message's sender. In lower case."""
    values = [headers.raw(name) for name in _OWN_FIELDS if name in headers]
    values += [returned.raw(name) for name in _SENDER_FIELDS if name in returned]
    return frozenset(address.lower() for value in values for address in addresses.find_in_field(value))


def addressee_fields(headers: Headers, return_path: str | None) -> tuple[str, ...]:
    """The fields, unchanged, that show the address that a letter came to, and its *return_path* where that is known."""
    written = [headers.raw(name) for name in _ADDRESSED if name in headers]
    return (*written, return_path) if return_path else tuple(written)


def senders_as_written(addressed_to: Iterable[str], returned: Headers) -> str:
    """The text of the fields that ``senders`` reads, in lower case."""
    return " ".join([*addressed_to, *[returned.raw(name) for name in _SENDER_FIELDS if name in returned]]).lower()


def senders(addressed_to: Iterable[str], returned: Headers) -> frozenset[str]:
    """The addresses of a message's sender: *addressed_to*, fields of the report, and the returned message's own. In lower case."""
    values = [*addressed_to, *(returned.raw(name) for name in _SENDER_FIELDS if name in returned)]
    return frozenset(address.lower() for value in values for address in addresses.find_in_field(value))
