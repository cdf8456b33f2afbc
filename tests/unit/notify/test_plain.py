"""Rows as programs see them."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bouncer.mail.letter import spell_id
from bouncer.ndr.reading import Kind
from bouncer.notify.serialize import to_plain

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=1)))


@dataclass(frozen=True, slots=True)
class Inner:
    id: int
    letter_id: int | None
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Outer:
    id: int
    inner: Inner
    several: tuple[Inner, ...]
    rate: float


def test_ids_are_text_and_rates_are_numbers_however_deep_they_stand():
    inner = Inner(2**63 - 1, 2**62 + 1, NOON)

    row = json.loads(json.dumps(to_plain(Outer(7, inner, (inner, Inner(1, None, NOON)), 0.875))))

    spelled = {"id": "9223372036854775807", "letter_id": spell_id(2**62 + 1), "at": "2026-03-01T11:00:00+00:00"}
    assert row == {
        "id": "7",
        "inner": spelled,
        "several": [spelled, {"id": "1", "letter_id": None, "at": "2026-03-01T11:00:00+00:00"}],
        "rate": 0.875,
    }


@dataclass(frozen=True, slots=True)
class Unnumbered:
    id: int | None = None


def test_a_row_without_an_id_says_so():
    assert to_plain(Unnumbered()) == {"id": None}


@dataclass(frozen=True, slots=True)
class Renamed:
    suppressed: bool = field(default=False, metadata={"shown": "suppresses"})


def test_a_field_may_have_another_name_for_programs():
    assert to_plain(Renamed()) == {"suppresses": False}


@dataclass(frozen=True, slots=True)
class Worded:
    kind: Kind
    kind_or_none: Kind | None
    path: Path | None
    names: Mapping[str, str]
    anything: object


def test_words_of_an_enumeration_are_text_and_other_values_have_their_form():
    row = Worded(Kind.BOUNCE, None, Path("a/b"), {"a": "b"}, NOON)

    assert json.loads(json.dumps(to_plain(row))) == {
        "kind": "bounce",
        "kind_or_none": None,
        "path": "a/b",
        "names": {"a": "b"},
        "anything": "2026-03-01T11:00:00+00:00",
    }


@dataclass(frozen=True, slots=True)
class Unloaded:
    at: "dt.datetime"
    other: "TypeForCheckersOnly | None" = None  # type: ignore[name-defined] # noqa: F821 -- as of a module that is not imported


def test_a_type_that_is_not_loaded_does_no_harm():
    assert to_plain(Unloaded(NOON)) == {"at": "2026-03-01T11:00:00+00:00", "other": None}
