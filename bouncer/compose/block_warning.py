"""Warnings that providers block an account's mail, to its owners and the operator; plain text."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from bouncer.compose import mime, providers, sentences
from bouncer.compose.headers import MAX_FIELD, OutgoingEnvelope, make_mail
from bouncer.compose.inert import words
from bouncer.compose.language import Language, language
from bouncer.compose.plain_text import line
from bouncer.compose.reasons import WORDS
from bouncer.compose.render import render
from bouncer.compose.view import MAX_NAME
from bouncer.mail.outgoing import OutgoingMail
from bouncer.policy.blocking import Blocked, Blocking
from bouncer.policy.languages import ENGLISH
from bouncer.verdict.verdict import Reason

MOST_REPLIES = 5
"""Different server replies in a warning."""
_COMMAND = "bouncer sends report --by provider --by hour"
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
class PlainView:
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
    replies = quote_replies(warning.replies, proven=warning.proven)
    alone = len(blocking.blocked) == 1 and not blocking.omitted
    subject, sentence = _warn_of_provider(warning, speech) if alone else _warn_of_providers(warning, speech)
    blocks = () if alone else tuple(_blocks(warning, speech))
    content = PlainView(sentence, replies, tuple(_advise_against_blocks(warning, speech)), blocks=blocks)
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


def quote_replies(replies: Iterable[str], *, proven: bool) -> tuple[str, ...]:
    """Give the different replies, MOST_REPLIES at most, each on one line."""
    return tuple(dict.fromkeys(words(reply, MAX_FIELD, proven=proven) for reply in replies))[:MOST_REPLIES]
