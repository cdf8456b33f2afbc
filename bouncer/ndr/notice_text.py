"""The words of a notice about each address: the mentions of ``ndr.mentions``, selected and combined."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bouncer.mail.address import comparable
from bouncer.ndr import addresses, blocks, headings, phrases, success, transcript
from bouncer.ndr.addresses import ADDRESS
from bouncer.ndr.forwards import find_forwards
from bouncer.ndr.letter import Letter
from bouncer.ndr.mentions import Mention, MentionKind
from bouncer.ndr.paragraphs import MOST_IN_SENTENCES, lines_about, sentences_about
from bouncer.ndr.succeeded import is_accepted, tell_success
from bouncer.ndr.told_apart import tell_apart

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
MOST_MENTIONS = 200
"""Mentions of one mailbox whose replies are looked for: a notice has one for each command and each server that was tried."""
_FEW = 600
"""Characters of a few sentences."""


@dataclass(slots=True)
class Statement:
    """A notice's words about one address."""

    address: str
    line: int
    own: str = ""  # beside the address and below it
    replies: list[str] = field(default_factory=list)  # replies and sentences elsewhere that name it
    alias: str | None = None  # the address that it was expanded from
    sentence: bool = False  # named by a sentence only: the least reliable form
    most: int = blocks.MAX_WORDS  # characters that are kept

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
        return " ".join([self.own, *self.replies]).strip()[: self.most]


def failed_statements(letter: Letter) -> list[Statement]:
    """Give the failed addresses with the words of *letter* about each, in the letter's order."""
    mentions = tell_apart(letter, letter.mentions)
    chosen = _choose(_not_accepted(mentions, letter.lines), letter.parties, letter.original.to) if mentions else []
    statements = _without_targets(list(_gather(chosen, letter).values()), letter)
    if not 1 < len(statements) <= MOST_IN_SENTENCES:
        return statements
    return [
        statement for statement in statements if not (statement.sentence and tell_success(statement.words))
    ] or statements


def _without_targets(statements: list[Statement], letter: Letter) -> list[Statement]:
    """Leave out the target of a forward that a sentence tells beside the address that was written to, which gets its words."""
    if not 1 < len(statements) <= MOST_IN_SENTENCES:
        return statements
    by_mailbox = {comparable(statement.address): statement for statement in statements}
    for written_to, target in find_forwards(letter):
        source = by_mailbox.get(written_to)
        if source is not None and target in by_mailbox and by_mailbox[target] is not source:
            source.add_reply(by_mailbox.pop(target).words)
    return list(by_mailbox.values())


def words_about(address: str, letter: Letter) -> str:
    """Give the words of *letter* about *address*; empty where they do not name it."""
    mailbox = comparable(address)
    if mailbox not in letter.words_about:
        letter.words_about[mailbox] = _words_about(mailbox, letter)
    return letter.words_about[mailbox]


def _words_about(mailbox: str, letter: Letter) -> str:
    index = letter.mention_index
    mentions_of_mailbox = index.find_by_mailbox(mailbox) or index.find_by_local_part(mailbox.partition("@")[0])
    words = [account.words for account in _gather(mentions_of_mailbox, letter).values()]
    whole = " ".join([*words, *_heading_sentences(mentions_of_mailbox, letter.lines)]).strip()
    return whole[: _most_words(letter)]


def _most_words(letter: Letter) -> int:
    """Give how many characters about each mailbox are kept, where the notice names as many as it does."""
    return min(blocks.MAX_WORDS, letter.limits.words_of_each(letter.mention_index.mailboxes))


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
    words = " ".join(letter.evidence.split(None, _FEW))  # not all of a long text, for each of hundreds
    if len(words) > _FEW or "@" not in words:
        return ""
    strangers = {name.lower() for name in addresses.find(words)} - letter.parties
    return words if strangers == {address.lower()} else ""


def words_after(letter: Letter, line: int) -> str:
    """Give the words after *line*, which may be about recipients that have no words of their own."""
    return _join_lines(tuple(letter.lines[line + 1 : line + 1 + blocks.MAX_LINES]))


def words_before(letter: Letter, line: int) -> str:
    """Give the words before *line*, which may be about such recipients too."""
    return _join_lines(tuple(letter.lines[max(0, line - blocks.MAX_LINES) : line]))


