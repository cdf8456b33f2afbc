"""An address's story: mail to it, every report on it, every change, and the present state, as one value for each account."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bouncer.manage.scopes import account_scope, recorded_scope
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.records import Suppression
from bouncer.ports.letters import BounceRow, Page
from bouncer.ports.scope import AccountScope, Scope
from bouncer.ports.sends import RegisteredMessage
from bouncer.ports.store import Store
from bouncer.ports.suppressions import Allowed, TrailRow

MOST_EVENTS = 1000
"""Events of one story, the newest; lists have them all."""
MOST_MESSAGES = 10
"""Registered messages of one story, the newest: a mailing a day must not push the reports off its page."""


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
    messages: tuple[RegisteredMessage, ...] = ()  # the newest to the address that were registered when they were sent

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is known of the address."""
        return not (self.bounces or self.trail or self.suppressions or self.allowed or self.messages)


async def stories(
    store: Store, scope: Scope, address: str, name: str | None, *, now: dt.datetime
) -> list[AddressStory]:
    """Give the story of *address* for the account *name*, or for each account inside *scope* that may know it. Raises NotFound.

    Where no account knows the address, the story is that of the first
    account, and says so.
    """
    scope_of_account = await account_scope(store, scope, name)
    sent = defaultdict[str, list[RegisteredMessage]](list)
    for message in await store.messages_to(scope_of_account, address, limit=MOST_MESSAGES):
        sent[message.account].append(message)
    first_names = (
        [scope_of_account.account] if scope_of_account.account else await store.account_names(scope_of_account, limit=2)
    )
    names = first_names if len(first_names) <= 1 else await _names_knowing(store, scope_of_account, address, sent)
    told_stories = [await _story(store, name, address, sent[name], now) for name in names or first_names[:1]]
    return [story for story in told_stories if story is not None]


async def _names_knowing(store: Store, scope: Scope, address: str, sent: Collection[str]) -> list[str]:
    """Give the accounts inside *scope* that may know an address, those that have *sent* to it and are not removed among them."""
    senders = {name for name in sent if await store.has_account(scope, name)}
    return sorted(senders | await store.accounts_knowing(scope, address))


async def _story(
    store: Store, account: str, address: str, sent: Sequence[RegisteredMessage], now: dt.datetime
) -> AddressStory | None:
    """Give the story; None where the account was removed meanwhile."""
    scope = AccountScope(account)
    records = await store.records_of_address(scope, account, address, now=now, page=Page(MOST_EVENTS))
    if records.terms is None:
        return None
    return AddressStory(
        account,
        address,
        records.terms,
        records.suppressions,
        records.allowed,
        records.bounces,
        records.trail,
        now,
        tuple(sent),
    )


async def changes(store: Store, scope: Scope, name: str | None, *, address: str | None, page: Page) -> list[TrailRow]:
    """Give the audit trail of an account, a removed one too, or all inside *scope*, newest first. Raises NotFound."""
    return list(await store.trail(await recorded_scope(store, scope, name), address=address, page=page))
