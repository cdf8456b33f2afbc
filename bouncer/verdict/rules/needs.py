"""Which words a text must have before a phrase is worth searching: the index that makes hundreds of phrases cheap.

A phrase's pattern is read as a sequence of literals, groups and gaps. A literal word needs a text word that begins
with its first letters; a group needs one of its alternatives' words, of each alternative the rarest.
"""

import re
from collections.abc import Iterator

LENGTHS = (2, 3, 4)
"""Letters of a word's beginning that are compared: few enough to be hashed cheaply, enough to tell words apart."""
_COMMON = frozenset(
    [
        *(
            "acce",
            "addr",
            "an",
            "are",
            "as",
            "at",
            "be",
            "by",
            "do",
            "does",
            "don",
            "for",
            "from",
            "has",
            "have",
            "host",
        ),
        *(
            "in",
            "is",
            "it",
            "mail",
            "mess",
            "no",
            "not",
            "of",
            "on",
            "or",
            "reci",
            "serv",
            "smtp",
            "that",
            "the",
            "this",
        ),
        *("to", "user", "was", "we", "will", "with", "you", "your"),
    ]
)
CJK = "\u2e80"
"""Where Unicode's scripts of China, Japan and Korea begin: they are written without blanks, so each sign counts as a word."""
_WORD = re.compile(r"[^\W_]+")
_BLANKED = bytes(octet if octet < 0x80 and chr(octet).isalnum() else ord(" ") for octet in range(256))  # noqa: PLR2004 -- ASCII's end
"""What is left of ASCII when only letters and digits are: looking octets up in a table costs half of what _WORD does."""
_PIECE = re.compile(r"\\.|\[\^?[^\]]*\]|\((?:\?(?::|<?[=!]))?|\{[^}]*\}|.", re.DOTALL)

Need = frozenset[str]
"""Beginnings of words, any one of which will do."""


def beginnings(text: str) -> set[str]:
    """Give the beginnings of *text*'s words, as long as the longest of LENGTHS."""
    longest = LENGTHS[-1]
    if text.isascii():
        return {word[:longest] for word in text.encode("ascii").translate(_BLANKED).decode("ascii").split()}
    return {word[:longest] for word in _WORD.findall(text)}.union(sign for sign in text if sign >= CJK)


def needed(pattern: str) -> tuple[Need, ...]:
    """Give what any text matching *pattern* has, the rarest first: of each set at least one; *pattern* has no top-level "|"."""
    return tuple(sorted(_needs(_PIECE.findall(pattern), at_edge=True), key=_commonness))


def literal(pattern: str) -> str:
    """Give the longest piece of plain text that any text matching *pattern* has: looking for it costs next to nothing."""
    pieces, position, runs = _PIECE.findall(pattern), 0, [""]
    while position < len(pieces):
        end = _end(pieces, position)
        plain = len(pieces[position]) == 1 and pieces[position] not in ".^$|?*+"
        if not plain or (end < len(pieces) and pieces[end].startswith(("?", "*", "{", "+"))):
            runs.append("")
        else:
            runs[-1] += pieces[position]
        position = end
    return max(runs, key=len)


def _sequence(pieces: list[str], *, at_edge: bool) -> Need:
    """Give what any of the alternatives needs; nothing where one of them needs nothing that can be told."""
    options = [_branch(branch, at_edge=at_edge) for branch in _branches(pieces)]
    return frozenset().union(*options) if all(options) else frozenset()


def _branches(pieces: list[str]) -> list[list[str]]:
    depth, branches = 0, list[list[str]]([[]])
    for piece in pieces:
        depth += piece.startswith("(") - (piece == ")")
        if piece == "|" and not depth:
            branches.append([])
        else:
            branches[-1].append(piece)
    return branches


def _branch(pieces: list[str], *, at_edge: bool) -> Need:
    """Give the rarest of what one alternative needs."""
    return min(_needs(pieces, at_edge=at_edge), key=_commonness, default=frozenset())


def _commonness(need: Need) -> tuple[bool, int, int]:
    return bool(need & _COMMON), -min(map(len, need)), len(need)


def _needs(pieces: list[str], *, at_edge: bool) -> Iterator[Need]:
    """Give all that one alternative needs. In *literal* a blank stands where a word ends or begins, NUL where it may go on."""
    literal, position = (" " if at_edge else "\0"), 0
    while position < len(pieces):
        piece = pieces[position]
        end = _end(pieces, position)
        optional = end < len(pieces) and pieces[end].startswith(("?", "*", "{0"))
        if optional or _open_ended(piece):
            yield from _words(literal)
            edge = literal[-1] == " "
            if piece == "(?:" and not optional and (inner := _sequence(pieces[position + 1 : end - 1], at_edge=edge)):
                yield inner
            blank_after = piece == "(?:" and _ends_blank(pieces[position + 1 : end - 1]) and (edge or not optional)
            look = edge and piece.startswith(("(?=", "(?!", "(?<"))
            literal = " " if piece == r"\b" or blank_after or look else "\0"
        elif piece[0] not in "?*+{":
            literal += piece if piece.isalnum() else " "
        position = end
    yield from _words(literal)


def _open_ended(piece: str) -> bool:
    """Whether what stands in the text for *piece* cannot be told."""
    return piece in (".", "^", "$", ")") or piece[0] in "([" or (piece[0] == "\\" and piece[1].isalnum())


def _ends_blank(pieces: list[str]) -> bool:
    """Whether each alternative of a group ends with a blank; a group of nothing but a group ends as that one does."""
    if pieces[:1] == ["(?:"] and _end(pieces, 0) == len(pieces):
        return _ends_blank(pieces[1:-1])
    return all(branch[-1:] == [" "] for branch in _branches(pieces))


def _end(pieces: list[str], position: int) -> int:
    """Give where the piece or group at *position* ends."""
    depth = 0
    for end in range(position, len(pieces)):
        depth += pieces[end].startswith("(") - (pieces[end] == ")")
        if not depth:
            return end + 1
    return len(pieces)


def _words(literal: str) -> Iterator[Need]:
    """Give the beginnings of the words in *literal* that surely begin there."""
    yield from (frozenset((sign,)) for sign in literal if sign >= CJK)
    for word in literal.split(" ")[1:]:
        if len(word) >= LENGTHS[0] and max(word) < CJK:
            yield frozenset((word[: LENGTHS[-1]],))
