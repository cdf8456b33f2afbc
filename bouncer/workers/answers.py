"""The reading child's answers as octets: a pickle of the classes that are listed here, and of nothing else.

Unpickling is fast, but can call any function that the pickle names ("Restricting Globals" in Python's documentation). So the parent
accepts only these classes: otherwise a letter that took over the child could take over the parent too.
"""

import dataclasses
import io
import pickle
from typing import Any

from bouncer.mail.status import EnhancedStatus
from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient, Written
from bouncer.ndr.taught_form import Outline
from bouncer.policy.read_letter import ReadLetter
from bouncer.verdict.stage import Stage
from bouncer.verdict.subject import Subject
from bouncer.verdict.verdict import Judgement, Reason, Verdict

_VALUES = {
    (value.__module__, value.__qualname__): value
    for value in (
        *(Action, EnhancedStatus, Judgement, Kind, ReadLetter, Original, Reading),
        *(Outline, Reason, Recipient, Stage, Subject, Verdict, Written),
    )
}


class _ValueUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Give a listed class; raises UnpicklingError for every other one."""
        try:
            return _VALUES[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"no value of a reader: {module}.{name}") from None


_MEMBERS: dict[type, tuple[str, ...]] = {
    # some versions of Python, such as 3.11.2, would name ``getattr`` for a member of an enumeration
    value: tuple(field.name for field in dataclasses.fields(value)) if dataclasses.is_dataclass(value) else ("value",)
    for value in _VALUES.values()
}
"""By class: the attributes that are the arguments of its constructor. A frozen dataclass's own way through a pickle, a list of its
fields each time, takes half as long again."""


class _ValuePickler(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        """Write a value of a listed class as a call of its constructor."""
        kind = type(value)
        members = _MEMBERS.get(kind)
        return NotImplemented if members is None else (kind, tuple([getattr(value, name) for name in members]))


def serialize_read_letter(read_letter: ReadLetter) -> bytes:
    """Serialize the result for one letter."""
    octets = io.BytesIO()
    _ValuePickler(octets, protocol=pickle.HIGHEST_PROTOCOL).dump(read_letter)
    return octets.getvalue()


def parse_read_letter(octets: bytes) -> ReadLetter:
    """Parse the octets of ``serialize_read_letter``.

    Raises EOFError for other octets: the child cannot be trusted any more.
    """
    try:
        read_letter = _ValueUnpickler(io.BytesIO(octets)).load()
    except Exception as error:  # a malformed pickle can raise any exception
        raise EOFError(f"not an answer of a reader: {error}") from error
    if not isinstance(read_letter, ReadLetter):
        raise EOFError("not an answer of a reader")
    return read_letter
