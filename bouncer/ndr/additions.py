"""Additions to a report's text by programs on its way: a banner above it, the note of a scanner, a company's closing lines.

They say nothing about the message, but have words and addresses that a reader would take for the report's own: "checked for
viruses", "unknown sender", "please notify postmaster@example.com". An addition is a paragraph that begins as gateways, mail
programs and companies' lawyers write it, and that says of no mail that it failed.
"""

import re

from bouncer.ndr import phrases

_SIGNS = phrases.split_phrases(
    "virus | viren | scanned | confiden | vertrau | environment | extern | outside | often get | intended | unknown sender"
    " | irrtüm | extérieur | конфиденц"
)
"""Words, in lower case, of which every addition has one: a text without them is not searched."""
_THIS = (
    r"(?:this|the|your|diese[rs]?|die|ce|cet|cette|este|esta|el|questo|questa|il|la|dit|deze|denne|detta|denna|niniejsza"
    r"|ta|tato|это) (?:incoming |outgoing )?(?:e-?mail|message|mail|communication|transmission|nachricht|courriel|courrier|mensaje"
    r"|correo|messaggio|mensagem|bericht|meddelande|besked|wiadomość|zpráva|сообщение|письмо)\b"
)
_ADDED = re.compile(
    rf"{_THIS}[^.:;]{{0,160}}(?:virus|viren|malware|scanned (?:by|for|with)|confiden|vertraulich"
    r"|vertrouwelijk|privileged|intended (?:only|solely|exclusively)|конфиденц|from outside|from an external"
    r"|externen|extérieur|esterno)"
    r"|(?:scanned|checked|verified|certified|protected|virus[- ]checked|outgoing mail is certified)"
    r"[^.]{0,60}(?:virus|malware|antivir)"
    r"|(?:no virus(?:es)? (?:was |were )?found in this|virus-free\b|l.absence de virus)"
    r"|please (?:consider|think of) the environment"
    r"|if you (?:are not|have received|received|were not)[^.]{0,120}"
    r"(?:intended (?:recipient|addressee))"
    r"|wenn sie (?:nicht|diese)[^.]{0,120}(?:adressat|empfänger|irrtümlich)"
    r"|(?:confidentiality (?:notice|note)|(?:e-?mail )?disclaimer|legal notice)\b"
    r"|external(?: e-?mail| message| sender)?\W{1,3}"
    r"|(?:caution|warning|attention|important|notice|note|alert|careful|be careful|security notice|achtung|vorsicht|avertissement"
    r"|atención|aviso|attenzione|let op)\b.{0,200}?"
    r"(?:external|from outside|externe[nr]|extérieur|externo|esterno|unknown sender|recognize the sender)"
    r"|(?:you|some people who received this message) (?:don't|do not) often get e-?mail"
)
"""The beginning of such a paragraph, in lower case with single blanks."""
_PARAGRAPH_ENDS = re.compile(r"\n(?:[ \t]*+\n)++|\n(?=[ \t]*+(?:-- ?|[_=*#-]{5,})\n)")
_SENTENCE_ENDS = re.compile(r"[.!:] ")
_TELLS_FAILURE = re.compile(
    r"\b[245]\.\d{1,3}\.\d{1,3}\b|(?<![\d.+] )(?<![\w.-])[45]\d\d[ -](?!\d)"
    r"|\binfected\b|reject|refus|quarant|blocked|bounced|unzustell|abgelehnt"
)
"""A code, or a word about the message, which no addition has; a scanner that refuses a message tells why."""
_BEFORE_WORDS = " \t\n>_=*#|[({-"
_BEGINNING = 400
"""Characters of a paragraph that show what it is."""
_LONGEST = 3_000
"""Characters of an addition: lawyers' are the longest."""


def without_additions(words: str) -> str:
    """Give a report's *words* without the paragraphs that programs on its way added."""
    if not phrases.contains_any(_SIGNS, words.lower()):
        return words
    paragraphs: list[str] = []
    begin = 0
    for gap in _PARAGRAPH_ENDS.finditer(words):
        if not _is_added(words[begin : gap.start()]):
            paragraphs.append(words[begin : gap.end()])
        begin = gap.end()
    if not _is_added(words[begin:]):
        paragraphs.append(words[begin:])
    return "".join(paragraphs)


def _is_added(paragraph: str) -> bool:
    if len(paragraph) > _LONGEST:
        return False
    words = phrases.normalize(paragraph)
    beginning = words[:_BEGINNING].lstrip(_BEFORE_WORDS)
    is_signature = words.startswith(("-- ", "__", "==", "**"))
    begins = any(_ADDED.match(beginning, at) for at in (_sentences(beginning) if is_signature else (0,)))
    return begins and _TELLS_FAILURE.search(words) is None and not phrases.contains_any(phrases.UNDELIVERED, words)


def _sentences(words: str) -> list[int]:
    return [0, *(end.end() for end in _SENTENCE_ENDS.finditer(words))]
