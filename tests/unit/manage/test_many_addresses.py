"""Many addresses that a program asks about at once: whoever else is served waits for a few of them, and not for all."""

import asyncio
import contextlib
from unittest.mock import AsyncMock, Mock

import pytest
from contract.factories import NOON

from bouncer.mail.address import comparable
from bouncer.manage import comparing, sends
from bouncer.manage.comparing import COMPARED_AT_ONCE, comparable_forms
from bouncer.ports.accounts import Account
from bouncer.ports.scope import OPERATOR
from bouncer.ports.sends import Sent

MANY = 10 * COMPARED_AT_ONCE
DEAR = [f"jane@{''.join(f'é{number}x{label}.' for label in range(18))}example" for number in range(MANY)]
"""Addresses in domains beyond ASCII, whose comparable form takes longest."""


async def turns_of_others(addresses: list[str]) -> int:
    """Give the turns that another task has while *addresses* are made comparable."""
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    assert dict(await comparable_forms(addresses)) == {address: comparable(address) for address in addresses}
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return turns


async def test_others_have_their_turns_while_addresses_beyond_ascii_are_compared():
    assert await turns_of_others(DEAR) >= MANY // COMPARED_AT_ONCE
    assert await turns_of_others([f"jane{number}@example.org" for number in range(MANY)]) <= 1


async def test_each_address_is_compared_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(comparing, "comparable", compared := Mock(side_effect=comparable))

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
