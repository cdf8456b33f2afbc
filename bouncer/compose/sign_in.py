"""The mail with a sign-in link, to an owner who asked for one on the web pages; plain text. Pure."""

from dataclasses import dataclass

from bouncer.compose import mime
from bouncer.compose.headers import OutgoingEnvelope, make_mail
from bouncer.compose.language import language
from bouncer.compose.plain_text import line
from bouncer.compose.render import render
from bouncer.compose.view import MAX_NAME, MAX_SUBJECT
from bouncer.mail.outgoing import OutgoingMail


@dataclass(frozen=True, slots=True)
class _ShownSignIn:
    """The content of the template; plain text throughout. The *url* is alone on its line, whole."""

    why: str
    url: str
    sentences: tuple[str, ...]


def compose_sign_in(url: str, account: str, envelope: OutgoingEnvelope, code: str, *, minutes: int) -> OutgoingMail:
    """Make the mail, in the language of *code*; *minutes* is how long the link lasts."""
    speech, name = language(code), line(account, MAX_NAME)
    why = speech.say("You asked for a link that signs you in to the pages of {account}.", account=name)
    sentences = (
        speech.count(
            "It works once, within {number} minute. Open it, then press the button.",
            "It works once, within {number} minutes. Open it, then press the button.",
            minutes,
        ),
        speech.say("If you did not ask for it, there is nothing to do: nobody can sign in without this mail."),
    )
    subject = speech.say("Sign in to {account}", account=name)
    body = render("sign-in.txt.j2", _ShownSignIn(why, url, sentences), speech)
    return make_mail(envelope, line(subject, MAX_SUBJECT), (), mime.text("plain", body))
