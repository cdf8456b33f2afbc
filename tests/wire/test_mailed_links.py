"""Signing in by mail: who gets a link, what an answer tells, how often it is taken, and that nothing keeps the link."""

import asyncio
import datetime as dt
import logging
import re
import secrets
from collections.abc import AsyncIterator, Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

import httpx2
import pytest
from contract.factories import MINUTE, NOON, leased
from patience import until_awaited
from wire.http_client import KEYS
from wire.pages_client import ANN, ZOE, World, browsing, fields_of

from bouncer.mail.outgoing import OutgoingMail
from bouncer.mail.returnpath import Key
from bouncer.manage.mail_host import MailHost
from bouncer.manage.mailed_links import MOST_ACCOUNTS, MOST_LINKS, link_urls, mail_links
from bouncer.notify import mail as mail_channel
from bouncer.notify.mail import MailChannel
from bouncer.pages import mail_requests
from bouncer.pages.mail_requests import FOR_AN_ADDRESS, HOUR_SECONDS, OF_A_NETWORK, RecentRequests, network_of
from bouncer.pages.page_context import SIGN_INS_A_MINUTE
from bouncer.policy.records import EntryKind
from bouncer.policy.sign_in import LINK_LASTS, is_secret
from bouncer.ports.accounts import Account
from bouncer.ports.delivery import DeliveryResult, Outcome
from bouncer.ports.letters import Page
from bouncer.ports.outbox import OutboxEntry
from bouncer.ports.scope import OPERATOR
from bouncer.settings.sections import ForwardSettings, HttpSettings, Settings

SETTINGS = Settings(http=HttpSettings(url="https://bounces.acme.example"))


