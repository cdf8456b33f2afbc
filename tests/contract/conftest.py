"""The stores that the contract is put to: SQLite's file, and a database of a real PostgreSQL where it is there."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from contract.factories import Clock, Opening
from contract.postgresql import Databases
from programs.empty_store import make_empty_store
from programs.postgresql import postgresql
from programs.statements import share_compiled_statements

from bouncer.ports.store import Store
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import open_store

share_compiled_statements()

STORES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.real("postgresql"))]


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """One server for all tests of a process; none of them cuts the power, so that it need not wait for the disk."""
    with postgresql(fsync="off", full_page_writes="off") as server:
        databases = Databases(server)
        yield databases
        databases.close()


@pytest.fixture(params=STORES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The url of a store with nothing in it."""
    if request.param == "sqlite":
        return make_empty_store(tmp_path / "kept" / "bouncer.db")
    databases: Databases = request.getfixturevalue("databases")
    return databases.emptied()


@pytest.fixture(params=STORES)
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The url of a store that is not made yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new/bouncer.db"
        return
    databases: Databases = request.getfixturevalue("databases")
    with databases.new() as url:
        yield url


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def opening(url: str, clock: Clock) -> AsyncIterator[Opening]:
    """Opens the same store as often as it is asked: each is as another process would have it."""
    stores: list[Store] = []

    async def again() -> Store:
        settings = StoreSettings(url, busy_seconds=5)
        stores.append(await open_store(settings, hostname="mx.rp.example.com", now=clock))
        return stores[-1]

    yield again
    for store in stores:
        await store.close()


@pytest.fixture
async def store(opening: Opening) -> Store:
    return await opening()
