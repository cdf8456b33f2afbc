"""The recording process's side: it is woken through one pipe, and gives signs of life through another.

The first frame has the settings and the level of the log, and so has a frame after each reload; an empty frame says that letters
came. The process ends with the pipe: its stages are cancelled as at a stop of the daemon. It ignores the signals of a stop, as its
parent lets connections finish their letters first.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable

import uvloop

from bouncer.daemon.damage_watch import DamageWatch
from bouncer.daemon.mailing_orders import read_order
from bouncer.daemon.recording import Recording, open_recording
from bouncer.daemon.running_stages import cancel_stages, start_stages
from bouncer.errors import BouncerError
from bouncer.garbage import freeze_loaded_objects
from bouncer.logs import log_to_stderr
from bouncer.settings.sections import Settings
from bouncer.store.sql import find_store
from bouncer.workers.confinement import end_with_parent
from bouncer.workers.protocol import LENGTH, frame

SIGN_SECONDS = 5.0
"""Seconds between signs of life."""


async def serve(orders: asyncio.StreamReader, sign: Callable[[], None]) -> None:
    """Run the stages until *orders* end; *sign* gives a sign of life, the first one when they run. Raises BouncerError."""
    settings = _log_as_ordered(await _receive(orders))
    async with contextlib.AsyncExitStack() as stack:
        store = await find_store(settings.store, hostname=settings.smtp.hostname)
        stack.push_async_callback(store.close)
        recording = await open_recording(settings, store, stack)
        watch = DamageWatch(store.take_damage)
        tasks = start_stages({**recording.runs, "damage": watch.run, "sign": lambda: _give_signs(sign)})
        stack.push_async_callback(cancel_stages, tasks)
        freeze_loaded_objects()
        await _obey(orders, recording)


async def _obey(orders: asyncio.StreamReader, recording: Recording) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError):
        while True:
            octets = await _receive(orders)
            if octets:
                recording.renew(_log_as_ordered(octets))
            else:
                recording.wake()


async def _give_signs(sign: Callable[[], None]) -> None:
    while True:
        sign()
        await asyncio.sleep(SIGN_SECONDS)


def _log_as_ordered(order: bytes) -> Settings:
    """Log in the level and format of *order*, and give its settings."""
    settings: Settings
    settings, level = read_order(order)
    log_to_stderr(level, settings.log.format)
    return settings


async def _receive(orders: asyncio.StreamReader) -> bytes:
    return await orders.readexactly(int.from_bytes(await orders.readexactly(LENGTH)))


async def _connect() -> asyncio.StreamReader:
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    return orders


async def _serve_parent(sign: Callable[[], None]) -> int:
    try:
        await serve(await _connect(), sign)
    except asyncio.IncompleteReadError:  # the parent gave up before it had said what to do
        return 0
    except BouncerError as error:
        sys.stderr.write("".join(f"bouncer: {line}\n" for line in str(error).splitlines()))
        return 1
    return 0


def main() -> None:
    """Report that the process is there, then serve its parent."""
    end_with_parent()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a stray print must not mix with the signs of life

    def sign() -> None:
        os.write(answers, b"".join(frame(b"")))

    sign()
    sys.exit(uvloop.run(_serve_parent(sign)))


if __name__ == "__main__":
    main()
