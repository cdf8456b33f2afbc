"""Run a command under the system-call restrictions of systemd/bouncer.service, without systemd: libseccomp (seccomp(2)).

    run_confined.py '{"calls": ["read", ...], "families": ["AF_INET", ...]}' COMMAND ...

Allowed are the named calls, with what RestrictAddressFamilies=, MemoryDenyWriteExecute= and RestrictNamespaces= refuse of
them, as systemd.exec(5) describes it. Every other call gives EPERM, as SystemCallErrorNumber= asks.
"""

import ctypes
import errno
import json
import mmap
import os
import socket
import sys

ALLOW = 0x7FFF0000  # SCMP_ACT_ALLOW
REFUSE = 0x00050000  # SCMP_ACT_ERRNO(0)
EQUAL, MASKED_EQUAL = 4, 7  # enum scmp_compare
PROT = 2  # the argument of mmap, mprotect and pkey_mprotect that says what may be done with the memory
NO_SUCH_CALL = -1  # __NR_SCMP_ERROR: another machine's


class Comparison(ctypes.Structure):
    """One condition on an argument (struct scmp_arg_cmp)."""

    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


class Filter:
    """A filter that refuses what no rule allows."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
        self._library.seccomp_init.restype = ctypes.c_void_p
        self._context = ctypes.c_void_p(self._library.seccomp_init(REFUSE | errno.EPERM))

    def rule(self, action: int, call: str, *when: Comparison) -> None:
        number = self._library.seccomp_syscall_resolve_name(call.encode())
        if number == NO_SUCH_CALL:
            return
        conditions = (Comparison * len(when))(*when)
        added = self._library.seccomp_rule_add_array(self._context, action, number, len(when), conditions)
        if added != 0:
            raise OSError(-added, f"seccomp_rule_add {call}")

    def load(self) -> None:
        if loaded := self._library.seccomp_load(self._context):
            raise OSError(-loaded, "seccomp_load")


def confine(calls: list[str], families: list[str]) -> None:
    """Confine this process and all that it starts."""
    rules = Filter()
    for call in calls:
        if call == "socket":
            for family in families:
                rules.rule(ALLOW, call, Comparison(0, EQUAL, getattr(socket, family), 0))
        elif call == "mmap":
            for prot in (0, mmap.PROT_WRITE, mmap.PROT_EXEC):  # never both
                rules.rule(ALLOW, call, Comparison(PROT, MASKED_EQUAL, mmap.PROT_WRITE | mmap.PROT_EXEC, prot))
        elif call in ("mprotect", "pkey_mprotect"):
            rules.rule(ALLOW, call, Comparison(PROT, MASKED_EQUAL, mmap.PROT_EXEC, 0))
        elif call == "clone3":  # its flags cannot be looked at; the C library then takes clone
            rules.rule(REFUSE | errno.ENOSYS, call)
        else:
            rules.rule(ALLOW, call)
    rules.load()


if __name__ == "__main__":
    confine(**json.loads(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 -- a test's own command
