"""The contract of every store: an undone import frees the addresses that it added, and leaves earlier and later suppressions."""

import asyncio
import dataclasses

import pytest
from contract.factories import ALL, DAY, MINUTE, NOON, Clock, Opening, release, suppression

from bouncer.policy.records import ChangeSource, Suppression
from bouncer.ports.accounts import Account
from bouncer.ports.erasures import ErasureOrder
from bouncer.ports.imports import UNDO_LASTS, ImportLabel, ImportUndoing, UndoneImport
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.store import Store
from bouncer.ports.suppressions import Allowed, TrailChange
from bouncer.store.suppressions import importing

ACME, ZOO = AccountScope("acme"), AccountScope("zoo")
LIST = ImportLabel("acme", "imported from list.csv; by ann on the web pages")
MOST = 1000


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """An import and its undoing go part by part."""
    monkeypatch.setattr(importing, "MERGED_AT_ONCE", 7)
    monkeypatch.setattr(importing, "UNDONE_AT_ONCE", 7)
    monkeypatch.setattr(importing, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(importing, "UNDO_PAUSE_SECONDS", 0)


def imported(address: str, **changed: object) -> Suppression:
    row = suppression(address, source=ChangeSource.IMPORT, reason="import", since=NOON, letter_id=None)
    return dataclasses.replace(row, **changed)  # type: ignore[arg-type]


async def do_import(store: Store, *addresses: str, **changed: object) -> str:
    rows = [imported(address, **changed) for address in addresses]
    return (await store.import_suppressions(ACME, rows, label=LIST)).id


async def undo(store: Store, import_id: str, limit: int = MOST) -> UndoneImport | None:
    order = ImportUndoing("acme", import_id, ChangeSource.PAGE, "undid it; by ann on the web pages", NOON + DAY)
    return await store.undo_import(ACME, order, limit=limit)


async def suppressed(store: Store, *addresses: str) -> set[str]:
    return {*await store.suppressions_of(ACME, "acme", addresses, now=NOON + DAY)}


async def test_addresses_that_an_import_added_are_free_again_and_the_trail_says_who_did_it(store: Store, clock: Clock):
    clock.time = NOON + MINUTE
    many = [f"x{number}@example.org" for number in range(20)]
    import_id = await do_import(store, *many)
    assert await suppressed(store, *many) == {*many}

    assert await undo(store, import_id) == UndoneImport(20, 0, has_more=False)
    assert await suppressed(store, *many) == set()
    freed, added = await store.trail(ACME, address="x3@example.org", page=ALL)
    assert (freed.change, freed.source, freed.why) == (
        TrailChange.FREED,
        ChangeSource.PAGE,
        "undid it; by ann on the web pages",
    )
    assert added.change is TrailChange.SUPPRESSED
    (recorded,) = await store.imports(ACME, "acme", since=NOON, limit=9)
    assert (recorded.id, recorded.why, recorded.new, recorded.undone_at) == (import_id, LIST.why, 20, NOON + DAY)
    assert await undo(store, import_id) == UndoneImport(0, 0, has_more=False)


async def test_an_address_that_was_suppressed_before_stays_with_the_later_end(store: Store, clock: Clock):
    await store.suppress(OPERATOR, suppression("jane@example.org", until=NOON + 9 * DAY))
    clock.time = NOON + MINUTE
    import_id = await do_import(store, "jane@example.org", "joe@example.org", until=NOON + 90 * DAY)

    assert await undo(store, import_id) == UndoneImport(1, 1, has_more=False)
    assert await suppressed(store, "jane@example.org", "joe@example.org") == {"jane@example.org"}


async def test_an_address_whose_time_was_over_or_that_was_freed_before_is_free_again(store: Store, clock: Clock):
    await store.suppress(OPERATOR, suppression("lapsed@example.org", until=NOON + MINUTE))
    await store.suppress(OPERATOR, suppression("freed@example.org"))
    await store.release(OPERATOR, release("freed@example.org"))
    clock.time = NOON + 2 * MINUTE
    import_id = await do_import(store, "lapsed@example.org", "freed@example.org", since=clock.time)

    assert await undo(store, import_id) == UndoneImport(2, 0, has_more=False)
    assert await suppressed(store, "lapsed@example.org", "freed@example.org") == set()


async def test_an_address_that_changed_since_stays_as_it_is(store: Store, clock: Clock):
    clock.time = NOON + MINUTE
    addresses = [f"{name}@example.org" for name in ("freed", "again", "failed", "allowed", "untouched")]
    import_id = await do_import(store, *addresses, until=NOON + 9 * DAY)
    for name in ("freed", "again"):
        await store.release(OPERATOR, dataclasses.replace(release(f"{name}@example.org"), at=NOON + 2 * MINUTE))
    await store.suppress(OPERATOR, suppression("again@example.org", since=NOON + 3 * MINUTE))
    await store.suppress(OPERATOR, suppression("failed@example.org", since=NOON + 3 * MINUTE, until=None))
    await store.allow(OPERATOR, Allowed("acme", "allowed@example.org", NOON + 3 * MINUTE), source=ChangeSource.KEY)

    assert await undo(store, import_id) == UndoneImport(1, 2, has_more=False)
    assert await suppressed(store, *addresses) == {"again@example.org", "failed@example.org"}


async def test_each_stream_is_a_row_of_its_own(store: Store, clock: Clock):
    await store.suppress(OPERATOR, suppression("jane@example.org", stream="news"))
    clock.time = NOON + MINUTE
    rows = [imported("jane@example.org", stream=stream) for stream in ("", "offers")]
    import_id = (await store.import_suppressions(ACME, rows, label=LIST)).id

    assert await undo(store, import_id) == UndoneImport(2, 0, has_more=False)
    assert [row.stream for row in await store.suppressions_of_address(ACME, "acme", "jane@example.org", now=NOON)] == [
        "news"
    ]


async def test_two_imports_of_one_list_are_undone_one_after_the_other(store: Store, clock: Clock):
    clock.time = NOON + MINUTE
    first = await do_import(store, "a@example.org", "b@example.org")
    clock.time = NOON + 2 * MINUTE
    second = await do_import(store, "b@example.org", "c@example.org")

    assert await undo(store, second) == UndoneImport(1, 0, has_more=False)
    assert await suppressed(store, "a@example.org", "b@example.org", "c@example.org") == {
        "a@example.org",
        "b@example.org",
    }
    assert await undo(store, first) == UndoneImport(2, 0, has_more=False)


async def test_undoings_of_one_import_at_once_in_two_daemons_free_each_address_once(opening: Opening, clock: Clock):
    store, other = await opening(), await opening()
    await store.add_account(OPERATOR, Account("acme", ("ann@acme.example",)), now=NOON)
    clock.time = NOON + MINUTE
    many = [f"x{number:02}@example.org" for number in range(100)]
    import_id = await do_import(store, *many)

    undone = await asyncio.gather(*(undo(daemon, import_id) for daemon in (store, other, store, other)))

    assert await suppressed(store, *many) == set()
    assert sum(result.freed for result in undone if result) == len(many)
    for address in many:
        changes = [entry.change for entry in await store.trail(ACME, address=address, page=ALL)]
        assert changes == [TrailChange.FREED, TrailChange.SUPPRESSED]


async def test_a_call_frees_so_many_and_the_next_goes_on(store: Store, clock: Clock):
    clock.time = NOON + MINUTE
    many = [f"x{number:02}@example.org" for number in range(20)]
    import_id = await do_import(store, *many)

    assert await undo(store, import_id, limit=5) == UndoneImport(7, 0, has_more=True)
    assert [row.undone_at for row in await store.imports(ACME, "acme", since=NOON, limit=9)] == [None]
    assert await undo(store, import_id) == UndoneImport(13, 0, has_more=False)
    assert await suppressed(store, *many) == set()


async def test_an_erased_address_stays_unknown(store: Store, clock: Clock):
    clock.time = NOON + MINUTE
    import_id = await do_import(store, "jane@example.org", "joe@example.org")
    await store.erase(ACME, ErasureOrder(("jane@example.org",), ChangeSource.COMMAND, "by command", NOON + MINUTE))

    assert await undo(store, import_id) == UndoneImport(1, 0, has_more=False)
    assert await suppressed(store, "jane@example.org") == {"jane@example.org"}  # erasing frees nobody


async def test_a_foreign_account_neither_sees_nor_undoes_an_import(store: Store, clock: Clock):
    for name in ("acme", "zoo"):
        await store.add_account(OPERATOR, Account(name, ()), now=NOON)
    clock.time = NOON + MINUTE
    import_id = await do_import(store, "jane@example.org")
    theirs = ImportUndoing("zoo", import_id, ChangeSource.PAGE, "x", NOON + DAY)

    assert not await store.imports(ZOO, "acme", since=NOON, limit=9)
    assert not await store.imports(ZOO, "zoo", since=NOON, limit=9)
    assert await store.undo_import(ZOO, theirs, limit=MOST) is None
    assert await store.undo_import(ZOO, dataclasses.replace(theirs, account="acme"), limit=MOST) is None
    assert await store.undo_import(OPERATOR, theirs, limit=MOST) is None
    assert await undo(store, "2026-01-01T00:00:00.000000+00:00") is None
    assert await suppressed(store, "jane@example.org") == {"jane@example.org"}


async def test_lists_of_programs_are_not_among_the_imports_of_files(store: Store, clock: Clock):
    clock.time = NOON + MINUTE
    result = await store.import_suppressions(ACME, [imported("jane@example.org")])

    assert not await store.imports(ACME, "acme", since=NOON, limit=9)
    assert await undo(store, result.id) is None


async def test_an_import_is_known_for_thirty_days_and_goes_with_its_account(store: Store, clock: Clock):
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    clock.time = NOON + MINUTE
    old = await do_import(store, "a@example.org")
    clock.time += UNDO_LASTS + MINUTE
    young = await do_import(store, "b@example.org")
    assert [row.id for row in await store.imports(ACME, "acme", since=NOON, limit=9)] == [young]
    assert await undo(store, old) is None

    await store.remove_account(OPERATOR, "acme")
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON + DAY)
    assert not await store.imports(ACME, "acme", since=NOON, limit=9)
