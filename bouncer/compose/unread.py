"""Letters that a person has to see, listed in one mail: the writer, the subject, and the first lines; plain text.

Anyone can write to a return path as often as he likes: the list is bounded in number and size, and its text is made inert.
"""

from dataclasses import dataclass

from bouncer.compose import mime
from bouncer.compose.filter_headers import list_id
from bouncer.compose.headers import OutgoingEnvelope, make_mail
from bouncer.compose.inert import address, words
from bouncer.compose.language import Language, language
from bouncer.compose.operator import READ_COMMAND
from bouncer.compose.plain_text import line
from bouncer.compose.render import render
from bouncer.compose.sentences import MAX_ADDRESS
from bouncer.compose.unread_listing import MOST_SHOWN, UnreadLetter, UnreadListing
from bouncer.compose.view import MAX_CONTACT, MAX_NAME, MAX_SUBJECT, label_columns
from bouncer.mail.outgoing import OutgoingMail
from bouncer.policy.languages import ENGLISH
from bouncer.policy.records import Unread

MAX_LINE = 200
"""Characters of a line of a letter's text."""
MOST_LINES = 6
"""Lines of a letter's text."""
_ALL = "bouncer letters --unread"
_STOP = "bouncer suppressions add --account {account} ADDRESS"


@dataclass(frozen=True, slots=True)
class _UnreadItem:
    """One letter in the template; plain text."""

    title: str
    facts: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _UnreadView:
    """The content of the template; plain text throughout."""

    sentence: str
    items: tuple[_UnreadItem, ...]
    hidden: str
    automatic: str
    advice: tuple[str, ...]
    contact: str
    footer: str
    label_columns: int


def compose_unread(
    listing: UnreadListing, envelope: OutgoingEnvelope, account: str | None, code: str = ENGLISH, contact: str = ""
) -> OutgoingMail:
    """Make the mail, in the language of *code*; *account* is None for the operator, who sees letters of any account."""
    speech = language(code)
    items = tuple(_item(letter, account, speech) for letter in listing.letters[:MOST_SHOWN])
    hidden, automatic = listing.count - len(items), listing.automatic
    content = _UnreadView(
        sentence=speech.count(
            "{number} letter came to a return path that a person should look at: somebody wrote it, or no program could "
            "read it.",
            "{number} letters came to return paths that a person should look at: somebody wrote them, or no program could "
            "read them.",
            listing.count,
        ),
        items=items,
        hidden=speech.count("... and {number} more", "... and {number} more", hidden) if hidden > 0 else "",
        automatic=speech.count(
            "Besides, {number} automatic reply came, which is not listed.",
            "Besides, {number} automatic replies came, which are not listed.",
            automatic,
        )
        if automatic
        else "",
        advice=(
            speech.say("Read one: {command}", command=READ_COMMAND),
            speech.say("See them all: {command}", command=_ALL),
        ),
        contact=line(contact, MAX_CONTACT),
        footer=speech.say("Account {account}", account=line(account, MAX_NAME)) if account else "",
        label_columns=max((label_columns(item.facts) for item in items), default=0),
    )
    subject = speech.count("{number} letter for you to read", "{number} letters for you to read", listing.count)
    body = mime.text("plain", render("unread.txt.j2", content, speech))
    return make_mail(envelope, subject, ("X-Bounce-Category: unread", *list_id(account, envelope.from_)), body)


def _item(letter: UnreadLetter, account: str | None, speech: Language) -> _UnreadItem:
    subject = words(letter.subject, MAX_SUBJECT, proven=False) or speech.say("(no subject)")
    facts = (
        (speech.say("From"), _sender(letter.sender)),
        (speech.say("Received"), speech.when(letter.arrived_at)),
        (speech.say("Letter"), line(letter.report, MAX_NAME)),
    )
    return _UnreadItem(
        title=_title(letter.why, subject, speech),
        facts=tuple((label, value) for label, value in facts if value),
        lines=tuple(words(text, MAX_LINE, proven=False) for text in letter.lines[:MOST_LINES]),
        notes=tuple(_notes(letter, account, speech)),
    )


def _sender(sender: str) -> str:
    """Write a display name and an address; a plain address is left unchanged, so that it can be copied."""
    name, bracket, rest = sender.rpartition("<")
    if not bracket:
        return address(sender, MAX_ADDRESS, proven=False)
    mailbox = address(rest.partition(">")[0], MAX_ADDRESS, proven=False)
    return f"{words(name, MAX_NAME, proven=False)} <{mailbox}>".strip()


def _title(why: Unread, subject: str, speech: Language) -> str:
    if why is Unread.WISH:
        return speech.say("Wants no more mail: {subject}", subject=subject)
    if why is Unread.ANSWER:
        return speech.say("Reply: {subject}", subject=subject)
    if why is Unread.UNREADABLE:
        return speech.say("Could not be read: {subject}", subject=subject)
    return speech.say("Mail: {subject}", subject=subject)


def _notes(letter: UnreadLetter, account: str | None, speech: Language) -> list[str]:
    account_name, notes = line(letter.account, MAX_NAME), list[str]()
    if account_name and not account:
        notes.append(speech.say("Account {account}", account=account_name))
    if letter.why is not Unread.WISH:
        return notes
    if letter.followed:
        return [*notes, speech.say("This was done: the address is on your suppression list.")]
    return [
        *notes,
        speech.say("Nothing was done yet. To stop mail to an address: {command}", command=_stop_command(account_name)),
    ]


def _stop_command(account: str) -> str:
    return _STOP.replace("{account}", account or "ACCOUNT")
