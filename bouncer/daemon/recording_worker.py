"""The recording process's side: it is woken through one pipe, and gives signs of life through another.

The first frame has the settings, the level of the log, the seconds until old letters are deleted, and whether the process may rest;
a frame after each reload has them, too; an empty frame says that letters came. The process ends with the pipe: its stages are
cancelled as at a stop of the daemon. Where it may rest, and the store has had no work for some seconds, it says so with the frame
REST, and ends in the same way. It ignores the signals of a stop, as its parent lets connections finish their letters first.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable

import uvloop

from bouncer.clock import now
from bouncer.daemon.damage_watch import DamageWatch
from bouncer.daemon.mailing_orders import REST, read_order
from bouncer.daemon.recording import Recording, open_recording
from bouncer.daemon.running_stages import cancel_stages, start_stages
from bouncer.errors import BouncerError, StoreError
from bouncer.garbage import freeze_loaded_objects
from bouncer.logs import log_to_stderr
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings
from bouncer.store.sql import find_store
from bouncer.workers.confinement import end_with_parent
from bouncer.workers.protocol import LENGTH, frame

SIGN_SECONDS = 5.0
"""Seconds between signs of life."""
REST_SECONDS = 5.0
"""Seconds without an order after which the process ends if the store has no work. Its memory is a fifth of what an idle daemon
takes, and a new process is a fork, which imports nothing."""


async def serve(orders: asyncio.StreamReader, sign: Callable[[], None]) -> bool:
    """Run the stages until *orders* end, or until there is no work; gives whether the latter.

    *sign* gives a sign of life, the first one when the stages run. Raises BouncerError.
    """
    settings, retire_after, rests = _log_as_ordered(await _receive(orders))
    async with contextlib.AsyncExitStack() as stack:
        store = await find_store(settings.store, hostname=settings.smtp.hostname)
        stack.push_async_callback(store.close)
        recording = await open_recording(settings, store, stack)
        recording.retire_after = retire_after
        watch = DamageWatch(store.take_damage)
        tasks = start_stages({**recording.runs, "damage": watch.run, "sign": lambda: _give_signs(sign)})
        stack.push_async_callback(cancel_stages, tasks)
        freeze_loaded_objects()
        receiving = asyncio.create_task(_obey(orders, recording))
        stack.push_async_callback(_cancel, receiving)
        if not rests:
            await receiving
            return False
        return await _wait_for_rest(receiving, recording, store)


async def _wait_for_rest(obeying: asyncio.Task[None], recording: Recording, store: Store) -> bool:
    """Wait until there is no work, and give True; False where the orders end before."""
    while True:
        orders_count = recording.orders_count
        await asyncio.wait([obeying], timeout=REST_SECONDS)
        if obeying.done():
            await obeying
            return False
        if recording.orders_count == orders_count and recording.may_rest and not await _has_work(store):
            return True


async def _has_work(store: Store) -> bool:
    moment = now()
    try:
        return await store.has_work(now=moment, since=moment)
    except StoreError:  # the stages log it
        return True


async def _obey(orders: asyncio.StreamReader, recording: Recording) -> None:
    with contextlib.suppress(asyncio.IncompleteReadError):
        while True:
            octets = await _receive(orders)
            if octets:
                settings, _, _ = _log_as_ordered(octets)
                recording.renew(settings)
            else:
                recording.wake()


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _give_signs(sign: Callable[[], None]) -> None:
    while True:
        sign()
        await asyncio.sleep(SIGN_SECONDS)


def _log_as_ordered(order: bytes) -> tuple[Settings, float, bool]:
    """Log in the level and format of *order*; give its settings, the seconds until old letters are deleted, whether to rest."""
    settings: Settings
    settings, level, retire_after, rests = read_order(order)
    log_to_stderr(level, settings.log.format)
    return settings, retire_after, rests


async def _receive(orders: asyncio.StreamReader) -> bytes:
    return await orders.readexactly(int.from_bytes(await orders.readexactly(LENGTH)))


async def _connect() -> asyncio.StreamReader:
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    return orders


async def _serve_parent(answer: Callable[[bytes], None]) -> int:
    try:
        if await serve(await _connect(), lambda: answer(b"")):
            answer(REST)
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

    def answer(octets: bytes) -> None:
        os.write(answers, b"".join(frame(octets)))

    answer(b"")
    sys.exit(uvloop.run(_serve_parent(answer)))


if __name__ == "__main__":
    main()
