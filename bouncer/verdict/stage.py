"""When a server gave its answer: at which command of the SMTP dialogue (RFC 5321 section 3), and who gave it.

An answer to the greeting, EHLO or MAIL FROM was given before any recipient had been named, so it is about the sender. Mail systems
tell the stage in words of their own: Postfix "(in reply to RCPT TO command)", Exim "after MAIL FROM:<..>", Sendmail and Courier
with ">>> DATA" in a transcript, qmail "does not like recipient", Exchange and Sendmail "did not like our EHLO".
"""

import re
from collections.abc import Iterable, Iterator
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

_COMMAND = re.compile(
    r"(?:(?:the|our|pipelined|sending|smtp) )*[\"'<\[(]{0,2}"
    r"(?:(?P<connect>initial (?:server )?(?:greeting|connection)|connect(?:ion|ing)?|banner|greeting)"
    r"|(?P<ehlo>[eh]h?e?lo|lhlo)"
    r"|(?P<starttls>starttls|tls)"
    r"|(?P<auth>auth)"
    r"|(?P<mail>mail[ _]?from(?=:|_| ?<| ?\[| command|\W{0,4}$)|mail(?= command|:))"
    r"|(?P<rcpt>rcpt(?:[ _]?to)?|recipient command)"
    r"|(?P<data>end[ -]of[ -](?:the )?(?:data|message)|final (?:data|dot)|message body|bdat|data(?: block)?|body|\.(?= |$)))"
    r"(?![a-z0-9-])"
)
"""A command, or the moment before the first one, as mail systems name it."""
_SENTENCES = (
    "in reply to ", "in response to ", "answer to ", "response to ", "did not like our ", "did not accept our ",
    "after ", "while sending ", "while performing ", "while receiving ", "during ", "smtp command: ", "smtp command ",
    "command was: ", "command was ", "stage: ", "stage ", "failed on ", "reply to ", "rejected at ", "refused at ",
    "failed at ", "rejected on ", "refused on ", "rejected upon ", "refused upon ", "error at ", "error on ",
    "said to ", "responded to ", "replied to ", "answered to ", "given to ", "command ",
)  # fmt: skip
"""What stands before a command that was answered, in a sentence."""
_COMMONEST = _SENTENCES[0]
"""Postfix's: looked for first."""
_TRANSCRIPTS = (">>> ", "--> ", "in: ")
"""What stands before a command in a transcript: the one that was refused is meant."""
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
    ("[connect]", Stage.CONNECT),
    ("[helo]", Stage.EHLO),
    ("[ehlo]", Stage.EHLO),
    ("[mail_from]", Stage.MAIL),
    ("[rcpt_to]", Stage.RCPT),
    ("[data]", Stage.DATA),
    ("[body]", Stage.DATA),
)
"""Sentences of Postfix and qmail that tell a stage without naming a command, and the marks of Yahoo."""
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
    """Find the stage in the first of *texts* that tells one."""
    for text in texts:
        lower = text[:MAX_TEXT].lower()
        if phrases.says(phrases.STAGE, lower) and (moment := find_flat(" ".join(lower.split()))) is not UNTOLD:
            return moment
    return UNTOLD


def find_flat(flat: str) -> Moment:
    """Find the stage in text that is flat, as ``phrases.flat`` makes it: as a sentence names it, else by a transcript."""
    if not flat:
        return UNTOLD
    at = flat.find(_COMMONEST)
    if at >= 0 and (found := _COMMAND.match(flat, at + len(_COMMONEST))):
        return _named(_COMMONEST, found)
    for words, stage in _PLAIN:
        if words in flat:
            return Moment(stage, words)
    if "while talking to" in flat and (greeted := _AT_GREETING.search(flat)):
        return Moment(Stage.CONNECT, greeted[0])
    told = next(_commands(flat, _SENTENCES), None)
    return _named(*told) if told else _refused(flat)


def speaker(texts: Iterable[str], remote_mta: str | None) -> Speaker:
    """Say who gave the answer in *texts*: a remote server that is named or quoted, else the reporting one where it says so."""
    lower = " ".join(text[:MAX_TEXT] for text in texts).lower()
    if remote_mta or phrases.says(_REMOTE, lower):
        return Speaker.REMOTE
    return Speaker.REPORTING if phrases.says(_REPORTING, lower) else Speaker.UNKNOWN


def _commands(flat: str, introduced_by: tuple[str, ...]) -> Iterator[tuple[str, re.Match[str]]]:
    """Give each command that stands after one of these words, with the words."""
    for words in introduced_by:
        at = flat.find(words)
        while at >= 0:
            if found := _COMMAND.match(flat, at + len(words)):
                yield words, found
            at = flat.find(words, at + len(words))


def _refused(flat: str) -> Moment:
    """Give the first command of a transcript that was refused."""
    commands = sorted(_commands(flat, _TRANSCRIPTS), key=lambda command: command[1].start())
    refused = next((each for each in commands if not _ACCEPTED_AT_ONCE.match(flat, each[1].end())), None)
    if refused is None:
        return UNTOLD
    moment = _named(*refused)
    at_either = moment.stage is Stage.DATA and _NO_RECIPIENTS.search(flat, refused[1].end())
    return UNTOLD if at_either else moment


def _named(before: str, found: re.Match[str]) -> Moment:
    return Moment(Stage(found.lastgroup or ""), before + found[0])
