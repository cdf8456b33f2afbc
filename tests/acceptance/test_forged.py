"""Ten thousand forged reports in the forms that people use: none suppresses anyone but its token's own recipient.

Each goes the way of a letter: asked at RCPT, kept, read, decided on and recorded, in a real store. Run with -s for the table.
"""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from acceptance.forging import (
    DOMAIN,
    EACH,
    FORMS,
    KEY,
    MALLORY,
    NOW,
    OWN,
    TODAY,
    add_accounts_and_mailings,
    complaint,
    failure,
    field,
    path,
    read_all,
    send,
    victim,
)
from programs.empty_store import make_empty_store

from bouncer.mail.signed_header import make_header
from bouncer.ports.letters import BounceFilter, Page
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import StoreSettings
from bouncer.stages.admit import Admit
from bouncer.store.sql import open_store

_ANY = BounceFilter()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(StoreSettings(make_empty_store(tmp_path / "bouncer.db")), now=lambda: NOW)
    await add_accounts_and_mailings(store)
    yield store
    await store.close()


@pytest.fixture
def admit(store: Store) -> Admit:
    keys = (KEY,)
    return Admit(store, domains=(DOMAIN,), keys=keys, today=lambda: TODAY, elapsed=lambda: 0.0)


async def beliefs(store: Store) -> Counter[str]:
    counts, before = Counter[str](), None
    while rows := await store.bounces(OPERATOR, _ANY, Page(5000, before)):
        counts.update(row.belief for row in rows)
        before = rows[-1].id
    return counts


async def suppressed(store: Store) -> set[str]:
    return {entry.address for _, entry in await store.suppressions(OPERATOR, now=NOW, page=Page(100_000))}


@pytest.mark.timeout(300)
async def test_no_forged_report_suppresses_anyone_but_the_tokens_own_recipient(store: Store, admit: Admit):
    results, before = [], Counter[str]()
    for words, form in FORMS.items():
        refused = await send(store, admit, map(form, range(EACH)))
        await read_all(store, admit)
        now = await beliefs(store)
        results.append((words, refused, now - before))
        before = now

    print(f"\n{'form':52} {'tried':>6} {'refused':>8} {'recorded as':}")  # noqa: T201 -- the table, with -s
    for words, refused, counts in results:
        print(f"{words:52} {EACH:6} {refused:8} {', '.join(f'{n} {b}' for b, n in counts.items())}")  # noqa: T201 -- as above
    assert EACH * len(FORMS) >= 10_000
    assert await suppressed(store) == OWN
    refused_whole = {words for words, refused, _ in results if refused == EACH}
    assert refused_whole == {
        "token of another account, its name altered",
        "expired",
        "altered bit by bit",
        "signed with a retired key",
    }
    of_mallory = 2 * EACH + sum(
        n % 2 == 0 for n in range(EACH)
    )  # two forms of failures, one of complaints; all are his own
    assert (
        before["proven"] == 10 + EACH + of_mallory
    )  # a replayed token speaks ten times a day; each own recipient once
    rows = await store.bounces(OPERATOR, BounceFilter(recipient=MALLORY), Page(5000))
    assert {row.reported in OWN for row in rows if row.belief == "proven"} == {False}


async def test_the_forms_are_real_ones(store: Store, admit: Admit):
    """Letters of the same forms with the right token do suppress: the test above could fail."""
    for n in range(3):
        await send(store, admit, iter([(path(victim(n)), failure(victim(n)))]))
    marked = [field(make_header(path(victim(3))))]
    await send(store, admit, iter([(f"acme@{DOMAIN}", complaint(victim(3), marked))]))
    await read_all(store, admit)

    assert await suppressed(store) == {victim(n) for n in range(4)}


async def test_a_token_suppresses_for_its_own_account_alone(store: Store, admit: Admit):
    """The owner of another account signs for our recipient: it is suppressed for that account alone."""
    await send(store, admit, iter([(path(victim(1), "evil"), failure(victim(1)))]))
    await read_all(store, admit)

    assert await store.suppressions_of(OPERATOR, "acme", [victim(1)], now=NOW) == {}
    assert set(await store.suppressions_of(OPERATOR, "evil", [victim(1)], now=NOW)) == {victim(1)}
