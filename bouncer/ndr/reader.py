"""Reading a letter: octets in, a Reading out, whatever the octets are.

Pure: no input, no output, no clock, no log. Total: a letter that no dialect can read gives a Reading too. Bounded by ``Limits``.
"""

from collections.abc import Sequence
from dataclasses import replace

from bouncer.ndr.dialects.order import DIALECTS, Dialect
from bouncer.ndr.letter import Letter
from bouncer.ndr.limits import FEW_RECIPIENTS, Limits
from bouncer.ndr.reading import NO_ENVELOPE, Envelope, Kind, Reading
from bouncer.ndr.taught import read_taught
from bouncer.ndr.taught_form import TaughtForm

_LIMITS = Limits()


def read(
    raw: bytes,
    envelope: Envelope = NO_ENVELOPE,
    *,
    limits: Limits = _LIMITS,
    strict: bool = False,
    dialects: tuple[Dialect, ...] = DIALECTS,
    taught: Sequence[TaughtForm] = (),
) -> Reading:
    """Read what a letter reports: kind, recipients, the words about each; ``Kind.UNREADABLE`` where no dialect knows it.

    The *taught* forms are asked where the dialects found no report. An exception in one dialect does not stop the others: its
    text goes into ``mishaps`` for the operator. With *strict* the exception escapes instead, so that tests hide nothing.
    """
    mishaps: list[str] = []
    try:
        letter = Letter(raw, limits, envelope)
    except Exception as error:  # a bug in splitting the letter: still no reason to lose it
        if strict:
            raise
        return Reading(Kind.UNREADABLE, why="cannot be opened", mishaps=(f"letter: {error!r}",))
    reading: Reading | None = None
    for dialect in dialects:
        try:
            reading = dialect.read(letter)
        except Exception as error:  # one dialect's bug must not stop the others
            if strict:
                raise
            mishaps.append(f"{dialect.name}: {error!r}")
            continue
        if reading is not None:
            break
    if taught and (reading is None or reading.kind is Kind.OTHER):
        reading = _read_taught(letter, taught, mishaps, strict=strict) or reading
    if reading is None:
        return Reading(Kind.UNREADABLE, why="no dialect knows this handwriting", mishaps=tuple(mishaps))
    reading = _cut_words(reading, limits)
    if mishaps or envelope.return_path:
        return replace(reading, return_path=envelope.return_path, mishaps=tuple(mishaps))
    return reading


def _cut_words(reading: Reading, limits: Limits) -> Reading:
    """Cut the words about each recipient of a report that is about very many."""
    most = limits.words_of_each(len(reading.recipients))
    if most >= limits.words // FEW_RECIPIENTS:
        return reading
    recipients = tuple(
        replace(
            recipient,
            diagnostic_code=recipient.diagnostic_code and recipient.diagnostic_code[:most],
            own_lines=tuple(line[:most] for line in recipient.own_lines),
            dialogue=recipient.dialogue and recipient.dialogue[:most],
        )
        for recipient in reading.recipients
    )
    return replace(reading, recipients=recipients)


def _read_taught(letter: Letter, taught: Sequence[TaughtForm], mishaps: list[str], *, strict: bool) -> Reading | None:
    try:
        return read_taught(letter, taught)
    except Exception as error:  # the letter is read without them
        if strict:
            raise
        mishaps.append(f"taught: {error!r}")
        return None
