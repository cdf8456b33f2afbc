"""The needs of the rules' phrases, as they stand in the file FILE: to work them out takes longer than to read a letter.

The file has a line for each phrase, with the digest of its pattern and its needs. A phrase that has no line there, as that of a
rule which somebody is trying, has its needs worked out. ``make regold`` writes the file.
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib import resources

from bouncer.verdict.rules import needs
from bouncer.verdict.rules.needs import WHOLE, Need

FILE = "needs.tsv"
"""The file's name, in the folder of this package."""
LEVELS = 3
"""Needs of a phrase that are looked at, its rarest ones: a phrase is tried where the text meets all of them."""
_DIGEST = 8
"""Octets of a digest: two of 2,000 patterns have the same with a probability of one in ten million millions."""
_WHOLE = "."
"""WHOLE as it is written: NUL would make the file binary for other programs."""


def needs_of(pattern: str) -> tuple[Need, ...]:
    """Give the needs of *pattern*, the rarest first, at most LEVELS."""
    line = read_file().get(_digest(pattern))
    return needs.needs_of(pattern)[:LEVELS] if line is None else _parse_needs(line)


def write_needs(patterns: Iterable[str]) -> str:
    """Give the text of the file for *patterns*, sorted by digest, so that a new rule changes no other line."""
    lines = {_digest(pattern): _spell_needs(needs.needs_of(pattern)[:LEVELS]) for pattern in patterns}
    return "".join(f"{digest}\t{line}\n" for digest, line in sorted(lines.items()))


def _digest(pattern: str) -> str:
    return hashlib.blake2b(pattern.encode(), digest_size=_DIGEST).hexdigest()


def _spell_needs(levels: tuple[Need, ...]) -> str:
    return "\t".join(" ".join(sorted(need)) for need in levels).replace(WHOLE, _WHOLE)


def _parse_needs(line: str) -> tuple[Need, ...]:
    return tuple([frozenset(need.split(" ")) for need in line.replace(_WHOLE, WHOLE).split("\t")]) if line else ()


@cache
def read_file() -> dict[str, str]:
    """Read the file once: the needs as they are written, by digest."""
    text = resources.files(__package__).joinpath(FILE).read_text("utf-8")
    return {digest: line for digest, _, line in (row.partition("\t") for row in text.splitlines())}
