"""When a server gave its answer: at which command of the SMTP dialogue (RFC 5321 section 3), and who gave it.

An answer to the greeting, EHLO or MAIL FROM was given before any recipient had been named, so it is about the sender. Mail systems
tell the stage in words of their own: Postfix "(in reply to RCPT TO command)", Exim "after MAIL FROM:<..>", Sendmail and Courier
with ">>> DATA" in a transcript, qmail "does not like recipient", Exchange and Sendmail "did not like our EHLO".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bouncer.ndr import phrases


class Stage(StrEnum):
    """The command that an answer was given to."""

    CONNECT = "connect"
    EHLO = "ehlo"  # or HELO
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"  # or the end of the data
    ACCEPTED = "accepted"  # a server took the message and reported its failure later
    UNKNOWN = "unknown"


BEFORE_RECIPIENT = frozenset({Stage.CONNECT, Stage.EHLO, Stage.STARTTLS, Stage.AUTH, Stage.MAIL})
"""No recipient had been named yet."""


class Speaker(StrEnum):
    """Who gave the answer."""

    REMOTE = "remote"  # the server that the message was to be handed to
    REPORTING = "reporting"  # the mail system that wrote the report
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Moment:
    """A stage, and the words that tell it."""

    stage: Stage
    words: str = ""


UNTOLD = Moment(Stage.UNKNOWN)

_COMMANDS = (
    r"(?P<connect>initial (?:server )?(?:greeting|connection)|connect(?:ion|ing)?|banner|greeting)"
    r"|(?P<ehlo>[eh]h?e?lo|lhlo)"
    r"|(?P<starttls>starttls|tls)"
    r"|(?P<auth>auth)"
    r"|(?P<mail>mail[ _]?from(?=:|_| ?<| ?\[| command|\W{0,4}$)|mail(?= command|:))"
    r"|(?P<rcpt>rcpt(?:[ _]?to)?|recipient command)"
    r"|(?P<data>end[ -]of[ -](?:the )?(?:data|message)|final (?:data|dot)|message body|bdat"
    r"|data(?: block)?|body|\.(?= |$|\n))"
)
_INTRODUCED = (
    r"(?:in reply to(?: the)?|in response to(?: the)?|as (?:an )?answer to|answer to(?: the)?"
    r"|reply to(?: the)?|response to(?: the)?"
    r"|error from (?:the )?remote mail(?: ?server|er) after(?: sending)?|did not (?:like|accept) our"
    r"|error after(?: sending)?"
    r"|(?:rejected|refused|failed|given|answered|replied|responded|said|received|error|host \S{1,80}:?) "
    r"(?:at|after|during|on|upon|to)(?: the| our| sending)?"
    r"|after|while (?:performing the|sending(?: the)?|receiving the)|during(?: the)?|smtp command:?"
    r"|command was:?|stage:?"
    r"|failed on|command|>>>|-->|in:)"
)
_TOLD = re.compile(rf"{_INTRODUCED} (?:pipelined |sending |smtp |the )?[\"'<\[(]{{0,2}}(?:{_COMMANDS})(?![a-z0-9-])")
_IN_BRACKETS = re.compile(
    r"\[(?:(?P<connect>connect)|(?P<ehlo>[eh]h?e?lo)|(?P<mail>mail_from)|(?P<rcpt>rcpt_to)|(?P<data>data|body))\]"
)
_TRANSCRIBED = re.compile(r"(?:>>>|-->|\bin:)")
_AT_GREETING = re.compile(r"while talking to \S{1,255}:? (?:<<<|<--) ?[45]\d\d")
"""Sendmail shows no command where the greeting itself was a refusal."""
_ACCEPTED_AT_ONCE = re.compile(r"(?:(?!>>>|-->|<<<|<--|\bout:|\bin:).){0,300}(?:<<<|<--|\bout:) ?[23]\d\d")
"""After a command of a transcript: the server took it, so the answer that matters came later."""
_NO_RECIPIENTS = re.compile(r"(?:<<<|<--) ?5\d\d[^\n<>]{0,60}(?:rcpt|recipient)")
"""Sendmail sends RCPT and DATA together and shows DATA alone: where this follows, it cannot be told which of them was answered."""
_PLAIN: tuple[tuple[str, Stage], ...] = (
    ("refused to talk to me", Stage.CONNECT),
    ("greeting failed", Stage.CONNECT),
    ("my name was rejected", Stage.EHLO),
    ("sender was rejected", Stage.MAIL),
    ("does not like recipient", Stage.RCPT),
    ("failed after i sent the message", Stage.DATA),
    ("sasl authentication failed; server", Stage.AUTH),
    ("cannot start tls", Stage.STARTTLS),
)
"""Sentences of Postfix and qmail that tell a stage without naming a command."""
_REMOTE = phrases.listed(
    """
    said: | remote host said | refused to talk to me | <<< | <-- | error from remote mail | the response from the
    remote | remote server returned | remote server said | response was: | in reply to | gave this error | the error
    that the other server returned
    """
)
_REPORTING = phrases.listed(
    """
    unable to look up | lookup of | host not found | host or domain name not found | could not be found | no route |
    retry timeout exceeded | local user | mailbox lookup
    """
)
MAX_TEXT = 8_000
"""Characters that are looked through; a transcript of several tries fits."""


def find(texts: Iterable[str]) -> Moment:
    """Find the stage in the first of *texts* that tells one; they are looked through in lower case."""
    for text in texts:
        lower = text[:MAX_TEXT].lower()
        if phrases.says(phrases.STAGE, lower):
            moment = _moment(" ".join(lower.split()))
            if moment is not UNTOLD:
                return moment
    return UNTOLD


def speaker(texts: Iterable[str], remote_mta: str | None) -> Speaker:
    """Say who gave the answer in *texts*: a remote server that is named or quoted, else the reporting one where it says so."""
    lower = " ".join(text[:MAX_TEXT] for text in texts).lower()
    if remote_mta or phrases.says(_REMOTE, lower):
        return Speaker.REMOTE
    return Speaker.REPORTING if phrases.says(_REPORTING, lower) else Speaker.UNKNOWN


def _moment(flat: str) -> Moment:
    """Give the stage of the answer: as a sentence names it; of a transcript, that of the first command that was refused."""
    for words, stage in _PLAIN:
        if words in flat:
            return Moment(stage, words)
    if found := _IN_BRACKETS.search(flat):
        return _named(found)
    if greeted := _AT_GREETING.search(flat):
        return Moment(Stage.CONNECT, greeted[0])
    return _of_dialogue(flat)


def _of_dialogue(flat: str) -> Moment:
    """Give the command that a sentence names, else the first of a transcript that was refused."""
    refused = None
    for found in _TOLD.finditer(flat):
        if not _TRANSCRIBED.match(found[0]):
            return _named(found)
        if refused is None and not _ACCEPTED_AT_ONCE.match(flat, found.end()):
            refused = found
    if refused is None:
        return UNTOLD
    moment = _named(refused)
    at_either = moment.stage is Stage.DATA and _NO_RECIPIENTS.search(flat, refused.end())
    return UNTOLD if at_either else moment


def _named(found: re.Match[str]) -> Moment:
    return Moment(Stage(found.lastgroup or ""), found[0])
