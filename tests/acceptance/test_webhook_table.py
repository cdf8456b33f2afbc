"""Each event in each format, and what each reader makes of it: a real daemon gets real letters, and the manual has the tables."""

import asyncio
import base64
import contextlib
import http.client
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance.forging import complaint, failure, field
from acceptance.milter_mail import hand_to_milter
from acceptance.unread_letters import ANSWER, VACATION
from acceptance.webhook_words import Written, address, event_about
from acceptance.webhook_world import DIALECTS, PAIRS
from acceptance.webhooks import added
from manual import ROOT
from programs.ours import LISTENERS, Ours
from programs.webhook_reader import Answer, Posted, WebhookReader
from programs.webhook_readers import GHOST_ASKS, OK, PASSWORD, AnymailSite, Listener, ghost_makes_of

from bouncer.mail.signed_header import make_header
from bouncer.notify.webhooks.formats import FORMATS
from bouncer.policy.webhooks import ALL_EVENTS, OF_OUTCOMES, EventType

MAIL = ("Message-ID: <m1@acme.example>", "Subject: news")
FAILURES = {
    EventType.BOUNCE: ("failed", "5.1.1", "550", "no such user"),
    EventType.BLOCK: ("failed", "5.7.1", "550", "message rejected as spam"),
    EventType.DEFERRAL: ("failed", "4.2.2", "452", "mailbox is full"),
    EventType.DELAY: ("delayed", "4.4.1", "450", "no answer"),
    EventType.DELIVERED: ("delivered", "2.0.0", "250", "taken"),
}
"""Action, status, reply code and words of the report that makes an event."""
SUPPRESSIONS = (EventType.SUPPRESSION_CREATED, EventType.SUPPRESSION_CHANGED, EventType.SUPPRESSION_RELEASED)
OF_MAIL = (*OF_OUTCOMES, EventType.DROPPED)
FORGED = "any of them, forged"
SILENCING = {"bounced", "rejected", "complained", "unsubscribed", "suppressed", "failed", "hard", "complaint"}
"""Records by which a reader stops mail to an address."""
HARMFUL = {
    (kind.name, event)
    for kind in FORMATS
    for event in (EventType.BOUNCE, EventType.COMPLAINT, EventType.UNSUBSCRIBE, EventType.DROPPED)
}
"""The events, by format, that are there to stop mail; a failure for now, a delay and a block are not."""
NOT_BY_ITSELF = "*"
"""Stands behind an event that comes only to an endpoint that asks for it."""
BULK = 1001
"""Addresses that are changed at once: more than have events of their own."""


def letter(event: EventType, recipient: str, *proof: str) -> bytes:
    """A report that makes *event*; *proof* are lines of the header of the mail that it returns."""
    if event is EventType.COMPLAINT:
        return complaint(recipient, [*proof, *MAIL])
    if event is EventType.UNSUBSCRIBE:
        return f"From: {recipient}\r\nSubject: unsubscribe\r\n\r\nunsubscribe\r\n".encode()
    action, status, code, words = FAILURES[event]
    raw = failure(recipient, returned=MAIL)
    changes = {"Action: failed": f"Action: {action}", "5.1.1": status, "550": code, "no such user": words}
    for before, after in changes.items():
        raw = raw.replace(before.encode(), after.encode())
    return raw


