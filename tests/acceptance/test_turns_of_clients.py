"""Reports that wait in the middle of a flood, as the running daemon reads them: each client and each path has its turn."""

import asyncio
import dataclasses
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from contract.factories import letter
from programs.ours import Ours

from bouncer.clock import now
from bouncer.mail.letter import PathKind, Received, ReturnPath
from bouncer.settings.sections import StoreSettings
from bouncer.stages.batches import BATCH_LETTERS
from bouncer.store.sql import open_store

EACH_SIDE = 1_200
"""Letters of the flood before the report, and after it: more than a lease looks at from either end."""
FLOODING, HONEST = "198.51.100.7", "203.0.113.9"


def received_from(peer: str, path: str) -> Received:
    """A letter that is no report, so that nobody is told of it."""
    alias = ReturnPath(path, PathKind.ALIAS, "acme")
    received = letter(b"Subject: hello\r\n\r\nHow are you?\r\n")
    return dataclasses.replace(received, peer=peer, return_path=alias, received_at=now())


async def keep_in_the_middle_of_a_flood(file: Path, report: Received) -> int:
    """Keep the report as a daemon that is stopped right then would leave it; gives its id."""
    store = await open_store(StoreSettings(f"sqlite:///{file}"), now=now)
    try:
        flood = [received_from(FLOODING, "acme@rp.example.com")] * EACH_SIDE
        await store.keep(flood)
        (letter_id,) = await store.keep([report])
        await store.keep(flood)
    finally:
        await store.close()
    return letter_id


@pytest.mark.parametrize(
    "report",
    [received_from(HONEST, "acme@rp.example.com"), received_from(FLOODING, "zoo@rp.example.com")],
    ids=["client", "path"],
)
def test_a_report_does_not_wait_for_a_flood_on_both_sides(tmp_path: Path, report: Received):
    """The report is recorded with the first batch: before letters that came long before it."""
    ours = Ours(tmp_path)
    letter_id = asyncio.run(keep_in_the_middle_of_a_flood(tmp_path / "bouncer.db", report))
    with ours, closing(sqlite3.connect(f"file:{tmp_path}/bouncer.db?mode=ro", uri=True)) as store:

        def recorded() -> list[int]:
            query = "SELECT id FROM letters WHERE recorded_at <= (SELECT recorded_at FROM letters WHERE id = ?)"
            return [row[0] for row in store.execute(query, (letter_id,))]

        ours.until(recorded)
        assert len(recorded()) <= BATCH_LETTERS
