"""The words that a text must have before a phrase is searched in it: the index that makes hundreds of phrases cheap.

A phrase's pattern is parsed as a sequence of literals, groups and gaps. A literal word requires a text word with the same
first letters; a group requires a word of one of its alternatives, of each alternative the rarest.
"""

import functools
import re
from collections.abc import Iterator

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
"""Letters of the prefixes in _SHARES."""
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
_PIECE = re.compile(r"[^\W_]+(?![?*+{])|\\.|\[\^?[^\]]{0,1000}\]|\{[^}]{0,20}\}|.", re.DOTALL)
"""An element of a pattern without groups: letters and digits that stand once are one element together."""
_BRACKET = re.compile(r"[()]|\\.|\[\^?[^\]]{0,1000}\]", re.DOTALL)
"""Where a group begins or ends; the other two hide brackets that are text."""
_CACHED = 8192
"""Groups and needs that are remembered: the words of the vocabulary stand in hundreds of phrases, and groups in one another."""
_NO_CAPTURE = "(?:"
"""The beginning of a group of alternatives; any other group is a text that is not known."""

_MOST_LITERALS = 12
"""Texts of a set that are searched before an expression: more cost as much as the expression."""

Literals = tuple[str, ...]
"""Plain texts; a text meets the requirement if it contains any one of them."""
Pieces = tuple[str, ...]
"""The elements of a pattern, or of one alternative of a group; a group is one element, with all that is in it."""
Need = frozenset[str]
"""Prefixes of words; a text meets the need if it has any one of them."""


def beginnings(text: str) -> set[str]:
    """Give the prefixes of *text*'s words, as long as the longest of LENGTHS."""
    longest = LENGTHS[-1]
    if text.isascii():
        return {word[:longest] for word in text.encode("ascii").translate(_BLANKED).decode("ascii").split()}
    return {word[:longest] for word in _WORD.findall(text)}.union(sign for sign in text if sign >= CJK)


def needs_of(pattern: str) -> tuple[Need, ...]:
    """Give the needs that every match of *pattern* meets, the rarest first; *pattern* has no top-level "|"."""
    return tuple(sorted(_needs(_elements(pattern), at_edge=True), key=_commonness))


def literals(pattern: str) -> tuple[Literals, ...]:
    """Give sets of plain texts, the longest first: every match of *pattern* contains a text of each set.

    Searching them costs next to nothing. *pattern* has no top-level "|".
    """
    return tuple(_literals(_elements(pattern)))


def _literals(pieces: Pieces) -> list[Literals]:
    sets, run, position = list[Literals](), "", 0
    while position < len(pieces):
        piece, end = pieces[position], position + 1
        repeated = end < len(pieces) and pieces[end].startswith(("?", "*", "{", "+"))
        plain = piece[1:] if piece[0] == "\\" and not piece[1].isalnum() else piece
        is_text = piece.isalnum() or (len(plain) == 1 and (plain != piece or plain not in ".^$|?*+()"))
        if is_text and not repeated:
            run += plain
        else:
            sets.append((run,))
            run = ""
            if piece.startswith(_NO_CAPTURE) and not (repeated and pieces[end].startswith(("?", "*", "{0"))):
                sets.append(_literals_of_group(_strip_group(piece)))
        position = end
    return sorted(
        (texts for texts in (*sets, (run,)) if _shortest_length(texts) > 1), key=_shortest_length, reverse=True
    )


def _literals_of_group(inside: str) -> Literals:
    """Give a text for each alternative; none where there are too many, or one has no text."""
    sets = [_literals(branch) for branch in _branches(inside)]
    return tuple(dict.fromkeys(text for texts in sets for text in texts[0])) if all(sets) else ()


def _shortest_length(texts: Literals) -> int:
    return min(map(len, texts), default=0) if len(texts) <= _MOST_LITERALS else 0


@functools.lru_cache(_CACHED)
def _joint_need(inside: str, *, at_edge: bool, ends: bool) -> Need:
    """Give the joint need of all alternatives; empty where one of them has no known need."""
    options = [_branch(branch, at_edge=at_edge, ends=ends) for branch in _branches(inside)]
    return frozenset().union(*options) if all(options) else frozenset()


