"""The languages of notices: gettext catalogues (``.po``) in a folder beside this module, each read when it is first needed.

One file is one language: ``catalogues/de.po``; adding a language is adding a file. The English texts in the code are the keys; a
text without translation stays English. Format: GNU gettext manual, "The Format of PO Files".
"""

import ast
import datetime as dt
import gettext
import io
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from typing import Any

from bouncer.compose.filled_text import FilledText, fill_placeholders
from bouncer.policy.languages import ENGLISH, LANGUAGE_CODES

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Language:
    """One language: translates English texts. Values are inserted last and are never templates.

    Times are shown in *zone*, the reader's own, whatever their own zone is.
    """

    code: str
    texts: gettext.NullTranslations = field(repr=False, default_factory=gettext.NullTranslations)
    zone: dt.tzinfo = dt.UTC
    keys: frozenset[str] = field(repr=False, default=frozenset())

    def translate(self, text: str) -> str | None:
        """Translate a whole *text*, by its template where it is a FilledText; None where the catalogue does not have it."""
        template, values = (text.template, text.values) if isinstance(text, FilledText) else (text, dict[str, str]())
        if template not in self.keys:
            return None
        return self.say(template, **{name: self._part(value) for name, value in values.items()})

    def _part(self, value: str) -> str:
        return (self.translate(value) if isinstance(value, FilledText) else None) or value

    def say(self, text: str, /, **values: Any) -> str:
        """Translate *text* and insert *values* into its placeholders."""
        translated = self.texts.gettext(text)
        return fill_placeholders(translated, values) if values else translated

    def count(self, singular: str, plural: str, number: int, /, **values: Any) -> str:
        """Translate *singular* or *plural*, as *number* requires; ``{number}`` stands for the number itself."""
        return fill_placeholders(
            self.texts.ngettext(singular, plural, number), {"number": self.number(number), **values}
        )

    def number(self, number: int) -> str:
        """Write *number* with the language's thousands separator."""
        return f"{number:,}".replace(",", self.say("1,000")[1])

    def percent(self, part: int, whole: int) -> str:
        """Write how much *part* is of *whole*, above 0, in whole percent; a part above 0 is never rounded down to 0."""
        share = 100 * part / whole
        return self.say("<1%") if 0 < share < 1 else self.say("{number}%", number=self.number(round(share)))

    def day(self, day: dt.date) -> str:
        """Write a day of the calendar."""
        number = self.say("1") if day.day == 1 else day.day
        return self.say("{day} {month} {year}", day=number, month=self.say(MONTHS[day.month - 1]), year=day.year)

    def utc_day(self, day: dt.date) -> str:
        """Write a UTC day; the text says UTC where the reader's zone is another."""
        noon = dt.datetime.combine(day, dt.time(12), dt.UTC).astimezone(self.zone)
        return f"{self.day(day)} (UTC)" if noon.utcoffset() else self.day(day)

    def date(self, time: dt.datetime) -> str:
        """Write the day of *time* in the reader's zone."""
        return self.day(self.local(time))

    def when(self, time: dt.datetime) -> str:
        """Write *time* in the reader's zone, with the zone's name; raises OverflowError where no calendar has it."""
        local = self.local(time)
        return self.say("{date}, {time} {zone}", date=self.day(local), time=f"{local:%H:%M}", zone=zone_name(local))

    def local(self, time: dt.datetime) -> dt.datetime:
        """Convert *time* to the reader's zone; a naive time is UTC (RFC 5322 section 3.3, ``-0000``)."""
        return (time if time.tzinfo else time.replace(tzinfo=dt.UTC)).astimezone(self.zone)


def zone_name(time: dt.datetime) -> str:
    """Name the zone of *time*: by its abbreviation, CET; or, where it has none, by its offset, UTC-03:00."""
    name = time.tzname() or ""
    if name.isalpha():
        return name
    offset = time.strftime("%z") or "+0000"
    return f"UTC{offset[:3]}:{offset[3:5]}"


def language(code: str, zone: dt.tzinfo = dt.UTC) -> Language:
    """Give the language of that code, for a reader in *zone*; English where there is no translation."""
    language = LANGUAGES.get(code, LANGUAGES[ENGLISH])
    return language if zone is dt.UTC else replace(language, zone=zone)


def read_po(text: str) -> dict[str, str]:
    """Read a catalogue: key to translation, as in an MO file (plural forms joined by NUL), without untranslated keys."""
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
            name, _, line = line.partition(" ")  # noqa: PLW2901 -- the rest of the line
        parts[name] = parts.get(name, "") + ast.literal_eval(line)
    return parts


def compile_catalogue(entries: dict[str, str]) -> bytes:
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
    """The languages by code. Each catalogue is read at its first use: most programs use one language."""

    def __init__(self) -> None:
        self._read = {ENGLISH: Language(ENGLISH)}

    def __getitem__(self, code: str) -> Language:
        if code not in LANGUAGE_CODES:
            raise KeyError(code)
        if code not in self._read:
            file = resources.files(__package__).joinpath("catalogues", f"{code}.po")
            entries = read_po(file.read_text("utf-8"))
            texts = gettext.GNUTranslations(io.BytesIO(compile_catalogue(entries)))
            self._read[code] = Language(code, texts, keys=frozenset(entries))
        return self._read[code]

    def __iter__(self) -> Iterator[str]:
        return iter(LANGUAGE_CODES)

    def __len__(self) -> int:
        return len(LANGUAGE_CODES)


LANGUAGES = _Languages()
"""Every language, by its code (BCP 47)."""