@lru_cache(maxsize=2)
def _join_lines(lines: tuple[str, ...]) -> str:
    """Join *lines*, those above and those below a list: the same for hundreds of recipients, and each may have 100 kB."""
    telling = (
        line
        for line in transcript.without_accepted_steps(lines)
        if not _RULE.fullmatch(line) and not ("@" in line and success.is_told(line))
    )
    return " ".join(" ".join(telling).split())[: blocks.MAX_WORDS]


def replies(letter: Letter) -> str:
    """Give every reply line of a transcript, and a mailer's message right above one: "maildrop: unknown user"."""
    return _join_replies(tuple(letter.lines))


@lru_cache(maxsize=1)
def _join_replies(lines: tuple[str, ...]) -> str:
    """Join the replies once, and not for each of hundreds of recipients."""
    quoted: list[str] = []
    for number, line in enumerate(lines):
        if transcript.REPLY.match(line):
            line_above = lines[number - 1].strip() if number else ""
            quoted += [line_above] if _MAILER.match(line_above) and line_above not in quoted else []
            quoted.append(line.strip())
    return " ".join(quoted)[: blocks.MAX_WORDS]


def quotations(letter: Letter) -> str:
    """Give the other server's replies that a transcript quotes and that name nobody: a refusal of DATA, or of MAIL."""
    return " ".join(line.strip() for line in letter.lines if line.lstrip().startswith("<<<"))[: blocks.MAX_WORDS]


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


def _gather(chosen: list[Mention], letter: Letter) -> dict[str, Statement]:
    """Give the statements about the mailboxes that the *chosen* mentions name, by mailbox."""
    gathered: dict[str, Statement] = {}
    most = _most_words(letter) if chosen else 0
    for mention in chosen:
        key = comparable(mention.address)
        account = gathered.setdefault(key, Statement(mention.address, mention.line, most=most))
        account.sentence = mention.kind is MentionKind.SENTENCE
        is_within = bool(account.own) and all(
            letter.lines[account.line : mention.line]
        )  # its block has these lines already
        if mention.kind is MentionKind.ENTRY and len(account.own) < most and not is_within:
            block = blocks.block(mention, letter)
            account.own = f"{account.own} {block}".strip()[:most]
            account.alias = account.alias or _alias(block)
    names = [statement.address for statement in gathered.values()]
    for key, statement in gathered.items():
        _add_replies(statement, key, names, letter)
    return gathered


def _add_replies(statement: Statement, mailbox: str, names: list[str], letter: Letter) -> None:
    """Add the replies and sentences about *mailbox*; *names* are the addresses of all statements."""
    index = letter.mention_index
    for mention in _first_and_last(index.find_by_mailbox(mailbox)):
        if mention.kind in {MentionKind.REPLY, MentionKind.COMMAND} or (
            mention.kind is MentionKind.SENTENCE and statement.sentence
        ):
            statement.add_reply(_words_at(mention, statement, names, letter)[: statement.most])
        elif (
            mention.kind is MentionKind.SENTENCE
            and len(names) > 1
            and blocks.is_section_head(letter.lines[mention.line])
        ):
            statement.add_reply(blocks.section(mention.line, index.heads, letter.lines))


def _words_at(mention: Mention, statement: Statement, names: list[str], letter: Letter) -> str:
    """Give the reply, or the sentences, at *mention*; where sentences name others, too, to the next line with one of *names*."""
    if not (statement.sentence and 1 < len(names) <= MOST_IN_SENTENCES):
        return transcript.answer(mention, letter.lines, letter.mention_index.heads)
    if mention.kind is not MentionKind.SENTENCE:
        words = transcript.answer(mention, letter.lines, letter.mention_index.heads)
        return sentences_about(mention.address, words, names)
    lines = lines_about(mention.line, mention.address, names, letter.lines)
    return sentences_about(mention.address, " ".join(transcript.without_accepted_steps(lines)), names)


def _first_and_last(mentions: Sequence[Mention]) -> Sequence[Mention]:
    """Give all of few *mentions*; of many the first and the last ones, as the last server that was tried decides."""
    half = MOST_MENTIONS // 2
    return mentions if len(mentions) <= MOST_MENTIONS else [*mentions[:half], *mentions[-half:]]


def _alias(block: str) -> str | None:
    """Give the address that an entry's address was expanded from."""
    match = _ALIAS.search(block) if phrases.contains_any(_MAY_NAME_ALIAS, block.lower()) else None
    return match[1] if match else None
