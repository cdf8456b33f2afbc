"""Checks the process that reads letters: whether it starts on this machine, and whether the kernel confines it."""

import asyncio
from collections.abc import Iterator

from bouncer.doctor.finding import Finding, fail, ok, warn
from bouncer.errors import ChildError
from bouncer.settings.sections import ReadingSettings
from bouncer.workers.child import Child
from bouncer.workers.reader_process import WORKER_MODULE

ABOUT = "reading process"


def reading(settings: ReadingSettings) -> Iterator[Finding]:
    """Start a reading process as the daemon does, and end it."""
    try:
        unconfined = asyncio.run(_describe_missing_confinement(settings.memory))
    except ChildError as error:
        yield fail(ABOUT, str(error), "letters are kept, and none is read, until it does")
        return
    if unconfined:
        remedy = "its limits alone keep it from files and network; a kernel with seccomp closes them for good"
        yield warn(ABOUT, unconfined, remedy)
    else:
        yield ok(ABOUT, "it starts, and can open no file, reach no network, start no program")


async def _describe_missing_confinement(memory: int) -> str:
    child = await Child.start(WORKER_MODULE, memory)
    await child.end()
    return child.unconfined
