"""Processes of ours, started as programs or forked by a fork server: both have an input stream, an output stream, and an end.

A program works everywhere, and imports what it needs by itself. A fork is ready sooner and shares its memory (``fork_server``).
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from typing import Protocol

from bouncer.workers.fork_server import ANSWER_SECONDS, ForkServer, current_fork_server, receive_answer

_log = logging.getLogger(__name__)


class RunningProcess(Protocol):
    """A process of ours that was started."""

    @property
    def pid(self) -> int:
        """The process id."""
        ...

    @property
    def is_running(self) -> bool:
        """Whether the process is not known to have ended."""
        ...

    @property
    def input(self) -> asyncio.StreamWriter:
        """The stream that the process reads."""
        ...

    @property
    def output(self) -> asyncio.StreamReader:
        """The stream that the process writes."""
        ...

    async def end(self) -> None:
        """Kill the process unless it has ended, and wait for its end."""
        ...


async def start_process(module: str, memory: int) -> RunningProcess:
    """Run *module* in a process of its own, its memory limit of *memory* octets as its argument. Raises OSError."""
    server = current_fork_server()
    if server is not None:
        try:
            return await ForkedProcess.start(server, module, memory)
        except OSError as error:
            _log.warning("the fork server starts no process, so a program is started: %s", error)
    return await ProgramProcess.start(module, memory)


class ProgramProcess:
    """A process that was started as a program, with a new interpreter."""

    def __init__(
        self, process: asyncio.subprocess.Process, writer: asyncio.StreamWriter, reader: asyncio.StreamReader
    ) -> None:
        self._process = process
        self.pid = process.pid
        self.input = writer
        self.output = reader

    @classmethod
    async def start(cls, module: str, memory: int) -> "ProgramProcess":
        """Start an interpreter that runs *module*. Raises OSError."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # nothing is imported from the working directory
            "-m",
            module,
            str(memory),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C at our terminal is for us: the process finishes its work
        )
        assert process.stdin
        assert process.stdout
        return cls(process, process.stdin, process.stdout)

    @property
    def is_running(self) -> bool:
        """Whether the process is not known to have ended."""
        return self._process.returncode is None

    async def end(self) -> None:
        """Kill the process unless it has ended, and wait for its end."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


class ForkedProcess:
    """A process that the fork server has forked; *descriptor* is its pidfd, which is closed when the process has ended."""

    def __init__(
        self,
        pid: int,
        descriptor: int,
        writer: asyncio.StreamWriter,
        reader: asyncio.StreamReader,
        other_end: asyncio.StreamWriter,
    ) -> None:
        self.pid = pid
        self.input = writer
        self.output = reader
        self._other_end = other_end  # of the connection of *reader*
        self._descriptor = descriptor
        self._end_event = asyncio.Event()
        asyncio.get_running_loop().add_reader(descriptor, self._note_end)

    @classmethod
    async def start(cls, server: ForkServer, module: str, memory: int) -> "ForkedProcess":
        """Have *server* fork a process that runs *module*. Raises OSError."""
        with contextlib.ExitStack() as stack:
            # one for each direction: the process may make one of them non-blocking, and writes to the other
            (own_input, its_input), (own_output, its_output) = socket.socketpair(), socket.socketpair()
            for end in (own_input, own_output):
                stack.callback(end.close)
            with its_input, its_output:
                answers = server.ask(module, memory, its_input, its_output)
                pid, descriptor = await _answer_of(answers)
            _, writer = await asyncio.open_unix_connection(sock=own_input)
            reader, unused = await asyncio.open_unix_connection(sock=own_output)
            stack.pop_all()
        return cls(pid, descriptor, writer, reader, unused)

    def _note_end(self) -> None:
        if not self._end_event.is_set():
            asyncio.get_running_loop().remove_reader(self._descriptor)
            os.close(self._descriptor)
            self._end_event.set()

    @property
    def is_running(self) -> bool:
        """Whether the process is not known to have ended."""
        return not self._end_event.is_set()

    async def end(self) -> None:
        """Kill the process unless it has ended, and wait for its end."""
        if not self._end_event.is_set():
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)
        await self._end_event.wait()
        self.input.close()
        self._other_end.close()


async def _answer_of(answers: socket.socket) -> tuple[int, int]:
    """Wait for an answer of the fork server; gives the process id and its pidfd. Raises OSError."""
    loop, signal_event = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(answers, signal_event.set)
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await signal_event.wait()
        return receive_answer(answers)
    finally:
        loop.remove_reader(answers)
        answers.close()
