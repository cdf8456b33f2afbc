"""Many addresses that a program asks about at once: whoever else is served waits for a few of them, and not for all."""

import asyncio
import contextlib
import threading
from unittest.mock import AsyncMock, Mock

import pytest
from contract.factories import NOON

from bouncer.mail import address
from bouncer.mail.address import comparable
from bouncer.manage import change_values, sends
from bouncer.manage.change_values import ASCII_AT_ONCE, COMPARED_AT_ONCE, comparable_forms
from bouncer.manage.import_preview import preview_import
from bouncer.manage.json_rows import Row
from bouncer.policy.suppression_formats import ImportOptions
from bouncer.ports.accounts import Account
from bouncer.ports.scope import OPERATOR
from bouncer.ports.sends import Sent
from bouncer.ports.suppressions import Allowed

MANY = 10 * COMPARED_AT_ONCE
DEAR = [f"jane@{''.join(f'é{number}x{label}.' for label in range(18))}example" for number in range(MANY)]
"""Addresses in domains beyond ASCII, whose comparable form takes longest."""


async def turns_of_others(addresses: list[str]) -> int:
    """Give the turns that another task has while *addresses* are made comparable."""
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(count_turns())
    assert dict(await comparable_forms(addresses)) == {address: comparable(address) for address in addresses}
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return turns


async def test_others_have_their_turns_while_addresses_beyond_ascii_are_compared():
    assert await turns_of_others(DEAR) >= MANY // COMPARED_AT_ONCE
    assert await turns_of_others([f"jane{number}@example.org" for number in range(MANY)]) <= 1
    assert await turns_of_others([f"jane{number}@example.org" for number in range(5 * ASCII_AT_ONCE)]) >= 4


async def test_each_address_is_compared_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(change_values, "comparable", compared := Mock(side_effect=comparable))

    await comparable_forms(DEAR)

    assert compared.call_count == MANY


async def test_the_recipients_of_many_sends_are_counted_in_commits_of_some(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sends, "RECIPIENTS_AT_ONCE", 5)
    counted, store = list[list[tuple[str, ...]]](), AsyncMock()
    store.account.return_value = Account("acme", ())
    store.count.side_effect = lambda _scope, some: counted.append([sent.recipients for sent in some])
    sent = [Sent("acme", NOON, tuple(f"R{n}x{m}@bücher.example" for m in range(n))) for n in (2, 3, 1, 9, 4)]

    total = await sends.count_sends(store, OPERATOR, "acme", sent)

    assert (total.messages, total.recipients) == (5, 19)
    assert [[len(recipients) for recipients in some] for some in counted] == [[2, 3], [1], [9], [4]]
    assert counted[0][0] == ("r2x0@xn--bcher-kva.example", "r2x1@xn--bcher-kva.example")


async def test_a_preview_compares_addresses_where_it_reads_them(monkeypatch: pytest.MonkeyPatch):
    """In a thread, and not between two steps of whoever else is served."""
    threads, mapped = set[threading.Thread](), address._map_domain  # noqa: SLF001 -- the step that takes long

    def noting(domain: str) -> str:
        threads.add(threading.current_thread())
        return mapped(domain)

    address._a_labels.cache_clear()  # noqa: SLF001 -- what a test before has compared
    monkeypatch.setattr(address, "_map_domain", noting)
    store = AsyncMock()
    store.directory.return_value.accounts = {"acme": Account("acme", ())}
    store.allow_list.return_value = [Allowed("acme", "@é.example", NOON)]
    store.all_suppressed.return_value = {}
    rows = [Row(number, {"address": text}) for number, text in enumerate([*DEAR, "jane@É.example"])]

    preview = await preview_import(store, OPERATOR, rows, ImportOptions("acme", NOON, "a list"), most_shown=1)

    assert (preview.new, preview.on_allow_list) == (MANY, 1)
    assert threads
    assert threading.current_thread() not in threads
