"""Commands beside a store of their own."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from contract.factories import NOON, letter, record, suppression
from programs.empty_store import make_empty_store

from bouncer.cli.root import root
from bouncer.ports.accounts import Account
from bouncer.ports.scope import OPERATOR
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import open_store


def command(settings: Path, *words: str) -> Result:
    return CliRunner().invoke(root, ["--settings", str(settings), *words])


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "bouncer.toml"
    file.write_text(f'[store]\nurl = "sqlite:///{tmp_path}/bouncer.db"\n')

    async def fill() -> None:
        store = await open_store(StoreSettings(make_empty_store(tmp_path / "bouncer.db")))
        await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
        (number,) = await store.keep([letter()])
        await store.record([record(number, suppressions=(suppression(),))], now=NOON)
        await store.close()

    asyncio.run(fill())
    return file
