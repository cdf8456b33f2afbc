"""The pages on a real HTTP server, with a filled store and people who are signed in."""

import contextlib
import datetime as dt
import re
import secrets
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from contract.factories import DAY, NOON, letter, record, suppression
from programs.empty_store import make_filled_store
from wire.http_client import mail_host

from bouncer.mail.address import split
from bouncer.mail.letter import spell_id
from bouncer.manage.api_keys import make_key
from bouncer.manage.signing_in import make_link
from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient
from bouncer.pages.all_pages import make_pages
from bouncer.policy.api_key import KEY_OCTETS, KeyAccess
from bouncer.policy.records import Belief, Believed, Bounce, ChangeSource, CountedOutcome, Effect
from bouncer.policy.sharing import SHARE_LASTS
from bouncer.policy.sign_in import SECRET_OCTETS, Role
from bouncer.policy.webhooks import EventType
from bouncer.ports.accounts import Account
from bouncer.ports.saved_filters import SavedFilter
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.shares import Share
from bouncer.ports.store import Store
from bouncer.ports.webhooks import OpenWebhook, Webhook, WebhookAttempt, WebhookSecrets, WebhookState
from bouncer.settings.sections import ForwardSettings, HttpSettings, StoreSettings
from bouncer.store.sql import open_store
from bouncer.verdict.verdict import Reason, Verdict
from bouncer.web.server import HttpServer

JANE = "jane@example.org"
ANN, ZOE = "ann@acme.example", "zoe@zoo.example"

RAW = b"""From: MAILER-DAEMON@mx.example.net\r
Subject: Undelivered Mail Returned to Sender\r
\r
<jane@example.org>: host mx.example.org said: 550 5.1.1\r
    <jane@example.org>: Recipient address rejected: User unknown\r
"""
LINE = "550 5.1.1 <jane@example.org>: Recipient address rejected: User unknown"
PATIENCE_SECONDS = 120
"""Far more than any answer takes, also on a machine that has much else to do: a browser that waits so long has failed."""
UNUSED_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Browsers here speak HTTP without TLS; httpx2 would load the authorities of the machine for each, 30 ms of the processor."""


@dataclass(frozen=True, slots=True)
class Connections:
    """The ids of acme's webhook, of its notice that waits, of its key, of a share link, and of Ann's saved filter."""

    webhook: str
    notice: int
    key: str
    share: str
    filter: str


@dataclass(slots=True)
class World:
    """A server at *port* with the accounts acme, which has rows of each kind, and zoo, which has none."""

    port: int
    store: Store
    letter: str
    """The id of acme's letter about jane."""
    connections: "Connections"
    now: dt.datetime = NOON
    clients: list[httpx2.AsyncClient] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, headers: Mapping[str, str] | None = None) -> httpx2.AsyncClient:
        """A browser that nobody uses yet."""
        client = httpx2.AsyncClient(
            base_url=self.base, trust_env=False, timeout=PATIENCE_SECONDS, headers=headers, verify=UNUSED_TLS
        )
        self.clients.append(client)
        return client

    async def link(self, person: str = ANN, account: str | None = "acme", role: Role = Role.OWNER) -> str:
        """The path of a new sign-in link."""
        octets = secrets.token_bytes(SECRET_OCTETS)
        new_link = await make_link(self.store, OPERATOR, person, account, role, octets=octets, now=self.now)
        return f"/sign-in?link={new_link.secret}"

    async def browser(
        self, role: Role = Role.OWNER, account: str | None = "acme", person: str | None = None
    ) -> httpx2.AsyncClient:
        """A browser in which somebody of that role is signed in."""
        client = self.client()
        person = person or (ZOE if account == "zoo" else ANN)
        page = await client.get(await self.link(person, None if role is Role.OPERATOR else account, role))
        answer = await client.post("/sign-in", data=fields_of(page.text, "/sign-in"))
        assert answer.status_code == 303, answer.text
        return client