class Mailbox:
    """A courier that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[OutgoingMail] = []

    async def deliver(self, mail: OutgoingMail) -> DeliveryResult:
        """Keep a mail."""
        self.mails.append(mail)
        return DeliveryResult(Outcome.SENT, "kept")

    async def close(self) -> None:
        """Do nothing."""


def host(settings: Settings = SETTINGS, keys: tuple[Key, ...] = KEYS) -> MailHost:
    return MailHost(
        lambda: settings, lambda: keys, lambda: pytest.fail("reads nothing"), lambda: pytest.fail("teaches nothing")
    )


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_requests, "WAIT_SECONDS", 0)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with browsing(tmp_path, host=host()) as world:
        yield world


async def ask(browser: httpx2.AsyncClient, address: str) -> httpx2.Response:
    """Fill the field in, and press the button."""
    page = (await browser.get("/sign-in")).text
    return await browser.post("/sign-in/mail", data={**fields_of(page, "/sign-in/mail"), "email": address})


async def mailed(world: World, count: int) -> Sequence[OutboxEntry]:
    """The mails with links, once there are so many; a little later there are no more."""

    async def mails() -> Sequence[OutboxEntry]:
        entries = await world.store.entries(OPERATOR, state=None, page=Page())
        return [entry for entry in entries if entry.kind is EntryKind.SIGN_IN]

    async def are_enough() -> bool:
        return len(await mails()) >= count

    await until_awaited(are_enough)
    await asyncio.sleep(0.1)
    assert len(await mails()) == count
    return await mails()


async def letters_of(world: World, monkeypatch: pytest.MonkeyPatch) -> list[EmailMessage]:
    """Deliver what waits, and give the mails with links as a mail program reads them."""
    monkeypatch.setattr(mail_channel, "now", lambda: world.now)
    mailbox = Mailbox()
    urls = link_urls(SETTINGS, lambda: KEYS)
    channel = MailChannel(mailbox, ForwardSettings(), reverse_path=lambda _to: "", link_url=urls)
    for job in await leased(world.store, now=world.now, count=99, until=world.now + MINUTE):
        if job.row.kind is EntryKind.SIGN_IN:
            again = [await channel.send(job) for _ in range(2)]
            assert again[0] == again[1]
    await channel.close()
    assert [mail.octets for mail in mailbox.mails[::2]] == [mail.octets for mail in mailbox.mails[1::2]]
    return [cast("EmailMessage", message_from_bytes(mail.octets, policy=default)) for mail in mailbox.mails[::2]]


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body
    return str(body.get_content()).replace("\r\n", "\n")


def link_in(letter: EmailMessage) -> str:
    link = re.search(r"^https://bounces\.acme\.example(/sign-in\?link=\S+)$", text_of(letter), re.MULTILINE)
    assert link, text_of(letter)
    return link[1]


async def test_an_owner_signs_in_by_a_link_that_came_by_mail_and_once(world: World, monkeypatch: pytest.MonkeyPatch):
    answer = await ask(world.client(), "Ann@ACME.example")
    assert (answer.status_code, "Look into your mailbox." in answer.text) == (200, True)
    (entry,) = await mailed(world, 1)
    assert (entry.to, entry.account) == (ANN, "acme")
    (letter,) = await letters_of(world, monkeypatch)
    assert letter["To"] == ANN
    assert letter["Subject"] == "Sign in to acme"

    for status in (303, 403):
        browser = world.client()
        page = await browser.get(link_in(letter))
        response = await browser.post("/sign-in", data=fields_of(page.text, "/sign-in"))
        assert response.status_code == status
    (session,) = await world.store.sessions(OPERATOR)
    assert (session.account, session.person, session.role) == ("acme", ANN, "owner")


async def test_an_answer_tells_nobody_whether_an_address_is_an_owners(world: World):
    answers = [await ask(world.client(), address) for address in (ANN, "nobody@acme.example", "jane@example.org")]
    await mailed(world, 1)

    same = {re.sub(r'value="[0-9a-f]{32}"', "", answer.text) for answer in answers}
    assert len(same) == 1
    assert {answer.status_code for answer in answers} == {200}
    assert len({frozenset(answer.headers.keys()) for answer in answers}) == 1


async def test_the_answer_does_not_wait_for_the_look_up(world: World, monkeypatch: pytest.MonkeyPatch):
    """The answer leaves before the address is looked up: the time that it takes tells nothing."""
    began = asyncio.Event()
    looked_up = asyncio.Event()

    async def slow(*_args: object, **_options: object) -> int:
        began.set()
        await looked_up.wait()
        return 0

    monkeypatch.setattr(mail_requests, "mail_links", slow)
    answer = await ask(world.client(), ANN)
    assert answer.status_code == 200
    await began.wait()
    looked_up.set()


async def test_a_text_that_is_no_address_is_refused(world: World):
    for address in ("", "nobody", "a@b\r\nBcc: c@d.example", "x" * 400 + "@y.example"):
        assert (await ask(world.client(), address)).status_code == 422, address


async def test_a_stranger_chooses_neither_where_the_mail_goes_nor_where_the_link_leads(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    """The address is the account's own, the URL that of the settings, whatever host the request named."""
    browser = world.client({"host": "evil.example", "x-forwarded-host": "evil.example"})
    await ask(browser, "ANN@acme.EXAMPLE")
    await mailed(world, 1)
    (letter,) = await letters_of(world, monkeypatch)

    assert letter["To"] == ANN
    assert "evil" not in letter.as_string()
    assert link_in(letter).startswith("/sign-in?link=")


def octets_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def test_neither_the_store_nor_the_log_nor_a_page_has_the_link(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.INFO):
        await ask(world.client(), ANN)
        (entry,) = await mailed(world, 1)
        (letter,) = await letters_of(world, monkeypatch)
    secret = link_in(letter).partition("=")[2]
    assert is_secret(secret)

    written = octets_in(tmp_path)
    assert entry.event.encode() in written
    assert secret.encode() not in written
    assert secret not in caplog.text
    assert secret not in repr(entry)
    assert secret not in (await (await world.browser()).get("/connections/notices")).text


async def test_a_mail_that_is_late_is_not_sent(world: World, monkeypatch: pytest.MonkeyPatch):
    await ask(world.client(), ANN)
    await mailed(world, 1)
    world.now += LINK_LASTS

    assert await letters_of(world, monkeypatch) == []


