"""Mails to the operator: our mail to an owner fails; and mail that is forwarded; plain text."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bouncer.compose import inert, mime
from bouncer.compose.block_warning import PlainView, quote_replies
from bouncer.compose.headers import MAX_FIELD, OutgoingEnvelope, make_mail
from bouncer.compose.inert import words
from bouncer.compose.language import Language, language
from bouncer.compose.notice import MAX_BEGINNING
from bouncer.compose.plain_text import line
from bouncer.compose.render import render
from bouncer.compose.sentences import MAX_ADDRESS
from bouncer.compose.view import MAX_NAME, MAX_SUBJECT, label_columns
from bouncer.mail.outgoing import OutgoingMail
from bouncer.ndr.header import Headers
from bouncer.policy.languages import ENGLISH

MAX_PASSED_ON = 256 * 1024
"""Octets of a letter that is forwarded; a larger one is only named: nearly all that people write is smaller."""
READ_COMMAND = "bouncer letters --raw ID > letter.eml"
"""The command that shows a kept letter."""
MOST_ACCOUNTS = 5
"""Accounts of an owner whose commands are written out."""


@dataclass(frozen=True, slots=True)
class FailingOwnerMail:
    """A warning that our mail to an owner bounces."""

    to: str
    message_id: str
    made_at: dt.datetime
    accounts: tuple[str, ...]
    owner: str
    replies: tuple[str, ...]
    language: str = ENGLISH
    proven: bool = False  # of the bounce
    has_commands: bool = False  # as in a warning


@dataclass(frozen=True, slots=True)
class ForwardedMail:
    """Mail to postmaster@ or abuse@ that is forwarded to the operator."""

    to: str
    message_id: str
    made_at: dt.datetime
    came_to: str
    reverse_path: str
    peer: str
    arrived_at: dt.datetime
    report: str
    letter: bytes = field(repr=False)
    language: str = ENGLISH


def compose_failing(failing: FailingOwnerMail, *, from_: str, reverse_path: str) -> OutgoingMail:
    """Make the mail that warns that our mail to an owner bounces."""
    speech = language(failing.language)
    accounts = [line(account, MAX_NAME) for account in failing.accounts]
    facts = {"owner": line(failing.owner, MAX_ADDRESS), "account": line(speech.say(", ").join(accounts), MAX_FIELD)}
    sentence = speech.say(
        "Our mail to {owner} came back. Whoever reads mail there should be told about bounces of account {account}, but is not.",
        **facts,
    )
    advice = tuple(_advise_against_failing(accounts, speech, has_commands=failing.has_commands))
    content = PlainView(sentence, quote_replies(failing.replies, proven=failing.proven), advice)
    envelope = OutgoingEnvelope(failing.to, failing.message_id, failing.made_at, from_, reverse_path, failing.language)
    subject = speech.say("Our mail to {owner} comes back", **facts)
    return make_mail(envelope, subject, (), mime.text("plain", render("warning.txt.j2", content, speech)))


def _advise_against_failing(accounts: Sequence[str], speech: Language, *, has_commands: bool) -> Iterable[str]:
    if not has_commands:
        yield speech.say("Ask whoever runs this service to correct the address or remove it.")
        return
    for account in accounts[:MOST_ACCOUNTS]:
        correcting, showing = f"bouncer account set {account} --owner ADDRESS", f"bouncer account show {account}"
        yield speech.say("Correct the address or remove it: {command}", command=correcting)
        yield speech.say("See whose mail comes back: {command}", command=showing)


def compose_forwarded(letter: ForwardedMail, *, from_: str, reverse_path: str) -> OutgoingMail:
    """Make the mail that forwards a letter to postmaster@ or abuse@, with the letter enclosed where it is not large."""
    speech = language(letter.language)
    subject = own_subject(letter.letter[:MAX_BEGINNING])
    address = line(letter.came_to, MAX_ADDRESS)
    large = len(letter.letter) > MAX_PASSED_ON
    facts = (
        (speech.say("Subject"), subject),
        (speech.say("From"), f"<{inert.address(letter.reverse_path, MAX_ADDRESS, proven=False)}>"),
        (speech.say("Client"), line(letter.peer, MAX_NAME)),
        (speech.say("Received"), speech.when(letter.arrived_at)),
        (speech.say("Octets"), speech.number(len(letter.letter))),
        (speech.say("Letter"), line(letter.report, MAX_NAME)),
    )
    if large:
        sentence = speech.say("Mail to {address} came in, but it is too large to be passed on.", address=address)
        how = speech.say("Read it: {command}", command=READ_COMMAND.replace("ID", line(letter.report, MAX_NAME)))
    else:
        sentence = speech.say("Mail to {address} came in and is passed on to you as it is.", address=address)
        how = speech.say("It is attached. Open it to reply: replies to this mail reach nobody.")
    content = PlainView(sentence, advice=(how,), facts=facts, label_columns=label_columns(facts))
    body = mime.text("plain", render("passed-on.txt.j2", content, speech))
    if not large:
        body = mime.multipart("mixed", body, mime.make_attachment(mime.enclose(letter.letter), "letter.eml"))
    envelope = OutgoingEnvelope(letter.to, letter.message_id, letter.made_at, from_, reverse_path, letter.language)
    about = subject or speech.say("(no subject)")
    return make_mail(envelope, speech.say("Mail to {address}: {subject}", address=address, subject=about), (), body)


def own_subject(beginning: bytes) -> str:
    """Give the subject of a letter from its beginning, as one inert line; empty where it has none."""
    header = beginning.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("latin-1")
    return words(Headers(header).get("subject"), MAX_SUBJECT, proven=False)
