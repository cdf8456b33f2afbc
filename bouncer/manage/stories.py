"""An address's story: every report on it, every change, and what holds now, as one value for each account."""

import datetime as dt
from dataclasses import dataclass

from bouncer.manage.scopes import account_scope, recorded_scope
from bouncer.manage.suppressing import allow_entries, entry_forms
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.records import Suppression
from bouncer.ports.accounts import Account
from bouncer.ports.letters import BounceFilter, BounceRow, Page
from bouncer.ports.scope import AccountScope, Scope
from bouncer.ports.store import Store
from bouncer.ports.suppressions import Allowed, TrailRow

MOST_EVENTS = 1000
"""Events of one story, the newest; lists have them all."""


@dataclass(frozen=True, slots=True)
class AddressStory:
    """All facts about one address of one account."""

    account: str
    address: str
    terms: AccountRules
    suppressions: tuple[Suppression, ...]  # in force
    allowed: tuple[Allowed, ...]  # the address itself, or its domain
    bounces: tuple[BounceRow, ...]
    trail: tuple[TrailRow, ...]
    now: dt.datetime

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is known of the address."""
        return not (self.bounces or self.trail or self.suppressions or self.allowed)


async def stories(
    store: Store, scope: Scope, address: str, name: str | None, *, now: dt.datetime
) -> list[AddressStory]:
    """Give the story of *address* for the account *name*, or for each account inside *scope*. Raises NotFound."""
    accounts = (await store.directory(await account_scope(store, scope, name))).accounts.values()
    return [await _story(store, account, address, now) for account in accounts]


async def _story(store: Store, account: Account, address: str, now: dt.datetime) -> AddressStory:
    scope, newest = AccountScope(account.name), Page(MOST_EVENTS)
    return AddressStory(
        account.name,
        address,
        account.terms,
        tuple(await store.in_force(scope, account.name, address, now=now)),
        tuple(await allow_entries(store, account, address)),
        tuple(await store.bounces(scope, BounceFilter(address), newest)),
        tuple(
            [
                row
                for form in entry_forms(account, address)
                for row in await store.trail(scope, address=form, page=newest)
            ]
        ),
        now,
    )


async def changes(store: Store, scope: Scope, name: str | None, *, address: str | None, page: Page) -> list[TrailRow]:
    """Give the audit trail of an account, a removed one too, or all inside *scope*, newest first. Raises NotFound."""
    return list(await store.trail(await recorded_scope(store, scope, name), address=address, page=page))
