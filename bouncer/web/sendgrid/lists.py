"""SendGrid's suppression lists as values: which of our lists each shows, and the members of its rows."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bouncer.manage.address_lists import shown_words
from bouncer.policy.address_list import AddressList
from bouncer.ports.address_lists import ListedAddress, ListFilter
from bouncer.web.sendgrid.parameters import seconds

_SECOND = dt.timedelta(seconds=1)
_MICROSECOND = dt.timedelta(microseconds=1)
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])", re.ASCII)
_STATUS_OF = {
    "invalid-recipient": "5.1.1",
    "recipient-moved": "5.1.6",
    "domain-takes-no-mail": "5.1.10",
    "closed-account": "5.2.1",
    "account-inactive": "5.2.1",
    "mailbox-full": "5.2.2",
    "message-too-large": "5.2.3",
    "rate-limited": "4.7.0",
}
"""By reason the status that is given where the report has none (RFC 3463, RFC 7505); clients expect one."""
_CLASS_OF = {AddressList.BOUNCES: "5.0.0", AddressList.BLOCKS: "5.7.0"}


@dataclass(frozen=True, slots=True)
class SendGridList:
    """A list: its name in paths, our list that it shows, and the members of its rows beside ``created`` and ``email``."""

    name: str
    listed_in: AddressList
    says: str
    members: Mapping[str, Callable[[ListedAddress], str]]


def _reason(row: ListedAddress) -> str:
    return shown_words(row) or row.reason


def _status(row: ListedAddress, listed_in: AddressList = AddressList.BOUNCES) -> str:
    status = row.status or ((match := _STATUS.search(row.words)) and match[0])
    return status or _STATUS_OF.get(row.reason, _CLASS_OF[listed_in])


def _block_status(row: ListedAddress) -> str:
    return _status(row, AddressList.BLOCKS)


SENDGRID_LISTS = (
    SendGridList(
        "bounces",
        AddressList.BOUNCES,
        "addresses that are suppressed because mail to them failed",
        {"reason": _reason, "status": _status},
    ),
    SendGridList(
        "blocks",
        AddressList.BLOCKS,
        "addresses whose servers refused a message, not the address",
        {"reason": _reason, "status": _block_status},
    ),
    SendGridList(
        "invalid_emails", AddressList.INVALID, "addresses that no mail can have, by form or domain", {"reason": _reason}
    ),
    SendGridList("spam_reports", AddressList.COMPLAINTS, "addresses that complained", {"ip": lambda _row: ""}),
    SendGridList("unsubscribes", AddressList.UNSUBSCRIBES, "addresses that want no mail", {}),
)
"""SendGrid's lists. The sending address of a complaint is not recorded here, so ``ip`` is empty."""


def row_of(of_list: SendGridList, row: ListedAddress) -> dict[str, Any]:
    """Write a row of a list."""
    members = {name: write(row) for name, write in of_list.members.items()}
    return {"created": seconds(row.place.at), "email": row.address, **members}


def filter_of(parameters: Mapping[str, Any]) -> ListFilter:
    """Give the filter of a list's parameters; the end is the whole second."""
    end = parameters["end_time"]
    return ListFilter(parameters["start_time"], end + _SECOND - _MICROSECOND if end else None, parameters["email"])
