"""Looking for suppressions by a whole address or its beginning, which an index finds, or by a domain, among the newest."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bouncer.mail.address import comparable, is_plausible, split
from bouncer.manage.scopes import account_scope
from bouncer.policy.address_list import AddressList
from bouncer.policy.records import Suppression
from bouncer.ports.address_lists import ListFilter, ListPage
from bouncer.ports.letters import Page
from bouncer.ports.scope import Scope
from bouncer.ports.store import Store

MOST_LOOKED_AT = 1000
"""Suppressions in which one page looks for a domain: no index of the list has domains, and so many take some milliseconds."""
FEWEST_LETTERS, ACCOUNTS_ASKED = 2, 20
"""The letters of a beginning that is looked for, and the accounts in whose lists: each takes some queries."""
_LISTS = tuple(kind for kind in AddressList if kind is not AddressList.BLOCKS)


@dataclass(frozen=True, slots=True)
class FoundSuppressions:
    """The suppressions that were found, newest first, with their ids; 0 for one that an index found.

    *looked_at* is the number of those in which a domain was looked for; *next* is where the next page goes on, None at the end.
    """

    rows: Sequence[tuple[int, Suppression]]
    looked_at: int = 0
    next: int | None = None


async def find_suppressions(
    store: Store, scope: Scope, name: str | None, text: str, *, now: dt.datetime, page: Page
) -> FoundSuppressions:
    """Find the suppressions in force of an address, or of a domain, ``example.org`` or ``@example.org``. Raises NotFound."""
    scope_of_account = await account_scope(store, scope, name)
    if is_plausible(text):
        accounts = (await store.directory(scope_of_account)).accounts
        rows_in_force = [
            row
            for account in accounts
            for row in await store.suppressions_of_address(scope_of_account, account, text, now=now)
        ]
        return FoundSuppressions([(0, row) for row in rows_in_force])
    looked_at = await store.suppressions(scope_of_account, now=now, page=Page(MOST_LOOKED_AT, page.before))
    rows_of_domain = [row for row in looked_at if is_of_domain(row[1], text)]
    rows = rows_of_domain[: page.limit]
    if len(rows_of_domain) > len(rows):
        return FoundSuppressions(rows, len(looked_at), rows[-1][0])
    following = looked_at[-1][0] if len(looked_at) == MOST_LOOKED_AT else None
    return FoundSuppressions(rows, len(looked_at), following)


async def suppressed_beginning(store: Store, scope: Scope, text: str, *, now: dt.datetime, limit: int) -> list[str]:
    """Give addresses whose mail is suppressed and that begin with *text*, in whatever case, in order; at most *limit*.

    None for more than a word, or fewer than FEWEST_LETTERS; and where *scope* has more than ACCOUNTS_ASKED accounts.
    """
    if len(text) < FEWEST_LETTERS or "%" in text or len(text.split()) != 1:
        return []
    names = (await store.directory(scope)).accounts
    if len(names) > ACCOUNTS_ASKED:
        return []
    criteria, addresses = ListFilter(pattern=text), set[str]()
    for name in names:
        for kind in _LISTS:
            rows = await store.listed_addresses(scope, name, kind, criteria, ListPage(limit), now=now)
            addresses.update(row.address for row in rows)
    return sorted(addresses)[:limit]


def is_of_domain(suppression: Suppression, domain: str) -> bool:
    """Whether the suppressed address is one of *domain*, in whatever case and spelling that is written."""
    return split(comparable(suppression.address))[1] == split(comparable(f"x@{domain.removeprefix('@')}"))[1]
