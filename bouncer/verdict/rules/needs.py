"""The words that a text must have before a phrase is searched in it: the index that makes hundreds of phrases cheap.

A phrase's pattern is parsed as a sequence of literals, groups and gaps. A literal word requires a text word with the same
first letters; a group requires a word of one of its alternatives, of each alternative the rarest.
"""

import functools
import re
from collections.abc import Iterator, Sequence

LENGTHS = (2, 3, 4, 5, 6)
"""Lengths, in letters, of word prefixes that are compared: enough to tell words apart, "mailbox" from "mailspike"."""
_SHARES = """
550:439 not:192 mail:175 mess:129 is:110 to:108 addr:105 the:105 reci:104 user:93 reje:79 554:75 no:73 for:66 this:62 doma:61
send:61 serv:60 com:59 host:54 in:53 does:53 exis:51 has:50 foun:49 your:48 fail:48 unkn:47 acce:42 deli:42 mx:42 from:42 org:40
acco:38 exce:38 erro:37 name:37 http:35 too:35 requ:34 by:33 spam:33 inva:33 ip:33 or:31 plea:31 emai:31 cont:30 conn:30 of:30
limi:30 552:29 421:28 that:27 bloc:27 syst:26 dest:25 451:25 deni:24 post:24 full:24 been:24 loca:23 unav:23 here:23 553:23 quot:23
try:22 poli:22 was:22 be:22 you:21 smtp:21 rela:20 sorr:20 vali:20 acti:19 such:19 list:19 late:19 reso:19 time:19
"""
"""For each prefix, how many of a thousand of our diagnostics (tests/unit/verdict/diagnostics.tsv) have it; others are rarer."""
_COUNTED = 4
"""Letters of these prefixes."""
_SHARE = {beginning: int(share) for beginning, _, share in (pair.partition(":") for pair in _SHARES.split())}
_RARE = 4
"""The estimate for any other prefix."""
_SHARE_OF_SHORT = {1: 600, 2: 150, 3: 50}
"""The estimate for a prefix of so few letters: many words have it."""
WHOLE = "\0"
"""Follows a word shorter than the longest of LENGTHS that must match whole: then "in" is no prefix of "invalid"."""
CJK = "\u2e80"
"""The start of Unicode's scripts of China, Japan and Korea: they are written without blanks, so each sign counts as a word."""
_WORD = re.compile(r"[^\W_]+")
_BLANKED = bytes(octet if octet < 0x80 and chr(octet).isalnum() else ord(" ") for octet in range(256))  # noqa: PLR2004 -- ASCII's end
"""Maps every octet of ASCII that is no letter or digit to a blank: a table look-up costs half of what _WORD does."""
_PIECE = re.compile(r"[^\W_]+(?![?*+{])|\\.|\[\^?[^\]]{0,1000}\]|\((?:\?(?::|<?[=!]))?|\{[^}]{0,20}\}|.", re.DOTALL)
"""An element of a pattern: letters and digits that stand once are one element together, which makes the search for groups short."""
_CACHED = 8192
"""Groups and needs that are remembered: the words of the vocabulary stand in hundreds of phrases, and groups in one another."""

_MOST_LITERALS = 12
"""Texts of a set that are searched before an expression: more cost as much as the expression."""

Literals = tuple[str, ...]
"""Plain texts; a text meets the requirement if it contains any one of them."""
Pieces = tuple[str, ...]
"""A pattern, or a part of one, cut where its elements end."""
Need = frozenset[str]
"""Prefixes of words; a text meets the need if it has any one of them."""


def beginnings(text: str) -> set[str]:
    """Give the prefixes of *text*'s words, as long as the longest of LENGTHS."""
    longest = LENGTHS[-1]
    if text.isascii():
        return {word[:longest] for word in text.encode("ascii").translate(_BLANKED).decode("ascii").split()}
    return {word[:longest] for word in _WORD.findall(text)}.union(sign for sign in text if sign >= CJK)


def needed(pattern: str) -> tuple[Need, ...]:
    """Give the needs that every match of *pattern* meets, the rarest first; *pattern* has no top-level "|"."""
    return tuple(sorted(_needs(tuple(_PIECE.findall(pattern)), at_edge=True), key=_commonness))


def literals(pattern: str) -> tuple[Literals, ...]:
    """Give sets of plain texts, the longest first: every match of *pattern* contains a text of each set.

    Searching them costs next to nothing. *pattern* has no top-level "|".
    """
    return tuple(_literals(tuple(_PIECE.findall(pattern))))


def _literals(pieces: Pieces) -> list[Literals]:
    sets, run, position = list[Literals](), "", 0
    while position < len(pieces):
        piece, end = pieces[position], _end(pieces, position)
        repeated = end < len(pieces) and pieces[end].startswith(("?", "*", "{", "+"))
        plain = piece[1:] if piece[0] == "\\" and not piece[1].isalnum() else piece
        is_text = piece.isalnum() or (len(plain) == 1 and (plain != piece or plain not in ".^$|?*+()"))
        if is_text and not repeated:
            run += plain
        else:
            sets.append((run,))
            run = ""
            if piece == "(?:" and not (repeated and pieces[end].startswith(("?", "*", "{0"))):
                sets.append(_literals_of_group(pieces[position + 1 : end - 1]))
        position = end
    return sorted((texts for texts in (*sets, (run,)) if _shortest(texts) > 1), key=_shortest, reverse=True)


