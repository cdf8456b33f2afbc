"""A fork server for the processes that tests start within pytest, as the daemon's are forked off its own.

Pytest has threads, and so cannot fork a server off itself: a program starts it, and sends its socket. A process that begins anew
takes most of a second of the processor to load its modules, and these tests start hundreds.
"""

import array
import atexit
import importlib
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path

from bouncer.workers.fork_server import ForkServer, current_fork_server, start_fork_server

MODULES = (
    "bouncer.daemon.recording_worker",
    "bouncer.daemon.mailing_worker",
    "bouncer.workers.reader_worker",
    "bouncer.workers.rendering_worker",
    "greenlet",
)
TESTS = Path(__file__).parents[1]


@cache
def fork_server() -> ForkServer:
    """Start the program and its fork server, which end with pytest."""
    own_end, its_end = socket.socketpair()
    with own_end, its_end:
        process = subprocess.Popen(
            [sys.executable, "-m", "programs.fork_server"],
            cwd=TESTS,
            stdin=subprocess.PIPE,  # the program ends when this end of the pipe is closed, however ours ends
            stdout=its_end,
        )
        assert process.stdin is not None
        atexit.register(process.wait)
        atexit.register(process.stdin.close)
        _, descriptors, _, _ = socket.recv_fds(own_end, 1, 1)
    (requests,) = descriptors
    return ForkServer(socket.socket(fileno=requests))


def main() -> None:
    """Start a fork server, send the socket of its requests to standard output, and wait for the end of standard input."""
    for module in MODULES:
        importlib.import_module(module)
    start_fork_server(MODULES, client_modules=MODULES[:1])
    server = current_fork_server()
    assert server is not None
    requests = server._requests  # noqa: SLF001 -- only here another process than the asker has started the server
    with socket.socket(fileno=sys.stdout.fileno()) as output:
        socket.send_fds(output, [b"s"], array.array("i", [requests.fileno()]))
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
