"""The host around a use case: the settings and keys in force, and the way to read letters again."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from bouncer.mail.returnpath import Key
from bouncer.manage.rereading import ReadAgain
from bouncer.manage.teaching import TaughtReader
from bouncer.settings.sections import Settings


@dataclass(frozen=True, slots=True)
class MailHost:
    """The functions of the daemon that use cases call. A reload changes their results."""

    settings: Callable[[], Settings]
    keys: Callable[[], tuple[Key, ...]]
    """The master keys of signed return paths; the first signs."""
    read_again: Callable[[], AbstractAsyncContextManager[ReadAgain]]
    """Opens a reading process of its own, which ends with the context."""
    read_taught: Callable[[], AbstractAsyncContextManager[TaughtReader]]
    """Opens a reading process of its own, which uses rules that are not kept yet, and ends with the context."""
    rereading: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while letters are read again: each such process takes the memory of a reader."""
