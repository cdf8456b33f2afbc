"""The mail to an account's owner about a webhook's endpoint that gets no events any more; plain text. Pure."""

from dataclasses import dataclass

from bouncer.compose import inert, mime
from bouncer.compose.headers import OutgoingEnvelope, make_mail
from bouncer.compose.language import language
from bouncer.compose.plain_text import line
from bouncer.compose.render import render
from bouncer.compose.view import MAX_NAME, MAX_SUBJECT
from bouncer.mail.outgoing import OutgoingMail

MAX_SHOWN_URL = 500
"""Characters of the endpoint's URL in the mail."""
ENDED = "ended"
"""The word in the outbox for an endpoint that answered 410."""


@dataclass(frozen=True, slots=True)
class StoppedEndpoint:
    """The facts of the mail."""

    account: str
    webhook: str  # its id
    url: str
    has_ended: bool  # the endpoint said that it is gone; False: it took nothing for days
    since: str  # the time of the first failure, RFC 3339
    status: str  # of HTTP, in the last answer; empty: there was none

    @classmethod
    def parse(cls, about: str, account: str) -> "StoppedEndpoint":
        """Parse the text in the outbox: state, id, time, status, URL, account, one a line.

        In older texts the account is missing; it is the row's, *account*, then.
        """
        state, webhook, since, status, url, webhook_name = (about.split("\n") + [""] * 6)[:6]
        return cls(webhook_name or account, webhook, url, state == ENDED, since, status)


@dataclass(frozen=True, slots=True)
class _ShownEndpoint:
    """The content of the template; plain text throughout."""

    sentences: tuple[str, ...]


def compose_endpoint(stopped: StoppedEndpoint, envelope: OutgoingEnvelope, code: str) -> OutgoingMail:
    """Make the mail, in the language of *code*."""
    speech = language(code)
    url, name = inert.words(stopped.url, MAX_SHOWN_URL, proven=False), line(stopped.account, MAX_NAME)
    if stopped.has_ended:
        why = speech.say(
            "The webhook {url} of account {account} answered that it is gone (410). It gets no events any more.",
            url=url,
            account=name,
        )
        advice = speech.say("If you still need it, add it again: {command}", command="bouncer webhook add")
    else:
        why = speech.say(
            "The webhook {url} of account {account} has taken no event since {time}. It gets no events until you wake it.",
            url=url,
            account=name,
            time=stopped.since,
        )
        command = f"bouncer webhook replay {line(stopped.webhook, MAX_NAME)} --failed"
        advice = speech.say("When it works again, send it what it has missed: {command}", command=command)
    last = speech.say("Its last answer had the status {status}.", status=stopped.status) if stopped.status else ""
    subject = speech.say("A webhook of {account} gets no events any more", account=name)
    body = render("trial.txt.j2", _ShownEndpoint(tuple(filter(None, (why, last, advice)))), speech)
    return make_mail(envelope, line(subject, MAX_SUBJECT), (), mime.text("plain", body))
