"""The store: all of its ports together.

Every method of a Store raises StoreError when the store is locked, full or away; then the call changed nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from bouncer.ports.accounts import Accounts
from bouncer.ports.address_lists import AddressLists
from bouncer.ports.api_keys import ApiKeys
from bouncer.ports.erasures import Erasures
from bouncer.ports.imports import ImportHistory
from bouncer.ports.letters import LetterStore
from bouncer.ports.outbox import Outbox
from bouncer.ports.presences import Presences
from bouncer.ports.record_lists import RecordLists
from bouncer.ports.saved_filters import SavedFilters
from bouncer.ports.sends import SendCounts
from bouncer.ports.shares import Shares
from bouncer.ports.sign_ins import SignIns
from bouncer.ports.suppressions import SuppressionList
from bouncer.ports.taught_rules import TaughtRules
from bouncer.ports.webhooks import Webhooks


class Store(
    LetterStore,
    RecordLists,
    Outbox,
    Accounts,
    SuppressionList,
    ImportHistory,
    AddressLists,
    SendCounts,
    Presences,
    ApiKeys,
    SignIns,
    Shares,
    SavedFilters,
    Webhooks,
    Erasures,
    TaughtRules,
    Protocol,
):
    """All ports together; the daemon, or a command, opens and closes it.

    The methods below that change something are one durable commit each, for all accounts.
    """

    def lost_files(self) -> str | None:
        """Say why nothing can be kept until the store's files are restored or it is opened anew; None where all is well.

        Answers at once, without waiting for the disk.
        """
        ...

    def take_damage(self) -> str | None:
        """Give the damage of the database that calls have met since the last call of this one, in words; None where they met none.

        Answers at once. A second call gives None, until another call meets damage.
        """
        ...

    async def release_leases(self) -> None:
        """Take back every lease. Idempotent; for the process that leases, at its start, when no holder of a lease lives."""
        ...

    async def bring_back(self, *, now: dt.datetime) -> int:
        """Bring back to *now* what a clock that was ahead has dated: leases, plans, rate limits; end its sessions and links.

        Gives the number of rows. Idempotent; for the start, and after the clock was set back.
        """
        ...

    async def has_work(self, *, now: dt.datetime, since: dt.datetime) -> bool:
        """Say whether anything waits for the process that records and delivers; for a time when that process does not run.

        That is a letter in state kept, an entry of the outbox or a digest that is due *now*, each whether it is leased or not, or
        a suppression of an account with webhooks that has ended after *since*. Changes nothing.
        """
        ...

    async def forget_unfinished(self) -> None:
        """Delete pieces of large letters whose process ended meanwhile. Idempotent; called before this process keeps letters.

        ``keep`` raises StoreError in another process whose large letter is unfinished at that moment.
        """
        ...

    async def close(self) -> None:
        """Finish the transactions under way, then let the database go; no call may follow."""
        ...
