"""When a server gave its answer (at which command of the SMTP dialogue, RFC 5321 section 3), and who gave it.

An answer to the greeting, EHLO or MAIL FROM was given before any recipient had been named, so it is about the sender. Mail systems
state the stage in words of their own: Postfix "(in reply to RCPT TO command)", Exim "after MAIL FROM:<..>", Sendmail and Courier
">>> DATA" in a transcript, qmail "does not like recipient", Exchange and Sendmail "did not like our EHLO".
"""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

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
"""Stages at which no recipient had been named."""


class Speaker(StrEnum):
    """The system that gave the answer."""

    REMOTE = "remote"  # the server that the message was to be handed to
    REPORTING = "reporting"  # the mail system that wrote the report
    UNKNOWN = "unknown"


class Moment(NamedTuple):
    """A stage, and the words that state it."""

    stage: Stage
    words: str = ""


UNKNOWN_MOMENT = Moment(Stage.UNKNOWN)

_COMMAND = re.compile(
    r"(?P<connect>initial (?:server )?(?:greeting|connection)|(?:greeting|banner)(?= failed|[:,)\]]|$))"
    r"|(?P<ehlo>[eh]h?e?lo|lhlo)"
    r"|(?P<starttls>starttls|tls(?= (?:negotiation|handshake)))"
    r"|(?P<auth>auth)"
    r"|(?P<mail>mail[ _]?from(?=[:_)\]\"'.,;]| ?<| ?\[| command| (?:reply|answer|response):|\W{0,4}$)|mail(?= command|:))"
    r"|(?P<rcpt>rcpt(?:[ _]?to)?|recipient command)"
    r"|(?P<data>(?:end[ -]of[ -](?:the )?(?:data|message)|final (?:data|dot)|message body|bdat|data(?: block)?|body)"
    r"(?= command|[:,)\].]| ?<<<| [245]\d\d|$)|\.(?= |$))"
)
"""A command, or the moment before the first one, in mail systems' words."""
_AND_NO_MORE = re.compile(r"(?![a-z0-9@-])")
_COMMANDS = (
    "rcpt", "mail from", "end of", "end-of", "data", "ehlo", "helo", "lhlo", "starttls", "auth", "initial ", "greeting",
    "banner", "tls", "mail_from", "mail command", "recipient command", "final ", "message body", "body", "bdat",
)  # fmt: skip
"""The beginnings of commands; the most common first."""
_TYPED = (*_COMMANDS, ".")
"""A command as in _COMMAND, in a transcript, which shows the end of the data as it was typed."""
_SENTENCES = (
    "in reply to ", "after ", "in response to ", "answer to ", "response to ", "did not like our ", "did not accept our ",
    "while sending ", "while performing ", "while receiving ", "during ", "smtp command: ", "smtp command ",
    "command was: ", "command was ", "stage: ", "stage ", "failed on ", "reply to ", "rejected at ", "refused at ",
    "failed at ", "rejected on ", "refused on ", "rejected upon ", "refused upon ", "error at ", "error on ",
    "said to ", "responded to ", "replied to ", "answered to ", "given to ", "command ",
    "remote server for ", "remote server in ", "error command: ", "sent: ",
)  # fmt: skip
"""Words before an answered command in a sentence."""
_TRANSCRIPTS = (">>> ", "--> ", "in: ")
"""Marks before a command in a transcript; the refused command counts."""
_BETWEEN = ("", "the ", "our ", "pipelined ", "sending ", "sending the ", "smtp ", "the smtp ", '"', "'", "<", "[", "(")
"""Words between the text of ``_SENTENCES`` and the command."""
_IN_SENTENCE = tuple(words + between for words in _SENTENCES for between in _BETWEEN)
_LEAST = 3
"""Characters of the shortest text of ``_IN_SENTENCE``."""
_ENDINGS = frozenset(words[-_LEAST:] for words in _IN_SENTENCE)
"""The last characters of the texts of ``_IN_SENTENCE``: a command without such characters before it stands in no sentence."""
_PROMPT = re.compile(rf"(?:{'|'.join(_TRANSCRIPTS)})<?")
_ALL_WORDS = "|".join(map(re.escape, (*_SENTENCES, *_TRANSCRIPTS)))
_STANDS_ALONE = re.compile(rf"(?:^|[^a-z0-9-])((?:{_ALL_WORDS})(?:[a-z]+ ){{0,2}}[^a-z]{{0,2}})$")
"""An introduction matches whole words only: no "hereafter", no "dial-in"."""
_HEADS_REPLY = re.compile(
    r"\b(?:(?P<rcpt>rcpt(?: to)?|recipient(?= command))|(?P<mail>mail from|mail(?= command))|(?P<ehlo>[eh]h?e?lo|lhlo)"
    r"(?: [a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5})?"
    r"|(?P<auth>auth)(?: (?:plain|login|cram-md5|xoauth2?))?"
    r"|(?P<connect>(?:greeting|banner)|(?:on|upon|at|while|during|after) (?:the )?connect(?:ion|ing)?(?: was (?:made|opened))?)"
    r"|(?P<starttls>starttls)|(?P<data>end of data|data(?= command)))[\"')]?(?::? ?<[^<>\s]{0,320}>)?"
    r"(?: command| failed| rejected| refused| denied| was| is| with| by| gave| error| ?[^\x00-\x7f]{1,20}){0,5} ?:"
    r" ?(?:<<< )?[\"']?[45]\d\d[ -]"
)
"""A command and, after a colon, the reply to it: the line above a reply names what was answered, in whatever language."""
_REPLY_AFTER_COLON = re.compile(r": ?(?:<<< )?[\"']?[45]\d\d[ -]")
"""The end of such a line: the engine skips to the few colons of a text, which is a tenth of the search for each command's name."""
_REFUSED_AT_ONCE = re.compile(
    r"\b(?:(?P<mail>mail from)|(?P<rcpt>rcpt to)): ?<[^<>\s]{0,320}>"
    r"(?: (?:size|body|smtputf8|ret|envid|notify|orcpt)\S{0,320}){0,5} (?:[^@<>]{0,40}[:<>=|-]{1,3} ?)?[45]\d\d[ -]"
)
"""A command and the refusal right behind it, whatever signs of the speakers a transcript prints, and if it prints none."""
_WITH_ADDRESS = ("mail from:", "rcpt to:")
_BEFORE = 40
"""Characters before a command that are searched for these words."""
_DIALOGUE = "while talking to"
"""Sendmail's words before the transcript of a dialogue with one server."""
_AT_GREETING = re.compile(r"while talking to \S{1,255}:? (?:<<<|<--) ?[45]\d\d")
"""Sendmail shows no command where the greeting itself was a refusal."""
_ACCEPTED_AT_ONCE = re.compile(r"(?:(?!>>>|-->|<<<|<--|\bout:|\bin:).){0,300}(?:<<<|<--|\bout:) ?[23]\d\d")
"""Matches after a command of a transcript that the server accepted, so that the decisive answer came later."""
_NO_RECIPIENTS = re.compile(r"(?:<<<|<--) ?5\d\d[^\n<>]{0,60}(?:rcpt|recipient)")
"""Sendmail sends RCPT and DATA together and shows DATA alone: if this follows, either of them may have been answered."""
_PLAIN: tuple[tuple[str, Stage], ...] = (
    ("refused to talk to me", Stage.CONNECT),
    ("greeting failed", Stage.CONNECT),
    ("invalid greeting", Stage.CONNECT),
    ("my name was rejected", Stage.EHLO),
    ("sender was rejected", Stage.MAIL),
    ("does not like recipient", Stage.RCPT),
    ("failed after i sent the message", Stage.DATA),
    ("after transfer of mail text", Stage.DATA),
    ("for text command", Stage.DATA),
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
"""Sentences of Postfix and qmail that state a stage without naming a command, and Yahoo's marks."""
_REMOTE = phrases.split_phrases(
    """
    said: | remote host said | refused to talk to me | <<< | <-- | error from remote mail | the response from the
    remote | remote server returned | remote server said | response was: | in reply to | gave this error | the error
    that the other server returned
    """
)
_REPORTING = phrases.split_phrases(
    """
    unable to look up | lookup of | host not found | host or domain name not found | could not be found | no route |
    retry timeout exceeded | local user | mailbox lookup
    """
)
MAX_TEXT = 8_000
"""Characters that are searched; a transcript of several attempts fits."""


def find(texts: Iterable[str]) -> Moment:
    """Find the stage in the first of *texts* that states one."""
    for text in texts:
        lower = text[:MAX_TEXT].lower()
        if (
            phrases.contains_any(phrases.STAGE, lower)
            and (moment := find_in_normalized(" ".join(lower.split()))) is not UNKNOWN_MOMENT
        ):
            return moment
    return UNKNOWN_MOMENT


def find_in_normalized(flat: str) -> Moment:
    """Find the stage in text normalized by ``phrases.normalize``: as a sentence names it, else by a transcript."""
    if not flat:
        return UNKNOWN_MOMENT
    if command := next(_commands_in_sentences(flat), None):
        return Moment(command.stage, command.words)
    for words, stage in _PLAIN:
        if words in flat:
            return Moment(stage, words)
    headed = _REPLY_AFTER_COLON.search(flat) and _HEADS_REPLY.search(flat)
    if refused := headed or (phrases.contains_any(_WITH_ADDRESS, flat) and _REFUSED_AT_ONCE.search(flat)):
        return Moment(Stage(refused.lastgroup or ""), refused[0])
    flat = _last_try(flat)
    if _DIALOGUE in flat and (greeted := _AT_GREETING.search(flat)):
        return Moment(Stage.CONNECT, greeted[0])
    return _find_refused(flat) if phrases.contains_any(_TRANSCRIPTS, flat) else UNKNOWN_MOMENT


def _last_try(flat: str) -> str:
    """Give the dialogue with the last server that was sent a command: the report is about its answer."""
    last = flat[max(0, flat.rfind(_DIALOGUE)) :]
    return last if phrases.contains_any(_TRANSCRIPTS, last) else flat


def speaker(texts: Iterable[str], remote_mta: str | None) -> Speaker:
    """Tell who gave the answer in *texts*: a remote server that is named or quoted, else the reporting system if it says so."""
    lower = " ".join(text[:MAX_TEXT] for text in texts).lower()
    if remote_mta or phrases.contains_any(_REMOTE, lower):
        return Speaker.REMOTE
    return Speaker.REPORTING if phrases.contains_any(_REPORTING, lower) else Speaker.UNKNOWN


class _Command(NamedTuple):
    """A command in a text, with the words that introduce it, and the index where the command ends."""

    stage: Stage
    words: str
    end: int


def _commands_in_sentences(flat: str) -> Iterator[_Command]:
    """Give each command that a sentence introduces."""
    for command in filter(flat.__contains__, _COMMANDS):
        at = flat.find(command)
        while at >= 0:
            before = flat[max(0, at - _BEFORE) : at]
            if (
                before[-_LEAST:] in _ENDINGS
                and before.endswith(_IN_SENTENCE)
                and (command_match := _command_at(flat, at, before))
            ):
                yield command_match
            at = flat.find(command, at + len(command))


def _commands_in_transcript(flat: str) -> Iterator[_Command]:
    """Give each command of a transcript, in order."""
    for prompt in _PROMPT.finditer(flat):
        at = prompt.end()
        if flat.startswith(_TYPED, at) and (command := _command_at(flat, at, flat[max(0, at - _BEFORE) : at])):
            yield command


def _command_at(flat: str, at: int, before: str) -> _Command | None:
    """Parse the command at index *at*, where it and the words *before* it are whole words."""
    match = _COMMAND.match(flat, at)
    if not match or not _AND_NO_MORE.match(flat, match.end()) or not (words := _STANDS_ALONE.search(before)):
        return None
    return _Command(Stage(match.lastgroup or ""), words[1] + match[0], match.end())


def _find_refused(flat: str) -> Moment:
    """Give the first command of a transcript that was refused."""
    refused = next(
        (command for command in _commands_in_transcript(flat) if not _ACCEPTED_AT_ONCE.match(flat, command.end)), None
    )
    if refused is None or (refused.stage is Stage.DATA and _NO_RECIPIENTS.search(flat, refused.end)):
        return UNKNOWN_MOMENT
    return Moment(refused.stage, refused.words)
