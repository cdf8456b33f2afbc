"""Running of stages: each is a task of its own, and none of them is stopped by an error of another."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

PAUSE_SECONDS = 5.0
"""Pause of a stage after an unforeseen error, so that a bug cannot make it spin."""

_log = logging.getLogger(__name__)


def start_stages(runs: Mapping[str, Callable[[], Awaitable[None]]]) -> Sequence[asyncio.Task[None]]:
    """Start a task for each stage; *runs* are functions that run the stages for ever, by their names."""
    return [asyncio.create_task(_keep_running(name, run), name=name) for name, run in runs.items()]


async def cancel_stages(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel *tasks*, and wait for their end."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _keep_running(name: str, run: Callable[[], Awaitable[None]]) -> None:
    """Run the stage *name* until it ends. After an unforeseen error, log it, pause, and run the stage again."""
    while True:
        try:
            return await run()
        except Exception:  # noqa: BLE001 -- an unforeseen error of one stage must not stop the others
            _log.exception("the stage %s failed, and starts again", name)
            await asyncio.sleep(PAUSE_SECONDS)
