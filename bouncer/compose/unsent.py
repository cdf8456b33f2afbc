"""Dropped mail, listed for the account's owner: to which suppressed addresses, how often, and the remedy; plain text.

The mail server accepted these mails, so their senders learned nothing. A mailing may have a hundred thousand: a few addresses are
named, and the others counted.
"""

from collections.abc import Iterator

from bouncer.compose import inert
from bouncer.compose.headers import OutgoingEnvelope
from bouncer.compose.language import Language, language
from bouncer.compose.plain_text import line
from bouncer.compose.refusal import ANY_ADDRESS, MAX_CAUSE, cause_in_words, release_command
from bouncer.compose.sentences import MAX_ADDRESS, capitalize
from bouncer.compose.shown_list import ListItem, make_list_mail
from bouncer.compose.view import MAX_NAME, MAX_SUBJECT
from bouncer.mail.outgoing import OutgoingMail
from bouncer.policy.languages import ENGLISH
from bouncer.policy.unsent import MOST_NAMED, Unsent, UnsentTo


def compose_unsent(unsent: Unsent, account: str, envelope: OutgoingEnvelope, code: str = ENGLISH) -> OutgoingMail:
    """Make the mail, in the language of *code*."""
    speech = language(code)
    items = [_named_recipient(to, speech) for to in unsent.addresses[:MOST_NAMED]]
    hidden = unsent.count - sum(to.count for to in unsent.addresses[:MOST_NAMED])
    subject = speech.count(
        "{number} message was not sent: its address is suppressed",
        "{number} messages were not sent: their addresses are suppressed",
        unsent.count,
    )
    sentence = speech.count(
        "{number} message of account {account} was dropped, because its address is on your suppression list. Your mail server "
        "took it, so whoever sent it was not told.",
        "{number} messages of account {account} were dropped, because their addresses are on your suppression list. Your mail "
        "server took them, so whoever sent them was not told.",
        unsent.count,
        account=line(account, MAX_NAME),
    )
    advice = tuple(_advice(line(account, MAX_NAME), speech))
    return make_list_mail(envelope, subject, sentence, items, hidden, advice, speech)


def _named_recipient(to: UnsentTo, speech: Language) -> ListItem:
    title = cause_in_words(to.reason)
    why = speech.say(title) if title else inert.words(to.reason, MAX_CAUSE, proven=False)
    facts = [(speech.say("Why"), capitalize(why)), (speech.say("Messages"), speech.number(to.count))]
    if to.until is not None:
        facts.append((speech.say("Suppressed until"), speech.date(to.until)))
    if to.subject:
        facts.append((speech.say("Subject"), inert.words(to.subject, MAX_SUBJECT, proven=False)))
    return ListItem(inert.address(to.address, MAX_ADDRESS, proven=False), tuple(facts))


def _advice(account: str, speech: Language) -> Iterator[str]:
    yield speech.say("Free an address: {command}", command=release_command(account, ANY_ADDRESS))
    yield speech.say(
        "Refuse it instead: {command}",
        command=f"bouncer account set {account} --suppressed refuse",
    )
    yield speech.say("Stop these notices: {command}", command=f"bouncer account set {account} --prefer dropped=off")
