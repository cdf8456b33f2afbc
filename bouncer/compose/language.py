"""The languages of notices: gettext catalogues (``.po``) beside this module, each read when it is first needed.

One file is one language: ``catalogues/de.po``; adding a language is adding a file. The texts in the code are English and
are the keys. What a catalogue lacks is said in English. Format: GNU gettext manual, "The Format of PO Files".
"""

import ast
import datetime as dt
import gettext
import io
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from typing import Any

from bouncer.policy.languages import ENGLISH, LANGUAGE_CODES

_PLACE = re.compile(r"\{([a-z_]+)\}")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Language:
    """One language; English texts go in, its own come out. Values are put in last, and are never templates.

    Times are told in *zone*, the reader's own, whatever zone they come in.
    """

    code: str
    texts: gettext.NullTranslations = field(repr=False, default_factory=gettext.NullTranslations)
    zone: dt.tzinfo = dt.UTC

    def say(self, text: str, /, **values: Any) -> str:
        """Say *text* with *values* in the places that it names."""
        said = self.texts.gettext(text)
        return filled(said, values) if values else said

    def count(self, one: str, many: str, number: int, /, **values: Any) -> str:
        """Say *one* or *many*, as *number* wants it; ``{number}`` stands for the number itself."""
        return filled(self.texts.ngettext(one, many, number), {"number": self.number(number), **values})

    def number(self, number: int) -> str:
        """Write *number* with the language's mark between thousands."""
        return f"{number:,}".replace(",", self.say("1,000")[1])

    def day(self, day: dt.date) -> str:
        """Write a day of the calendar."""
        number = self.say("1") if day.day == 1 else day.day
        return self.say("{day} {month} {year}", day=number, month=self.say(MONTHS[day.month - 1]), year=day.year)

    def utc_day(self, day: dt.date) -> str:
        """Write a day that begins and ends by UTC; said so where the reader's own day is another."""
        noon = dt.datetime.combine(day, dt.time(12), dt.UTC).astimezone(self.zone)
        return f"{self.day(day)} (UTC)" if noon.utcoffset() else self.day(day)

    def date(self, time: dt.datetime) -> str:
        """Write the day on which *time* is for the reader."""
        return self.day(self.local(time))

    def when(self, time: dt.datetime) -> str:
        """Write *time* by the reader's clock, with the zone; raises OverflowError where no calendar has it."""
        local = self.local(time)
        return self.say("{date}, {time} {zone}", date=self.day(local), time=f"{local:%H:%M}", zone=zone_name(local))

    def local(self, time: dt.datetime) -> dt.datetime:
        """Give *time* in the reader's zone; one that names no zone is UTC (RFC 5322 section 3.3, ``-0000``)."""
        return (time if time.tzinfo else time.replace(tzinfo=dt.UTC)).astimezone(self.zone)


def zone_name(time: dt.datetime) -> str:
    """Name the zone of *time*: by its abbreviation, CET; or, where it has none, by its distance, UTC-03:00."""
    name = time.tzname() or ""
    if name.isalpha():
        return name
    offset = time.strftime("%z") or "+0000"
    return f"UTC{offset[:3]}:{offset[3:5]}"


def filled(text: str, values: Mapping[str, Any]) -> str:
    """Put *values* into the places of *text*, each a plain ``{name}``; whatever else stands in braces stays as it is.

    Not ``str.format``: the text may be of an owner's template, and format follows dots and brackets from any value into the whole
    program, and writes as many blanks as a width asks for. Raises KeyError for a name that is not given.
    """
    return _PLACE.sub(lambda place: str(values[place[1]]), str(text))


def language(code: str, zone: dt.tzinfo = dt.UTC) -> Language:
    """Give the language of that code, for a reader in *zone*; English for one that nobody has translated."""
    found = LANGUAGES.get(code, LANGUAGES[ENGLISH])
    return found if zone is dt.UTC else replace(found, zone=zone)


def read_po(text: str) -> dict[str, str]:
    """Read a catalogue: key to translation, as an MO file has them (plural forms joined by NUL); untranslated ones left out."""
    entries: dict[str, str] = {}
    for block in text.split("\n\n"):
        parts = _parts(block)
        key = "\0".join(parts[name] for name in ("msgid", "msgid_plural") if name in parts)
        forms = [value for name, value in parts.items() if name.startswith("msgstr")]
        if forms and all(forms):
            entries[key] = "\0".join(forms)
    return entries


def _parts(block: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if not line.startswith('"'):
            name, _, line = line.partition(" ")  # noqa: PLW2901 -- what is left of it
        parts[name] = parts.get(name, "") + ast.literal_eval(line)
    return parts


def compiled(entries: dict[str, str]) -> bytes:
    """Write *entries* as an MO file (GNU gettext manual, "The Format of GNU MO Files"), which gettext reads."""
    pairs = sorted((key.encode(), value.encode()) for key, value in entries.items())
    at = 28 + 16 * len(pairs)
    index = {0: b"", 1: b""}
    texts = b""
    for side in index:
        for pair in pairs:
            index[side] += struct.pack("<II", len(pair[side]), at + len(texts))
            texts += pair[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, at)
    return head + index[0] + index[1] + texts


class _Languages(Mapping[str, Language]):
    """The languages by code. A catalogue is read when its language is first asked for: most programs speak one of them."""

    def __init__(self) -> None:
        self._read = {ENGLISH: Language(ENGLISH)}

    def __getitem__(self, code: str) -> Language:
        if code not in LANGUAGE_CODES:
            raise KeyError(code)
        if code not in self._read:
            file = resources.files(__package__).joinpath("catalogues", f"{code}.po")
            octets = compiled(read_po(file.read_text("utf-8")))
            self._read[code] = Language(code, gettext.GNUTranslations(io.BytesIO(octets)))
        return self._read[code]

    def __iter__(self) -> Iterator[str]:
        return iter(LANGUAGE_CODES)

    def __len__(self) -> int:
        return len(LANGUAGE_CODES)


LANGUAGES = _Languages()
"""Every language, by its code (BCP 47)."""
