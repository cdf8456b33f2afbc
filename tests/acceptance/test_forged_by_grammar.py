"""Forged reports made by a grammar, forms by paths by headers, into a running daemon whose accounts have webhooks of every form.

Each forger holds a good path of her own and names a victim. She may silence herself; nobody else is suppressed, and no webhook
hears of anybody else what is not proven, but for those in the form ``standard``, which tells every belief.
"""

import asyncio
import datetime as dt
import itertools
import random
import smtplib
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from acceptance.heard_reports import arf, block, dsn, in_words
from acceptance.webhooks import added
from programs.ours import ACCEPTED, DOMAIN, Ours
from programs.webhook_reader import WebhookReader

from bouncer.mail.address import comparable
from bouncer.mail.returnpath import Key, sign
from bouncer.mail.signed_header import make_header
from bouncer.ports.scope import OPERATOR
from bouncer.ports.sends import Sent
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import open_store

ACCOUNTS = ("acme", "hidden", "quarantined")
FORMATS = ("standard", "sendgrid", "mailgun", "postmark", "listmonk")
LETTERS = 240
"""Letters of the 2,040 that the grammar makes, each account a third."""
SENT = 20
"""Mails of each account that the store knows, each to a forger and to a victim."""

Recipient = Callable[[int], str]
OWN: tuple[Recipient, ...] = (
    lambda n: f"mallory{n}@evil.example",
    lambda n: f"victim{n}=example.org@evil.example",
    lambda n: f"victim{n}%example.org@evil.example",
    lambda n: f'"victim{n}@example.org"@evil.example',
    lambda n: f"mal.lory{n}@gmail.com",
)
VICTIMS: tuple[Recipient, ...] = (
    lambda n: f"victim{n}@example.org",
    lambda n: f"VICTIM{n}@EXAMPLE.ORG.",
    lambda n: f'"vic\\tim{n}"@example.org',
    lambda n: f"@evil.example:victim{n}@example.org",
    lambda n: f"Mallory <victim{n}@example.org>",
)
GONE = "550 5.1.1 no such user"
FORMS: tuple[Callable[[str, str, str], str], ...] = (
    lambda _own, victim, header: dsn(block(victim), returned=header),
    lambda own, victim, header: dsn(block(own, victim), returned=header),
    lambda own, victim, header: dsn(block(victim, own), returned=header),
    lambda own, victim, header: dsn(block(own), block(victim), returned=header),
    lambda _own, victim, header: dsn(block(victim, answer="452 4.2.2 Mailbox full"), returned=header),
    lambda _own, victim, header: dsn(block(victim, answer="250 2.0.0 ok", action="delivered"), returned=header),
    lambda _own, victim, header: dsn(block(victim, answer="550 5.1.2 example.org: no such domain"), returned=header),
    lambda _own, victim, header: in_words(f"<{victim}>: host mx.example.org said: {GONE}", returned=header),
    lambda own, victim, header: in_words(f"{victim}", f"  (generated from {own})", f"  {GONE}", returned=header),
    lambda own, victim, header: f"X-Failed-Recipients: {own}, {victim}\n" + in_words(GONE, returned=header),
    lambda _own, victim, header: arf(f"Original-Rcpt-To: {victim}\nRemoved-Recipient: {victim}", header),
    lambda _own, victim, _header: f"From: {victim}\nTo: x@{DOMAIN}\nSubject: unsubscribe\n\nunsubscribe {victim}\n",
)


class Forger:
    """Makes paths and returned headers for letter *number* to *account*."""

    def __init__(self, master: Key, account: str, number: int) -> None:
        self.master = master
        self.account = account
        self.number = number
        self.own = OWN[number % len(OWN)](number)
        self.victim = f"victim{number}@example.org"

    def path(self, recipient: str | None, *, key: Key | None = None, ago: int = 0, **options: Any) -> str:
        today = int(time.time()) // 86_400 - ago
        return sign(self.account, recipient, domain=DOMAIN, key=key or self.master, today=today, days=30, **options)

    def paths(self) -> Iterator[str]:
        own, swapped = self.path(self.own), self.path("mallory@example.org").replace("mallory", f"victim{self.number}")
        yield from (own, own.upper(), self.path(self.own, hashed=True), f"prvs=1234abcdef={own}")
        yield f"SRS0=HHHH=TT=evil.example={own.rpartition('@')[0]}@{DOMAIN}"
        yield own.replace("@", f"+victim{self.number}=example.org@")
        yield from (self.path(None), self.path(None, reference=f"sale{self.number % SENT}"))
        yield from (f"{self.account}@{DOMAIN}", f"{self.account}+victim{self.number}=example.org@{DOMAIN}")
        yield from (swapped, f"prvs=1234abcdef={swapped}", self.path(self.victim, ago=60), f"postmaster@{DOMAIN}")
        yield self.path(self.victim, key=Key(b"a secret that the forger made up"))
        yield self.path(self.own).replace(f"{self.account}-", f"{ACCOUNTS[self.number % 2]}-", 1)
        yield self.path(self.victim, hashed=True, key=Key(b"a secret that the forger made up"))

    def headers(self) -> Iterator[str]:
        news = f"From: news@{self.account}.example\nSubject: Sale {self.number % SENT}\n"
        message_id = f"<m{self.number % SENT}@{self.account}.example>"
        registered = f"{news}To: victim{self.number % SENT}@example.org\nMessage-ID: {message_id}\n"
        yield from ("Subject: x\n", f"{news}To: {self.victim}\n", f"{news}To: {self.own}, {self.victim}\n", registered)
        yield f"{news}To: readers@{self.account}.example\nDelivered-To: {self.victim}\n"
        for field in (registered, f"{news}To: {self.victim}\n"):
            yield field + ": ".join(make_header(self.path(self.own))) + "\n"
        yield registered + ": ".join(make_header(self.path(None, reference=f"sale{self.number % SENT}"))) + "\n"
        yield (
            registered
            + ": ".join(make_header(self.path(self.victim, key=Key(b"a secret that the forger made up"))))
            + "\n"
        )
        other = Forger(self.master, ACCOUNTS[(self.number + 1) % len(ACCOUNTS)], self.number)
        yield registered + ": ".join(make_header(other.path(self.own))) + "\n"


