"""The words of a notice about each address: the mentions of ``ndr.mentions``, selected and combined."""

import re
from dataclasses import dataclass, field

from bouncer.mail.address import comparable
from bouncer.ndr import addresses, headings, phrases, transcript
from bouncer.ndr.addresses import ADDRESS
from bouncer.ndr.letter import Letter
from bouncer.ndr.mentions import Mention, MentionKind
from bouncer.ndr.paragraphs import MOST_IN_SENTENCES, sentences_about
from bouncer.ndr.succeeded import is_accepted, tell_success

_ALIAS = re.compile(
    r"\(?(?:expanded from|(?:ultimately )?generated (?:from|by)|forwarded from|originally addressed to"
    r"|original (?:address|recipient))[: ]+<?(" + ADDRESS + ")>?",
    re.IGNORECASE,
)
_MAY_NAME_ALIAS = ("expanded", "generated", "forwarded", "original")
"""``_ALIAS`` can match only where one of these words stands; searching for them first costs a tenth."""
NEVER = re.compile(r"(?:postmaster|mailer-daemon|abuse|no-?reply|hostmaster|support|help(?:desk)?)@", re.IGNORECASE)
_MAILER = re.compile(r"[\w./-]{3,40}: (?![^@]*@)\w")
"""A line of a delivery program: its name, a colon, its message."""
_RULE = re.compile(r"[\W_]{4,200}")
MAX_WORDS = 4_000
"""Characters kept of the words about one recipient; a reply of eight full lines (RFC 5321 section 4.5.3.1.5)."""
_FEW = 600
"""Characters of a few sentences."""
_MAX_LINES = 40
"""Lines after a mention that may be about it."""


@dataclass(slots=True)
class Statement:
    """A notice's words about one address."""

    address: str
    line: int
    own: str = ""  # beside the address and below it
    replies: list[str] = field(default_factory=list)  # replies and sentences elsewhere that name it
    alias: str | None = None  # the address that it was expanded from
    sentence: bool = False  # named by a sentence only: the least reliable form

    def add_reply(self, reply: str) -> None:
        """Add a reply, unless it was quoted already; it replaces replies that it contains.

        It also replaces another server's 4yz reply, where it is a 5yz one: the last server that was tried decides.
        """
        if reply in self.own or any(reply in other for other in self.replies):
            return
        provisional = ("<<< 4",) if reply.startswith("<<< 5") else ()
        others = [other for other in self.replies if other not in reply and not other.startswith(provisional)]
        self.replies = [*others, reply]

    @property
    def words(self) -> str:
        """All words about the address."""
        return " ".join([self.own, *self.replies]).strip()[:MAX_WORDS]


def failed_statements(letter: Letter) -> list[Statement]:
    """Give the failed addresses with the words of *letter* about each, in the letter's order."""
    mentions = letter.mentions
    chosen = _choose(_not_accepted(mentions, letter.lines), letter.parties, letter.original.to) if mentions else []
    statements = list(_gather(chosen, mentions, letter.lines).values())
    if not 1 < len(statements) <= MOST_IN_SENTENCES:
        return statements
    return [
        statement for statement in statements if not (statement.sentence and tell_success(statement.words))
    ] or statements


def words_about(address: str, letter: Letter) -> str:
    """Give the words of *letter* about *address*; empty where they do not name it."""
    mailbox = comparable(address)
    if mailbox not in letter.words_about:
        letter.words_about[mailbox] = _words_about(mailbox, letter)
    return letter.words_about[mailbox]


def _words_about(mailbox: str, letter: Letter) -> str:
    local = mailbox.partition("@")[0]
    mentions_of_mailbox = [mention for mention in letter.mentions if comparable(mention.address) == mailbox]
    if not mentions_of_mailbox:
        mentions_of_mailbox = [
            mention for mention in letter.mentions if mention.address.lower().startswith(local + "@")
        ]
    gathered = _gather(mentions_of_mailbox, letter.mentions, letter.lines)
    words = [account.words for account in gathered.values()]
    return " ".join([*words, *_heading_sentences(mentions_of_mailbox, letter.lines)]).strip()[:MAX_WORDS]


def _heading_sentences(mentions_of_mailbox: list[Mention], lines: list[str]) -> list[str]:
    """The sentences that head the entries, once each: KDDI writes there that accounts are disabled, or only limited."""
    heads = (
        headings.find_heading(lines, mention.line)
        for mention in mentions_of_mailbox
        if mention.kind is MentionKind.ENTRY
    )
    return list(dict.fromkeys(lines[head].strip() for head in heads if head >= 0 and lines[head].endswith(".")))


def words_of_short_notice(address: str, letter: Letter) -> str:
    """Give all words of a notice of a few sentences, in any language, where *address* is its only address; else empty."""
    words = " ".join(letter.evidence.split())
    if len(words) > _FEW or "@" not in words:
        return ""
    strangers = {name.lower() for name in addresses.find(words)} - letter.parties
    return words if strangers == {address.lower()} else ""


def words_after(letter: Letter, line: int) -> str:
    """Give the words after *line*, which may be about recipients that have no words of their own."""
    return _join_lines(letter.lines[line + 1 : line + 1 + _MAX_LINES])


def words_before(letter: Letter, line: int) -> str:
    """Give the words before *line*, which may be about such recipients too."""
    return _join_lines(letter.lines[max(0, line - _MAX_LINES) : line])


def _join_lines(lines: list[str]) -> str:
    return " ".join(" ".join(line for line in lines if not _RULE.fullmatch(line)).split())[:MAX_WORDS]


