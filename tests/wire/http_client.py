"""A real HTTP server of ours on a loopback port, with a real store, and a client that says just what it is told."""

import asyncio
import base64
import contextlib
import dataclasses
import datetime as dt
import json
import secrets
import ssl
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contract.factories import NOON, letter, record, suppression
from programs.empty_store import make_filled_store
from wire.taught_world import notice

from bouncer.daemon.daemon import reading_again
from bouncer.daemon.taught_reading import reading_taught
from bouncer.listening import HANDSHAKE_SECONDS
from bouncer.mail.letter import spell_id
from bouncer.mail.returnpath import Key
from bouncer.mail.short_id import short_id
from bouncer.manage.api_keys import make_key
from bouncer.manage.mail_host import MailHost
from bouncer.ndr.reading import Kind
from bouncer.ndr.taught_form import RecipientPlace, TaughtForm
from bouncer.notify.webhooks.sendgrid import make_key as make_sendgrid_key
from bouncer.policy.api_key import KEY_OCTETS, KeyAccess
from bouncer.policy.records import Belief, Unread
from bouncer.policy.webhooks import EventType
from bouncer.ports.accounts import Account
from bouncer.ports.imports import ImportLabel
from bouncer.ports.letters import BounceFilter, Page
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.store import Store
from bouncer.ports.taught_rules import KeptRule
from bouncer.ports.webhooks import OpenWebhook, Webhook, WebhookSecrets, WebhookState
from bouncer.settings.sections import ForwardSettings, HttpSettings, Settings, StoreSettings
from bouncer.store.sql import open_store
from bouncer.verdict.taught_rule import TaughtRule
from bouncer.verdict.verdict import Reason
from bouncer.web.form import OWN, ApiForm
from bouncer.web.mailgun.form import MAILGUN_FORM
from bouncer.web.postmark.form import POSTMARK_FORM
from bouncer.web.server import HttpServer

SECONDS = 20.0
"""The most that any answer may take."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer as it came: status, header fields in lower case, octets of the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Asker:
    """Asks the server at *port*; *keys* are secrets by name: ``acme read``, ``zoo admin``, ``operator write``."""

    port: int
    store: Store
    server: HttpServer
    keys: dict[str, str]
    ids: dict[str, str]
    """The ids of acme's things, by the parameter of the path that has such an id."""
    now: dt.datetime = NOON
    elapsed: float | None = None
    """The seconds by which requests are counted; None: those of the machine's clock."""
    client: ssl.SSLContext | None = None
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    """Connections that a test opened; they end with the server."""

    async def raw(self, octets: bytes) -> bytes:
        """Send *octets*, and give all that comes until the server closes the connection."""
        async with asyncio.timeout(SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port, ssl=self.client)
            writer.write(octets)
            self.writers.append(writer)
            answer = b""
            with contextlib.suppress(ConnectionError):
                while chunk := await reader.read(1 << 16):
                    answer += chunk
            return answer

    async def ask(
        self,
        method: str,
        target: str,
        body: str | bytes | None = None,
        *,
        key: str | None = "acme read",
        headers: Mapping[str, str] | None = None,
        form: ApiForm = OWN,
    ) -> HttpAnswer:
        """Send one request with the key of that name, and give its answer. A body is JSON, unless *headers* say otherwise.

        The key stands where the clients of *form* put it.
        """
        octets = body.encode() if isinstance(body, str) else body
        fields = {"host": "localhost", "connection": "close"}
        if key is not None:
            fields |= key_field(form, self.keys.get(key, key))
        if octets is not None:
            fields |= {"content-type": "application/json", "content-length": str(len(octets))}
        fields |= headers or {}
        head = "\r\n".join([f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())])
        answer = await self.raw(f"{head}\r\n\r\n".encode("latin-1") + (octets or b""))
        return parsed(answer, has_body=method != "HEAD")


def key_field(form: ApiForm, secret: str) -> dict[str, str]:
    """Give the header field in which clients of *form* send a key."""
    if form is MAILGUN_FORM:
        return {"authorization": f"Basic {base64.b64encode(f'api:{secret}'.encode()).decode()}"}
    return {"x-postmark-server-token": secret} if form is POSTMARK_FORM else {"authorization": f"Bearer {secret}"}


def parsed(octets: bytes, *, has_body: bool = True) -> HttpAnswer:
    """Parse an answer; one to HEAD has no body, and the header fields as if it had."""
    head, _, body = octets.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    if has_body and fields.get("transfer-encoding") == "chunked":
        body = b"".join(chunks(body))
    return HttpAnswer(int(status.split()[1]), fields, body)


def chunks(octets: bytes) -> Iterator[bytes]:
    """Give the chunks of a body (RFC 9112 section 7.1); one without its end raises ValueError."""
    while True:
        size, _, octets = octets.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            return
        yield octets[:length]
        octets = octets[length + 2 :]


def _endpoint() -> OpenWebhook:
    """A webhook of acme's in SendGrid's format, at a port where nobody listens."""
    secret = make_sendgrid_key(secrets.token_bytes(32))
    events = (EventType.BOUNCE, EventType.COMPLAINT)
    state, url = WebhookState.ACTIVE, "https://127.0.0.1:1/sendgrid"
    webhook = Webhook("wh_1", "acme", url, "sendgrid", events, Belief.PROVEN, state, NOON)
    return OpenWebhook(webhook, WebhookSecrets(secret))