def _literals_of_group(inside: Pieces) -> Literals:
    """Give a text for each alternative; none where there are too many, or one has no text."""
    sets = [_literals(branch) for branch in _branches(inside)]
    return tuple(dict.fromkeys(text for texts in sets for text in texts[0])) if all(sets) else ()


def _shortest(texts: Literals) -> int:
    return min(map(len, texts), default=0) if len(texts) <= _MOST_LITERALS else 0


@functools.lru_cache(_CACHED)
def _sequence(pieces: Pieces, *, at_edge: bool, ends: bool) -> Need:
    """Give the joint need of all alternatives; empty where one of them has no known need."""
    options = [_branch(branch, at_edge=at_edge, ends=ends) for branch in _branches(pieces)]
    return frozenset().union(*options) if all(options) else frozenset()


def _branches(pieces: Pieces) -> list[Pieces]:
    depth, begin, branches = 0, 0, list[Pieces]()
    for place, piece in enumerate(pieces):
        if piece[0] == "(":
            depth += 1
        elif piece == ")":
            depth -= 1
        elif piece == "|" and not depth:
            branches.append(pieces[begin:place])
            begin = place + 1
    return [*branches, pieces[begin:]]


def _branch(pieces: Pieces, *, at_edge: bool, ends: bool) -> Need:
    """Give the rarest need of one alternative."""
    return min(_needs(pieces, at_edge=at_edge, ends=ends), key=_commonness, default=frozenset())


@functools.lru_cache(_CACHED)
def _commonness(need: Need) -> tuple[int, int]:
    """Estimate how many texts meet a need."""
    return (sum(map(_share, need)), len(need)) if need else (_ALWAYS, 0)


def _share(beginning: str) -> int:
    if len(beginning) < _COUNTED and not beginning.endswith(WHOLE):
        return _SHARE_OF_SHORT[len(beginning)]
    return _SHARE.get(beginning.removesuffix(WHOLE)[:_COUNTED], _RARE)


_ALWAYS = 1_000_000
"""The estimate for an empty need: it is never the rarest."""


def _needs(pieces: Pieces, *, at_edge: bool, ends: bool = False) -> Iterator[Need]:
    """Give all needs of one alternative; *at_edge* tells that a word begins at its start, *ends* that one ends at its end.

    In *literal* a blank marks the end or beginning of a word, NUL a place where it may continue.
    """
    literal, position = (" " if at_edge else "\0"), 0
    while position < len(pieces):
        piece = pieces[position]
        end = _end(pieces, position)
        optional = end < len(pieces) and pieces[end].startswith(("?", "*", "{0"))
        if optional or _open_ended(piece):
            yield from _words(literal, ends=piece == r"\b")
            edge = literal[-1] == " "
            if piece == "(?:" and not optional:
                inside, then = pieces[position + 1 : end - 1], _edge_at(pieces, end, ends=ends)
                if inner := _sequence(inside, at_edge=edge, ends=then):
                    yield inner
            blank_after = piece == "(?:" and (edge or not optional) and _ends_blank(pieces[position + 1 : end - 1])
            look = edge and piece.startswith(("(?=", "(?!", "(?<"))
            literal = " " if piece == r"\b" or blank_after or look else "\0"
        elif piece[0] not in "?*+{":
            literal += piece if piece.isalnum() else " "
        position = end
    yield from _words(literal, ends=ends)


def _edge_at(pieces: Pieces, position: int, *, ends: bool) -> bool:
    """Whether a word certainly ends at *position*."""
    if position >= len(pieces):
        return ends
    piece = pieces[position]
    optional = position + 1 < len(pieces) and pieces[position + 1].startswith(("?", "*", "{0"))
    return piece == r"\b" or (len(piece) == 1 and not piece.isalnum() and piece not in ".^$|?*+()[{" and not optional)


def _open_ended(piece: str) -> bool:
    """Whether the text that *piece* matches is unknown."""
    return piece in (".", "^", "$", ")") or piece[0] in "([" or (piece[0] == "\\" and piece[1].isalnum())


@functools.lru_cache(_CACHED)
def _ends_blank(pieces: Pieces) -> bool:
    """Whether each alternative of a group ends with a blank; a group that holds only a group ends as the inner one does."""
    if pieces[:1] == ("(?:",) and _end(pieces, 0) == len(pieces):
        return _ends_blank(pieces[1:-1])
    return all(branch[-1:] == (" ",) for branch in _branches(pieces))


def _end(pieces: Sequence[str], position: int) -> int:
    """Give the index where the piece or group at *position* ends."""
    if pieces[position][0] != "(":
        return position + 1
    depth = 0
    for end in range(position, len(pieces)):
        piece = pieces[end]
        if piece[0] == "(":
            depth += 1
        elif piece == ")":
            depth -= 1
            if not depth:
                return end + 1
    return len(pieces)


def _words(literal: str, *, ends: bool) -> Iterator[Need]:
    """Give the needs of the words in *literal* that certainly begin there; a short word that certainly *ends* must match whole."""
    if len(literal) == 1:  # only the mark of how it begins
        return
    if max(literal) >= CJK:
        yield from (frozenset((sign,)) for sign in literal if sign >= CJK)
    words = literal.split(" ")
    for place, word in enumerate(words[1:], 2):
        if len(word) >= LENGTHS[0] and max(word) < CJK:
            whole = len(word) < LENGTHS[-1] and (place < len(words) or ends)
            yield frozenset((word + WHOLE if whole else word[: LENGTHS[-1]],))
