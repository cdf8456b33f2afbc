"""Strangers' text made inert: nothing in it becomes a link by itself, and a person can still read what it was.

Mail programs make links of what looks like one, in text and in HTML, and in a mail of ours it would look like ours. So schemes,
www, domains and network folders are broken as people who handle attacks write them ("defanging"): ``hxxps[:]//evil[.]example``.
What is proven comes from the recipient's own server and stays as it is, for a link in it can help; all else is anybody's.

An address that a report names stands whole where it is a plain one: whoever reads has to find and copy it, and the most that it can
become is a link to itself.
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
"""What is a dot in a domain's name, or becomes one (Unicode Technical Standard 46, section 4)."""
_DOT = re.compile(rf"(?<=[^\s{_DOTS}])[{_DOTS}](?=[^\W\d_])")
"""Before a letter: no top-level domain begins with anything else, and 5.1.1 and 192.0.2.1 stay as they are."""
_WWW = re.compile(rf"(?<![a-z])(www[0-9]{{0,3}})[{_DOTS}](?=\S|$)", re.IGNORECASE)
_PLAIN_ADDRESS = re.compile(r"[\w+=.-]{1,64}@[\w.-]{1,255}")


def inert(text: str) -> str:
    """Break what mail programs would make a link of; each sign that is broken stands in brackets."""
    text = _HTTP.sub(r"\1xx", text)
    text = _SCHEME.sub(r"\1[:]", text)
    text = _PATH.sub(r"[\1]", text)
    text = _SLASHES.sub("[:]", text)
    text = _WWW.sub(r"\1[.]", text)
    return _DOT.sub("[.]", text)


def words(text: str, limit: int, *, proven: bool) -> str:
    """Give strangers' *text* as one line of at most *limit* characters and the brackets; as it is where it is *proven*."""
    return line(text, limit) if proven else inert(line(text, limit))


def address(text: str, limit: int, *, proven: bool) -> str:
    """Give an address in the same way, a plain one as it is."""
    shown = line(text, limit)
    return shown if proven or (_PLAIN_ADDRESS.fullmatch(shown) and not _WWW.search(shown)) else inert(shown)
