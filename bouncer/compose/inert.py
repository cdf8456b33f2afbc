"""Making strangers' text inert: mail programs make no link of it, and a person can still read it.

Mail programs make links of text that looks like one, in plain text and in HTML, and in our mail a link would seem to be ours. So
schemes, www, domains and network folders are "defanged", as people who handle attacks write them: ``hxxps[:]//evil[.]example``.
Proven text comes from the recipient's own server and is left unchanged, since its links can help; all other text is anybody's.

A plain address in a report is left unchanged: the reader has to find and copy it, and at most it becomes a link to itself.
"""

import re

from bouncer.compose.plain_text import line

_HTTP = re.compile(r"(?<![a-z])(h)tt(?=ps?:)", re.IGNORECASE)
_SLASHES = re.compile(r":(?=[/\\])")
_PATH = re.compile(r"(?<![:/\\])([/\\]{2,})(?=[^\s/\\])")
_SCHEME = re.compile(
    "(?<![a-z])(mailto|tel|sms|callto|sips?|skype|facetime|news|nntp|xmpp|ircs?|geo|magnet|data|javascript|vbscript|file|outlook"
    "|onenote|webcal|whatsapp|tg|urn|cid|mid|about):(?=\\S|$)",
    re.IGNORECASE,
)
_DOTS = ".\u2024\u3002\ufe52\uff0e\uff61"
"""Dots in a domain's name, and characters that become dots (Unicode Technical Standard 46, section 4)."""
_DOT = re.compile(rf"(?<=[^\s{_DOTS}])[{_DOTS}](?=[^\W\d_])")
"""A dot before a letter: all top-level domains begin with one, and 5.1.1 and 192.0.2.1 are left unchanged."""
_WWW = re.compile(rf"(?<![a-z])(www[0-9]{{0,3}})[{_DOTS}](?=\S|$)", re.IGNORECASE)
_PLAIN_ADDRESS = re.compile(r"[\w+=.-]{1,64}@[\w.-]{1,255}")


def make_inert(text: str) -> str:
    """Put in brackets each sign by which mail programs would recognize a link."""
    text = _HTTP.sub(r"\1xx", text)
    text = _SCHEME.sub(r"\1[:]", text)
    text = _PATH.sub(r"[\1]", text)
    text = _SLASHES.sub("[:]", text)
    text = _WWW.sub(r"\1[.]", text)
    return _DOT.sub("[.]", text)


def words(text: str, limit: int, *, proven: bool) -> str:
    """Give strangers' *text* as one inert line of at most *limit* characters (not counting brackets); not inert if *proven*."""
    return line(text, limit) if proven else make_inert(line(text, limit))


def address(text: str, limit: int, *, proven: bool) -> str:
    """Like ``words``, for an address: a plain one is left unchanged."""
    visible = line(text, limit)
    return (
        visible if proven or (_PLAIN_ADDRESS.fullmatch(visible) and not _WWW.search(visible)) else make_inert(visible)
    )
