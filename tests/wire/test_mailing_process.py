"""The mailing process: it composes notices and hands mails over; whatever becomes of it, each mail has a result."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from contract.factories import NOON, bounce, leased, letter, record
from programs.empty_store import make_empty_store
from wire.hosts import Host, listening

from bouncer.courier.routes import make_routes
from bouncer.daemon.mailing_process import MailingProcess, RemoteCourier, remote_routes
from bouncer.mail.outgoing import OutgoingMail
from bouncer.notify.mail import MailChannel
from bouncer.policy.records import EntryKind, NewEntry
from bouncer.ports.accounts import Account
from bouncer.ports.delivery import DeliveryResult, Outcome
from bouncer.ports.outbox import DeliveryJob
from bouncer.ports.scope import OPERATOR
from bouncer.settings.sections import ForwardSettings, StoreSettings
from bouncer.store.sql import open_store
from bouncer.workers.worker import NICENESS

SECONDS = 30
"""Far more than anything here takes: a test that waits so long has failed."""
OWNER = "ann@acme.example"
SETTINGS = ForwardSettings(from_="bouncer@rp.example")

pytestmark = pytest.mark.usefixtures("forks")


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    async with listening(Host()) as smarthost:
        yield smarthost


def settings_to(host: Host) -> ForwardSettings:
    return replace(SETTINGS, courier=f"smtp://127.0.0.1:{host.port}")


@pytest.fixture
async def process(host: Host) -> AsyncIterator[MailingProcess]:
    process = MailingProcess(settings_to(host), hostname="mx.rp.example")
    async with asyncio.timeout(SECONDS):
        yield process
        await process.close()


@pytest.fixture
async def job(tmp_path: Path) -> DeliveryJob:
    """A notice that is to leave."""
    store = await open_store(StoreSettings(make_empty_store(tmp_path / "bouncer.db")), hostname="mx.rp.example")
    await store.add_account(OPERATOR, Account("acme", (OWNER,)), now=NOON)
    ids = await store.keep([letter(b"Subject: failure\r\n\r\nno such user <jane@example.org> \xff\r\n")])
    decided = record(ids[0], bounce("jane@example.org"), entries=(NewEntry(EntryKind.NOTICE, OWNER),))
    await store.record([decided], now=NOON)
    jobs = await leased(store, now=NOON, count=1, until=NOON)
    await store.close()
    return jobs[0]


def mail(number: int = 1) -> OutgoingMail:
    return OutgoingMail("", OWNER, f"{number}@mx.rp.example", b"Message-ID: <%d@x>\r\n\r\nHello\r\n" % number)


def courier(process: MailingProcess) -> RemoteCourier:
    return RemoteCourier(process, 0, "smtp")


@pytest.fixture
def dkim_key(tmp_path: Path) -> Path:
    key = tmp_path / "dkim.pem"
    subprocess.run(["openssl", "genrsa", "-out", str(key), "2048"], check=True, capture_output=True)
    return key


async def test_a_notice_is_the_one_that_would_be_composed_here_octet_by_octet(
    host: Host, job: DeliveryJob, dkim_key: Path
) -> None:
    settings = replace(settings_to(host), dkim_key=dkim_key)
    process = MailingProcess(settings, hostname="mx.rp.example")
    route = remote_routes(make_routes(settings), process)[0]
    channel = MailChannel(route.courier, settings, reverse_path=lambda to: f"notice-{to.partition('@')[0]}@rp.example")

    result = await channel.send(job)
    await process.close()

    here = channel.compose(job)
    assert here is not None
    assert result == DeliveryResult(Outcome.SENT, "2.0.0 Taken")
    assert host.mails == [(OWNER, here.octets)]
    assert here.octets.startswith(b"DKIM-Signature:")
    assert here.reverse_path == "notice-ann@rp.example"


async def test_mails_leave_over_no_more_connections_than_the_setting_says(host: Host) -> None:
    process = MailingProcess(replace(settings_to(host), connections=2), hostname="mx.rp.example")

    results = await asyncio.gather(*(courier(process).deliver(mail(number)) for number in range(40)))
    await process.close()

    assert {result.outcome for result in results} == {Outcome.SENT}
    assert host.connections == 2
    assert len(host.mails) == 40


async def test_the_process_yields_the_processor_to_those_that_receive_and_record(process: MailingProcess) -> None:
    await courier(process).deliver(mail())

    assert process.pid is not None
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, process.pid) == min(ours + NICENESS, 19)


async def test_a_process_that_is_killed_defers_its_mails_and_the_next_mail_starts_another(
    host: Host, process: MailingProcess, caplog: pytest.LogCaptureFixture
) -> None:
    await courier(process).deliver(mail(1))
    host.seconds = 600
    under_way = [asyncio.create_task(courier(process).deliver(mail(number))) for number in (2, 3)]
    await host.wait_until_begun(2)  # the other is on its way to the process
    first = process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)

    results = await asyncio.gather(*under_way)
    host.seconds = 0
    again = await asyncio.gather(*(courier(process).deliver(mail(number)) for number in (2, 3)))

    assert results == [DeliveryResult(Outcome.DEFERRED, "the mailing process ended")] * 2
    assert [result.outcome for result in again] == [Outcome.SENT] * 2
    assert process.pid not in (first, None)
    assert "the mailing process has ended; 2 mails are tried again later" in caplog.text


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
async def test_the_signals_of_a_stop_leave_the_mail_under_way_alone(
    host: Host, process: MailingProcess, stop: signal.Signals
) -> None:
    await courier(process).deliver(mail(1))
    assert process.pid is not None
    host.seconds = 0.2
    under_way = asyncio.create_task(courier(process).deliver(mail(2)))
    os.kill(process.pid, stop)

    assert (await under_way).outcome is Outcome.SENT


async def test_a_mail_that_is_under_way_at_the_close_is_deferred_and_nobody_waits_for_it(
    host: Host, process: MailingProcess
) -> None:
    await courier(process).deliver(mail(1))
    host.seconds = 600
    under_way = asyncio.create_task(courier(process).deliver(mail(2)))
    await host.wait_until_begun(2)

    await process.close()

    assert await under_way == DeliveryResult(Outcome.DEFERRED, "the mailing process ended")
    assert process.pid is None


async def test_a_mail_whose_sender_was_cancelled_does_not_hold_the_others_up(
    host: Host, process: MailingProcess
) -> None:
    async with asyncio.TaskGroup() as group:
        cut_off = group.create_task(courier(process).deliver(mail(1)))
        await asyncio.sleep(0)
        cut_off.cancel()
        other = group.create_task(courier(process).deliver(mail(2)))

    assert other.result().outcome is Outcome.SENT


async def test_a_bug_defers_its_own_mail_alone(host: Host, process: MailingProcess, job: DeliveryJob) -> None:
    broken = replace(job, kind="no kind at all")

    failed, sent = await asyncio.gather(
        courier(process).deliver_notice(broken, "", {}), courier(process).deliver_notice(job, "", {})
    )

    assert failed == DeliveryResult(Outcome.DEFERRED, "mail failed: ValueError")
    assert sent.outcome is Outcome.SENT


@pytest.mark.parametrize("module", ["bouncer.no_module", "bouncer.clock"])
async def test_a_process_that_does_not_start_holds_the_mails_back(
    process: MailingProcess, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bouncer.daemon.mailing_process.WORKER_MODULE", module)

    result = await courier(process).deliver(mail())

    assert result.outcome is Outcome.UNAVAILABLE
    assert "the mailing process does not start" in result.reply


async def test_a_file_that_is_gone_at_the_process_s_start_holds_the_mails_back(host: Host, tmp_path: Path) -> None:
    """The file of the password is read by each process that starts."""
    password = tmp_path / "password"
    password.write_text("secret\n")
    courier_url = f"smtp://ann@127.0.0.1:{host.port}"
    settings = replace(SETTINGS, courier=courier_url, password=password, starttls="never")
    process = MailingProcess(settings, hostname="mx.rp.example")
    password.unlink()

    result = await courier(process).deliver(mail())
    await process.close()

    assert result == DeliveryResult(Outcome.UNAVAILABLE, "the mailing process ended")


def test_the_process_does_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import asyncio, os, sys\n"
        "from bouncer.daemon.mailing_process import MailingProcess\n"
        "from bouncer.settings.sections import ForwardSettings\n"
        "async def main():\n"
        f"    process = MailingProcess(ForwardSettings(courier='maildir:{tmp_path}/box'), hostname='mx.rp.example')\n"
        "    await process._ensure_process()\n"
        "    print(process.pid, flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    for _ in range(SECONDS * 20):
        if not is_running(child):
            break
        signal.sigtimedwait([], 0.05)

    assert not is_running(child)


def is_running(pid: int) -> bool:
    """Whether the process is there and has not ended: one that nobody has waited for is a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
