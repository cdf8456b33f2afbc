"""The lists of addresses that other providers keep apart, page by page from the oldest address on, and the port that gives them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bouncer.policy.address_list import AddressList
from bouncer.policy.records import Release
from bouncer.ports.scope import Scope


@dataclass(frozen=True, slots=True)
class ListFilter:
    """A choice of a list's addresses. *since* and *until* are inclusive; None means any.

    *pattern* is the beginning of an address, in which ``%`` stands for any characters, and nothing else is special.
    """

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class ListPlace:
    """The place of an address on its list: lists are in this order."""

    at: dt.datetime
    id: int


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list, oldest first: *limit* addresses, after *offset* others, from behind the place *after* on.

    Or the last *limit* addresses in front of the place *before*; then the other two mean nothing.
    """

    limit: int
    offset: int = 0
    after: ListPlace | None = None
    before: ListPlace | None = None


@dataclass(frozen=True, slots=True)
class ListedAddress:
    """An address on a list: since when, and the *reason*; *words* are of the server, or of the person or program that listed it."""

    place: ListPlace
    address: str
    reason: str
    status: str | None  # the enhanced status code of the report, where it has one
    words: str


class AddressLists(Protocol):
    """An account's addresses by list."""

    async def listed_addresses(
        self,
        scope: Scope,
        account: str,
        listed_in: AddressList,
        criteria: ListFilter,
        page: ListPage,
        *,
        now: dt.datetime,
    ) -> Sequence[ListedAddress]:
        """Give a page of a list of *account*'s, oldest first; nothing for an account outside *scope*.

        A page whose offset is the end of a page that was read lately begins after that page's last address, however
        many were added or taken off before it since.
        """
        ...

    async def find_listed(
        self, scope: Scope, account: str, listed_in: AddressList, address: str, *, now: dt.datetime
    ) -> ListedAddress | None:
        """Give one address of a list, as the account compares addresses; None where it is not on it."""
        ...

    async def take_off(self, scope: Scope, account: str, listed_in: AddressList, releases: Sequence[Release]) -> int:
        """Take addresses off one list of *account*'s; give the number of those that were on it.

        Mail may go to them again, unless they are suppressed for another cause, too. Some hundred are one commit, with
        the entries of the audit trail: an error leaves the commits before it in force.
        Idempotent: addresses that are not on the list are passed over, and all are for an account outside *scope*.
        """
        ...
