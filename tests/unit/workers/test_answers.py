"""The reading child's answers: each comes out of its octets as it went in."""

import os
import pickle
from pathlib import Path

import pytest

from bouncer.ndr.outline import outline
from bouncer.ndr.reader import read
from bouncer.ndr.reading import Envelope
from bouncer.ndr.written import summarize
from bouncer.policy.read_letter import ReadLetter
from bouncer.verdict.judge import judge
from bouncer.workers.answers import parse_read_letter, serialize_read_letter

FIXTURES = Path(__file__).parents[3] / "fixtures/ndr"
ENVELOPE = Envelope("acme@rp.example.com", "")


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*/01-*.eml")), ids=lambda path: path.parent.name)
def test_an_answer_is_read_as_it_was_written(path: Path):
    raw = path.read_bytes()
    reading = read(raw, ENVELOPE)
    summary = summarize(raw, reading.kind, ENVELOPE)
    read_letter = ReadLetter(
        judge(reading), {"a@b.example": "a"}, ("1@c",), written=summary, outline=outline(raw, reading, ENVELOPE)
    )

    assert parse_read_letter(serialize_read_letter(read_letter)) == read_letter


def test_octets_of_another_class_are_no_answer():
    with pytest.raises(EOFError):
        parse_read_letter(b"cbuiltins\nlist\n.")


class Order:
    """A letter that took over the process would write this: a call of a function in place of a value."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return os.mkdir, (self.marker,)


@pytest.mark.parametrize("inside", [False, True], ids=["by itself", "inside of an answer"])
def test_no_function_that_an_answer_names_is_called(tmp_path: Path, inside: bool):
    marker = tmp_path / "called"
    octets = pickle.dumps([Order(marker), ReadLetter] if inside else Order(marker))

    with pytest.raises(EOFError):
        parse_read_letter(octets)
    assert not marker.exists()
