"""Other clues to the recipient, for notices whose words name nobody in a form that ``ndr.mentions`` knows."""

import re
from itertools import pairwise

from bouncer.mail.returnpath import claimed_account, claimed_recipient
from bouncer.ndr import addresses
from bouncer.ndr.letter import Letter
from bouncer.ndr.notice_text import NEVER
from bouncer.ndr.other_people import is_of_other, words_before

_TO = re.compile(
    r"[ *>|]*+(?:to|an|à|para|a|aan|till?|do|komu|adresat|címzett|kime|al\u0131c\u0131"
    r"|destinatario|destinatário|destinataire|empfänger|кому|宛先|收件人|收件者|받는 사람)[ \t]*+[:\uff1a\t]",
    re.IGNORECASE,
)
_VERP = re.compile(r"(?:^|[\s<,])[\w.-]{1,64}\+([^\s<>@,;:\"=]{1,64})=([\w.-]{1,255})@")
_IDENTIFIES = re.compile(r"[ *>|]*+(?:message|msg|envelope|queue|x)[ -]?id", re.IGNORECASE)
_OF_OTHERS = re.compile(
    r"(?:\b(?:from|by|sender|(?<!postfach )(?<!konto )(?<!mailbox )(?<!adresse )(?<!quota )von|absender"
    r"|expéditeur|remitente|mittente|contact|kontakt"
    r"|(?<!tried to )(?<!trying to )(?<!wanted to )(?<!attempted to )reach|write to|help|cc|bcc"
    r"|(?:please|now|instead) use|successors?(?: is)?|replaced by|replacement|new address(?: is)?|moved to|nachfolger(?:in)?"
    r"|neue (?:e-?mail-?)?adresse|vertretung|successeure?|nouvelle adresse|utilisez|sucesora?|utilice|nueva dirección|sucessora?"
    r"|novo endereço|successore|nuovo indirizzo|opvolger|nieuwe? adres|efterträdare|efterfølger|następca|nowy adres"
    r"|wenden|schreiben sie|adressez|écri\w{1,4}|contactez|escriba|dir[ií]j\w{1,4}|scriv\w{1,4}|rivolg\w{1,5}|escreva|schrijf"
    r"|henvend\w{0,3}|pisz\w{0,3}|napište|obra[ťt]\w{0,4})\b"
    r"|обращай|пишите|напишите"
    r"|отправител|発信者|送信者|差出人|寄件者|发件人)[^@]{0,20}$"
)
"""Words in lower case, of ``words_before``."""
_INTRODUCES = 40
"""Characters before an address that are searched for a word that tells whose address it is."""


def from_returned_header(letter: Letter) -> list[str]:
    """Give the recipients that a notice repeats from the returned header: lines that begin with To, in many languages."""
    quoted = (line for line in letter.lines if _TO.match(line))
    return list(dict.fromkeys(address for line in quoted for address in addresses.find(line)))


def from_text(letter: Letter) -> list[str]:
    """Give the addresses in the words of *letter*, in any language, of people other than helpers and parties to the report."""
    places = (
        (words_before(f"{end}{line}", len(end) + start, _INTRODUCES), address)
        for above, line in pairwise(["", *letter.lines])
        if "@" in line and not _IDENTIFIES.match(line)
        for end in (_words_above(above),)
        for start, address in addresses.find_with_positions(line)
    )
    strangers = (address for before, address in places if _may_fail(address, before))
    strangers = (address for address in strangers if "." in address.rpartition("@")[2])
    return list({address.lower(): address for address in strangers if address.lower() not in letter.parties}.values())


def _words_above(line: str) -> str:
    """Give the end of the line above, where the words of a sentence may go on: "a message from" / "news@example.com"."""
    words = line[-_INTRODUCES:]
    return f"{words} " if words[-1:].isalpha() else ""


def _may_fail(address: str, before: str) -> bool:
    return not NEVER.match(address) and not _OF_OTHERS.search(before) and not is_of_other(before)


def from_subject(letter: Letter) -> list[str]:
    """Give the recipients that the subject names: "Mail to jane@example.org failed"."""
    return list(dict.fromkeys(addresses.find(letter.headers.get("subject"))))


def from_verp(letter: Letter) -> list[str]:
    """Give the recipients in the return paths that the letter came to, as Postfix writes VERP (postfix.org/VERP_README.html)."""
    paths = _VERP.findall(f"{letter.headers.raw('to')} {letter.headers.raw('delivered-to')}")
    return list(dict.fromkeys(f"{local}@{domain}" for local, domain in paths))


def came_to_our_path(letter: Letter) -> bool:
    """Whether the letter came to a path in the form of our signed ones: then it is about mail of ours, whomever it names."""
    return claimed_account(letter.envelope.return_path or "") is not None


def from_return_path(letter: Letter) -> str | None:
    """Give the recipient that the letter's return path, or else our path in the returned message, was made for: the last clue.

    Empty where the path hides it; None where the path is for several recipients or is not ours. The signature is not checked here:
    RCPT and the judgement of belief check it.
    """
    paths = (letter.envelope.return_path, letter.original.return_path)
    return next((recipient for path in paths if path and (recipient := claimed_recipient(path)) is not None), None)
