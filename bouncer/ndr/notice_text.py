"""The words of a notice about each address: the mentions of ``ndr.mentions``, selected and combined."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bouncer.mail.address import comparable
from bouncer.ndr import blocks, codes, headings, phrases, transcript
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
MOST_MENTIONS = 200
"""Mentions of one mailbox whose replies are looked for: a notice has one for each command and each server that was tried."""


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
    names = index.addresses if len(index.addresses) <= MOST_IN_SENTENCES else ()
    entries = [mention for mention in mentions_of_mailbox if mention.kind is MentionKind.ENTRY]
    words = _join_words(entries, letter, names) or _join_words(mentions_of_mailbox, letter, names)
    words = words or " ".join(_own_heading(mention, letter) for mention in entries)
    telling = _heading_sentences(entries, letter.lines, answered=codes.reply_code(words) is not None)
    return " ".join([words, *telling]).strip()[: _most_words(letter)]


def _join_words(mentions_of_mailbox: list[Mention], letter: Letter, names: Sequence[str]) -> str:
    """Join the words about a mailbox, of which *mentions_of_mailbox* are mentions; sentences name *names*."""
    return " ".join(account.words for account in _gather(mentions_of_mailbox, letter, names).values()).strip()


def _own_heading(mention: Mention, letter: Letter) -> str:
    """Give the heading above an entry, or the answer right above it, where the entries of the notice have different ones."""
    entries = [other.line for other in letter.mentions if other.kind is MentionKind.ENTRY]
    if not 1 < len(entries) <= headings.MOST_HEADINGS:
        return ""
    return headings.find_own_heading(mention.line, entries, letter.lines)


def _most_words(letter: Letter) -> int:
    """Give how many characters about each mailbox are kept, where the notice names as many as it does."""
    return min(blocks.MAX_WORDS, letter.limits.words_of_each(letter.mention_index.mailboxes))


def _heading_sentences(entries: list[Mention], lines: list[str], *, answered: bool) -> list[str]:
    """The sentences that head the *entries*, once each: KDDI writes there that accounts are disabled, or only limited.

    Beside a server's answer the sentence that mail failed tells nothing.
    """
    heads = (headings.find_heading(lines, entry.line) for entry in entries)
    sentences = dict.fromkeys(lines[head].strip() for head in heads if head >= 0 and lines[head].endswith("."))
    return [
        sentence
        for sentence in sentences
        if not answered or not phrases.contains_any(phrases.UNDELIVERED, phrases.normalize(sentence))
    ]


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


def _gather(chosen: list[Mention], letter: Letter, others: Sequence[str] = ()) -> dict[str, Statement]:
    """Give the statements about the mailboxes that the *chosen* mentions name, by mailbox; sentences may name *others*, too."""
    gathered: dict[str, Statement] = {}
    most = _most_words(letter) if chosen else 0
    for mention in chosen:
        key = comparable(mention.address)
        account = gathered.setdefault(key, Statement(mention.address, mention.line, most=most))
        account.sentence = mention.kind is MentionKind.SENTENCE
        is_within = bool(account.own) and _is_below(mention, account, letter.lines)  # its block has these lines already
        if mention.kind is MentionKind.ENTRY and len(account.own) < most and not is_within:
            block = blocks.block(mention, letter)
            account.own = f"{account.own} {block}".strip()[:most]
            account.alias = account.alias or _alias(block)
    names = [*(statement.address for statement in gathered.values()), *others]
    for key, statement in gathered.items():
        _add_replies(statement, key, names, letter)
    return gathered


def _is_below(mention: Mention, account: Statement, lines: list[str]) -> bool:
    """Whether *mention* stands in the block of its account's first entry, without a blank line between."""
    return mention.line - account.line < blocks.MAX_LINES and all(lines[account.line : mention.line])


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
