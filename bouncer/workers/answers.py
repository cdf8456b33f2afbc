"""What the reading child answers, as octets: a pickle of values that are listed here, and of nothing else.

Pickle is quick, and can call whatever it names ("Restricting Globals" in Python's documentation of it). So the parent takes those
classes only: a letter that got hold of the child would otherwise have the parent, too.
"""

import io
import pickle
from enum import Enum
from typing import Any

from bouncer.mail.status import EnhancedStatus
from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient, Written
from bouncer.policy.opened import Opened
from bouncer.verdict.stage import Stage
from bouncer.verdict.subject import Subject
from bouncer.verdict.verdict import Judgement, Reason, Verdict

_VALUES = {
    (value.__module__, value.__qualname__): value
    for value in (
        *(Action, EnhancedStatus, Judgement, Kind, Opened, Original, Reading),
        *(Reason, Recipient, Stage, Subject, Verdict, Written),
    )
}


class _OfValues(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Give a class that is listed; raises UnpicklingError for every other one."""
        try:
            return _VALUES[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"no value of a reader: {module}.{name}") from None


class _Writing(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        """Write members of enumerations by their values: some versions of Python, 3.11.2 is one, would name ``getattr``."""
        return (type(value), (value.value,)) if isinstance(value, Enum) else NotImplemented


def write_opened(opened: Opened) -> bytes:
    """Write what was made of a letter."""
    octets = io.BytesIO()
    _Writing(octets, protocol=pickle.HIGHEST_PROTOCOL).dump(opened)
    return octets.getvalue()


def read_opened(octets: bytes) -> Opened:
    """Read what ``write_opened`` wrote; raises EOFError for what it did not write: then the child is not ours any more."""
    try:
        opened = _OfValues(io.BytesIO(octets)).load()
    except Exception as error:  # a pickle can raise whatever Python can
        raise EOFError(f"an answer that is none: {error}") from error
    if not isinstance(opened, Opened):
        raise EOFError("an answer that is none")
    return opened
