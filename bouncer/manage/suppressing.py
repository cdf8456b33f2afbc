"""Suppressions and the allow-list as people and programs change them and ask about them, address by address."""

import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bouncer.errors import InvalidValue
from bouncer.mail.address import comparable, folded, is_plausible, split
from bouncer.manage.change_values import ChangedBy, change_many, checked_stream
from bouncer.manage.scopes import account_scope, known_account, require_account
from bouncer.policy.records import ChangeSource, Release, Suppression
from bouncer.ports.accounts import Account
from bouncer.ports.letters import Page
from bouncer.ports.scope import AccountScope, Scope
from bouncer.ports.store import Store
from bouncer.ports.suppressions import Allowed

EXPORTED_AT_ONCE = 5000  # rows of one page of an export


@dataclass(frozen=True, slots=True)
class SuppressionOrder:
    """Options of suppressions that are to be made. *until* None: until removed; *stream* empty: all mail of the account."""

    reason: str
    until: dt.datetime | None = None
    stream: str = ""


class SuppressOutcome(StrEnum):
    """The result of suppressing an address."""

    SUPPRESSED = "suppressed"
    ALREADY = "already"  # suppressed before; the later of the two ends holds
    ON_ALLOW_LIST = "on-allow-list"


@dataclass(frozen=True, slots=True)
class SuppressedAddress:
    """The result for one address: suppressed up to *until* (None: until removed), or *entry* of the allow-list protects it."""

    address: str
    outcome: SuppressOutcome
    until: dt.datetime | None = None
    entry: str | None = None


@dataclass(frozen=True, slots=True)
class CheckedAddress:
    """Whether an address is suppressed, why, since and until when."""

    address: str
    suppressed: bool
    reason: str | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class StoppedStream:
    """A suppression of an address that is in force; *stream* empty: it stops all mail of the account."""

    stream: str
    reason: str
    source: ChangeSource
    since: dt.datetime
    until: dt.datetime | None


@dataclass(frozen=True, slots=True)
class CheckedStreams:
    """For an address: whether mail of each stream may go to it, and every suppression in force, that of all mail first.

    The empty name stands for mail of no stream.
    """

    address: str
    may_send: Mapping[str, bool]
    suppressions: tuple[StoppedStream, ...]


async def suppress_addresses(
    store: Store,
    scope: Scope,
    name: str,
    addresses: Sequence[str],
    order: SuppressionOrder,
    *,
    by: ChangedBy,
    now: dt.datetime,
) -> list[SuppressedAddress]:
    """Suppress *addresses* for the account *name*, each by itself; gives the result for each.

    Raises NotFound for an unknown account and InvalidValue for a malformed address; then nothing is changed.
    """
    account = await known_account(store, scope, name)
    for address in addresses:
        _refuse_bad_address(address)
    checked_stream(order.stream)
    suppressions = [
        Suppression(name, address, order.reason, by.source, None, now, order.until, order.stream, why=by.words)
        for address in addresses
    ]
    return await change_many(suppressions, lambda suppression: _suppressed(store, account, suppression))


async def _suppressed(store: Store, account: Account, new: Suppression) -> SuppressedAddress:
    scope = AccountScope(account.name)
    if await store.suppress(scope, new):
        return SuppressedAddress(new.address, SuppressOutcome.SUPPRESSED, new.until)
    standing = await store.in_force(scope, account.name, new.address, now=new.since)
    if ends := [suppression.until for suppression in standing if suppression.stream in ("", new.stream)]:
        until = None if None in ends else max(end for end in ends if end)
        return SuppressedAddress(new.address, SuppressOutcome.ALREADY, until)
    entries = await allow_entries(store, account, new.address)
    entry = entries[0].address if entries else None
    return SuppressedAddress(new.address, SuppressOutcome.ON_ALLOW_LIST, entry=entry)


async def release_addresses(
    store: Store,
    scope: Scope,
    name: str,
    addresses: Sequence[str],
    *,
    by: ChangedBy,
    now: dt.datetime,
    stream: str | None = None,
) -> list[bool]:
    """Let mail of the account *name* go to *addresses* again; gives for each whether it was suppressed.

    With *stream* only the suppression for that stream is lifted (empty: the one for all mail). Raises NotFound, and InvalidValue
    for a stream that no mail can have.
    """
    await require_account(store, scope, name)
    checked_stream(stream or "")
    releases = [Release(name, address, by.source, None, now, by.words, stream) for address in addresses]
    return await change_many(releases, lambda release: store.release(scope, release))


async def check_addresses(
    store: Store, scope: Scope, name: str, addresses: Sequence[str], *, stream: str | None, now: dt.datetime
) -> list[CheckedAddress]:
    """Give for each of *addresses* whether mail of the account *name* may go to it: mail of *stream*, or with None of any stream.

    An account that is unknown or outside *scope* suppresses nobody: ask ``known_account`` once before.
    """
    hits = await check_many(store, scope, name, addresses, stream=stream, now=now)
    return [hits.get(address) or CheckedAddress(comparable(address), suppressed=False) for address in addresses]