async def _teachable(store: Store) -> tuple[str, str]:
    """Keep a letter of no account that nobody can read, and a rule; give their ids."""
    (letter_id,) = await store.keep([letter(notice("jane@example.org"), account=None)])
    facts = {"kind": Kind.OTHER, "bounces": (), "entries": (), "unread": Unread.WRITTEN, "account": None}
    await store.record([record(letter_id, **facts)], now=NOON)
    rule = TaughtRule(TaughtForm(("saapuva viesti palautui",), RecipientPlace.ONLY), Reason.POLICY)
    await store.add_rule(OPERATOR, KeptRule(rule, "root", NOON, None), limit=9)
    return spell_id(letter_id), rule.id


KEYS = (Key(b"k" * 32),)


def mail_host(store: Store, settings: Settings | None = None) -> MailHost:
    """A host with these settings, or an address of the pages, and a key, which reads letters again in a process of its own."""
    in_force = settings or Settings(http=HttpSettings(listen=("127.0.0.1:8080",)))
    return MailHost(
        lambda: in_force, lambda: KEYS, lambda: reading_again(store, in_force), lambda: reading_taught(store, in_force)
    )


async def _fill(store: Store) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Give acme a row of each kind; give the secrets of keys, and the ids, each by its name."""
    keys: dict[str, str] = {}
    for name in ("acme", "zoo", None):
        if name:
            await store.add_account(OPERATOR, Account(name, ()), now=NOON)
        for access in KeyAccess:
            octets = secrets.token_bytes(KEY_OCTETS)
            new_key = await make_key(store, OPERATOR, name, access, "", octets=octets, now=NOON)
            keys[f"{name or 'operator'} {access}"] = new_key.secret
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id)], now=NOON)
    (bounced,) = await store.bounces(AccountScope("acme"), BounceFilter(), Page(1))
    await store.suppress(OPERATOR, suppression())
    await store.add_webhook(OPERATOR, _endpoint())
    test_notice = await store.add_test_notice(AccountScope("acme"), "ann@acme.example", now=NOON)
    unread_id, rule_id = await _teachable(store)
    key = next(key for key in await store.keys(AccountScope("acme")) if key.access is KeyAccess.WRITE)
    label = ImportLabel("acme", "imported from list.csv by root")
    imported = await store.import_suppressions(AccountScope("acme"), [], label=label)
    ids = {
        "letter_id": spell_id(letter_id),
        "number": str(test_notice),
        "key_id": key.id,
        "email": "jane@example.org",
        "webhook_id": "wh_1",
        "account_name": "acme",
        "msg_id": spell_id(bounced.id),
        "bounce_id": str(short_id(bounced.id)),
        "unread_id": unread_id,
        "rule_id": rule_id,
        "import_id": imported.id,
    }
    return keys, ids


@contextlib.asynccontextmanager
async def asking(
    folder: Path,
    settings: Mapping[str, Any] | None = None,
    *,
    tls: ssl.SSLContext | None = None,
    client: ssl.SSLContext | None = None,
    networks: tuple[str, ...] = (),
    handshake_seconds: float = HANDSHAKE_SECONDS,
    url: str = "",
) -> AsyncIterator[Asker]:
    """Open a store with the accounts acme and zoo and a server on it; acme has a row of each kind.

    *url*: an empty store that is none in a file of ours.
    """
    if url:
        store = await open_store(StoreSettings(url))
        keys, ids = await _fill(store)
    else:
        url, (keys, ids) = await make_filled_store(folder / "bouncer.db", _fill)
        store = await open_store(StoreSettings(url))
    asker = Asker(0, store, None, dict(keys), dict(ids), client=client)  # type: ignore[arg-type] # set below
    http = HttpSettings(listen=("127.0.0.1:0",), **(settings or {}))
    async with _served(asker, http, tls=tls, networks=networks, handshake_seconds=handshake_seconds):
        yield asker


@contextlib.asynccontextmanager
async def beside(asker: Asker, folder: Path) -> AsyncIterator[Asker]:
    """Open another server on the store of *asker*, as another daemon has it: the same keys, and no memory in common."""
    store = await open_store(StoreSettings(f"sqlite:///{folder}/bouncer.db"))
    other = dataclasses.replace(asker, store=store, writers=[])
    async with _served(other, HttpSettings(listen=("127.0.0.1:0",))):
        yield other


@contextlib.asynccontextmanager
async def _served(
    asker: Asker,
    http: HttpSettings,
    *,
    tls: ssl.SSLContext | None = None,
    networks: tuple[str, ...] = (),
    handshake_seconds: float = HANDSHAKE_SECONDS,
) -> AsyncIterator[None]:
    """Serve the store of *asker*, until the block ends, and close both."""
    server = HttpServer(
        http,
        asker.store,
        tls=tls,
        now=lambda: asker.now,
        elapsed=lambda: asker.elapsed if asker.elapsed is not None else time.monotonic(),
        forward=ForwardSettings(webhook_networks=networks),
        host=mail_host(asker.store),
        handshake_seconds=handshake_seconds,
    )
    await server.start()
    asker.server, asker.port = server, int(server.listening[0].rpartition(":")[2])
    try:
        yield
    finally:
        for writer in asker.writers:
            writer.transport.abort()
        await server.drain(5)
        await server.close()
        await asker.store.close()