def forged(master: Key) -> Iterator[tuple[Forger, str, str]]:
    """Letters of the grammar, in an order of their own that is the same each time: forger, path, text."""
    some = Forger(master, "acme", 0)
    places = (range(len(FORMS)), range(len([*some.paths()])), range(len([*some.headers()])))
    combinations = [*itertools.product(*places)]
    random.Random(21).shuffle(combinations)  # noqa: S311 -- an order, no secret
    for number, (form, path, header) in enumerate(combinations[:LETTERS]):
        forger = Forger(master, ACCOUNTS[number % len(ACCOUNTS)], number)
        victim = VICTIMS[number % len(VICTIMS)](number)
        text = FORMS[form](forger.own, victim, [*forger.headers()][header])
        yield forger, [*forger.paths()][path], text.replace("\n", "\r\n")


def addresses_in(event: Any) -> set[str]:
    """The addresses that an event of any format is about."""
    if isinstance(event, list):
        return set().union(*map(addresses_in, event))
    if not isinstance(event, dict):
        return set()
    names = ("email", "Email", "recipient", "address")
    own = {comparable(value) for name, value in event.items() if name in names and isinstance(value, str)}
    return own.union(*map(addresses_in, event.values()))


async def register(folder: Path) -> None:
    """Let the store know some mails of each account."""
    store, now = await open_store(StoreSettings(f"sqlite:///{folder}/bouncer.db")), dt.datetime.now(dt.UTC)
    for account, number in itertools.product(ACCOUNTS, range(SENT)):
        readers = (f"victim{number}@example.org", comparable(OWN[number % len(OWN)](number)))
        facts: dict[str, Any] = {
            "message_id": f"<m{number}@{account}.example>",
            "subject": f"Sale {number}",
            "reference": f"sale{number}",
        }
        await store.count(OPERATOR, [Sent(account, now, readers, **facts)])
    await store.close()


def send(ours: Ours, number: int, path: str, text: str) -> int:
    """Hand a letter in from an address of its own, so that no client sends many; the last reply's code."""
    source = (f"127.0.{1 + number // 250}.{1 + number % 250}", 0)
    with smtplib.SMTP("127.0.0.1", ours.port, timeout=60, source_address=source) as client:
        client.ehlo("evil.example")
        client.mail("")
        code, _ = client.rcpt(path)
        return client.data(text.encode())[0] if code == ACCEPTED else code


def query(ours: Ours, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(ours.folder / "bouncer.db", timeout=60)) as database:
        return database.execute(sql).fetchall()


def test_no_forged_report_silences_anybody_else_or_is_told_as_proven(tmp_path: Path):
    (folder := tmp_path / "ours").mkdir()
    with WebhookReader() as reader, Ours(folder, forward='webhook_networks = ["127.0.0.0/8"]') as ours:
        for account, words in zip(ACCOUNTS, ((), ("--hash-paths",), ("--bad-paths", "quarantine")), strict=True):
            ours.command("account", "add", account, "--owner", f"ann@{account}.example", *words)
            for name in FORMATS:
                added(ours, f"{reader.url}/{account}/{name}", "--format", name, account=account)
        asyncio.run(register(folder))
        master, forgers, codes = Key((folder / "2026.key").read_bytes().strip()), set[str](), set[int]()
        for forger, path, text in forged(master):
            codes.add(send(ours, forger.number, path, text))
            forgers.add(comparable(forger.own))
        ours.until(lambda: query(ours, "SELECT count(*) FROM letters WHERE state = 'kept'") == [(0,)])
        ours.until(
            lambda: query(ours, "SELECT count(*) FROM outbox WHERE channel = 'webhook' AND state = 'waiting'") == [(0,)]
        )
        suppressed = {address for (address,) in query(ours, "SELECT address_key FROM suppressions")}
        proven = {address for (address,) in query(ours, "SELECT recipient_key FROM bounces WHERE belief = 'proven'")}
        beliefs = {belief for (belief,) in query(ours, "SELECT DISTINCT belief FROM bounces")}
        posts = [(post.path.rpartition("/")[2], addresses_in(post.json)) for post in reader.posts]

    assert codes == {250, 550}
    assert beliefs == {"proven", "plausible", "unproven", "contradicted"}
    assert suppressed
    assert suppressed | proven <= forgers
    assert {name for name, _ in posts} == set(FORMATS)
    assert [(name, about) for name, about in posts if name != "standard" and not about <= forgers] == []
    assert any(not about <= forgers for name, about in posts if name == "standard")
