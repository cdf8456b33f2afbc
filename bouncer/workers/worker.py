"""The child's side of the pipes; this module imports nothing that only the parent needs (see ``child``)."""

import contextlib
import encodings
import importlib
import os
import pkgutil
import resource
import sys
from types import ModuleType
from typing import BinaryIO

from bouncer.workers.confinement import confine, end_with_parent, forget_environment
from bouncer.workers.protocol import frame

NICENESS = 5
"""Children yield the processor to the processes that receive and record mail."""


def yield_processor() -> None:
    """Run this process after the ones that receive and record mail, where both want the processor."""
    with contextlib.suppress(OSError):  # a service manager may forbid it; then it has normal priority
        os.nice(NICENESS)


def import_submodules(package: ModuleType) -> None:
    """Import every module of *package*, including those that are imported at their first use, which would be after confinement."""
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        with contextlib.suppress(ImportError):  # a module for another platform
            importlib.import_module(module.name)


def confine_and_report() -> tuple[BinaryIO, BinaryIO]:
    """Bound and confine this process, which has imported what it needs, and report it; gives the pipes of requests and answers."""
    end_with_parent()
    import_submodules(encodings)  # decoding names a charset
    forget_environment()
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    yield_processor()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a stray print must not mix with the answers
    answer(answers, confine().encode())
    return sys.stdin.buffer, answers


def answer(answers: BinaryIO, octets: bytes) -> None:
    """Send an answer at once: from the answers the parent knows which letter the child is reading."""
    answers.writelines(frame(octets))
    answers.flush()
