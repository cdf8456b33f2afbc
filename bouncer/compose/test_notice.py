"""The mail of ``bouncer check --send-test``, which says that it is a test. Pure."""

from dataclasses import dataclass

from bouncer.compose import mime
from bouncer.compose.headers import OutgoingEnvelope, make_mail
from bouncer.compose.language import language
from bouncer.compose.render import render
from bouncer.mail.outgoing import OutgoingMail


@dataclass(frozen=True, slots=True)
class _ShownTrial:
    """The content of the template; plain text throughout."""

    sentences: tuple[str, ...]


def compose_test(envelope: OutgoingEnvelope, code: str) -> OutgoingMail:
    """Make the mail, in the language of *code*."""
    speech = language(code)
    sentences = (
        speech.say(
            "This is a test. bouncer, the program that tells you when your mail could not be delivered, reaches you here."
        ),
        speech.say("Nothing bounced, no address was suppressed, and there is nothing to do."),
    )
    subject = speech.say("Test: the notices of bouncer arrive here")
    return make_mail(envelope, subject, (), mime.text("plain", render("trial.txt.j2", _ShownTrial(sentences), speech)))
