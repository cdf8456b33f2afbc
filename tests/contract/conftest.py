"""The stores that the contract is put to: a new engine earns its place by a line in STORES."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from contract.made import Clock, Opening

from bouncer.ports.store import Store
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import open_store

STORES: dict[str, Callable[[Path], str]] = {
    "sqlite": lambda folder: f"sqlite:///{folder}/kept/bouncer.db",
}
"""By name: the url of a fresh store."""


@pytest.fixture(params=STORES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return STORES[request.param](tmp_path)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def opening(url: str, clock: Clock) -> AsyncIterator[Opening]:
    """Opens the same store as often as it is asked: each is as another process would have it."""
    opened: list[Store] = []

    async def again() -> Store:
        settings = StoreSettings(url, busy_seconds=5)
        opened.append(await open_store(settings, hostname="mx.rp.example.com", now=clock))
        return opened[-1]

    yield again
    for one in opened:
        await one.close()


@pytest.fixture
async def store(opening: Opening) -> Store:
    return await opening()
