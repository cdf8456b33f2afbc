"""The mails beside the notices: warnings, to owners and the operator, and what is passed on to the operator; plain text."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from bouncer.mail.parcel import Mail
from bouncer.ndr.header import Headers
from bouncer.policy.blocking import Blocked
from bouncer.policy.compose import mime, providers, sentences
from bouncer.policy.compose.language import ENGLISH, Language, language
from bouncer.policy.compose.notice import MAX_ATTACHED, MAX_BEGINNING
from bouncer.policy.compose.plain import line
from bouncer.policy.compose.post import MAX_FIELD, Envelope, post
from bouncer.policy.compose.render import render
from bouncer.policy.compose.sentences import MAX_ADDRESS
from bouncer.policy.compose.view import MAX_NAME, MAX_SUBJECT, label_columns
from bouncer.verdict.verdict import Reason

MAX_SAID = 5
"""Different words of servers in a warning."""
_COMMAND = "bouncer sends report --by provider --by hour"


@dataclass(frozen=True, slots=True)
class Warned:
    """That a provider blocks an account's mail often."""

    to: str
    message_id: str
    made_at: dt.datetime
    account: str
    blocked: Blocked
    said: tuple[str, ...]  # the provider's own words in the report that came last
    language: str = ENGLISH


@dataclass(frozen=True, slots=True)
class Failing:
    """That our mail to an owner comes back."""

    to: str
    message_id: str
    made_at: dt.datetime
    account: str
    owner: str
    said: tuple[str, ...]
    language: str = ENGLISH


@dataclass(frozen=True, slots=True)
class PassedOn:
    """Mail to postmaster@ or abuse@, to be passed on to the operator."""

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


@dataclass(frozen=True, slots=True)
class _View:
    """What the templates show; plain text throughout."""

    sentence: str
    said: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    label_columns: int = 0


def compose_warning(warning: Warned, *, from_: str, reverse_path: str) -> Mail:
    """Make the mail that warns of a provider which blocks often."""
    speech, blocked = language(warning.language), warning.blocked
    facts = {
        "provider": line(providers.shown_name(blocked.provider), MAX_NAME),
        "account": line(warning.account, MAX_NAME),
        "day": speech.date(warning.made_at),
    }
    subject = speech.count(
        "Warning: {provider} refused {number} mail of account {account}",
        "Warning: {provider} refused {number} mails of account {account}",
        blocked.count,
        **facts,
    )
    sentence = speech.count(
        "{provider} refused {number} mail of account {account} on {day}, because of the sender or of what was sent, not "
        "because of the address. Nobody is suppressed for that.",
        "{provider} refused {number} mails of account {account} on {day}, because of the sender or of what was sent, not "
        "because of the addresses. Nobody is suppressed for that.",
        blocked.count,
        **facts,
    )
    said = _said(warning.said)
    shown = _View(sentence, said, tuple(_against_blocks(blocked.provider, " ".join(said), speech)))
    envelope = Envelope(warning.to, warning.message_id, warning.made_at, from_, reverse_path)
    return post(envelope, subject, (), mime.text("plain", render("warning.txt.j2", shown, speech)))


def _against_blocks(provider: str, said: str, speech: Language) -> Iterable[str]:
    yield speech.say("Stop the mailing to this provider until you know why: mail that goes on makes it worse.")
    yield speech.say(
        "Look whether SPF, DKIM and DMARC pass, and whether your server is on a block list; the words above often name it."
    )
    yield speech.say("Send slower, and only to people who asked for it and still read it.")
    yield from sentences.pointed(providers.signposts(provider, Reason.BAD_REPUTATION, said), speech)
    yield speech.say("See it by the hour: {command}", command=_COMMAND)


def compose_failing(failing: Failing, *, from_: str, reverse_path: str) -> Mail:
    """Make the mail that tells that our mail to an owner comes back."""
    speech = language(failing.language)
    facts = {"owner": line(failing.owner, MAX_ADDRESS), "account": line(failing.account, MAX_NAME)}
    sentence = speech.say(
        "Our mail to {owner} came back. Whoever reads there is to be told of the bounces of account {account}, and is not.",
        **facts,
    )
    advice = (
        speech.say(
            "Correct the address, or take it out: {command}",
            command=f"bouncer account set {facts['account']} --owner ADDRESS",
        ),
        speech.say("See whose mail comes back: {command}", command=f"bouncer account show {facts['account']}"),
    )
    shown = _View(sentence, _said(failing.said), advice)
    envelope = Envelope(failing.to, failing.message_id, failing.made_at, from_, reverse_path)
    subject = speech.say("Our mail to {owner} comes back", **facts)
    return post(envelope, subject, (), mime.text("plain", render("warning.txt.j2", shown, speech)))


def _said(said: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line(one, MAX_FIELD) for one in said))[:MAX_SAID]


def pass_on(letter: PassedOn, *, from_: str, reverse_path: str) -> Mail:
    """Make the mail that passes on what came to postmaster@ or abuse@, the letter itself enclosed."""
    speech = language(letter.language)
    subject = line(Headers(_beginning(letter.letter)).get("subject"), MAX_SUBJECT)
    address = line(letter.came_to, MAX_ADDRESS)
    cut = len(letter.letter) > MAX_ATTACHED
    facts = (
        (speech.say("Subject"), subject),
        (speech.say("From"), line(f"<{letter.reverse_path}>", MAX_ADDRESS)),
        (speech.say("Client"), line(letter.peer, MAX_NAME)),
        (speech.say("Received"), speech.when(letter.arrived_at)),
        (speech.say("Letter"), line(letter.report, MAX_NAME)),
    )
    how = (
        speech.say("It is too large to be sent on whole; its beginning is attached.")
        if cut
        else speech.say("It is attached. Open it to answer: an answer to this mail reaches nobody.")
    )
    sentence = speech.say("Mail to {address} came in and is passed on to you as it is.", address=address)
    shown = _View(sentence, advice=(how,), facts=facts, label_columns=label_columns(facts))
    body = mime.multipart(
        "mixed",
        mime.text("plain", render("passed-on.txt.j2", shown, speech)),
        mime.attached(mime.enclosed(letter.letter[: MAX_BEGINNING if cut else MAX_ATTACHED]), "letter.eml"),
    )
    envelope = Envelope(letter.to, letter.message_id, letter.made_at, from_, reverse_path)
    about = subject or speech.say("(no subject)")
    return post(envelope, speech.say("Mail to {address}: {subject}", address=address, subject=about), (), body)


def _beginning(letter: bytes) -> str:
    return letter[:MAX_BEGINNING].replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("latin-1")
