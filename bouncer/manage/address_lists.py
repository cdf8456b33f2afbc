"""The lists of addresses that other providers' APIs have (bounces, blocks, complaints and so on): reading, adding, removing."""

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bouncer.errors import InvalidValue
from bouncer.mail.address import is_plausible
from bouncer.manage.change_values import ChangedBy
from bouncer.manage.scopes import require_account
from bouncer.policy.address_list import REASON_OF, AddressList
from bouncer.policy.records import Release, Suppression
from bouncer.ports.address_lists import ListedAddress, ListFilter, ListPage
from bouncer.ports.scope import Scope
from bouncer.ports.store import Store
from bouncer.ports.suppressions import ImportResult

TAKEN_OFF_AT_ONCE = 500
"""Addresses that one commit takes off a list: other writers write in between."""
_AUTHOR = "; by API key "


@dataclass(frozen=True, slots=True)
class AddressToList:
    """An address to put on a list, the time since which it is there (None: now), and the reason in words."""

    address: str
    at: dt.datetime | None = None
    words: str = ""


async def list_addresses(
    store: Store,
    scope: Scope,
    name: str,
    listed_in: AddressList,
    criteria: ListFilter,
    page: ListPage,
    *,
    now: dt.datetime,
) -> Sequence[ListedAddress]:
    """Give a page of a list of the account *name*, oldest first. Raises NotFound."""
    await require_account(store, scope, name)
    return await store.listed_addresses(scope, name, listed_in, criteria, page, now=now)


async def merged_lists(
    store: Store,
    scope: Scope,
    name: str,
    lists: Sequence[AddressList],
    criteria: ListFilter,
    page: ListPage,
    *,
    now: dt.datetime,
) -> Sequence[ListedAddress]:
    """Give a page of several lists of the account *name* together, oldest first; its offset must be 0. Raises NotFound."""
    await require_account(store, scope, name)
    parts = [await store.listed_addresses(scope, name, of_list, criteria, page, now=now) for of_list in lists]
    rows = sorted(itertools.chain(*parts), key=lambda row: (row.place.at, row.place.id))
    return rows[-page.limit :] if page.before else rows[: page.limit]


async def listed_address(
    store: Store, scope: Scope, name: str, listed_in: AddressList, address: str, *, now: dt.datetime
) -> ListedAddress | None:
    """Give one address of a list; None where it is not on it. Raises NotFound for an unknown account."""
    await require_account(store, scope, name)
    return await store.find_listed(scope, name, listed_in, address, now=now)


async def list_more(
    store: Store,
    scope: Scope,
    name: str,
    listed_in: AddressList,
    added: Sequence[AddressToList],
    *,
    by: ChangedBy,
    now: dt.datetime,
) -> ImportResult:
    """Put addresses on a list, all or none: mail of the account *name* does not go to them any more.

    An address that is suppressed stays on the list on which it is, except that a wish takes it off the lists of failures.
    The list of blocks holds what servers said of our own mail, and stops none: there nothing changes. Raises NotFound for an
    unknown account, and InvalidValue for a malformed address.
    """
    await require_account(store, scope, name)
    for entry in added:
        _refuse_bad_address(entry.address)
    if listed_in is AddressList.BLOCKS:
        return ImportResult(0, 0)
    return await store.import_suppressions(scope, _suppressions(name, listed_in, added, by, now))


def _suppressions(
    name: str, listed_in: AddressList, added: Sequence[AddressToList], by: ChangedBy, now: dt.datetime
) -> Iterator[Suppression]:
    for entry in added:
        since = min(entry.at or now, now)
        words = f"{entry.words}; {by.words}" if entry.words else by.words
        yield Suppression(name, entry.address, REASON_OF[listed_in], by.source, None, since, None, why=words)


async def take_off(
    store: Store,
    scope: Scope,
    name: str,
    listed_in: AddressList,
    addresses: Sequence[str],
    *,
    by: ChangedBy,
    now: dt.datetime,
) -> int:
    """Take addresses off a list; gives the number of those that were on it. Raises NotFound for an unknown account."""
    await require_account(store, scope, name)
    releases = [Release(name, address, by.source, None, now, by.words) for address in addresses]
    return await store.take_off(scope, name, listed_in, releases)


async def take_all_off(
    store: Store, scope: Scope, name: str, listed_in: AddressList, *, by: ChangedBy, now: dt.datetime
) -> int:
    """Take all addresses off a list, part by part; gives their number. Raises NotFound for an unknown account.

    An error leaves the parts before it in force.
    """
    await require_account(store, scope, name)
    count, page = 0, ListPage(TAKEN_OFF_AT_ONCE)
    while rows := await store.listed_addresses(scope, name, listed_in, ListFilter(until=now), page, now=now):
        releases = [Release(name, row.address, by.source, None, now, by.words) for row in rows]
        count += await store.take_off(scope, name, listed_in, releases)
        page = ListPage(TAKEN_OFF_AT_ONCE, after=rows[-1].place)
    return count


def shown_words(row: ListedAddress) -> str:
    """Give the words of the server, or of the person or program that listed the address, without the name of the key."""
    return row.words.partition(_AUTHOR)[0] if not row.words.startswith(_AUTHOR[2:]) else ""


def _refuse_bad_address(address: str) -> None:
    if not is_plausible(address):
        raise InvalidValue(f"{address!r} is no mail address", field="email")