def fields_of(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the first form of a page with that action."""
    form = re.search(rf'<form[^>]* action="{re.escape(action)}.*?</form>', page, re.DOTALL)
    assert form, f"no form for {action}"
    return dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form[0]))


def failure(
    recipient: str,
    reason: Reason,
    answer: str,
    *,
    belief: Belief = Belief.PROVEN,
    suppressed: bool = False,
    campaign: str = "",
    why: str = "the recipient's own path",
) -> Bounce:
    """A failure of any kind."""
    code = int(answer[:3]) if answer[:3].isdigit() else None
    status = match[0] if (match := re.search(r"[245]\.\d\.\d+", answer)) else None
    outcome = Recipient(
        recipient, Action.FAILED, status=status, reply_code=code, diagnostic_code=answer, remote_mta="mx.example.org"
    )
    effect = Effect.SUPPRESSED if suppressed else Effect.NEVER if belief is Belief.PROVEN else Effect.DOUBTED
    return Bounce(
        outcome,
        Verdict(reason, "a-rule", answer),
        Believed(belief, why),
        recipient.lower(),
        suppressed=suppressed,
        suppressed_until=NOON + 90 * DAY if suppressed else None,
        effect=effect,
        campaign=campaign,
    )


async def keep_report(
    store: Store, bounce: Bounce, *, raw: bytes = RAW, subject: str = "Your order", **changed: Any
) -> int:
    """Keep and record a letter that reports *bounce*."""
    at = changed.pop("at", NOON)
    (letter_id,) = await store.keep([letter(raw)])
    message_id = changed.pop("message_id", "m1@acme.example")
    original = Original(message_id, subject, "shop@acme.example", (bounce.recipient.recipient,), "Sun, 1 Mar 2026")
    reading = Reading(Kind.BOUNCE, "rfc3464", "mx.example.net", "Sat, 28 Feb 2026", None, original)
    counted = str(bounce.verdict.reason) if bounce.verdict and bounce.believed.belief is Belief.PROVEN else "unproven"
    count = CountedOutcome("acme", at, split(bounce.key)[1], counted, bounce.campaign, bounce.stream)
    decided = record(letter_id, bounce, reading=reading, entries=(), counts=(count,), **changed)
    await store.record([decided], now=at)
    return letter_id


async def fill(store: Store) -> int:
    """Give acme a life: reports of each kind, suppressions, an allow-list; the id of the letter about jane."""
    for name, owner in (("acme", ANN), ("zoo", ZOE)):
        await store.add_account(OPERATOR, Account(name, (owner,)), now=NOON - 30 * DAY)
    jane = failure(JANE, Reason.INVALID_RECIPIENT, LINE, suppressed=True, campaign="spring")
    letter_id = await keep_report(store, jane, suppressions=(suppression(until=NOON + 90 * DAY),))
    for bounce in (
        failure("joe@example.net", Reason.MAILBOX_FULL, "452 4.2.2 The email account that you tried to reach is over quota"),
        failure("kim@gmail.com", Reason.POLICY, "550 5.7.26 Your email has been blocked because the sender is unauthenticated"),
        failure("lee@example.com", Reason.SERVER_BUSY, "421 4.3.2 Try again later", campaign="spring"),
        failure("max@example.com", Reason.INVALID_RECIPIENT, "550 no such user", belief=Belief.UNPROVEN,
                why="it came to an alias that anyone may know"),
    ):  # fmt: skip
        await keep_report(store, bounce)
    await store.suppress(OPERATOR, suppression("pat@example.org", source=ChangeSource.COMMAND, reason="asked by phone"))
    return letter_id


async def connect(store: Store) -> Connections:
    """Give acme a webhook that has answered twice, a notice that waits, and a key of a program."""
    url, state = "https://hooks.acme.example/bounces", WebhookState.ACTIVE
    webhook = Webhook("wh_acme", "acme", url, "standard", (EventType.BOUNCE,), Belief.PROVEN, state, NOON - DAY)
    await store.add_webhook(OPERATOR, OpenWebhook(webhook, WebhookSecrets("whsec_" + "A" * 32)))
    for minutes, status, answer in ((20, 500, "our database is away"), (10, 204, "")):
        at = NOON - dt.timedelta(minutes=minutes)
        await store.record_webhook_attempt(WebhookAttempt("wh_acme", f"evt_{minutes}", at, status, answer, 130))
    notice = await store.add_test_notice(AccountScope("acme"), ANN, now=NOON)
    new_key = await make_key(
        store, OPERATOR, "acme", KeyAccess.READ, "the shop", octets=secrets.token_bytes(KEY_OCTETS), now=NOON - DAY
    )
    share = Share("acmes share", "acme", "pat@example.org", ANN, NOON, NOON + SHARE_LASTS)
    await store.add_share(OPERATOR, share, "digest of a share", limit=1)
    saved = SavedFilter("annsfilter", "acme", ANN, "blocks", "category=block", NOON)
    await store.save_filter(OPERATOR, saved, limit=1)
    return Connections(webhook.id, notice, new_key.key.id, share.id, saved.id)


async def fill_and_connect(store: Store) -> tuple[int, Connections]:
    """Give acme a life, and programs."""
    return await fill(store), await connect(store)


async def leave_empty(_store: Store) -> tuple[int, Connections]:
    """Fill nothing in: a new installation."""
    return 0, Connections("", 0, "", "", "")


@contextlib.asynccontextmanager
async def browsing(folder: Path, settings: Mapping[str, Any] | None = None, **arguments: Any) -> AsyncIterator[World]:
    """Open a filled store and a server with the pages on it."""
    url, (letter_id, connections) = await make_filled_store(
        folder / "bouncer.db", arguments.get("fill", fill_and_connect)
    )
    store = await open_store(StoreSettings(url))
    world = World(0, store, spell_id(letter_id), connections)
    http = HttpSettings(listen=("127.0.0.1:0",), **(settings or {}))
    server = HttpServer(
        http,
        store,
        tls=arguments.get("tls"),
        now=lambda: world.now,
        elapsed=time.monotonic,
        forward=arguments.get("forward", ForwardSettings()),
        host=arguments.get("host") or mail_host(store, arguments.get("host_settings")),
        pages=arguments.get("pages", make_pages),
    )
    await server.start()
    world.port = int(server.listening[0].rpartition(":")[2])
    try:
        yield world
    finally:
        for client in world.clients:
            await client.aclose()
        await server.drain(5)
        await server.close()
        await store.close()