def replies(letter: Letter) -> str:
    """Give every reply line of a transcript, and a mailer's message right above one: "maildrop: unknown user"."""
    lines = letter.lines
    quoted: list[str] = []
    for number, line in enumerate(lines):
        if transcript.REPLY.match(line):
            line_above = lines[number - 1].strip() if number else ""
            quoted += [line_above] if _MAILER.match(line_above) and line_above not in quoted else []
            quoted.append(line.strip())
    return " ".join(quoted)[:MAX_WORDS]


def quotations(letter: Letter) -> str:
    """Give the other server's replies that a transcript quotes and that name nobody: a refusal of DATA, or of MAIL."""
    return " ".join(line.strip() for line in letter.lines if line.lstrip().startswith("<<<"))[:MAX_WORDS]


def _not_accepted(mentions: list[Mention], lines: list[str]) -> list[Mention]:
    """Leave out recipients that the server accepted in a transcript, unless it accepted all and refused the message."""
    return [mention for mention in mentions if not is_accepted(mention, lines)] or mentions


def _choose(mentions: list[Mention], parties: frozenset[str], written_to: tuple[str, ...]) -> list[Mention]:
    """Select the most reliable mentions: entries if there are any, else replies and sentences; never the parties to the report.

    Among addresses in sentences those prevail that the returned message was *written_to*: others may be people to ask.
    """
    entries = [mention for mention in mentions if mention.kind is MentionKind.ENTRY]
    for candidates in (entries, [mention for mention in mentions if mention.kind is not MentionKind.ENTRY]):
        fitting = [mention for mention in candidates if mention.address.lower() not in parties]
        others = [mention for mention in fitting if not NEVER.match(mention.address)]
        if others or fitting:
            return _choose_of_message(others or fitting, written_to)
    return [mention for mention in mentions if mention.kind is not MentionKind.SENTENCE]


def _choose_of_message(mentions: list[Mention], written_to: tuple[str, ...]) -> list[Mention]:
    if any(mention.kind is not MentionKind.SENTENCE for mention in mentions):
        return mentions
    recipients = {address.lower() for address in written_to}
    return [mention for mention in mentions if mention.address.lower() in recipients] or mentions


def _gather(chosen: list[Mention], mentions: list[Mention], lines: list[str]) -> dict[str, Statement]:
    gathered: dict[str, Statement] = {}
    heads = _heads(mentions)
    commands = {
        mention.line: comparable(mention.address) for mention in mentions if mention.kind is MentionKind.COMMAND
    }
    for mention in chosen:
        key = comparable(mention.address)
        account = gathered.setdefault(key, Statement(mention.address, mention.line))
        account.sentence = mention.kind is MentionKind.SENTENCE
        if mention.kind is MentionKind.ENTRY and len(account.own) < MAX_WORDS:
            block = _block(mention, heads, lines, commands)
            account.own = f"{account.own} {block}".strip()[:MAX_WORDS]
            account.alias = account.alias or _alias(block)
    for mention in mentions:
        statement = gathered.get(comparable(mention.address))
        if statement and (
            mention.kind in {MentionKind.REPLY, MentionKind.COMMAND}
            or (mention.kind is MentionKind.SENTENCE and statement.sentence)
        ):
            words = transcript.answer(mention, lines, heads)[:MAX_WORDS]
            if statement.sentence and 1 < len(gathered) <= MOST_IN_SENTENCES:
                words = sentences_about(mention.address, words, [other.address for other in gathered.values()])
            statement.add_reply(words)
    return gathered


def _alias(block: str) -> str | None:
    """Give the address that an entry's address was expanded from."""
    match = _ALIAS.search(block) if phrases.contains_any(_MAY_NAME_ALIAS, block.lower()) else None
    return match[1] if match else None


def _heads(chosen: list[Mention]) -> set[int]:
    """The lines on which another recipient's entry begins; a more indented repeat of an address continues its own entry."""
    heads: set[int] = set()
    before = ""
    for mention in chosen:
        if mention.kind is MentionKind.ENTRY:
            if mention.address.lower() != before or not heads:
                heads.add(mention.line)
            before = mention.address.lower()
    return heads


def _block(mention: Mention, heads: set[int], lines: list[str], commands: dict[int, str]) -> str:
    """Give the rest of an entry's line and the lines below it, beyond a blank line where they are indented further.

    *commands* are the addresses of a transcript's commands, by line: a command for another recipient ends the entry.
    """
    rest, line = mention.rest.strip(" :;,"), mention.line
    if not rest and line + 2 < len(lines) and not lines[line + 1] and _is_set_in(lines[line + 2], mention):
        line += 1
    ends = heads
    if commands:
        mailbox = comparable(mention.address)
        here = range(line + 1, line + _MAX_LINES)
        ends = heads | {number for number in here if commands.get(number, mailbox) != mailbox}
    return f"{rest} {lines_below(line, ends, lines)}".strip()[:MAX_WORDS]


def _is_set_in(line: str, mention: Mention) -> bool:
    words = line.lstrip()
    return len(line.expandtabs()) - len(words.expandtabs()) > mention.indent and not words.startswith(("--", "=="))


def lines_below(line: int, heads: set[int], lines: list[str]) -> str:
    """Give the lines after *line*, to the next entry or blank line."""
    here: list[str] = []
    for number in range(line + 1, min(len(lines), line + _MAX_LINES)):
        if number in heads or not lines[number].strip():
            break
        here.append(lines[number].strip())
    return " ".join(here).strip()[:MAX_WORDS]
