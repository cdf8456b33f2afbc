"""Garbage collection without the objects that live as long as the process: none of them ever becomes garbage."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def freeze_loaded_objects() -> None:
    """Exclude all objects that exist now from later garbage collections: modules and the parts of the daemon stay to the end.

    Each connection of asyncio's streams is a reference cycle, so that the collector runs all the time; without this it walked the
    loaded modules each time its oldest generation was due, a fourteenth of the processor time of receiving.
    """
    gc.collect()
    gc.freeze()


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the collector while modules are loaded: they make many objects that stay, and looking at them can double the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
