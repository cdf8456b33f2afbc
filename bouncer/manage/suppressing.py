"""Suppressions as people and programs change them and ask about them, address by address."""

import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bouncer.errors import InvalidValue
from bouncer.mail.address import is_plausible
from bouncer.manage.allowing import allow_entries
from bouncer.manage.change_values import ChangedBy, change_many, checked_stream, comparable_forms
from bouncer.manage.scopes import account_scope, known_account, require_account
from bouncer.policy.records import ChangeSource, Release, Suppression
from bouncer.ports.accounts import Account
from bouncer.ports.letters import Page
from bouncer.ports.scope import AccountScope, Scope
from bouncer.ports.store import Store

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
    new = await change_many(suppressions, lambda suppression: store.suppress(scope, suppression))
    return await _results(store, account, suppressions, new)


async def _results(
    store: Store, account: Account, suppressions: Sequence[Suppression], new: Sequence[bool]
) -> list[SuppressedAddress]:
    """Give the results of *suppressions*, of which some are *new*; the others are looked up together."""
    scope, others = (
        AccountScope(account.name),
        [entry.address for entry, is_new in zip(suppressions, new, strict=True) if not is_new],
    )
    standing = await store.all_suppressed(scope, account.name, others, now=suppressions[0].since) if others else {}
    return [
        SuppressedAddress(entry.address, SuppressOutcome.SUPPRESSED, entry.until)
        if is_new
        else await _describe_unchanged(store, account, entry, standing.get(entry.address, ()))
        for entry, is_new in zip(suppressions, new, strict=True)
    ]


async def _describe_unchanged(
    store: Store, account: Account, entry: Suppression, standing: Sequence[Suppression]
) -> SuppressedAddress:
    """Give the result for an address that was suppressed before, or is on the allow-list."""
    if ends := [suppression.until for suppression in standing if suppression.stream in ("", entry.stream)]:
        until = None if None in ends else max(end for end in ends if end)
        return SuppressedAddress(entry.address, SuppressOutcome.ALREADY, until)
    entries = await allow_entries(store, account, entry.address)
    return SuppressedAddress(
        entry.address, SuppressOutcome.ON_ALLOW_LIST, entry=entries[0].address if entries else None
    )


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
    forms = await comparable_forms(addresses)
    hits = await check_many(store, scope, name, forms, stream=stream, now=now)
    return [hits.get(address) or CheckedAddress(forms[address], suppressed=False) for address in addresses]


async def check_many(
    store: Store, scope: Scope, name: str, forms: Mapping[str, str], *, stream: str | None, now: dt.datetime
) -> Mapping[str, CheckedAddress]:
    """Map each address of *forms* that is suppressed to its state; an address that is free has no entry.

    *forms* are the addresses, as the caller wrote them, each with its comparable form (``comparable_forms``). Raises InvalidValue
    for an impossible stream.
    """
    checked_stream(stream or "")
    in_force = await store.suppressions_of(scope, name, list(forms.values()), now=now, stream=stream)
    return {
        address: CheckedAddress(address, suppressed=True, reason=hit.reason, since=hit.since, until=hit.until)
        for address, form in forms.items()
        if (hit := in_force.get(form))
    }


async def check_streams(
    store: Store, scope: Scope, name: str, forms: Mapping[str, str], streams: Sequence[str], *, now: dt.datetime
) -> Mapping[str, CheckedStreams]:
    """Map each address of *forms* that is suppressed, as the caller wrote it, to the streams whose mail may go to it.

    *forms* as in ``check_many``. The result tells of *streams*, of mail of no stream, and of each stream for which the address is
    suppressed. An address without an entry is free: ``all_streams`` is its answer. Raises NotFound for an unknown account,
    InvalidValue for an impossible stream.
    """
    await require_account(store, scope, name)
    for stream in streams:
        checked_stream(stream)
    hits = await store.all_suppressed(scope, name, list(forms.values()), now=now)
    names = all_streams(streams)
    return {address: _checked_streams(form, names, hits[form]) for address, form in forms.items() if form in hits}


def all_streams(streams: Sequence[str]) -> Mapping[str, bool]:
    """Give the answer for an address that is not suppressed: mail of each of *streams*, and of no stream, may go to it."""
    return dict.fromkeys(("", *streams), True)


def _checked_streams(form: str, names: Mapping[str, bool], hits: Sequence[Suppression]) -> CheckedStreams:
    stopped = {suppression.stream for suppression in hits}
    may_send = {stream: not stopped & {"", stream} for stream in (*names, *sorted(stopped - names.keys()))}
    suppressions = tuple(
        StoppedStream(entry.stream, entry.reason, entry.source, entry.since, entry.until)
        for entry in sorted(hits, key=lambda entry: entry.stream)
    )
    return CheckedStreams(form, may_send, suppressions)


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


def _refuse_bad_address(address: str) -> None:
    if not is_plausible(address):
        raise InvalidValue(f"{address!r} is no mail address", field="addresses")
