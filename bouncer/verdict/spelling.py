"""Split words that servers join, for the rules: ``NO_SUCH_USER``, ``InvalidRecipient``, ``err.nosuchuser``; correct misspelt words.

A token is split only if it consists of known words, or its separators cannot occur in a host's name: a host is no evidence.
"""

import re
from collections.abc import Collection

from bouncer.verdict.words import AnswerText, without_addresses, without_idle_words

_KNOWN = (
    "access account accounts active address alias already authentication bad banned big block blocked"
    " box client closed connection"
    " content control delivery denied disabled disk does domain duplicate err error exceed exceeded"
    " exist exists expired failed"
    " failure file filter forbidden found full hard helo host http id in inactive inbox incorrect"
    " invalid is large limit list local"
    " lookup mail mailbox mailboxes message moved mx name no not of off on out over permission policy"
    " quota rate rcpt recipient recipients"
    " refused reject rejected relay relaying reputation security sender server service size smtp space"
    " spam storage such suspended"
    " temporarily temporary the to too unavailable undeliverable unknown unrouteable user users virus"
)
_WORD = "|".join(sorted(_KNOWN.split(), key=len, reverse=True))
_GLUED = re.compile(rf"(?:{_WORD}){{2,8}}")
_EACH = re.compile(_WORD)
_TOKEN = re.compile(r"(?:\d{3}_)?[A-Za-z][A-Za-z_.-]{4,79}[A-Za-z_-]")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")
_SIGNS = "_.-"
_JOINTS = re.compile(rf"[{_SIGNS}]+")
_CONTRACTED = re.compile(r"(?<=\w)n['\u2019]t\b", re.IGNORECASE)
"""Contractions; the rules know most words in full: "is not here" for "isn't here"."""
_URL = re.compile(r"(?:https?://|www\.)\S{1,200}", re.IGNORECASE)
"""URLs are removed: an error page is named after the error, whatever happened."""
_CORRECT = {
    "account": "acount accout acccount",
    "address": "adress addres adddress addresss",
    "available": "avaliable availible avaible",
    "deleted": "deletd",
    "disabled": "disabeld dissabled",
    "exceeded": "exeeded exceded excceeded exceeed",
    "exist": "exsist exsit",
    "invalid": "invaild inavlid",
    "mailbox": "mailbos maibox malibox",
    "quota": "quata qouta",
    "recipient": "recipent recepient recipiant receipient receipent recipeint",
    "rejected": "rejeted regected",
    "unknown": "unknow unkown unknwon unknowen uknown unknonw",
}
"""Words as servers misspell them."""
_MISSPELT = {wrong: right for right, all_wrong in _CORRECT.items() for wrong in all_wrong.split()}
_MAY_BE_MISSPELT = re.compile(rf"\b(?:{'|'.join(_MISSPELT)})\b", re.IGNORECASE)
MIN_GLUED = 6
"""Letters of a word that may consist of several; shorter ones are single words."""


def split_joined(words: AnswerText, names: Collection[str] = ()) -> AnswerText | None:
    """Give *words* with joined words split and misspelt ones corrected; None where there are none.

    The recipient's *names* may end a token: ``no.such.user.jane``.
    """
    text = _URL.sub(" ", without_addresses("\n".join(without_idle_words(words.lines))))
    spelt = _MAY_BE_MISSPELT.sub(
        lambda word: _MISSPELT[word[0].lower()],
        _TOKEN.sub(lambda token: _taken_apart(token, names), _CONTRACTED.sub(" not", text)),
    )
    if spelt == text:
        return None
    searched = tuple(line.lower() for line in spelt.split("\n"))
    joined = " ".join(searched)
    return AnswerText(words.lines, searched, joined)


def _taken_apart(token: re.Match[str], names: Collection[str]) -> str:
    """Split one token if the result is words: at underscores and capitals always, at dots only between known words."""
    whole = token[0]
    humps = _HUMP.sub(" ", whole) if not whole.islower() and "." not in whole else whole
    pieces = [piece for piece in _JOINTS.split(humps) if piece]
    unglued = [_split_glued(piece) for piece in pieces]
    unnamed = pieces[:-1] if len(pieces) > 1 and pieces[-1].lower() in names else pieces
    if "." in whole and not all(_GLUED.fullmatch(piece.lower()) or piece.lower() in _WORDS for piece in unnamed):
        return whole
    return " ".join(unglued) + (" " if whole[-1] in _SIGNS else "")


_WORDS = frozenset(_KNOWN.split())


def _split_glued(piece: str) -> str:
    lower = piece.lower()
    if len(lower) < MIN_GLUED or lower in _WORDS or not _GLUED.fullmatch(lower):
        return piece
    return " ".join(_EACH.findall(lower))
