"""The cost of a forged report, form by form, beside an honest one: at RCPT, kept, read, decided on and recorded.

    bench_forged.py [--letters N]

The forms are those of ``tests/acceptance/forging.py``, in a real store; honest reports and forged ones take turns, and the
processor's time is counted. Twice as many in all as the test tries: what was forged before makes no letter dearer. Exit
status 1 where a form costs more than GOAL times an honest report.
"""

import argparse
import asyncio
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from acceptance.forging import (
    DOMAIN,
    FORMS,
    KEY,
    NOW,
    TODAY,
    Letter,
    add_accounts_and_mailings,
    failure,
    path,
    read_all,
    send,
)

from bouncer.ports.store import Store
from bouncer.settings.sections import StoreSettings
from bouncer.stages.admit import Admit
from bouncer.store.sql import open_store

GOAL = 2.0
"""Times an honest report of one recipient; some forms name two."""
TOGETHER = 50
"""Letters that are read in one go."""


def honest(n: int) -> Letter:
    """A true report of a recipient of ours that is gone."""
    return path(f"gone{n}@example.org"), failure(f"gone{n}@example.org")


class Costs:
    """Sends letters through a store, and says what they cost."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._admit = Admit(store, domains=(DOMAIN,), keys=(KEY,), today=lambda: TODAY, elapsed=lambda: 0.0)
        self._honest = itertools.count()

    async def costs_of(self, form: Callable[[int], Letter], letters: int) -> tuple[float, float]:
        """Give the microseconds of processor of one letter of *form*, and of an honest one: medians of the goes."""
        forged, plain = [], []
        for start in range(0, letters, TOGETHER):
            forged.append(await self._go([form(n) for n in range(start, start + TOGETHER)]))
            plain.append(await self._go([honest(next(self._honest)) for _ in range(TOGETHER)]))
        return statistics.median(forged), statistics.median(plain)

    async def _go(self, letters: list[Letter]) -> float:
        begun = time.process_time()
        await send(self._store, self._admit, iter(letters))
        await read_all(self._store, self._admit)
        return (time.process_time() - begun) / len(letters) * 1e6


async def main(letters: int) -> int:
    """Measure and print."""
    most = 0.0
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(StoreSettings(f"sqlite:///{folder}/bouncer.db"), now=lambda: NOW)
        await add_accounts_and_mailings(store)
        costs = Costs(store)
        await costs.costs_of(honest, letters)  # until everything is warm
        for words, form in FORMS.items():
            forged, plain = await costs.costs_of(form, letters)
            most = max(most, forged / plain)
            print(f"{words:52} {forged:6.0f} µs, an honest one {plain:6.0f} µs: {forged / plain:.2f}")
        await store.close()
    print(f"the dearest: {most:.2f} times an honest report, goal {GOAL}: {'reached' if most <= GOAL else 'MISSED'}")
    return int(most > GOAL)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--letters", type=int, default=800)
    sys.exit(asyncio.run(main(arguments.parse_args().letters)))