async def test_an_owner_of_several_accounts_gets_a_mail_for_each_in_its_language(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    await world.store.set_account(OPERATOR, Account("zoo", (ZOE, ANN), wishes={"": {"language": "de"}}))
    await ask(world.client(), ANN)
    await mailed(world, 2)
    letters = {str(letter["Subject"]): letter for letter in await letters_of(world, monkeypatch)}

    assert letters.keys() == {"Sign in to acme", "Anmelden bei zoo"}
    assert len({link_in(letter) for letter in letters.values()}) == 2
    assert "innerhalb von 15 Minuten" in " ".join(text_of(letters["Anmelden bei zoo"]).split())


async def test_an_owner_of_very_many_accounts_gets_a_few(world: World):
    for number in range(MOST_ACCOUNTS + 2):
        await world.store.add_account(OPERATOR, Account(f"a{number}", ("max@acme.example",)), now=NOON)

    count = await mail_links(world.store, "max@acme.example", KEYS[0], chance=secrets.token_bytes, now=NOON)
    assert count == MOST_ACCOUNTS


async def test_a_bounded_number_of_links_works_at_a_time_whoever_asks(world: World):
    """Also where several servers and a restart know nothing of each other's requests: the store counts."""
    counts = [await mail_links(world.store, ANN, KEYS[0], chance=secrets.token_bytes, now=NOON) for _ in range(5)]
    assert counts == [1] * MOST_LINKS + [0] * (5 - MOST_LINKS)

    later = NOON + LINK_LASTS + dt.timedelta(seconds=1)
    assert await mail_links(world.store, ANN, KEYS[0], chance=secrets.token_bytes, now=later) == 1


async def test_requests_for_an_address_are_limited_in_silence(world: World, monkeypatch: pytest.MonkeyPatch):
    addresses = list[str]()

    async def note(_store: object, address: str, *_args: object, **_options: object) -> int:
        addresses.append(address)
        return 0

    monkeypatch.setattr(mail_requests, "mail_links", note)
    browser = world.client()
    statuses = [(await ask(browser, ANN)).status_code for _ in range(FOR_AN_ADDRESS + 2)]
    await asyncio.sleep(0.1)

    assert statuses == [200] * (FOR_AN_ADDRESS + 2)
    assert addresses == [ANN] * FOR_AN_ADDRESS


async def test_requests_of_a_client_are_limited(world: World):
    browser = world.client()
    token = fields_of((await browser.get("/sign-in")).text, "/sign-in/mail")
    statuses = [
        (await browser.post("/sign-in/mail", data={**token, "email": f"a{number}@acme.example"})).status_code
        for number in range(SIGN_INS_A_MINUTE + 1)
    ]

    assert statuses == [200] * SIGN_INS_A_MINUTE + [429]


def test_requests_of_a_network_are_counted_for_an_hour():
    requests = RecentRequests(OF_A_NETWORK)
    network = network_of("192.0.2.1")

    assert [requests.take(network, 0.0) for _ in range(OF_A_NETWORK + 1)] == [True] * OF_A_NETWORK + [False]
    assert not requests.take(network, HOUR_SECONDS - 1)
    assert requests.take(network, HOUR_SECONDS)
    assert requests.take(network_of("192.0.3.1"), 0.0)


@pytest.mark.parametrize(
    ("client", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.250", True),
        ("192.0.2.1", "192.0.3.1", False),
        ("2001:db8::1", "2001:db8:0:0:ffff::1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.9", True),
        ("local", "local", True),
    ],
)
def test_a_network_is_what_one_site_has(client: str, other: str, same: bool):
    assert (network_of(client) == network_of(other)) == same


@pytest.mark.parametrize(
    "missing", [host(Settings()), host(keys=())], ids=["no URL of the pages", "no key to derive links from"]
)
async def test_no_field_asks_for_an_address_if_no_link_can_be_mailed(tmp_path: Path, missing: MailHost):
    async with browsing(tmp_path, host=missing) as world:
        browser = world.client()
        page = (await browser.get("/sign-in")).text
        token = fields_of(page, "/language")["token"]
        refused = await browser.post("/sign-in/mail", data={"token": token, "email": ANN})

    assert "/sign-in/mail" not in page
    assert "bouncer login" in page
    assert refused.status_code == 404


async def test_another_sites_form_mails_nothing(world: World):
    browser = world.client()
    page = (await browser.get("/sign-in")).text
    fields = {**fields_of(page, "/sign-in/mail"), "email": ANN}
    for changed, headers in (({"token": "0" * 32}, {}), ({}, {"sec-fetch-site": "cross-site"})):
        refused = await browser.post("/sign-in/mail", data={**fields, **changed}, headers=headers)
        assert refused.status_code == 403

    await mailed(world, 0)
