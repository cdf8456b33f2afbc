"""How quickly notices are composed, signed and handed over; what a storm of 100,000 bounces takes; when the first mail is there.

.venv/bin/python tests/bench/bench_notices.py [storm compose sign first deliver outbox]
"""

import asyncio
import contextlib
import datetime as dt
import multiprocessing
import random
import resource
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

sys.path.insert(0, str(Path(__file__).parents[1]))

import uvloop
from contract.factories import bounce, letter, record
from programs.ours import DOMAIN, Ours
from programs.parts import find, free_port, postfix, why_absent

from bouncer import clock
from bouncer.compose.language import LANGUAGES
from bouncer.compose.notice import Notice, NoticeRecipient
from bouncer.compose.owner_mails import compose
from bouncer.courier.choose import make_courier
from bouncer.courier.maildir import Maildir
from bouncer.courier.smtp import Smarthost, Smtp
from bouncer.daemon.delivering import backoff_of
from bouncer.mail.outgoing import OutgoingMail
from bouncer.ndr.reader import read
from bouncer.notify.dkim import Signer
from bouncer.notify.mail import MailChannel
from bouncer.policy.records import Belief, EntryKind, NewEntry
from bouncer.ports.accounts import Account
from bouncer.ports.delivery import Delivery
from bouncer.ports.letters import Page
from bouncer.ports.outbox import EVERY_LANE
from bouncer.ports.scope import OPERATOR
from bouncer.settings.sections import ForwardSettings, StoreSettings
from bouncer.stages.deliver import Deliver
from bouncer.stages.schedule import Schedule
from bouncer.store.sql import open_store
from bouncer.verdict.judge import judge
from bouncer.verdict.verdict import Reason

ROOT = Path(__file__).parents[2]
REPORT = (ROOT / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes()
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
OWNER = "ann@acme.example"
NOTICES, DELIVERED, STORM = 2000, 3000, 100_000
AT_ONCE = 20
"""Deliveries under way at a time."""


def notice(language: str = "en") -> Notice:
    judged = judge(read(REPORT))
    (recipient,), (verdict,) = judged.reading.recipients, judged.verdicts
    assert verdict
    diagnosis = (str(recipient.status), recipient.reply_code, recipient.diagnostic_code, recipient.remote_mta)
    notice_recipient = NoticeRecipient(
        recipient.recipient, recipient.action, verdict.reason, *diagnosis, Belief.PROVEN, suppressed=True
    )
    subject = judged.reading.original.subject
    fixed = {"account": "acme", "report": "38g0n6damk02s", "arrived_at": NOON, "subject": subject, "letter": REPORT}
    return Notice(
        OWNER,
        "38g0n6damk02s.1@mx.example.com",
        NOON,
        judged.reading.kind,
        (notice_recipient,),
        language=language,
        **fixed,
    )


def per_second(count: int, begun: float, clock: Callable[[], float] = time.perf_counter) -> str:
    return f"{count / (clock() - begun):,.0f}/s"


def bench_compose() -> None:
    for code in LANGUAGES:
        mail = notice(code)
        compose(mail, from_="b@example.com", reverse_path="")
        begun = time.process_time()
        for _ in range(NOTICES):
            compose(mail, from_="b@example.com", reverse_path="")
        print(f"compose, {code}: {per_second(NOTICES, begun, time.process_time)} of one core's own time")


def _key() -> bytes:
    return subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, check=True).stdout


def bench_sign() -> None:
    key = load_pem_private_key(_key(), None)
    assert isinstance(key, RSAPrivateKey)
    octets = compose(notice(), from_="b@example.com", reverse_path="").octets
    signer = Signer("example.com", "bouncer", key)
    begun = time.process_time()
    for _ in range(NOTICES):
        signer.sign(octets)
    print(f"sign, RSA of 2048 bits: {per_second(NOTICES, begun, time.process_time)} of one core's own time")


async def _delivered(port: int) -> None:
    courier = Smtp(Smarthost("127.0.0.1", port), hostname="mx.rp.example")
    octets = compose(notice(), from_="b@example.com", reverse_path="").octets
    numbers = iter(range(DELIVERED))

    async def deliver() -> None:
        for number in numbers:
            handed = await courier.deliver(OutgoingMail("", "owner@acme.example", str(number), octets))
            assert handed.outcome == "sent", handed

    begun, busy = time.perf_counter(), time.process_time()
    await asyncio.gather(*(deliver() for _ in range(AT_ONCE)))
    wall, own = per_second(DELIVERED, begun), per_second(DELIVERED, busy, time.process_time)
    print(f"deliver to Postfix: {wall} over connections that are used again; {own} of our own time")
    await courier.close()


def _serve(end: Connection) -> None:
    """Run a Postfix that passes on to Postfix's own sink, which costs the machine the least, until told to stop."""
    sink, port = find("smtp-sink"), free_port()
    assert sink is not None
    with subprocess.Popen([*sink.command, "-u", "nobody", f"127.0.0.1:{port}", "100"]) as taking:
        try:
            with postfix({"acme.example": port}) as server:
                end.send(server.port)
                end.recv()
        finally:
            taking.terminate()


@contextlib.contextmanager
def _smarthost() -> Iterator[int]:
    """A smarthost beside this process, so that what it and its log cost is not counted as ours; gives its port."""
    spawning = multiprocessing.get_context("spawn")
    own_end, other_end = spawning.Pipe()
    serving = spawning.Process(target=_serve, args=(other_end,))
    serving.start()
    try:
        yield own_end.recv()
    finally:
        own_end.send("stop")
        serving.join()


