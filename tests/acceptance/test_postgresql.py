"""The daemon and the commands on a real PostgreSQL: what they do, what they say, and what no fault of the server's loses."""

import asyncio
import http.client
import itertools
import json
import random
import re
import shlex
import smtplib
import socket
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import psycopg
import pytest
import sqlalchemy as sa
from contract.factories import ALL, NOON, letter, record
from programs.ours import LISTENERS, Ours
from programs.parts import free_port
from programs.postgresql import SOCKETS, Server, postgresql
from wire.milter_client import MailServer

from bouncer.doctor.server_database import check_database
from bouncer.errors import StoreError
from bouncer.policy.records import LetterState
from bouncer.ports.letters import LetterFilter
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import StoreSettings
from bouncer.store.engine.databases import place_of
from bouncer.store.sql import open_store

pytestmark = [pytest.mark.real("postgresql"), pytest.mark.timeout(240)]

REPORT = (Path(__file__).parents[2] / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes()
RECIPIENT = "unknown@example.org"
CLIENTS = 6
PAUSE = 0.02
"""Seconds between two letters of a client, also while nobody answers: the load lasts as long as a server takes to start."""
SMALL_DISK, LARGER_DISK = "24m", "80m"


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with postgresql() as server:
        yield server


@pytest.fixture
def server(running: Server) -> Iterator[Server]:
    """The server, which runs again after a test that stopped it."""
    yield running
    if not running.is_ready():
        running.start()


@pytest.fixture
def url(server: Server) -> str:
    return server.url(server.make_database())


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    store = await open_store(StoreSettings(url, busy_seconds=0.2))
    yield store
    await store.close()


@contextmanager
def running_daemon(folder: Path, url: str) -> Iterator[Ours]:
    with Ours(folder, url=url, store="busy_seconds = 0.5", milter=LISTENERS) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example", "--sender", "acme.example")
        yield ours


def policy_answer(ours: Ours, recipient: str) -> str:
    """Ask as Postfix does at RCPT, and give the action."""
    attributes = {
        "request": "smtpd_access_policy",
        "protocol_state": "RCPT",
        "client_address": "127.0.0.1",
        "sender": "news@acme.example",
        "recipient": recipient,
    }
    with socket.create_connection(("127.0.0.1", ours.listeners["policy"]), timeout=30) as client:
        client.sendall("".join(f"{name}={value}\n" for name, value in attributes.items()).encode() + b"\n")
        return client.makefile("rb").readline().decode().strip()


def test_a_bounce_is_recorded_told_and_refused_to_outgoing_mail(tmp_path: Path, url: str):
    with running_daemon(tmp_path, url) as ours:
        reply = ours.send(ours.path("acme", RECIPIENT), REPORT)
        notice = ours.until(ours.notices)[0]
        (bounce,) = ours.rows("bounces")
        checked = ours.command("suppressions", "check", "--account", "acme", RECIPIENT, check=False)
        answers = {address: policy_answer(ours, address) for address in (RECIPIENT, "jane@example.org")}
        status = json.loads(ours.command("status", "--json", check=False).stdout)
        assert ours.stop() == 0
        ours.start()
        again = ours.send(ours.path("acme", RECIPIENT), REPORT)

    assert reply.startswith("250 2.0.0 Kept as ")
    assert again.startswith("250 2.0.0 Kept as ")
    assert (bounce["recipient"], bounce["category"], bounce["belief"]) == (RECIPIENT, "hard", "proven")
    assert RECIPIENT in notice["Subject"]
    assert checked.returncode == 1
    assert answers[RECIPIENT].startswith("action=550 ")
    assert not answers["jane@example.org"].startswith(("action=5", "action=4"))
    assert status["suppressed_addresses"] == 1
    assert status["store_octets"] > 1_000_000
    assert "Traceback" not in ours.log.read_text()


def test_commands_about_a_file_say_what_to_do_with_a_database(tmp_path: Path, server: Server, url: str):
    with running_daemon(tmp_path, url) as ours:
        ours.send(ours.path("acme", RECIPIENT), REPORT)
        ours.until(lambda: ours.rows("bounces"))
        output = ours.command("store", "show").stdout
        facts = json.loads(ours.command("store", "show", "--json").stdout)
        backup = ours.command("store", "backup", str(tmp_path / "copy"), check=False)
        restore = ours.command("store", "restore", str(tmp_path / "copy"), check=False)
        migrated = ours.command("store", "migrate").stdout
        checked = ours.command("check", "--no-dns", "--timeout", "1", check=False)

    name = sa.make_url(url).database
    assert (facts["letters"], facts["is_served"], facts["is_current"]) == (1, True, True)
    assert "by a daemon\n" in output
    assert (backup.returncode, restore.returncode) == (78, 78)
    assert f"pg_dump --format=custom --file=FILE --dbname='postgresql://bouncer@/{name}?host=" in backup.stderr
    assert (
        f"pg_restore --clean --if-exists --single-transaction --dbname='postgresql://bouncer@/{name}" in restore.stderr
    )
    assert migrated.endswith(": is up to date\n")
    assert "answers: PostgreSQL 15." in checked.stdout
    assert "serves this store, and does not answer at [smtp] listen" in checked.stdout
    for words in (output, backup.stderr, restore.stderr, migrated, checked.stdout, checked.stderr):
        assert "Traceback" not in words


def test_init_makes_the_tables_and_leaves_them_the_next_time(tmp_path: Path, url: str):
    ours = Ours(tmp_path)
    ours.settings.write_text(ours.settings.read_text().replace(f"sqlite:///{tmp_path}/bouncer.db", url))

    first, second = (ours.command("init").stdout for _ in range(2))

    place = place_of(StoreSettings(url))
    assert f"made  {place}\n" in first
    assert f"kept  {place}\n" in second
    assert ours.rows("bounces") == []


def test_while_the_server_is_away_senders_are_told_to_come_back_and_then_all_goes_on(
    tmp_path: Path, server: Server, url: str
):
    """Without a restart of the daemon; nor does it need the server's clean end."""
    with running_daemon(tmp_path, url) as ours:
        numbers, replies = itertools.count(), dict[str, list[str]]()

        def send(when: str) -> None:
            reply = ours.send(ours.path("acme", f"jane{next(numbers)}@example.org"), REPORT)
            replies.setdefault(when, []).append(reply)

        for end in (server.stop, server.kill):
            send("before")
            end()
            for _ in range(2):
                send("away")
            server.start()
            send("back")
        acknowledged = sum(reply.startswith("250") for reply in (*replies["before"], *replies["back"]))
        ours.until(lambda: len(ours.rows("letters")) == acknowledged)
        assert ours.until(lambda: ours.rows("letters", "--state", "read"))
        log = ours.log.read_text()

    assert {reply[:9] for reply in replies["before"] + replies["back"]} == {"250 2.0.0"}
    assert set(replies["away"]) == {"451 4.3.0 Cannot keep mail now, try later"}
    assert "Traceback" not in log
    assert "INSERT" not in log
    assert ours.path("acme", "jane0@example.org") not in log


class Doors:
    """Everything of a daemon that somebody can ask, and how each answers."""

    def __init__(self, ours: Ours) -> None:
        self._ours = ours
        self._key = ours.command("key", "add", "acme", "--scope", "write").stdout.split()[-1]
        link = ours.command("login", "ann@acme.example").stdout
        self._sign_in = link[link.index("/sign-in") :].split()[0]

    def http(self, path: str, **headers: str) -> int:
        """Give the status of a page or a route."""
        connection = http.client.HTTPConnection("127.0.0.1", self._ours.listeners["http"], timeout=30)
        connection.request("GET", path, headers=headers)
        status = connection.getresponse().status
        connection.close()
        return status

    def milter(self) -> str:
        """Give the answer of the milter to a mail of the account."""

        async def tell() -> str:
            server = await MailServer.connect(f"127.0.0.1:{self._ours.listeners['milter']}")
            await server.negotiate()
            answer = await server.message(["jane@example.org"], login="acme.example")
            server.close()
            return f"{answer.last.decode()} {answer.text[:4]}"

        return asyncio.run(tell())

    def answers(self) -> dict[str, object]:
        """Ask at each."""
        ours = self._ours
        return {
            "SMTP": ours.send(ours.path("acme", "jane@example.org"), REPORT)[:4],
            "milter": self.milter(),
            "policy service": policy_answer(ours, "jane@example.org"),
            "API": self.http("/api/v1/bounces", Authorization=f"Bearer {self._key}"),
            "sign-in": self.http(self._sign_in),
            "a session": self.http("/", Cookie=f"bouncer-session={'A' * 43}"),
            "a command": ours.command("bounces", check=False).returncode,
        }


def test_while_the_server_is_away_every_door_says_so_and_opens_again(tmp_path: Path, server: Server, url: str):
    with Ours(tmp_path, url=url, store="busy_seconds = 0.5", milter=LISTENERS, http='listen = ["127.0.0.1:0"]') as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example", "--sender", "acme.example")
        doors = Doors(ours)
        before = doors.answers()
        server.kill()
        away = doors.answers()
        error = ours.command("bounces", check=False).stderr
        server.start()
        after = doors.answers()
        log = ours.log.read_text()

    assert away == {
        "SMTP": "451 ",
        "milter": "y 451 ",
        "policy service": "action=451 4.3.0 Cannot keep mail now, try later",
        "API": 503,
        "sign-in": 200,  # the page with the button alone
        "a session": 503,
        "a command": 75,
    }
    assert error.startswith("bouncer: the store does not answer: ")
    assert before["SMTP"] == "250 "
    assert after == before
    assert "Traceback" not in log + error


class Load:
    """Clients that send letters until they are told to end; *acknowledged* are the ids that 250 gave them."""

    def __init__(self, ours: Ours) -> None:
        self.acknowledged = set[str]()
        self._ours = ours
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._send) for _ in range(CLIENTS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        path = self._ours.path("acme", RECIPIENT)
        while not self._ended.is_set():
            with suppress(OSError, smtplib.SMTPException):
                reply = self._ours.send(path, REPORT)
                if reply.startswith("250 "):
                    self.acknowledged.add(reply.split()[-1])
            time.sleep(PAUSE)

    def until(self, count: int) -> None:
        """Wait until that many letters were acknowledged."""
        self._ours.until(lambda: len(self.acknowledged) >= count)


@pytest.mark.parametrize("killed", ["server", "daemon", "connections"])
def test_no_acknowledged_letter_is_lost_whoever_is_killed_under_load(
    tmp_path: Path, server: Server, url: str, killed: str
):
    ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bouncer'"
    with running_daemon(tmp_path, url) as ours, Load(ours) as load:
        for time_ in range(1, 4):
            load.until(25 * time_)
            if killed == "server":
                server.kill()
                server.start()
            elif killed == "daemon":
                ours.kill()
                ours.start()
            else:
                for _ in range(5):
                    server.sql(ending)
        load.until(100)
        load.__exit__()
        acknowledged = load.acknowledged
        assert ours.stop() == 0
        ours.start()  # what was leased when the server went is not left until its lease runs out
        ours.until(lambda: not ours.rows("letters", "--state", "kept"))
        letter_ids = {row["letter_id"] for row in ours.rows("letters", "--limit", "10000")}
        log = ours.log.read_text()

    assert len(acknowledged) >= 100
    assert acknowledged <= letter_ids
    assert "Traceback" not in log


async def kept_letters(store: Store) -> list[int]:
    return [row.letter_id for row in await store.letters(OPERATOR, LetterFilter(state=LetterState.KEPT), ALL)]


@contextmanager
def locked(server: Server, url: str) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """Another process writes: a daemon of ours on another machine."""
    place = {"host": f"{server.place.folder}{SOCKETS}", "port": server.port, "dbname": sa.make_url(url).database}
    with psycopg.connect(**place, user="bouncer") as other:  # type: ignore[arg-type] # as a mapping of any values
        other.execute("SELECT pg_advisory_xact_lock(x'626E6372'::int)")
        yield other
        other.rollback()


async def test_a_locked_store_keeps_nothing_and_then_again(store: Store, server: Server, url: str):
    with locked(server, url):
        answers = await asyncio.gather(*(store.keep([letter()]) for _ in range(5)), return_exceptions=True)
        assert await kept_letters(store) == []  # readers wait for nobody

    assert [type(answer) for answer in answers] == [StoreError] * 5
    assert "lock timeout (lock_not_available)" in str(answers[0])
    afterwards = list(await store.keep([letter()]))
    assert await kept_letters(store) == afterwards


async def test_a_table_that_is_locked_holds_up_what_needs_it_for_no_longer(store: Store, server: Server, url: str):
    (number,) = await store.keep([letter()])
    with locked(server, url) as other:
        other.rollback()
        other.execute("LOCK TABLE bounces")
        with pytest.raises(StoreError, match="lock_not_available"):
            await store.record([record(number)], now=NOON)
        assert len(await store.keep([letter()])) == 1

    assert len(await store.record([record(number)], now=NOON)) == 1


async def test_a_connection_that_ends_between_two_transactions_is_missed_by_nobody(
    store: Store, server: Server, url: str
):
    ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
    await kept_letters(store)
    for number in range(1, 4):
        await store.keep([letter()])
        server.sql(ending, str(sa.make_url(url).database))
        assert len(await kept_letters(store)) == number


async def test_a_connection_that_ends_amid_a_transaction_undoes_it_and_the_next_one_is_whole(
    store: Store, server: Server, url: str
):
    (number,) = await store.keep([letter()])
    engine = store._engine  # type: ignore[attr-defined]  # noqa: SLF001 -- no work of the store's own waits so long
    attempts = list[int]()

    def work(connection: sa.Connection) -> None:
        attempts.append(1)
        connection.exec_driver_sql("UPDATE letters SET state = 'read'")
        (own,) = connection.exec_driver_sql("SELECT pg_backend_pid()").one()
        if len(attempts) == 1:
            server.end_process(own)
        connection.exec_driver_sql("UPDATE letters SET kind = 'other'")

    with pytest.raises(StoreError) as raised:
        await engine.write(work)

    assert "terminating connection" in str(raised.value) or "connection" in str(raised.value)
    assert "UPDATE" not in str(raised.value)
    assert attempts == [1]
    assert await kept_letters(store) == [number]
    await engine.write(work)
    assert await kept_letters(store) == []


def on_small_disk(server: Server, *options: str) -> None:
    """Mount a disk of its own for a tablespace, or change it."""
    inside = ["nsenter", "-t", str(server.pid()), "-m"]
    subprocess.run([*inside, "mount", *options, f"{server.place.folder}/root/var/lib/small"], check=True)


@pytest.fixture
def small_disk(server: Server) -> str:
    """A database whose files are on a disk of some megabytes."""
    server.place.run("mkdir", "/var/lib/small")
    on_small_disk(server, "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "none")
    server.place.run("chown", "904:904", "/var/lib/small")
    server.sql("CREATE TABLESPACE small LOCATION '/var/lib/small'")
    server.sql("GRANT CREATE ON TABLESPACE small TO bouncer")
    return server.url(server.make_database(options="TABLESPACE small"))


async def test_a_full_disk_loses_nothing_that_was_kept(server: Server, small_disk: str):
    """And what has room again is kept again."""
    await (await open_store(StoreSettings(small_disk))).close()
    store = await open_store(
        StoreSettings(small_disk)
    )  # after the migrations a first connection writes the server's own cache
    assert await store.letter(OPERATOR, 1) is None  # the connection that reads is there before the disk is full
    ids, refused = list[int](), list[StoreError]()
    while len(refused) < 5:
        for results in await asyncio.gather(
            *(store.keep([letter(noise(20_000))]) for _ in range(10)), return_exceptions=True
        ):
            if isinstance(results, StoreError):
                refused.append(results)
            else:
                assert not isinstance(results, BaseException), results
                ids += results
    still = [await store.letter(OPERATOR, number) is not None for number in ids]
    on_small_disk(server, "-o", f"remount,size={LARGER_DISK}")
    ids += await store.keep([letter(noise(20_000))])
    after = [await store.letter(OPERATOR, number) is not None for number in ids]
    await store.close()

    assert len(still) > 20
    assert all(still)
    assert all(after)
    assert {error.full for error in refused} == {True}
    assert "(disk_full)" in str(refused[0])


def noise(count: int) -> bytes:
    """Octets that the server cannot compress."""
    return random.Random(count).randbytes(count)  # noqa: S311 -- no secret


def checks(url: str) -> list[tuple[str, str, str]]:
    return [(finding.level.value, finding.says, finding.remedy) for finding in check_database(sa.make_url(url), 1)]


def test_the_check_says_what_is_wrong_with_a_database(server: Server, url: str):
    nobodys = server.url(server.make_database(owner="postgres"))
    foreign = server.url(name := server.make_database())
    server.sql("CREATE TABLE recipes (name text)", name)
    away = f"postgresql+psycopg://bouncer:s3cret@127.0.0.1:{free_port()}/bouncer"

    ((level, says, _),) = checks(url)
    assert (level, says.endswith(" MB; no tables yet")) == ("ok", True)
    assert [finding[1:] for finding in checks(nobodys)] == [
        ("this role may make no tables in the schema public", "make the role the database's owner")
    ]
    assert [finding[1:] for finding in checks(foreign)] == [
        ("this is no store of bouncer's, it is another program's database", "[store] url must name another database")
    ]
    ((level, says, remedy),) = checks(away)
    assert (level, remedy) == ("fail", "start the server, or put [store] url right")
    assert says.startswith("does not answer: ")
    assert "s3cret" not in says


PAGE = (Path(__file__).parents[2] / "docs/postgresql.md").read_text()


@pytest.fixture
def unprepared(server: Server) -> Iterator[Server]:
    """A server that knows no role of ours."""
    server.sql("ALTER ROLE bouncer RENAME TO another")
    yield server
    server.drop_database("bouncer")
    server.sql("DROP ROLE bouncer")
    server.sql("ALTER ROLE another RENAME TO bouncer")


def test_the_manuals_words_make_a_store_back_it_up_and_restore_it(tmp_path: Path, unprepared: Server):
    """Each command of the page, in its order, with the url that it has for a daemon on the same host."""
    create, settings, _, backup, restore = re.findall(r"```(?:sh|toml)\n(.*?)```", PAGE, re.DOTALL)
    url = re.findall(r'url = "(.*)"', settings)[0].replace(SOCKETS, f"{unprepared.place.folder}{SOCKETS}")

    def run(block: str, ours: Ours | None = None) -> None:
        for command in block.splitlines():
            words = shlex.split(command)
            if words[0] == "systemctl" and ours:
                {"stop": ours.stop, "start": ours.start}[words[1]]()
            else:
                assert words[:3] == ["sudo", "-u", "postgres"]
                unprepared.run(words[3], "-h", SOCKETS, "-p", str(unprepared.port), "-U", "postgres", *words[4:])

    run(create)
    with running_daemon(tmp_path, f"{url}&port={unprepared.port}") as ours:
        for number in range(2):
            ours.send(ours.path("acme", f"jane{number}@example.org"), REPORT)
            ours.until(lambda count=number: len(ours.rows("bounces")) == count + 1)  # type: ignore[misc]
            if not number:
                run(backup)
        run(restore, ours)
        (bounce,) = ours.rows("bounces")
        again = ours.send(ours.path("acme", "jane2@example.org"), REPORT)

    assert bounce["recipient"] == "jane0@example.org"
    assert again.startswith("250 ")