def _strip_group(group: str) -> str:
    """Give the alternatives of a group of alternatives, as one text."""
    return group[len(_NO_CAPTURE) : -1]


def _elements(pattern: str) -> Pieces:
    pieces, depth, begin, end = list[str](), 0, 0, 0
    for bracket in _BRACKET.finditer(pattern):
        if bracket[0] == "(":
            if not depth:
                begin = bracket.start()
                pieces += _PIECE.findall(pattern, end, begin)
            depth += 1
        elif bracket[0] == ")":
            depth -= 1
            if not depth:
                end = bracket.end()
                pieces.append(pattern[begin:end])
    return (*pieces, *_PIECE.findall(pattern, end))


@functools.lru_cache(_CACHED)
def _branches(inside: str) -> tuple[Pieces, ...]:
    """Split the alternatives of a group into their elements."""
    branches: list[list[str]] = [[]]
    for piece in _elements(inside):
        if piece == "|":
            branches.append([])
        else:
            branches[-1].append(piece)
    return tuple(map(tuple, branches))


def _branch(pieces: Pieces, *, at_edge: bool, ends: bool) -> Need:
    """Give the rarest need of one alternative; most are a single word."""
    if at_edge and len(pieces) == 1 and pieces[0].isalnum():
        return _need_of_word(pieces[0], ends=ends)
    return min(_needs(pieces, at_edge=at_edge, ends=ends), key=_commonness, default=frozenset())


def _need_of_word(word: str, *, ends: bool) -> Need:
    if word.isascii():
        return frozenset((_beginning(word, is_whole=ends),)) if len(word) >= LENGTHS[0] else frozenset()
    return min(_words(f" {word}", ends=ends), key=_commonness, default=frozenset())


def _beginning(word: str, *, is_whole: bool) -> str:
    return word + WHOLE if is_whole and len(word) < LENGTHS[-1] else word[: LENGTHS[-1]]


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
    """Give all needs of one alternative; *at_edge* tells that a word begins at its start, *ends* that one ends at its end."""
    # In the text so far a blank marks the beginning or end of a word, NUL a place where the word may continue.
    literal, position = (" " if at_edge else "\0"), 0
    while position < len(pieces):
        piece = pieces[position]
        end = position + 1
        optional = end < len(pieces) and pieces[end].startswith(("?", "*", "{0"))
        if optional or _open_ended(piece):
            yield from _words(literal, ends=piece == r"\b")
            edge = literal[-1] == " "
            is_group = piece.startswith(_NO_CAPTURE)
            if is_group and not optional:
                then = _edge_at(pieces, end, ends=ends)
                if inner := _joint_need(_strip_group(piece), at_edge=edge, ends=then):
                    yield inner
            blank_after = is_group and (edge or not optional) and _ends_blank(_strip_group(piece))
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
def _ends_blank(inside: str) -> bool:
    """Whether each alternative of a group ends with a blank; a group that holds only a group ends as the inner one does."""
    branches = _branches(inside)
    if len(branches) == 1 and len(branches[0]) == 1 and branches[0][0].startswith(_NO_CAPTURE):
        return _ends_blank(_strip_group(branches[0][0]))
    return all(branch[-1:] == (" ",) for branch in branches)


def _words(literal: str, *, ends: bool) -> Iterator[Need]:
    """Give the needs of the words in *literal* that certainly begin there; a short word that certainly *ends* must match whole."""
    if len(literal) == 1:  # only the mark of how it begins
        return
    is_ascii = literal.isascii()
    if not is_ascii and max(literal) >= CJK:
        yield from (frozenset((sign,)) for sign in literal if sign >= CJK)
    words = literal.split(" ")
    for place, word in enumerate(words[1:], 2):
        if len(word) >= LENGTHS[0] and (is_ascii or max(word) < CJK):
            yield frozenset((_beginning(word, is_whole=place < len(words) or ends),))
