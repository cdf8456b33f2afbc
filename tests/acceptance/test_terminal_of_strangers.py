"""No command hands a terminal what a stranger wrote for it: orders, turned writing, characters that nobody sees."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest
from acceptance.heard_reports import ALIAS, JANE, NOW, block, dsn, in_words, open_installation, path, returning
from click.testing import CliRunner

from bouncer.cli.root import root
from bouncer.mail.letter import spell_id
from bouncer.policy.records import ChangeSource, Suppression
from bouncer.ports.letters import LetterFilter, Page
from bouncer.ports.scope import OPERATOR
from bouncer.ports.sends import Sent
from bouncer.ports.suppressions import Allowed

SLY = "\x1b[2J\x1b]0;title\x07\u202egpj\u200b\u2066\x9b1m\x7f\ufeff"
SLY_MAILBOX = "ja\u202ene\u200b\x9bx@example.org"

COMMANDS = (
    "bounces",
    "letters",
    "letters --unread",
    "notice preview LETTER",
    "queue",
    "queue show ENTRY",
    "suppressions list",
    "suppressions trail",
    "suppressions allowed --account acme",
    "suppressions explain SLY",
    "suppressions explain JANE",
    "suppressions check --account acme SLY JANE",
    "suppressions remove --account acme SLY",
    "suppressions add --account acme SLY",
    "sends report",
    "rule lines LETTER",
    "account show acme",
    "reread --dry-run",
    "status",
)


@dataclass(frozen=True)
class Filled:
    """A store that strangers have written into: its url, and the numbers of a letter and of an entry of the outbox."""

    url: str
    letter: str
    entry: str


async def filled(folder: Path) -> Filled:
    failed = block(SLY_MAILBOX, SLY_MAILBOX, answer=f"550 5.1.1 {SLY} no such user")
    report = dsn(
        f"X-{SLY}: y\nRemote-MTA: dns; {SLY}.example.net\n{failed}",
        returned=returning(f"{SLY} <{SLY_MAILBOX}>", f"<{SLY}@acme.example>", f"Your {SLY} order"),
        words=f"{SLY}\n{SLY}",
    ).replace("Undelivered Mail Returned", f"Undelivered {SLY} Mail Returned")
    letters = (
        (path(), report),
        (ALIAS, report.replace("mx.example.net", f"mx.{SLY}example.net")),
        (ALIAS, in_words(f"{SLY} hello", f"please call me {SLY}", subject=f"{SLY} a question")),
        (ALIAS, f"From: {SLY} <{SLY_MAILBOX}>\nTo: {ALIAS}\nSubject: {SLY}\n\n{SLY}\n"),
    )
    async for installation in open_installation(folder):
        for came_to, text in letters:
            await installation.hear(came_to, text)
        store, by = installation.store, ChangeSource.KEY
        await store.suppress(OPERATOR, Suppression("acme", SLY_MAILBOX, SLY, by, None, NOW, None, f"s{SLY}", why=SLY))
        await store.allow(OPERATOR, Allowed("acme", f"x{SLY_MAILBOX}", NOW, SLY), source=by)
        await store.count(OPERATOR, [Sent("acme", NOW, (SLY_MAILBOX,), stream=SLY, campaign=SLY, subject=SLY)])
        *_, oldest = await store.letters(OPERATOR, LetterFilter(), Page(10))
        *_, entry = await store.entries(OPERATOR, state=None, page=Page(10))
    return Filled(f"sqlite:///{folder / 'bouncer.db'}", spell_id(oldest.letter_id), str(entry.id))


@pytest.mark.parametrize("command", COMMANDS)
async def test_no_command_shows_a_terminal_what_it_would_obey_or_hide(command: str, tmp_path: Path):
    (folder := tmp_path / "store").mkdir()
    store = await filled(folder)
    values = {"LETTER": store.letter, "ENTRY": store.entry, "SLY": SLY_MAILBOX, "JANE": JANE}
    words = [values.get(word, word) for word in command.split()]
    result = await asyncio.to_thread(CliRunner().invoke, root, words, env={"BOUNCER_STORE__URL": store.url})

    assert len(result.output) > 20
    assert "Usage:" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert [character for character in result.output if not (character.isprintable() or character == "\n")] == []
