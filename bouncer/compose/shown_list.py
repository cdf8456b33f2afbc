"""A plain-text mail that lists messages or addresses with their facts: a sentence, the list, how many it leaves out, advice."""

from collections.abc import Sequence
from dataclasses import dataclass

from bouncer.compose import mime
from bouncer.compose.headers import OutgoingEnvelope, make_mail
from bouncer.compose.language import Language
from bouncer.compose.render import render
from bouncer.compose.view import label_columns
from bouncer.mail.outgoing import OutgoingMail


@dataclass(frozen=True, slots=True)
class ListItem:
    """A message or an address of the list, and its facts, each with its label; plain text."""

    title: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ShownList:
    """The content of the template; plain text throughout."""

    sentence: str
    items: tuple[ListItem, ...]
    hidden: str
    advice: tuple[str, ...]
    label_columns: int


def make_list_mail(
    envelope: OutgoingEnvelope,
    subject: str,
    sentence: str,
    items: Sequence[ListItem],
    hidden: int,
    advice: Sequence[str],
    speech: Language,
) -> OutgoingMail:
    """Make the mail; *hidden* is the number of messages that the list leaves out."""
    content = ShownList(
        sentence=sentence,
        items=tuple(items),
        hidden=speech.count("... and {number} more", "... and {number} more", hidden) if hidden > 0 else "",
        advice=tuple(advice),
        label_columns=max((label_columns(item.facts) for item in items), default=0),
    )
    return make_mail(envelope, subject, (), mime.text("plain", render("listed.txt.j2", content, speech)))
