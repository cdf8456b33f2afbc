"""The child's side of the pipes to its parent; it loads nothing of what only a parent needs (see ``child``)."""

import contextlib
import encodings
import importlib
import os
import pkgutil
import resource
import sys
from types import ModuleType
from typing import BinaryIO

from bouncer.workers.confinement import confine, end_with_parent
from bouncer.workers.protocol import framed

NICENESS = 5
"""Children give way to the process that receives."""


def load_parts(package: ModuleType) -> None:
    """Load every module of *package*: those too that it else loads when they are first used, which is too late here."""
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        with contextlib.suppress(ImportError):  # of another platform
            importlib.import_module(module.name)


def begin() -> tuple[BinaryIO, BinaryIO]:
    """Bound and confine this process, which has loaded what it needs, and say so; gives where it is asked and answers."""
    end_with_parent()
    load_parts(encodings)  # whoever decodes names a charset
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    with contextlib.suppress(OSError):  # where a service manager forbids it, the child takes its share
        os.nice(NICENESS)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a stray print never mixes with the answers
    answer(answers, confine().encode())
    return sys.stdin.buffer, answers


def answer(answers: BinaryIO, octets: bytes) -> None:
    """Answer at once: the parent tells by what was answered what the child is at."""
    answers.writelines(framed(octets))
    answers.flush()
