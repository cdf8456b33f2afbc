"""Commands of ours, each in a process of its own that is forked from one that has loaded them all.

A process that begins anew takes half a second of the processor to load its modules; hundreds of tests run several commands
each. A fork runs the same entry with its own arguments, environment and outputs, and ends as any process does.
"""

import array
import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

PRELOADED = ("bouncer.cli", "bouncer.store")
"""Packages of which every module is loaded before the first command."""
MAX_REQUEST = 1 << 20
"""Octets of one request: arguments and environment."""
PID_OCTETS = 8


def run(words: Sequence[str], environment: Mapping[str, str], seconds: float) -> subprocess.CompletedProcess[str]:
    """Run ``bouncer WORDS`` as ``subprocess.run`` does; raises subprocess.TimeoutExpired after *seconds*."""
    request = json.dumps({"words": list(words), "environment": dict(environment), "folder": str(Path.cwd())})
    with (
        tempfile.TemporaryFile("w+") as output,
        tempfile.TemporaryFile("w+") as errors,
        socket.socket(socket.AF_UNIX) as connection,
    ):
        connection.connect(_parent())
        socket.send_fds(connection, [request.encode()], [output.fileno(), errors.fileno()])
        connection.shutdown(socket.SHUT_WR)
        process = int.from_bytes(_receive(connection, PID_OCTETS), "big")
        connection.settimeout(seconds)
        try:
            status = int.from_bytes(_receive(connection, PID_OCTETS), "big")
        except TimeoutError:
            os.kill(process, signal.SIGKILL)
            raise subprocess.TimeoutExpired(list(words), seconds) from None
        output.seek(0)
        errors.seek(0)
        code = os.waitstatus_to_exitcode(status)
        return subprocess.CompletedProcess(list(words), code, output.read(), errors.read())


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
    for package in PRELOADED:
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if ".migrations." not in module.name:  # those are loaded by Alembic alone
                importlib.import_module(module.name)
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
    os.environ.update(request["environment"])  # type: ignore[call-overload]  # what `run` wrote
    os.chdir(str(request["folder"]))
    sys.argv[1:] = request["words"]  # type: ignore[call-overload]
    runpy.run_module("bouncer", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _serve(sys.argv[1])