def bench_deliver() -> None:
    if find("postfix") is None:
        print(f"deliver: {why_absent('postfix')}")
        return
    with _smarthost() as port:
        uvloop.run(_delivered(port))


async def _whole(folder: Path, port: int) -> None:
    """Out of a store on disk, composed, signed, handed to Postfix, marked."""
    store = await open_store(StoreSettings(f"sqlite:///{folder}/bouncer.db"), hostname="mx.rp.example")
    await store.add_account(OPERATOR, Account("acme", (OWNER,), wishes={"": {"most": "0"}}), now=NOON)
    (folder / "dkim.pem").write_bytes(_key())
    settings = ForwardSettings(from_="b@example.com", courier=f"smtp://127.0.0.1:{port}", dkim_key=folder / "dkim.pem")
    courier = make_courier(settings, hostname="mx.rp.example")
    channel = MailChannel(courier, settings, reverse_path=lambda _to: "")
    for _ in range(0, DELIVERED, 500):
        ids = await store.keep([letter(REPORT) for _ in range(500)])
        entries = (NewEntry(EntryKind.NOTICE, OWNER),)
        await store.record(
            [record(letter_id, bounce(f"u{letter_id}@hotmail.com"), entries=entries) for letter_id in ids], now=NOON
        )
    begun, busy = time.perf_counter(), time.process_time()
    scheduled, delivery = asyncio.Event(), Delivery(channel, EVERY_LANE, settings.connections)
    stages = (
        Schedule(store, now=clock.now, wake=scheduled.set).run(asyncio.Event()),
        Deliver(store, delivery, backoff_of(settings), now=clock.now, chance=random.random).run(scheduled),
    )
    tasks = [asyncio.create_task(stage) for stage in stages]
    while await store.entries(OPERATOR, state="waiting", page=Page(1)):  # noqa: ASYNC110 -- it is the store that tells
        await asyncio.sleep(0.05)
    wall, own = per_second(DELIVERED, begun), per_second(DELIVERED, busy, time.process_time)
    print(f"outbox to Postfix, composed, signed, marked: {wall}; {own} of our own time")
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await courier.close()
    await store.close()


def bench_outbox() -> None:
    if find("postfix") is None:
        print(f"outbox: {why_absent('postfix')}")
        return
    with tempfile.TemporaryDirectory() as folder, _smarthost() as port:
        uvloop.run(_whole(Path(folder), port))


async def _storm(folder: Path) -> None:
    store = await open_store(StoreSettings(f"sqlite:///{folder}/bouncer.db"), hostname="mx.rp.example")
    await store.add_account(OPERATOR, Account("acme", (OWNER,)), now=NOON)
    channel = MailChannel(Maildir(folder / "box"), ForwardSettings(from_="b@example.com"), reverse_path=lambda _to: "")
    blocked = replace(bounce("x@y.example", Reason.BAD_REPUTATION), suppressed=False)
    sent, before = 0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun, step = time.perf_counter(), 500
    for at in range(0, STORM, step):
        now = NOON + HOUR * at / STORM
        ids = await store.keep([letter(REPORT[:3000]) for _ in range(step)])
        cases = [
            record(
                letter_id,
                replace(blocked, recipient=replace(blocked.recipient, recipient=f"u{at + n}@hotmail.com")),
                entries=(NewEntry(EntryKind.NOTICE, OWNER),),
            )
            for n, letter_id in enumerate(ids)
        ]
        await store.record(cases, now=now)
        sent += await _send(store, channel, now)
    sent += await _send(store, channel, NOON + HOUR)
    print(f"storm: {STORM:,} bounces in one hour made {sent} mails in {time.perf_counter() - begun:.0f} s")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    largest = max(entry.stat().st_size for entry in (folder / "box/new").iterdir())
    print(
        f"storm: {grown * 1024 / 1e6:.0f} MB at most, {before * 1024 / 1e6:.0f} MB before it; largest mail {largest / 1e6:.1f} MB"
    )
    await store.close()


async def _send(store, channel: MailChannel, now: dt.datetime) -> int:  # noqa: ANN001 -- a Store
    count = 0
    while (await store.schedule_entries(now=now)).is_unfinished:
        pass
    while jobs := await store.lease_entries(now=now, count=8, until=now + HOUR):
        for job in jobs:
            await channel.send(job)
            await store.mark_sent(job.row.id, now=now, reply="")
            count += 1
    return count


def bench_storm() -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_storm(Path(folder)))


def bench_first() -> None:
    with tempfile.TemporaryDirectory() as folder, Ours(Path(folder), anew=True) as ours:
        ours.command("account", "add", "acme", "--owner", OWNER)
        ours.command("account", "set", "acme", "--prefer", "most=0")
        new = Path(folder) / "forwarded/new"
        took = []
        for number in range(10):
            letter_of = REPORT.replace(b"unknown@example.org", b"unknown%d@example.org" % number)
            with smtplib.SMTP("127.0.0.1", ours.port) as client:
                client.sendmail("", [f"acme@{DOMAIN}"], letter_of)
                begun = time.perf_counter()
                while not (new.exists() and len(list(new.iterdir())) > number):
                    time.sleep(0.001)
                took.append(time.perf_counter() - begun)
        print(f"first: the owner's mail is there {max(took) * 1000:.0f} ms after the report's 250, of ten the slowest")


BENCHES = {
    "storm": bench_storm,  # first: what the others load would count as its memory
    "compose": bench_compose,
    "sign": bench_sign,
    "first": bench_first,
    "deliver": bench_deliver,
    "outbox": bench_outbox,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or BENCHES:
        BENCHES[name]()
