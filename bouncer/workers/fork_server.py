"""A fork server: a small process that has imported the modules that our processes need, and forks a process on request.

A process that is forked shares the memory of imported modules with its siblings and with the process that started the server,
and starts in a hundredth of the time that a new interpreter needs for all imports. The server has a single thread, no event
loop and no settings, so that a fork copies no lock that is held and no secret. ``multiprocessing`` has a fork server, too, but
starts it as a new program, which shares nothing with the process that asks.

A request is a message of a socket: the memory limit and the module of the new process, and three descriptors, its standard input
and output, and a socket for the answer. The answer is the process id with a pidfd (pidfd_open(2)), or an error number.
"""

import contextlib
import encodings
import gc
import importlib
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Iterable, Sequence
from typing import NoReturn

from bouncer.workers.confinement import end_with_parent, name_process
from bouncer.workers.worker import import_submodules

MOST_OCTETS = 256
"""Octets of a request: a number and the name of a module."""
ANSWER_SECONDS = 30.0
"""Seconds in which the server forks; a machine that has just booted is slow."""
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""Signals that are for the daemon itself; it ends the server when its processes have ended."""
_ASKING = 3
"""The descriptor number of the socket of requests, in a process that may ask for further processes."""
_SERVING = 4
"""The descriptor number of the other end of that socket, in the server itself."""


class ForkServer:
    """The asking side of a fork server."""

    def __init__(self, requests: socket.socket) -> None:
        self._requests = requests

    def ask(self, module: str, memory: int, its_input: socket.socket, its_output: socket.socket) -> socket.socket:
        """Ask for a process that runs *module* with *memory* octets, between *its_input* and *its_output*.

        Gives the socket that the answer comes to (``receive_answer``). Raises OSError where the server has ended.
        """
        answers, its_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its_end:
            try:
                request = f"{memory} {module}".encode()
                descriptors = [its_input.fileno(), its_output.fileno(), its_end.fileno()]
                socket.send_fds(self._requests, [request], descriptors)
            except OSError:
                answers.close()
                raise
        return answers


def receive_answer(answers: socket.socket) -> tuple[int, int]:
    """Receive an answer that has come: the process id and its pidfd. Raises OSError where there is no process."""
    octets, descriptors, _, _ = socket.recv_fds(answers, MOST_OCTETS, 1)
    if not descriptors:
        number = int(octets or b"0")
        raise OSError(number, os.strerror(number)) if number else ConnectionError("the fork server has ended")
    return int(octets), descriptors[0]


def start_fork_server(modules: Iterable[str], client_modules: Iterable[str]) -> None:
    """Import *modules*, then fork the server off this process, where the system can (Linux 5.3, pidfd_open(2)).

    The process must have one thread and no event loop yet. It may ask the server for processes, and so may
    each process that runs one of *client_modules*.
    """
    global _current  # noqa: PLW0603 -- a process has one fork server, from its start to its end
    if not hasattr(os, "pidfd_open"):
        return
    import_submodules(encodings)  # the confined ones need all of them, and share these
    for module in modules:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # a collection would write to each object, and so copy the memory that is shared
    client_end, server_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        _serve(client_end.detach(), server_end.detach(), frozenset(client_modules))
    server_end.close()
    _current = ForkServer(client_end)


def current_fork_server() -> ForkServer | None:
    """Give the fork server that this process may ask; None where there is none."""
    return _current


_current: ForkServer | None = None


def _serve(client_end: int, server_end: int, client_modules: frozenset[str]) -> NoReturn:
    """Fork the requested processes until the daemon ends; the kernel then ends this process, too."""
    try:
        _prepare_server(client_end, server_end)
        with socket.socket(fileno=_SERVING) as requests:
            while True:
                _serve_request(requests, client_modules)
    except BaseException:  # noqa: BLE001 -- this fork must never go on as a second daemon
        traceback.print_exc()
    finally:
        os._exit(1)


def _prepare_server(client_end: int, server_end: int) -> None:
    end_with_parent()
    os.setsid()
    name_process("fork server")
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda *_: _reap())
    _keep_only(client_end, server_end)


def _serve_request(requests: socket.socket, client_modules: frozenset[str]) -> None:
    request, descriptors, _, _ = socket.recv_fds(requests, MOST_OCTETS, 3)
    if len(descriptors) == 3:  # noqa: PLR2004 -- as the request is described above
        _fork(request.decode(), descriptors, requests, client_modules)
    for descriptor in descriptors:
        os.close(descriptor)


def _keep_only(client_end: int, server_end: int) -> None:
    """Close all descriptors but those of standard input, output and errors, and the two of requests, which get their numbers.

    Sockets that a service manager opened for the daemon are inherited too, and are closed.
    """
    for descriptor, number in (
        (client_end, _ASKING),
        (server_end, _SERVING),
    ):  # the first is lower: neither is overwritten
        os.dup2(descriptor, number)
        os.set_inheritable(number, False)  # noqa: FBT003 -- positional only
    os.closerange(_SERVING + 1, _most_descriptors())


def _most_descriptors() -> int:
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def _reap() -> None:
    """Take the exit statuses of processes that have ended, which frees them; the requesting process sees the end by the pidfd."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def _fork(request: str, descriptors: Sequence[int], requests: socket.socket, client_modules: frozenset[str]) -> None:
    """Fork the process of a *request*, and answer it."""
    memory, module = request.split(" ")
    *streams, answers = descriptors
    # until it has a pidfd the process must not be reaped: its number could be another's
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    try:
        process = os.fork()
        if process == 0:
            requests.detach()
            _become(module, memory, streams, may_ask=module in client_modules)
        _answer(answers, process)
    except OSError as error:  # no process or memory is free just now
        _send(answers, str(error.errno), [])
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])


def _answer(answers: int, process: int) -> None:
    try:
        descriptor = os.pidfd_open(process)
    except OSError:
        os.kill(process, signal.SIGKILL)
        raise
    _send(answers, str(process), [descriptor])
    os.close(descriptor)


def _send(answers: int, text: str, descriptors: list[int]) -> None:
    with socket.socket(fileno=os.dup(answers)) as answering, contextlib.suppress(OSError):  # the asker may have ended
        socket.send_fds(answering, [text.encode()], descriptors)


def _become(module: str, memory: str, streams: Sequence[int], *, may_ask: bool) -> NoReturn:
    """Turn this fresh fork into the process that runs *module*, and end it with that."""
    status = 1
    try:
        _prepare(module, memory, streams, may_ask=may_ask)
        importlib.import_module(module).main()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else bool(end.code)
    except BaseException:  # noqa: BLE001 -- as an interpreter does at its end
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)  # the exit handlers are those of the daemon


def _prepare(module: str, memory: str, streams: Sequence[int], *, may_ask: bool) -> None:
    global _current  # noqa: PLW0603 -- set once, before anything else runs in this process
    os.setsid()  # Ctrl-C at a terminal is for the daemon: the process finishes its work
    for ignored in (*STOP_SIGNALS, signal.SIGCHLD):
        signal.signal(ignored, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(_SERVING if may_ask else _ASKING, _most_descriptors())
    _current = ForkServer(socket.socket(fileno=_ASKING)) if may_ask else None
    sys.argv = [module, memory]
    name_process(module.rpartition(".")[2].removesuffix("_worker"))
