"""The mailing process's side: orders come through one pipe, and their results leave through another.

An order is (number, route, content, reverse path, rendered templates). The content is the job of a notice, which is composed and
signed here, or a finished mail. The results are JSON: lists of [number, outcome, reply]. The process ends with its orders, and
ignores the signals of a stop, as its parent lets the mails under way finish.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import uvloop

from bouncer.courier.routes import Route, make_routes
from bouncer.daemon.mailing_orders import read_order
from bouncer.mail.outgoing import OutgoingMail
from bouncer.notify.mail import MailChannel
from bouncer.ports.delivery import DeliveryResult, Outcome
from bouncer.ports.outbox import DeliveryJob
from bouncer.workers.confinement import end_with_parent
from bouncer.workers.protocol import LENGTH, frame
from bouncer.workers.worker import yield_processor


class Mailing:
    """Carries out orders over *routes*; results leave by *answers*, a pipe."""

    def __init__(self, routes: Sequence[Route], answers: int) -> None:
        self._answers = answers
        self._channels = [MailChannel(route.courier, route.settings, reverse_path=lambda _to: "") for route in routes]
        self._couriers = [route.courier for route in routes]
        self._under_way = set[asyncio.Task[None]]()
        self._results: list[tuple[int, str, str]] = []  # they leave in one go, when the event loop has come round

    def begin(
        self,
        number: int,
        route: int,
        content: DeliveryJob | OutgoingMail,
        reverse_path: str,
        custom_texts: Mapping[str, str],
    ) -> None:
        """Begin to carry out an order."""
        task = asyncio.create_task(self._carry_out(number, route, content, reverse_path, custom_texts))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _carry_out(
        self,
        number: int,
        route: int,
        content: DeliveryJob | OutgoingMail,
        reverse_path: str,
        custom_texts: Mapping[str, str],
    ) -> None:
        try:
            if isinstance(content, DeliveryJob):
                mail = self._channels[route].compose(content, custom_texts, reverse_path)
                assert mail is not None, "a notice needs no letter"
            else:
                mail = content
            result = await self._couriers[route].deliver(mail)
        except Exception as error:  # noqa: BLE001 -- a bug must neither lose a mail nor stop the others
            result = DeliveryResult(Outcome.DEFERRED, f"mail failed: {type(error).__name__}")
        if not self._results:
            asyncio.get_running_loop().call_soon(self._answer)
        self._results.append((number, result.outcome.value, result.reply))

    def _answer(self) -> None:
        results, self._results = self._results, []
        _write(self._answers, json.dumps(results).encode())

    async def close(self) -> None:
        """Cut off the mails under way, and close the connections to mail servers."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, *(courier.close() for courier in self._couriers), return_exceptions=True)


def _write(pipe: int, octets: bytes) -> None:
    left = memoryview(b"".join(frame(octets)))
    while left:
        left = left[os.write(pipe, left) :]


async def _receive(orders: asyncio.StreamReader) -> Any:
    length = int.from_bytes(await orders.readexactly(LENGTH))
    return read_order(await orders.readexactly(length))


async def serve(answers: int) -> None:
    """Carry out orders until their pipe ends."""
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    try:
        settings, hostname = await _receive(orders)
        mailing = Mailing(make_routes(settings, hostname=hostname), answers)
        try:
            while True:
                mailing.begin(*await _receive(orders))
        finally:
            await mailing.close()
    except asyncio.IncompleteReadError:
        return


def main() -> None:
    """Report that the process is there, then serve its parent."""
    end_with_parent()
    yield_processor()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a stray print must not mix with the answers
    _write(answers, b"")
    uvloop.run(serve(answers))


if __name__ == "__main__":
    main()
