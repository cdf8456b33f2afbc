"""Reports as mail systems write them, and a store with the stages before and behind it that they go through, without processes."""

import datetime as dt
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from acceptance.inline_reader import InlineReader

from bouncer.mail.letter import Received
from bouncer.mail.returnpath import Key, sign
from bouncer.policy.records import EntryKind
from bouncer.ports.accounts import Account, Alias
from bouncer.ports.letters import BounceFilter, BounceRow, LetterFilter, Page
from bouncer.ports.scope import OPERATOR
from bouncer.ports.sends import Sent
from bouncer.ports.store import Store
from bouncer.settings.sections import StoreSettings
from bouncer.stages.admit import Admit
from bouncer.stages.keep import Keep
from bouncer.stages.read import Read
from bouncer.store.sql import open_store

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
TODAY = int(NOW.timestamp()) // 86_400
DOMAIN = "rp.example.com"
KEY = Key(b"a secret of at least sixteen octets")
ALIAS = f"acme@{DOMAIN}"
JANE, TAGGED, GMAIL = "jane@example.org", "jane+news@example.org", "jane.doe@gmail.com"
ROLE = "info@customer.example"
UNKNOWN = "550 5.1.1 User unknown"
FULL = "452 4.2.2 Mailbox full"
MOST_RECORDED = Page(1000)


def path(recipient: str | None = JANE, *, hashed: bool = False, reference: str | None = None) -> str:
    return sign("acme", recipient, domain=DOMAIN, key=KEY, today=TODAY, days=30, hashed=hashed, reference=reference)


def block(final: str | None = None, original: str | None = None, answer: str = UNKNOWN, action: str = "failed") -> str:
    """The fields of one recipient (RFC 3464 section 2.3)."""
    named_so = (("Original-Recipient", original), ("Final-Recipient", final))
    fields = [f"{name}: rfc822;{address}" for name, address in named_so if address is not None]
    return "\n".join([*fields, f"Action: {action}", f"Status: {answer[4:9]}", f"Diagnostic-Code: smtp; {answer}", ""])


def returning(to: str | None = JANE, message_id: str = "<m1@acme.example>", subject: str | None = "Your order") -> str:
    """The header of the message as it comes back."""
    fields = (("From", "News <news@acme.example>"), ("To", to), ("Message-ID", message_id), ("Subject", subject))
    return "\n".join(f"{name}: {value}" for name, value in fields if value is not None)


def dsn(*blocks: str, returned: str | None = None, words: str = "Your message could not be delivered.") -> str:
    """A report in fields (RFC 3464, RFC 6522)."""
    parts = [
        f"Content-Type: text/plain\n\n{words}\n",
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\n" + "\n".join(blocks),
        *([f"Content-Type: text/rfc822-headers\n\n{returned}\n"] if returned else []),
    ]
    return (
        "From: MAILER-DAEMON@mx.example.net\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        + "".join(f"--b\n{part}\n" for part in parts)
        + "--b--\n"
    )


def in_words(*lines: str, subject: str = "Undelivered Mail Returned to Sender", returned: str = "") -> str:
    """A report in words only."""
    below = (
        f"\n------ This is a copy of the message, including all the headers. ------\n\n{returned}\n" if returned else ""
    )
    return (
        f"From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\nSubject: {subject}\n\n" + "\n".join(lines) + below
    )


def arf(fields: str, returned: str) -> str:
    """A complaint (RFC 5965)."""
    return (
        "From: fbl@isp.example\nSubject: FW: Your order\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nThis is an abuse report.\n"
        f"--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: f/1\nVersion: 1\n{fields}\n"
        f"--b\nContent-Type: text/rfc822-headers\n\n{returned}\n\n--b--\n"
    )


def registered(subject: str = "Your order for the spring season") -> Sent:
    return Sent("acme", NOW, (JANE,), message_id="<m1@acme.example>", subject=subject, reference="r1")


LISTED = returning("readers@acme.example")


@dataclass
class Installation:
    """A store, and the stages before and behind it."""

    store: Store
    now: dt.datetime = NOW
    outliving_days: int = 0

    async def hear(self, came_to: str, text: str) -> list[BounceRow]:
        """Let a letter come and be read; give what is recorded of it, in its order."""
        admit = Admit(self.store, domains=(DOMAIN,), keys=(KEY,), today=lambda: TODAY, elapsed=lambda: 0.0)
        raw = text.replace("\n", "\r\n").encode()
        admitted = await admit.admit(came_to)
        letter = Received(admitted, "", "198.51.100.7", "mx", None, smtputf8=True, received_at=self.now, raw=raw)
        await Keep(self.store, wake=lambda: None).keep([letter])
        stage = Read(
            self.store, InlineReader(), admit, keys=(KEY,), operator=None, now=lambda: self.now, wake=lambda: None
        )
        stage.outliving_days = self.outliving_days
        assert await stage.run_once() == 1
        newest = (await self.store.letters(OPERATOR, LetterFilter(), Page(1)))[0]
        return list(
            reversed(await self.store.bounces(OPERATOR, BounceFilter(letter_id=newest.letter_id), MOST_RECORDED))
        )

    async def suppressed(self) -> set[str]:
        return {entry.address for _, entry in await self.store.suppressions(OPERATOR, now=self.now, page=MOST_RECORDED)}

    async def notices(self) -> int:
        return sum(
            row.kind is EntryKind.NOTICE for row in await self.store.entries(OPERATOR, state=None, page=MOST_RECORDED)
        )


async def open_installation(folder: Path) -> AsyncIterator[Installation]:
    """A installation of its own; the first one of a test makes the tables, the others get a copy."""
    model, database = folder.parent / "model.db", folder / "bouncer.db"
    if model.exists():
        shutil.copy(model, database)
    store = await open_store(StoreSettings(f"sqlite:///{database}"), now=lambda: NOW)
    if not model.exists():
        await store.add_account(OPERATOR, Account("acme", ("owner@acme.example",)), now=NOW)
        await store.add_alias(OPERATOR, Alias(ALIAS, "acme"), now=NOW)
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(model)) as target:
            source.backup(target)
    yield Installation(store)
    await store.close()
