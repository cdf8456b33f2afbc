"""A list for the operator of mails to postmaster@ and abuse@ that are too many to be forwarded one by one; plain text.

Anyone can write to these addresses as often as he likes. Listed mails are kept as all letters are, and can be read by command.
"""

import datetime as dt
from dataclasses import dataclass, field

from bouncer.compose import inert
from bouncer.compose.headers import OutgoingEnvelope
from bouncer.compose.language import Language, language
from bouncer.compose.operator import READ_COMMAND, own_subject
from bouncer.compose.plain_text import line
from bouncer.compose.sentences import MAX_ADDRESS
from bouncer.compose.shown_list import ListItem, make_list_mail
from bouncer.compose.view import MAX_NAME
from bouncer.mail.outgoing import OutgoingMail
from bouncer.policy.languages import ENGLISH

MOST_LISTED = 50
"""Mails that are listed; the list gives the number of the others."""
_ALL = "bouncer letters --operator"


@dataclass(frozen=True, slots=True)
class ListedMail:
    """A mail to postmaster@ or abuse@: the facts of its envelope, and its header."""

    report: str  # the letter's id, spelled as in logs
    came_to: str
    reverse_path: str
    peer: str
    arrived_at: dt.datetime
    octets: int  # size of the whole letter
    beginning: bytes = field(repr=False)  # its header, or the beginning of it; empty where the letter is retired


@dataclass(frozen=True, slots=True)
class Listing:
    """The mails, the first MOST_LISTED of them by name."""

    count: int
    mails: tuple[ListedMail, ...]


def compose_listing(listing: Listing, envelope: OutgoingEnvelope, code: str = ENGLISH) -> OutgoingMail:
    """Make the mail with the list, in the language of *code*."""
    speech = language(code)
    items = [_item(mail, speech) for mail in listing.mails[:MOST_LISTED]]
    subject = speech.count(
        "{number} message to postmaster or abuse", "{number} messages to postmaster or abuse", listing.count
    )
    sentence = speech.count(
        "{number} message came in for postmaster or abuse, more than is passed on one by one. It is kept and listed here.",
        "{number} messages came in for postmaster or abuse, more than are passed on one by one. They are kept and listed here.",
        listing.count,
    )
    advice = (
        speech.say("Read one: {command}", command=READ_COMMAND),
        speech.say("List them all: {command}", command=_ALL),
    )
    return make_list_mail(envelope, subject, sentence, items, listing.count - len(items), advice, speech)


def _item(mail: ListedMail, speech: Language) -> ListItem:
    address = line(mail.came_to, MAX_ADDRESS)
    subject = own_subject(mail.beginning) or speech.say("(no subject)")
    facts = (
        (speech.say("From"), f"<{inert.address(mail.reverse_path, MAX_ADDRESS, proven=False)}>"),
        (speech.say("Client"), line(mail.peer, MAX_NAME)),
        (speech.say("Received"), speech.when(mail.arrived_at)),
        (speech.say("Octets"), speech.number(mail.octets)),
        (speech.say("Letter"), line(mail.report, MAX_NAME)),
    )
    return ListItem(speech.say("Mail to {address}: {subject}", address=address, subject=subject), facts)