class Run:
    """A daemon with an account for mail and another for suppressions, endpoints of every format, and their readers."""

    def __init__(self, ours: Ours, site: AnymailSite, reader: WebhookReader) -> None:
        self.ours, self.site, self.reader = ours, site, reader
        self.listener, self.written = Listener(), Written()
        self.ids = list[str]()
        reader.answer = self._answer

    def _answer(self, posted: Posted) -> Answer:
        if posted.path.startswith(("/on-request/", "/by-itself/")):
            self.written.note(posted)
            return OK
        return self.listener.answer(posted)

    def add_endpoints(self) -> None:
        """One for each pair of reader and format, and two of each format that are looked at, for either account."""
        root = f"http://{PASSWORD}@127.0.0.1:{self.reader.port}"
        secrets = {}
        for client, name in PAIRS:
            url = self.site.url(name) if client == "anymail" else f"{root}/{client}/{name}/"
            secrets[client, name] = self._added("acme", url, name, OF_MAIL)
            self._added("zoo", url, name, SUPPRESSIONS)
        for kind in FORMATS:
            for account, events in (("acme", OF_MAIL), ("zoo", SUPPRESSIONS)):
                chosen = ALL_EVENTS if kind.name == "standard" else events
                self._added(account, f"{root}/on-request/{kind.name}", kind.name, chosen)
                self._added(account, f"{root}/by-itself/{kind.name}", kind.name, ())
        self._added("bulk", f"{root}/on-request/standard", "standard", (EventType.SUPPRESSION_BULK,))
        self._added("bulk", f"{root}/by-itself/standard", "standard", (EventType.SUPPRESSION_BULK,))
        self.listener.sendgrid_key = lambda reader: secrets[reader, "sendgrid"]
        self.listener.mailgun_key = secrets["discourse", "mailgun"]
        self.site.start(secrets["anymail", "sendgrid"], secrets["anymail", "mailgun"])

    def _added(self, account: str, url: str, name: str, events: "tuple[str, ...] | list[str]") -> str:
        possible_events = next(kind.possible_events for kind in FORMATS if kind.name == name)
        chosen = [event for event in events if event in possible_events]
        if events and not chosen:
            return ""
        words = ("--events", ",".join(chosen)) if chosen else ()
        webhook, secret = added(self.ours, url, "--format", name, *words, account=account)
        if account == "acme":
            self.ids.append(webhook)
        return secret

    def send(self) -> None:
        """Send a letter for each event of a report, proven and forged, and whatever makes the other events."""
        ours = self.ours
        for event in OF_OUTCOMES:
            path = ours.path("acme", address(event))
            ours.send(path, letter(event, address(event), field(make_header(path))))
            ours.send("acme@rp.example.com", letter(event, address(f"forged-{event}")))
        ours.send(ours.path("zoo", "reply@example.org"), ANSWER)
        ours.send(ours.path("zoo", address("auto-reply")), VACATION)
        for name in "abc":
            gmail = f"{name}@gmail.com"
            ours.send(ours.path("zoo", gmail), letter(EventType.BLOCK, gmail))
        asyncio.run(hand_to_milter(ours.listeners["milter"], address("dropped")))
        for webhook in self.ids:
            ours.command("webhook", "test", webhook)

    def waiting(self) -> int:
        """The events that are still to be posted."""
        with contextlib.closing(sqlite3.connect(self.ours.folder / "bouncer.db", timeout=60)) as database:
            query = "SELECT count(*) FROM outbox WHERE channel = 'webhook' AND state = 'waiting'"
            return int(database.execute(query).fetchone()[0])

    def words(self) -> dict[tuple[str, str, str], str]:
        """Give each reader's record of each event; the last one, where it got an event more than once."""
        names = {"SendGrid": "sendgrid", "Mailgun": "mailgun", "Postmark": "postmark"}
        real = [("anymail", names[event["dialect"]], event["recipient"], event["event"]) for event in self.site.events]
        polled = [("ghost", "mailgun", event["recipient"], ghost_makes_of(event)) for event in self._polled()]
        return {
            (reader, name, event_about(recipient)): word
            for reader, name, recipient, word in (*real, *self.listener.events_read, *polled)
            if word
        }

    def _polled(self) -> "list[dict[str, object]]":
        key = self.ours.command("key", "add", "acme", "--scope", "read").stdout.splitlines()[-1]
        connection = http.client.HTTPConnection("127.0.0.1", self.ours.listeners["http"], timeout=30)
        basic = base64.b64encode(f"api:{key}".encode()).decode()
        connection.request("GET", f"/v3/acme/events?{GHOST_ASKS}", headers={"Authorization": f"Basic {basic}"})
        items = json.loads(connection.getresponse().read())["items"]
        connection.close()
        return list(items)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    (folder := tmp_path / "ours").mkdir()
    forward = 'webhook_networks = ["127.0.0.0/8"]\nfirst_wait = 1\nlongest_wait = 1'
    ours = Ours(folder, forward=forward, milter=LISTENERS, http='listen = ["127.0.0.1:0"]')
    for name in ("acme", "zoo", "bulk"):
        ours.command("account", "add", name, "--owner", f"ann@{name}.example", "--block-warning", "2")
    ours.command("account", "set", "acme", "--sender", "acme.example", "--suppressed", "drop")
    ours.command("suppressions", "add", "--account", "acme", address("dropped"), "--reason", "hard")
    for event in SUPPRESSIONS[1:]:
        ours.command("suppressions", "add", "--account", "zoo", address(event), "--days", "3")
    with AnymailSite() as site, WebhookReader() as reader:
        run = Run(ours, site, reader)
        run.add_endpoints()
        ours.command("suppressions", "add", "--account", "zoo", address(SUPPRESSIONS[0]))
        ours.command("suppressions", "add", "--account", "zoo", address(SUPPRESSIONS[1]))
        ours.command("suppressions", "remove", "--account", "zoo", address(SUPPRESSIONS[2]))
        (tmp_path / "many.csv").write_text("email\n" + "".join(f"u{n}@example.org\n" for n in range(BULK)))
        ours.command("suppressions", "import", "--account", "bulk", str(tmp_path / "many.csv"))
        with ours:
            yield run


