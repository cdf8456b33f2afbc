"""Commands of ours, each in a process of its own that is forked from one that has loaded them all; the daemon is one of them.

A process that begins anew takes half a second of the processor to load its modules, and a daemon has three or four; hundreds of
tests run several commands each, or a daemon. A fork runs the same entry with its own arguments, environment and outputs. It ends as
any process does, threads and exit handlers included, but does not take apart its modules one by one, for which it would first have
to copy the memory that it shares: that took more of the processor than most commands. The processes of the daemon are forks of its
own fork server, as always.
"""

import array
import atexit
import contextlib
import encodings
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

PRELOADED = "bouncer"
"""The package of which every module is loaded before the first command."""
LETTER = Path(__file__).parents[2] / "fixtures/ndr/postfix/01-unknown-user.eml"
"""A letter that is read once, so that the rules of verdicts are compiled before the first command."""
MAX_REQUEST = 1 << 20
"""Octets of one request: arguments and environment."""
PID_OCTETS = 8
_statuses: list[int] = []
"""The exit status of this process, once it is a command that has ended."""


def run(words: Sequence[str], environment: Mapping[str, str], seconds: float) -> subprocess.CompletedProcess[str]:
    """Run ``bouncer WORDS`` as ``subprocess.run`` does; raises subprocess.TimeoutExpired after *seconds*."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        process = PreloadedProcess(words, environment, output.fileno(), errors.fileno())
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            raise
        output.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(list(words), code, output.read(), errors.read())


class PreloadedProcess:
    """``bouncer WORDS`` while it runs, with descriptors for its outputs; its methods are those of ``subprocess.Popen``."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], output: int, errors: int) -> None:
        self._words = list(words)
        self._code: int | None = None
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(_parent())
        request = json.dumps({"words": self._words, "environment": dict(environment), "folder": str(Path.cwd())})
        socket.send_fds(self._connection, [request.encode()], [output, errors])
        self._connection.shutdown(socket.SHUT_WR)
        self.pid = int.from_bytes(_receive(self._connection, PID_OCTETS), "big")

    def poll(self) -> int | None:
        """Give the exit code; None while the process runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Give the exit code, when the process has ended; raises subprocess.TimeoutExpired after *timeout* seconds."""
        if self._code is None:
            if not select.select([self._connection], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self._words, timeout or 0)
            self._code = os.waitstatus_to_exitcode(int.from_bytes(_receive(self._connection, PID_OCTETS), "big"))
            self._connection.close()
        return self._code

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the process is known to have ended."""
        if self.poll() is None:
            os.kill(self.pid, number)


@cache
def _parent() -> str:
    """Start the process that commands are forked from, and give the path of its socket."""
    folder = tempfile.mkdtemp(prefix="bouncer-preloaded-")
    path = f"{folder}/socket"
    process = subprocess.Popen(
        [sys.executable, __file__, path],
        stdin=subprocess.PIPE,  # the process ends when this end of the pipe is closed, however ours ends
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    atexit.register(shutil.rmtree, folder)
    atexit.register(process.wait)
    atexit.register(process.stdin.close)
    assert process.stdout.readline() == b"ready\n", "the process that commands are forked from did not start"
    return path


def _receive(connection: socket.socket, octets: int) -> bytes:
    received = b""
    while len(received) < octets:
        chunk = connection.recv(octets - len(received))
        if not chunk:
            raise EOFError("the process that commands are forked from has ended")
        received += chunk
    return received


def _serve(path: str) -> None:
    """Load the commands, then fork one for each connection, until standard input ends."""
    atexit.register(_leave)  # the first that is registered is the last that is called
    for module in pkgutil.walk_packages(importlib.import_module(PRELOADED).__path__, f"{PRELOADED}."):
        if ".migrations." not in module.name and not module.name.endswith(
            "__main__"
        ):  # Alembic loads migrations itself
            importlib.import_module(module.name)
    from bouncer.ndr.reader import read  # noqa: PLC0415 -- only this process needs what follows
    from bouncer.verdict.judge import judge  # noqa: PLC0415
    from bouncer.workers.worker import import_submodules  # noqa: PLC0415

    judge(read(LETTER.read_bytes()))
    import_submodules(encodings)  # as each daemon does
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(socket.SOMAXCONN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
    gc.collect()
    gc.freeze()  # the forks share these pages for as long as nobody counts what is on them
    print("ready", flush=True)
    if not os.fork():
        os.read(sys.stdin.fileno(), 1)  # nothing is ever written: this waits for the other end to be closed
        os.killpg(0, signal.SIGKILL)
    while True:
        connection, _ = listener.accept()
        if not os.fork():
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _run_one(connection)
            return
        connection.close()


def _run_one(connection: socket.socket) -> None:
    """Fork the command that *connection* asks for, tell its process and, when it has ended, its status."""
    request, outputs = b"", array.array("i")
    while True:
        octets, descriptors, _, _ = socket.recv_fds(connection, MAX_REQUEST, 2)
        outputs.extend(descriptors)
        if not octets:
            break
        request += octets
    process = os.fork()
    if not process:
        connection.close()
        _become(json.loads(request), outputs)
        return
    with contextlib.suppress(OSError):  # whoever asked may be gone
        connection.sendall(process.to_bytes(PID_OCTETS, "big"))
        _, status = os.waitpid(process, 0)
        connection.sendall(status.to_bytes(PID_OCTETS, "big"))
    os._exit(0)


def _become(request: dict[str, object], outputs: Sequence[int]) -> None:
    """Be ``python -m bouncer WORDS`` with the environment, the folder and the outputs that were asked for."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, standard in ((nothing, 0), (outputs[0], 1), (outputs[1], 2)):
        os.dup2(descriptor, standard)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(request["environment"])  # type: ignore[call-overload]  # what `PreloadedProcess` wrote
    os.chdir(str(request["folder"]))
    sys.argv[1:] = request["words"]  # type: ignore[call-overload]
    try:
        runpy.run_module("bouncer", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if isinstance(end.code, int):
            _statuses.append(end.code)
        raise


def _leave() -> None:
    """End this process with the status of its command, where that is known; otherwise as Python ends."""
    if _statuses:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_statuses[0])


if __name__ == "__main__":
    _serve(sys.argv[1])