async def check_many(
    store: Store, scope: Scope, name: str, addresses: Sequence[str], *, stream: str | None, now: dt.datetime
) -> Mapping[str, CheckedAddress]:
    """Map each of *addresses* that is suppressed, as the caller wrote it, to its state; an address that is free has no entry."""
    in_force = await store.suppressed(scope, name, addresses, now=now, stream=stream)
    return {
        address: CheckedAddress(address, suppressed=True, reason=hit.reason, since=hit.since, until=hit.until)
        for address, hit in in_force.items()
    }


async def check_streams(
    store: Store, scope: Scope, name: str, addresses: Sequence[str], streams: Sequence[str], *, now: dt.datetime
) -> Mapping[str, CheckedStreams]:
    """Map each of *addresses* that is suppressed, as the caller wrote it, to the streams whose mail may go to it.

    The result tells of *streams*, of mail of no stream, and of each stream for which the address is suppressed. An address without
    an entry is free: ``all_streams`` is its answer. Raises NotFound for an unknown account, InvalidValue for an impossible stream.
    """
    await require_account(store, scope, name)
    for stream in streams:
        checked_stream(stream)
    hits = await store.all_suppressed(scope, name, addresses, now=now)
    names = all_streams(streams)
    return {address: _checked_streams(address, names, stopping) for address, stopping in hits.items()}


def all_streams(streams: Sequence[str]) -> Mapping[str, bool]:
    """Give the answer for an address that is not suppressed: mail of each of *streams*, and of no stream, may go to it."""
    return dict.fromkeys(("", *streams), True)


def _checked_streams(address: str, names: Mapping[str, bool], hits: Sequence[Suppression]) -> CheckedStreams:
    stopped = {suppression.stream for suppression in hits}
    may_send = {stream: not stopped & {"", stream} for stream in (*names, *sorted(stopped - names.keys()))}
    suppressions = tuple(
        StoppedStream(entry.stream, entry.reason, entry.source, entry.since, entry.until)
        for entry in sorted(hits, key=lambda entry: entry.stream)
    )
    return CheckedStreams(comparable(address), may_send, suppressions)


async def list_suppressions(
    store: Store, scope: Scope, name: str | None, *, now: dt.datetime, page: Page
) -> list[tuple[int, Suppression]]:
    """Give the suppressions in force of an account, or all inside *scope*, newest first, with their ids. Raises NotFound."""
    return list(await store.suppressions(await account_scope(store, scope, name), now=now, page=page))


async def export_suppressions(
    store: Store, scope: Scope, name: str, *, now: dt.datetime
) -> AsyncIterator[Sequence[Suppression]]:
    """Give all suppressions in force of the account *name*, newest first, page by page. Raises NotFound."""
    await require_account(store, scope, name)
    before: int | None = None
    while page := await store.suppressions(AccountScope(name), now=now, page=Page(EXPORTED_AT_ONCE, before)):
        yield [suppression for _, suppression in page]
        before = page[-1][0]


async def allow_addresses(
    store: Store, scope: Scope, name: str, entries: Sequence[str], *, why: str, by: ChangedBy, now: dt.datetime
) -> list[bool]:
    """Put *entries*, addresses or domains as @example.org, on the allow-list; gives for each whether it is new. Raises NotFound."""
    await require_account(store, scope, name)
    return [await store.allow(scope, entry, source=by.source) for entry in _entries(name, entries, why, by, now)]


async def disallow_addresses(
    store: Store, scope: Scope, name: str, entries: Sequence[str], *, by: ChangedBy, now: dt.datetime
) -> list[bool]:
    """Take *entries* off the allow-list; gives for each whether it was on it. Raises NotFound."""
    await require_account(store, scope, name)
    return [await store.disallow(scope, entry, source=by.source) for entry in _entries(name, entries, "", by, now)]


async def list_allowed(store: Store, scope: Scope, name: str | None) -> list[Allowed]:
    """Give the allow-list of an account, or all inside *scope*, in order of address. Raises NotFound."""
    return list(await store.allow_list(await account_scope(store, scope, name)))


async def allow_entries(store: Store, account: Account, address: str) -> list[Allowed]:
    """Give the entries of an account's allow-list that cover *address*: its own entry, and the entry of its domain."""
    return list(await store.allow_entries(AccountScope(account.name), account.name, address))


def entry_forms(account: Account, address: str) -> tuple[str, str]:
    """Give the entries under which *address* can stand, as the account compares them: by itself, and by its domain."""
    return entry_form(account, address), entry_form(account, f"@{split(comparable(address))[1]}")


def entry_form(account: Account, address: str) -> str:
    """Give the form in which the account compares an entry."""
    return folded(address) if account.terms.fold_gmail else comparable(address)


def _entries(name: str, entries: Sequence[str], why: str, by: ChangedBy, now: dt.datetime) -> list[Allowed]:
    for entry in entries:
        if not is_plausible(f"x{entry}" if entry.startswith("@") else entry):
            raise InvalidValue(f"{entry!r} is no mail address and no domain", field="addresses")
    words = "; ".join(filter(None, (why, by.words)))
    return [Allowed(name, entry, now, words) for entry in entries]


def _refuse_bad_address(address: str) -> None:
    if not is_plausible(address):
        raise InvalidValue(f"{address!r} is no mail address", field="addresses")
