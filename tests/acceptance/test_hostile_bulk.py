"""Letters that name very many addresses, beyond ASCII too: they are worked on in the reading process, and nowhere else.

Each goes the way of a letter: asked at RCPT, kept, read in the real reading process, decided on and recorded in a real store.
The work of *this* process is counted: signatures asked and domains made comparable. No clock is looked at.
"""

import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest
from programs.empty_store import make_empty_store

from bouncer.mail.letter import Received
from bouncer.mail.returnpath import Key, sign
from bouncer.policy.believe import DAILY_USES
from bouncer.ports.accounts import Account, Alias
from bouncer.ports.letters import BounceFilter, BounceRow, LetterFilter, Page
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import ReadingSettings, StoreSettings
from bouncer.stages.admit import Admit
from bouncer.stages.keep import Keep
from bouncer.stages.read import Read
from bouncer.store.sql import open_store
from bouncer.workers.reader_process import ReaderProcess

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
TODAY = int(NOW.timestamp()) // 86_400
DOMAIN = "rp.example.com"
KEY = Key(b"a secret of at least sixteen octets")
MALLORY = "mallory+x@evil.example"
"""A recipient with a plus in the address gets a hashed path, which must be compared with each address, one by one."""
ASKED = 200
"""Addresses of one letter that a signature is asked about at most; ``policy.address_match.MOST_ASKED`` and its reason."""
LABELS = "\u00e9." * 60 + "example"
"""A domain as costly as one can be, within its 255 octets."""
SECONDS = 60.0
"""For the reading process, which has no say here."""

pytestmark = pytest.mark.usefixtures("forks")


def path(recipient: str) -> str:
    return sign("acme", recipient, domain=DOMAIN, key=KEY, today=TODAY, days=30)


def report(recipients: Sequence[str], to: Sequence[str] = (), returned: str = "Subject: s\r\n") -> bytes:
    """A report of hard failures that returns headers with these To."""
    group_fields = "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n"
    blocks = "".join(f"Final-Recipient: rfc822; {address}\r\n{group_fields}" for address in recipients)
    head = f"To: {', '.join(to)}\r\n".replace(", ", ",\r\n ") if to else ""
    return (
        "From: MAILER-DAEMON@mx.example.net\r\nSubject: Undelivered Mail\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
        f"{blocks}--B\r\nContent-Type: text/rfc822-headers\r\n\r\n{head}{returned}\r\n--B--\r\n"
    ).encode()


@dataclass
class House:
    """A store, the reading process, and what this process did."""

    store: Store
    room: ReaderProcess
    did: Counter[str] = field(default_factory=Counter)

    async def hear(self, address: str, raw: bytes) -> list[BounceRow]:
        """Let a letter come to *address* and be read; give what is recorded of it."""
        admit = Admit(self.store, domains=(DOMAIN,), keys=(KEY,), today=lambda: TODAY, elapsed=lambda: 0.0)
        admitted = await admit.admit(address)
        letter = Received(admitted, "", "198.51.100.7", "mx.example.net", None, smtputf8=True, received_at=NOW, raw=raw)
        await Keep(self.store, wake=lambda: None).keep([letter])
        self.did.clear()
        reading = Read(self.store, self.room, admit, keys=(KEY,), operator=None, now=lambda: NOW, wake=lambda: None)
        assert await reading.run_once() == 1
        newest = (await self.store.letters(OPERATOR, LetterFilter(), Page(1)))[0]
        return list(await self.store.bounces(OPERATOR, BounceFilter(letter_id=newest.letter_id), Page(1000)))

    async def suppressed(self) -> set[str]:
        return {entry.address for _, entry in await self.store.suppressions(OPERATOR, now=NOW, page=Page(1000))}


