"""Run a command as on a kernel without filters of system calls: seccomp(2) and its prctl(2) are refused. By libseccomp.

refusing_filters.py COMMAND ...
"""

import ctypes
import errno
import os
import sys

ALLOW, REFUSE = 0x7FFF0000, 0x00050000  # SCMP_ACT_ALLOW, SCMP_ACT_ERRNO(0)
EQUAL = 4  # SCMP_CMP_EQ
PR_SET_SECCOMP = 22


class Comparison(ctypes.Structure):
    """One condition on an argument (struct scmp_arg_cmp)."""

    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def refuse() -> None:
    """Refuse them for this process and all that it starts."""
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ALLOW))
    for call, *when in (("seccomp",), ("prctl", Comparison(0, EQUAL, PR_SET_SECCOMP, 0))):
        number = library.seccomp_syscall_resolve_name(call.encode())
        conditions = (Comparison * len(when))(*when)
        refused = library.seccomp_rule_add_array(context, REFUSE | errno.EINVAL, number, len(when), conditions)
        assert refused == 0
    assert library.seccomp_load(context) == 0


if __name__ == "__main__":
    refuse()
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 -- a test's own command
