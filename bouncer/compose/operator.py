"""Mails other than notices: warnings to owners and the operator, and mail forwarded to the operator; plain text."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bouncer.compose import inert, mime, providers, sentences
from bouncer.compose.headers import MAX_FIELD, OutgoingEnvelope, make_mail
from bouncer.compose.inert import words
from bouncer.compose.language import Language, language
from bouncer.compose.notice import MAX_BEGINNING
from bouncer.compose.plain_text import line
from bouncer.compose.reasons import WORDS
from bouncer.compose.render import render
from bouncer.compose.sentences import MAX_ADDRESS
from bouncer.compose.view import MAX_NAME, MAX_SUBJECT, label_columns
from bouncer.mail.outgoing import OutgoingMail
from bouncer.ndr.header import Headers
from bouncer.policy.blocking import Blocked, Blocking
from bouncer.policy.languages import ENGLISH
from bouncer.verdict.verdict import Reason

MOST_REPLIES = 5
"""Different server replies in a warning."""
MAX_PASSED_ON = 256 * 1024
"""Octets of a letter that is forwarded; a larger one is only named: nearly all that people write is smaller."""
READ_COMMAND = "bouncer letters --raw ID > letter.eml"
"""The command that shows a kept letter."""
_COMMAND = "bouncer sends report --by provider --by hour"
MOST_ACCOUNTS = 5
"""Accounts of an owner whose commands are written out."""
_LINKED = 3
"""Providers of a warning whose pages it links."""


@dataclass(frozen=True, slots=True)
class BlockWarning:
    """A warning that providers block an account's mail often."""

    to: str
    message_id: str
    made_at: dt.datetime
    account: str  # for blocks without account
    blocking: Blocking
    replies: tuple[str, ...]  # the provider's own words in the latest report
    language: str = ENGLISH
    proven: bool = False  # of that report
    zone: dt.tzinfo = dt.UTC  # of the reader
    has_commands: bool = False  # the reader is the operator, who has a shell on our machine


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


@dataclass(frozen=True, slots=True)
class _View:
    """The content of the templates; plain text throughout."""

    sentence: str
    replies: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    label_columns: int = 0
    blocks: tuple[str, ...] = ()


def compose_warning(warning: BlockWarning, *, from_: str, reverse_path: str) -> OutgoingMail:
    """Make the mail that warns of providers that block often."""
    speech, blocking = language(warning.language, warning.zone), warning.blocking
    replies = _quote_replies(warning.replies, proven=warning.proven)
    alone = len(blocking.blocked) == 1 and not blocking.omitted
    subject, sentence = _warn_of_provider(warning, speech) if alone else _warn_of_providers(warning, speech)
    blocks = () if alone else tuple(_blocks(warning, speech))
    content = _View(sentence, replies, tuple(_advise_against_blocks(warning, speech)), blocks=blocks)
    envelope = OutgoingEnvelope(warning.to, warning.message_id, warning.made_at, from_, reverse_path, warning.language)
    return make_mail(envelope, subject, (), mime.text("plain", render("warning.txt.j2", content, speech)))


def _warn_of_provider(warning: BlockWarning, speech: Language) -> tuple[str, str]:
    """Write subject and first line of a warning about one provider."""
    (blocked,) = warning.blocking.blocked
    facts = _facts(blocked, warning, speech)
    subject = speech.count(
        "Warning: {provider} refused {number} message from account {account}",
        "Warning: {provider} refused {number} messages from account {account}",
        blocked.count,
        **facts,
    )
    sentence = speech.count(
        "{provider} refused {number} message from account {account} on {day} because of its sender or content, not because of "
        "the address. No address is suppressed for this.",
        "{provider} refused {number} messages from account {account} on {day} because of their sender or content, not because "
        "of the addresses. No address is suppressed for this.",
        blocked.count,
        **facts,
    )
    return subject, sentence


def _warn_of_providers(warning: BlockWarning, speech: Language) -> tuple[str, str]:
    """Write subject and first line of a warning about several providers, or one on several days or accounts."""
    blocked = warning.blocking.blocked
    accounts = {block.account or warning.account for block in blocked}
    number = len({block.provider for block in blocked}) + warning.blocking.omitted
    if len(accounts) == 1:
        subject = speech.count(
            "Warning: {number} provider refused messages from account {account}",
            "Warning: {number} providers refused messages from account {account}",
            number,
            account=line(next(iter(accounts)), MAX_NAME),
        )
    else:
        subject = speech.count(
            "Warning: {number} provider refused messages from several accounts",
            "Warning: {number} providers refused messages from several accounts",
            number,
        )
    return subject, speech.say(
        "The providers below refused messages because of their sender or content, not because of the addresses. No address is "
        "suppressed for this."
    )


def _blocks(warning: BlockWarning, speech: Language) -> Iterable[str]:
    for blocked in warning.blocking.blocked:
        yield speech.count(
            "{provider} refused {number} message from account {account} on {day}.",
            "{provider} refused {number} messages from account {account} on {day}.",
            blocked.count,
            **_facts(blocked, warning, speech),
        )
    if omitted := warning.blocking.omitted:
        yield speech.count("... and {number} more", "... and {number} more", omitted)


def _facts(blocked: Blocked, warning: BlockWarning, speech: Language) -> dict[str, str]:
    day = blocked.day or warning.made_at.astimezone(dt.UTC).date()
    return {
        "provider": _provider(blocked.provider, proven=warning.proven),
        "account": line(blocked.account or warning.account, MAX_NAME),
        "day": speech.utc_day(day),
    }


def _provider(provider: str, *, proven: bool) -> str:
    """Name the provider: a known one by its common name, any other by its domain, which may be a stranger's text."""
    is_known = provider in providers.PROVIDERS
    return words(providers.shown_name(provider), MAX_NAME, proven=proven or is_known)


def _advise_against_blocks(warning: BlockWarning, speech: Language) -> Iterable[str]:
    names = tuple(dict.fromkeys(block.provider for block in warning.blocking.blocked))
    if len(names) == 1:
        yield speech.say("Pause your mailing to this provider until you know why: sending more makes it worse.")
    else:
        yield speech.say("Pause your mailing to these providers until you know why: sending more makes it worse.")
    yield speech.say(
        "Check whether SPF, DKIM and DMARC pass, and whether your server is on a block list; the response above often names it."
    )
    yield speech.say("Send more slowly, and only to people who asked for your mail and still read it.")
    reason, answer = Reason.BAD_REPUTATION, " ".join(warning.replies)
    posts = (
        post for provider in names[:_LINKED] for post in providers.signposts(provider, WORDS[reason], reason, answer)
    )
    yield from sentences.signpost_sentences(dict.fromkeys(posts), speech)
    if warning.has_commands:
        yield speech.say("See the figures hour by hour: {command}", command=_COMMAND)


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
    content = _View(sentence, _quote_replies(failing.replies, proven=failing.proven), advice)
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


def _quote_replies(replies: Iterable[str], *, proven: bool) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words(reply, MAX_FIELD, proven=proven) for reply in replies))[:MOST_REPLIES]


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
    content = _View(sentence, advice=(how,), facts=facts, label_columns=label_columns(facts))
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