def counting(did: Counter[str], name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def counted(*args: Any, **kwargs: Any) -> Any:
        did[name] += 1
        return call(*args, **kwargs)

    return counted


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    store = await open_store(StoreSettings(make_empty_store(tmp_path / "bouncer.db")), now=lambda: NOW)
    await store.add_account(OPERATOR, Account("acme", ("owner@acme.example",)), now=NOW)
    await store.add_alias(OPERATOR, Alias(f"acme@{DOMAIN}", "acme"), now=NOW)
    room = ReaderProcess(ReadingSettings(seconds=SECONDS))
    house = House(store, room)
    for name, where in (("hash", "bouncer.mail.returnpath._hash"), ("idna", "idna.uts46_remap")):
        monkeypatch.setattr(where, counting(house.did, name, resolve_name(where)))
    monkeypatch.setattr("encodings.idna.ToASCII", counting(house.did, "idna", resolve_name("encodings.idna.ToASCII")))
    yield house
    await room.close()
    await store.close()


@pytest.mark.parametrize("count", [50, 100, 500])
@pytest.mark.parametrize("domain", ["x.example", LABELS, "\u00e9." * 110 + "example"])
async def test_a_token_is_asked_a_bounded_number_of_times_whatever_a_letter_names(
    house: House, count: int, domain: str
):
    """D1: every To was tried for every recipient inside the transaction, with a signature and IDNA each."""
    recipients, to = [f"r{n}@evil.example" for n in range(count)], [f"t{n}@{n}of{count}.{domain}" for n in range(count)]

    rows = await house.hear(path(MALLORY), report(recipients, to))

    assert len(rows) == count
    assert {row.belief for row in rows} == {"unproven"}  # for whom the path was made, nothing says
    assert house.did["hash"] <= ASKED
    assert house.did["idna"] == 0


@pytest.mark.parametrize("count", [50, 200])
async def test_addresses_beyond_ascii_are_made_comparable_where_letters_are_read(house: House, count: int):
    """Without any token, at the alias: recipients and To all in domains of their own."""
    recipients, to = ([f"r{n}@{kind}{n}of{count}.{LABELS}" for n in range(count)] for kind in "\u00e8\u00e0")

    rows = await house.hear(f"acme@{DOMAIN}", report(recipients, to))

    assert len(rows) == count
    assert +house.did == Counter()


async def test_the_recipient_of_a_hashed_path_is_heard_in_bulk_too(house: House):
    """A variation: the address that the path was made for stands last of 100, or alone with 150 To before its own."""
    others = [f"r{n}@x.example" for n in range(99)]
    last = await house.hear(path("paul+a@example.org"), report([*others, "PAUL+a@example.org"]))
    to = await house.hear(path("olga+a@example.org"), report(["o@inner.example"], [*others, "olga+a@example.org"]))

    assert Counter(row.belief for row in last) == {"contradicted": 99, "proven": 1}
    assert [(row.recipient, row.belief) for row in to] == [("olga+a@example.org", "proven")]
    assert (to[0].reported, to[0].effect) == ("o@inner.example", "counted")
    assert await house.suppressed() == {"PAUL+a@example.org"}


async def test_an_overused_path_is_not_looked_at(house: House, monkeypatch: pytest.MonkeyPatch):
    """An overused path can get reports for ever; the store's facts about all those addresses are not even loaded."""
    loaded: list[int] = []
    load = resolve_name("bouncer.store.bounces.ledger.Ledger._load")
    note = lambda ledger, *arguments: loaded.append(len(arguments[-1])) or load(ledger, *arguments)  # noqa: E731
    monkeypatch.setattr("bouncer.store.bounces.ledger.Ledger._load", note)
    raw = report([f"r{n}@evil.example" for n in range(20)])
    for _ in range(DAILY_USES + 1):
        rows = await house.hear(path(MALLORY), raw)

    assert {row.belief for row in rows} == {"unproven"}
    assert loaded == [20] * DAILY_USES + [0]


async def test_a_domain_is_not_another_that_older_rules_took_for_it(house: House):
    """D3: by IDNA 2003 fa\u00df.example was fass.example, and its owner silenced somebody there, as proven."""
    forged = await house.hear(path("kim@fa\u00df.example"), report(["kim@fass.example"]))
    nobody = await house.suppressed()
    real = await house.hear(path("kim@fa\u00df.example"), report(["kim@xn--fa-hia.example"]))

    assert [(row.recipient, row.reported) for row in forged] == [("kim@xn--fa-hia.example", "kim@fass.example")]
    assert nobody == set()
    assert [row.belief for row in real] == ["proven"]
    assert await house.suppressed() == {"kim@xn--fa-hia.example"}


@pytest.mark.parametrize(
    ("sent", "reported"),
    [
        ("jose\u0301@example.org", "jos\u00e9@example.org"),
        ('"jane"@example.org', "jane@example.org"),
        ("kim@\u03b2\u03cc\u03bb\u03bf\u03c2.example", "kim@xn--nxasmm1c.example"),
        ("kim@bu\u0308cher.example", "KIM@xn--bcher-kva.EXAMPLE"),
    ],
)
async def test_a_bounce_is_of_its_recipient_however_servers_spell_it(house: House, sent: str, reported: str):
    rows = await house.hear(path(sent), report([reported]))

    assert [row.belief for row in rows] == ["proven"]
    assert set(await house.store.suppressions_of(OPERATOR, "acme", [sent, reported], now=NOW)) == {sent, reported}