def table(header: str, rows: "list[list[str]]") -> list[str]:
    return [header, "|---" * (header.count("|") - 1) + "|", *(f"| {' | '.join(row)} |" for row in rows)]


def in_manual(header: str) -> list[str]:
    lines = (ROOT / "docs/webhooks.md").read_text().splitlines()
    if header not in lines:
        return []
    rest = lines[lines.index(header) :]
    return rest[: rest.index("")]


def formats_table(written: Written) -> list[str]:
    """Make the table of the events that an endpoint of each format gets if it asks for all of them."""
    rows = []
    for event in EventType:
        cells = []
        for kind in FORMATS:
            words = written.on_request.get((kind.name, event), "")
            is_for_the_asking = words and (kind.name, event) not in written.by_itself
            cells.append(words + NOT_BY_ITSELF * bool(is_for_the_asking))
        rows.append([f"`{event}`", *cells])
    forged = [
        {
            words
            for (name, event), words in written.on_request.items()
            if name == kind.name and event.startswith("forged-")
        }
        for kind in FORMATS
    ]
    header = f"| event | {' | '.join(f'`{kind.name}`' for kind in FORMATS)} |"
    return table(header, [*rows, [FORGED, *(" ".join(words) for words in forged)]])


def readers_table(words: dict[tuple[str, str, str], str]) -> list[str]:
    """Make the table of each reader's record of each event that it gets."""
    columns = sorted((*PAIRS, ("ghost", "mailgun")), key=lambda pair: ((*DIALECTS, "listmonk").index(pair[1]), pair[0]))
    header = "| event |" + "".join(f" `{name}`, {reader} |" for reader, name in columns)
    rows = [
        [f"`{event}`", *(words.get((reader, name, event), "nothing") for reader, name in columns)]
        for event in EventType
        if any(made_of == event for _, _, made_of in words)
    ]
    forged = [
        [
            word
            for (reader, name, event), word in words.items()
            if (reader, name) == pair and event.startswith("forged-")
        ]
        for pair in columns
    ]
    return table(header, [*rows, [FORGED, *(" ".join(types) or "nothing" for types in forged)]])


@pytest.mark.timeout(300)
def test_the_manual_says_what_each_format_carries_and_what_each_reader_makes_of_it(run: Run):
    run.send()
    expected = {("standard", event) for event in (*EventType, *(f"forged-{event}" for event in OF_OUTCOMES))}
    run.ours.until(lambda: expected <= run.written.on_request.keys())
    run.ours.until(lambda: not run.waiting())

    words = run.words()
    formats, readers = formats_table(run.written), readers_table(words)
    print("\n" + "\n".join((*formats, "", *readers)))  # noqa: T201 -- the tables for the manual, with -s
    assert in_manual(formats[0]) == formats
    assert in_manual(readers[0]) == readers
    by_itself = {word for (_, name, event), word in words.items() if (name, event) in run.written.by_itself - HARMFUL}
    assert by_itself.isdisjoint(SILENCING), "only these silence anybody by themselves"
