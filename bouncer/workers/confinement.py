"""Confining a process of ours for good: it can then open no file, reach no network and start no program, even when taken over.

The process keeps its pipes, its memory and the processor. On Linux a filter of system calls enforces this (seccomp(2)): the listed
calls are allowed, every other one fails with EPERM, including those of future kernels. Resource limits do a part of it everywhere
(setrlimit(2)): without a free descriptor nothing can be opened, but root can raise them again.

libseccomp would write such a filter, but its Python bindings need its shared library, which pip does not install; here the filter
is one list and six instructions of BPF (kernel documentation, "Seccomp BPF").
"""

import contextlib
import ctypes
import errno
import os
import resource
import signal
import struct
import sys

_NEEDED = {  # name: (number on x86-64, number on AArch64), from the kernel's asm/unistd.h of each
    "brk": (12, 214),  # memory
    "madvise": (28, 233),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    "munmap": (11, 215),
    "close": (3, 57),  # the open pipes
    "fstat": (5, 80),
    "lseek": (8, 62),
    "read": (0, 63),
    "readv": (19, 65),
    "write": (1, 64),
    "writev": (20, 66),
    "clock_gettime": (228, 113),  # Python itself
    "exit": (60, 93),
    "exit_group": (231, 94),
    "futex": (202, 98),
    "getpid": (39, 172),
    "getrandom": (318, 278),
    "getrusage": (98, 165),
    "gettid": (186, 178),
    "gettimeofday": (96, 169),
    "restart_syscall": (219, 128),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sched_yield": (24, 124),
    "sigaltstack": (131, 132),
}
"""Calls that Python makes while it reads letters and renders templates; found by the tests, which run in the real processes."""
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""By uname(2)'s name of a machine: its column above, and the kernel's constant for it (linux/audit.h, AUDIT_ARCH_*)."""

_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_NAME_OCTETS = 16
"""Octets of a process's name, the last one zero (prctl(2))."""
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06  # BPF_LD | BPF_W | BPF_ABS, BPF_JMP | BPF_JEQ | BPF_K, BPF_RET | BPF_K
_NUMBER_AT, _MACHINE_AT = 0, 4  # in struct seccomp_data
_ALLOW = 0x7FFF0000  # SECCOMP_RET_ALLOW
_FAIL = 0x00050000 | errno.EPERM  # SECCOMP_RET_ERRNO


def confine() -> str:
    """Confine this process, which has opened and imported all that it needs; gives what failed in words, empty where nothing did.

    Confinement cannot be undone. A later import of a module that is not yet loaded fails as if there were none.
    """
    for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC, resource.RLIMIT_CORE):
        resource.setrlimit(limit, (0, 0))
    machine = os.uname().machine
    if sys.platform != "linux" or machine not in _MACHINES or sys.maxsize < 1 << 32:
        return f"there is no filter of system calls for {sys.platform} on {machine}"
    try:
        _install(*_MACHINES[machine])
    except (
        OSError,
        AttributeError,
        MemoryError,
    ) as error:  # MemoryError: from ctypes, where no memory may be made executable
        return f"the kernel takes no filter of system calls: {error}"
    return ""


def forget_environment() -> None:
    """Overwrite the environment in this process's memory, and leave it empty: it may have a password, as it may have settings.

    Each variable is in memory twice: in the process's environment, and in the ``bytes`` object of ``os.environb``, whose address is
    its ``id`` in CPython. CPython has a single object for each value of one octet, so the object of such a variable is left alone.
    """
    getenv = ctypes.CDLL(None).getenv
    getenv.restype = ctypes.c_void_p
    for name in list(os.environb):
        value = os.environb[name]
        if address := getenv(name):
            ctypes.memset(address, 0, len(value))
        if sys.implementation.name == "cpython" and len(value) > 1:
            ctypes.memset(id(value) + bytes.__basicsize__ - 1, 0, len(value))
        del value, os.environb[name]


def end_with_parent() -> None:
    """Let the kernel end this process with its parent: it may be in endless work, and nobody else would stop it."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError, MemoryError):
            _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def name_process(name: str) -> None:
    """Give this process the *name* that ps(1) and top(1) show, of 15 octets at most; a fork has the command line of its parent."""
    if sys.platform == "linux":
        octets = ctypes.create_string_buffer(name.encode()[: _NAME_OCTETS - 1], _NAME_OCTETS)
        with contextlib.suppress(OSError, AttributeError, MemoryError):
            _prctl(_PR_SET_NAME, ctypes.addressof(octets), 0, 0, 0)


def _install(column: int, machine: int) -> None:
    """Set the filter; before it no_new_privs, without which only root may set one."""
    program = _program([numbers[column] for numbers in _NEEDED.values()], machine)
    octets = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("@HP", len(program) // 8, ctypes.addressof(octets))  # struct sock_fprog: number and address
    _prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, head, 0, 0)


def _prctl(option: int, *words: int | bytes) -> None:
    call = ctypes.CDLL(None, use_errno=True).prctl
    if call(option, *(ctypes.c_ulong(word) if isinstance(word, int) else word for word in words)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _program(allowed: list[int], machine: int) -> bytes:
    """Write the filter: calls of this machine that are *allowed* are executed; every other one fails."""
    count = len(allowed)
    steps = [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_EQUAL, 0, count + 1, machine),  # calls of another machine, such as 32-bit ones: jump to the end of the list
        (_LOAD, 0, 0, _NUMBER_AT),
        *((_EQUAL, count - place, 0, number) for place, number in enumerate(allowed)),
        (_RETURN, 0, 0, _FAIL),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)  # struct sock_filter
