"""The records of one address of an account, read in one snapshot: one transaction takes fewer trips to the database than five."""

import datetime as dt

import sqlalchemy as sa

from bouncer.mail.address import split
from bouncer.ports.letters import BounceFilter, Page
from bouncer.ports.record_lists import AddressRecords
from bouncer.ports.scope import AccountScope
from bouncer.store.bounces import bounces
from bouncer.store.suppressions import allow_list, suppressions, trail
from bouncer.store.suppressions.keys import Keys, key


def read_records(
    connection: sa.Connection, account: str, address: str, *, now: dt.datetime, page: Page
) -> AddressRecords:
    """Give the records of *address*, as ``ports.record_lists.RecordLists.records_of_address`` says."""
    scope, domain = AccountScope(account), f"@{split(key(address))[1]}"
    keys = Keys(connection)
    return AddressRecords(
        keys.terms(account) if keys.has_account(account) else None,
        tuple(suppressions.suppressions_of_address(connection, account, address, now=now, keys=keys)),
        tuple(allow_list.entries_of(connection, account, address, keys)),
        tuple(bounces.page(connection, scope, BounceFilter(address), page, keys).rows),
        tuple(
            row
            for form in (address, domain)
            for row in trail.list_changes(connection, scope, address=form, page=page, keys=keys)
        ),
    )
