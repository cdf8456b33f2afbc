"""Forms of report that this installation was taught: literal words by which a letter is known, and the place of its recipient."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

PREFIX = "taught-"
"""The beginning of the dialect's name in a Reading, before the form's id."""
MOST_LINES = 60
"""Lines of an Outline: a report tells its facts on its first page."""


class RecipientPlace(StrEnum):
    """The place where a letter names the recipient."""

    LINE = "line"  # on a line, between known words
    ONLY = "only"  # the only address in the text that is neither the sender's nor ours
    PATH = "path"  # the recipient that our return path was made for


@dataclass(frozen=True, slots=True)
class TaughtForm:
    """The words by which a letter is known, and the place of its recipient; every text is normalized by ``phrases.normalize``.

    *before* and *after* stand on the recipient's line, for RecipientPlace.LINE: without *before*, the address begins the line.
    """

    phrases: tuple[str, ...]  # all stand in subject and text
    place: RecipientPlace
    before: str = ""
    after: str = ""
    host: str = ""  # the domain in From, or one above it; empty for any
    is_delay: bool = False  # the server still tries

    @property
    def id(self) -> str:
        """The id: ten digits of the digest of all fields."""
        fields = (*self.phrases, self.place, self.before, self.after, self.host, str(self.is_delay))
        return hashlib.sha256("\0".join(fields).encode("utf-8", "replace")).hexdigest()[:10]

    @property
    def dialect(self) -> str:
        """The name of the dialect in readings by this form."""
        return f"{PREFIX}{self.id}"


def form_id_of(dialect: str | None) -> str | None:
    """Give the id of the form whose *dialect* stands in a Reading; None for the reader's own dialects."""
    return dialect.removeprefix(PREFIX) if dialect and dialect.startswith(PREFIX) else None


@dataclass(frozen=True, slots=True)
class Outline:
    """The lines of a letter's own text, the subject first, without blank ones; all of it is a stranger's text."""

    lines: tuple[str, ...]
    sender_host: str = ""  # the domain in From, in lower case
    own: frozenset[str] = frozenset()  # addresses that send or receive the letter, in lower case: never recipients
    path_names: bool = False  # it came to a return path that was made for one recipient
    refusal: str | None = None  # why no rule can read it
