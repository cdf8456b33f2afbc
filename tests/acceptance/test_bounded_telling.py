"""Owners and the operator get few mails of anything that strangers send, and are told of a proven report as soon as ever.

Each letter goes the way of a letter: asked at RCPT, kept, read, decided on, recorded in a real store; the mails are those that
would leave, composed. The clock is turned by hand. The last tests ask the running daemon.
"""

import datetime as dt
import re
import smtplib
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from acceptance.stages import (
    ALIAS,
    ANN,
    BLOCKED,
    BOB,
    DAY,
    HOUR,
    KEY,
    NOON,
    OPERATOR,
    SERVER,
    STRANGER,
    TODAY,
    Installation,
    block,
    count_by_recipient,
    open_store_in,
    path,
    report,
    text,
)
from programs.empty_store import make_empty_store
from programs.ours import DOMAIN, Ours

from bouncer.compose.operator import MAX_PASSED_ON
from bouncer.mail.returnpath import Key, sign
from bouncer.policy.believe import DAILY_USES
from bouncer.policy.preferences import OPERATOR as OPERATORS
from bouncer.policy.preferences import Preferences
from bouncer.policy.rate_limit import MAX_FROM_STRANGERS
from bouncer.ports import scope
from bouncer.ports.accounts import Account, Alias
from bouncer.ports.sends import Sent


@pytest.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    make_empty_store(tmp_path / "bouncer.db")
    here = Installation(tmp_path, await open_store_in(tmp_path, lambda: here.now))
    await here.store.add_account(scope.OPERATOR, Account("acme", (ANN,)), now=NOON)
    await here.store.add_alias(scope.OPERATOR, Alias(ALIAS, "acme"), now=NOON)
    yield here
    await here.store.close()


def forged_blocks(count: int, returned: str = "From: x@acme.example\r\n") -> list[bytes]:
    """Reports of ten blocks each, of a domain each, that return a message from the owner's domain."""
    return [
        report("".join(block(f"u{n}@lab{domain}.example", BLOCKED) for n in range(10)), returned)
        for domain in range(count)
    ]


async def test_forged_blocks_warn_nobody_and_make_no_more_mails_than_any_forged_report(installation: Installation):
    """Letters that only look as if they return a message of the owner's: 20 of them made 40 mails, 60 made 120."""
    await installation.hear(ALIAS, *forged_blocks(60))

    assert count_by_recipient(await installation.mails()) == {("notice", ANN): Preferences().most}
    ((digest, mail),) = await installation.mails_of(HOUR)
    assert (digest.kind.value, digest.to) == ("digest", ANN)
    assert "580 of these reports are not proven: anyone could have sent them." in text(mail)


async def test_blocks_that_many_recipients_paths_prove_are_warned_of_once_to_each(installation: Installation):
    await installation.prefer({}, ANN, BOB)
    for n in range(12):
        await installation.hear(path(f"u{n}@lab.example"), report(block(f"u{n}@lab.example", BLOCKED)))

    warned = [(row, mail) for row, mail in await installation.mails() if row.kind.value == "warning"]

    assert sorted(row.to for row, _ in warned) == [ANN, BOB, OPERATOR]
    assert {str(mail["Subject"]) for _, mail in warned} == {
        "Warning: lab.example refused 10 messages from account acme"
    }
    assert all("| 550 5.7.1 blocked" in text(mail) for _, mail in warned)


@pytest.mark.parametrize("letters", [1, DAILY_USES])
async def test_the_holder_of_the_path_of_one_mail_makes_no_warning_of_it(installation: Installation, letters: int):
    """One subscriber at a large provider could have all mail to it stopped: by one letter that repeats itself, or by ten."""
    blocks = block("mallory@gmail.com", BLOCKED) * (10 // letters)
    spelled = block("Mallory@GMAIL.com", BLOCKED)
    await installation.hear(path("mallory@gmail.com"), *[report(blocks + spelled)] * letters)

    assert {row.kind.value for row in await installation.rows()} == {"notice"}
    assert set(count_by_recipient(await installation.mails_of(DAY))) <= {("notice", ANN), ("digest", ANN)}


async def test_one_letter_that_proves_fifty_blocking_providers_tells_them_all_in_one_mail_to_each(
    installation: Installation,
):
    """The daily report of the account's own server, about a mailing to several."""
    await installation.prefer({}, ANN, BOB, servers=(SERVER,))
    to = tuple(f"u{n}@lab{domain}.example" for domain in range(50) for n in range(10))
    await installation.store.count(scope.OPERATOR, [Sent("acme", NOON, to, subject="Sale", reference="sale")])
    blocks = "".join(block(address, BLOCKED) for address in to)
    await installation.hear(path(None, reference="sale"), report(blocks, "Subject: Sale\r\n"), peer=SERVER)

    assert Counter((row.kind.value, row.to) for row in await installation.rows()) == {
        ("notice", ANN): 1,
        ("notice", BOB): 1,
        ("warning", ANN): 1,
        ("warning", BOB): 1,
        ("warning", OPERATOR): 1,
    }
    warned = {row.to: mail for row, mail in await installation.mails() if row.kind.value == "warning"}
    assert set(warned) == {ANN, BOB, OPERATOR}
    assert str(warned[OPERATOR]["Subject"]) == "Warning: 50 providers refused messages from account acme"
    for mail in warned.values():
        assert all(f"lab{n}.example refused 10 messages from account acme" in text(mail) for n in range(50))


async def proven_blocks(installation: Installation, providers: int, account: str = "acme") -> None:
    """Ten subscribers at each of many providers report blocks of mail to them."""
    for domain in range(providers):
        for n in range(10):
            address = f"u{n}@lab{domain}.example"
            await installation.hear(path(address, account), report(block(address, BLOCKED)))


async def test_beyond_their_bound_warnings_come_together(installation: Installation):
    await proven_blocks(installation, 8)

    at_once = [(row, mail) for row, mail in await installation.mails() if row.kind.value.startswith("warning")]
    later = [(row, mail) for row, mail in await installation.mails_of(HOUR) if row.kind.value.startswith("warning")]

    assert count_by_recipient(at_once) == {("warning", ANN): Preferences().most, ("warning", OPERATOR): OPERATORS.most}
    assert count_by_recipient(later) == {("warnings", ANN): 1, ("warnings", OPERATOR): 1}
    assert {str(mail["Subject"]) for row, mail in later if row.to == ANN} == {
        "Warning: 6 providers refused messages from account acme"
    }


async def test_warnings_and_proven_reports_take_no_room_from_one_another(installation: Installation):
    """Each kind has a bucket of its own: of many that come together, some of both leave at once."""
    await proven_blocks(installation, 3)
    together = count_by_recipient(await installation.mails())
    await proven_blocks(installation, 6)
    behind = count_by_recipient(await installation.mails())
    installation.now += HOUR
    await installation.hear(path("jane@example.org"), report(block("jane@example.org")))
    after_an_hour = count_by_recipient(await installation.mails())

    assert (together["notice", ANN], together["warning", ANN]) == (Preferences().most, Preferences().most)
    assert (behind["notice", ANN], behind["warning", ANN]) == (0, 0)
    assert after_an_hour["digest", ANN] == after_an_hour["warnings", ANN] == 1


async def test_a_digest_and_its_table_tell_times_by_the_readers_clock(installation: Installation):
    await installation.prefer({"": {"zone": "Asia/Tokyo"}})
    await installation.hear(path("jane@example.org"), *[report(block("jane@example.org"))] * (Preferences().most + 2))

    ((_, mail),) = [(row, mail) for row, mail in await installation.mails_of(2 * DAY) if row.kind.value == "digest"]

    assert set(re.findall(r"[0-9]{2}:[0-9]{2} ([A-Z]+)", text(mail))) == {"JST"}
    assert set(re.findall(r"T[0-9:]{8}([+-][0-9:]+)", table(mail))) == {"+09:00"}


async def test_warnings_keep_to_the_wishes_of_each_owner(installation: Installation):
    wishes = {"": {"quiet": "11:00-14:00"}, BOB: {"block": "off"}}
    await installation.prefer(wishes, ANN, BOB)
    await proven_blocks(installation, 1)

    assert count_by_recipient(await installation.mails()) == {("warning", OPERATOR): 1}
    in_quiet_hours = count_by_recipient(await installation.mails_of(2 * HOUR - dt.timedelta(minutes=20)))
    assert {to for _, to in in_quiet_hours} <= {OPERATOR}
    awake = count_by_recipient(await installation.mails_of(HOUR))
    assert awake["warning", ANN] == 1
    assert not [to for _, to in awake if to == BOB]


async def test_the_operator_of_many_accounts_is_warned_within_one_bound(installation: Installation):
    for name in ("globex", "initech", "umbrella"):
        await installation.store.add_account(scope.OPERATOR, Account(name, (f"owner@{name}.example",)), now=NOON)
        await proven_blocks(installation, 2, name)
    await installation.restart()
    await proven_blocks(installation, 2)

    at_once = count_by_recipient(await installation.mails())
    later = [(row, mail) for row, mail in await installation.mails_of(HOUR) if row.to == OPERATOR]

    assert at_once["warning", OPERATOR] == OPERATORS.most
    assert [at_once["warning", f"owner@{name}.example"] for name in ("globex", "initech", "umbrella")] == [2, 2, 2]
    ((_, mail),) = later
    assert str(mail["Subject"]) == "Warning: 2 providers refused messages from several accounts"
    assert text(mail).count("refused 10 messages from account") == 5


@pytest.mark.parametrize("local", ["postmaster", "abuse"])
async def test_mail_to_the_operator_is_passed_on_within_bounds(installation: Installation, local: str):
    """150 letters made 150 mails with our From, each as large as SMTP takes."""
    letters = [b"From: x@evil.example\r\nSubject: number %d\r\n\r\nhi\r\n" % n for n in range(150)]
    await installation.hear(f"{local}@{DOMAIN}", *letters)

    assert count_by_recipient(await installation.mails()) == {("operator", OPERATOR): OPERATORS.most}
    await installation.restart()
    ((row, listed),) = await installation.mails_of(HOUR)
    assert row.kind.value == "listed"
    assert str(listed["Subject"]) == "147 messages to postmaster or abuse"
    assert f"Mail to {local}@{DOMAIN}: number 3 From <x@evil.example> Client {STRANGER}" in text(listed)
    assert "... and 97 more" in text(listed)
    assert len(listed.as_bytes()) < 30_000


async def test_a_day_of_floods_makes_few_mails_to_the_operator(installation: Installation):
    for _ in range(24):
        await installation.hear(f"postmaster@{DOMAIN}", *[b"Subject: x\r\n\r\nhi\r\n"] * 20)
        await installation.hear(f"abuse@{DOMAIN}", *[b"Subject: x\r\n\r\nhi\r\n"] * 20)
        await installation.mails_of(HOUR - dt.timedelta(minutes=10))

    assert len(installation.left) <= OPERATORS.most + 24 * (OPERATORS.most - 1)


async def test_a_large_mail_to_the_operator_is_only_named(installation: Installation):
    await installation.hear(f"abuse@{DOMAIN}", b"Subject: large\r\n\r\n" + b"line\r\n" * MAX_PASSED_ON)

    ((row, mail),) = await installation.mails()

    assert row.kind.value == "operator"
    assert list(mail.iter_attachments()) == []
    assert "is too large to be passed on" in text(mail)


async def test_forged_reports_take_no_room_from_a_proven_one(installation: Installation):
    """100 forged ones made the proven one wait 48 minutes."""
    forged = [report(block(f"x{n}@example.org")) for n in range(97)]
    await installation.hear(ALIAS, *forged, *[report(block("jane@example.org"))] * 3)
    assert count_by_recipient(await installation.mails()) == {("notice", ANN): Preferences().most}

    await installation.hear(path("jane@example.org"), report(block("jane@example.org")))

    ((row, mail),) = await installation.mails()
    assert row.kind.value == "notice"
    assert str(mail["Subject"]).startswith("Not delivered: jane@example.org")


async def test_forged_and_proven_ones_that_are_read_together_draw_from_their_own_buckets(installation: Installation):
    await installation.prefer({}, ANN, BOB)
    for n in range(2):
        await installation.hear(ALIAS, *[report(block(f"x{n}.{m}@example.org")) for m in range(40)])
        await installation.hear(path(f"jane{n}@example.org"), report(block(f"jane{n}@example.org")))

    at_once = [(row, mail) for row, mail in await installation.mails() if "jane" in str(mail["Subject"])]

    assert count_by_recipient(at_once) == {("notice", ANN): 2, ("notice", BOB): 2}


async def test_forged_reports_are_bounded_over_a_day_a_restart_and_even_without_a_wish_for_bounds(
    installation: Installation,
):
    await installation.prefer({BOB: {"most": "0"}}, ANN, BOB)
    for hour in range(6):
        await installation.hear(ALIAS, *[report(block(f"x{hour}.{n}@example.org")) for n in range(60)])
        await installation.mails_of(HOUR - dt.timedelta(minutes=10))
        await installation.restart()

    count = Counter(row.to for row, _ in installation.left)
    assert count[ANN] <= 2 + 6
    assert count[BOB] <= MAX_FROM_STRANGERS + 6 * (MAX_FROM_STRANGERS - 1)


async def test_no_report_of_a_real_recipient_is_told_to_nobody(installation: Installation):
    """A mail to twelve by one path: the eleventh and the twelfth report of a day were."""
    to = [f"r{n}@example.org" for n in range(12)]
    await installation.hear(path(None), *[report(block(address), f"To: {', '.join(to)}\r\n") for address in to])
    mails = [mail for _, mail in await installation.mails_of(2 * DAY)]

    all_text = " ".join(str(mail["Subject"]) + text(mail) + table(mail) for mail in mails)
    assert [address for address in to if address not in all_text] == []
    assert {row.state.value for row in await installation.rows()} <= {"sent", "bundled"}


async def test_reports_by_an_overused_path_wait_for_the_morning_however_many_come(installation: Installation):
    raw = report(block("mallory@evil.example"))
    await installation.hear(path("mallory@evil.example"), *[raw] * (DAILY_USES + 30))
    by_evening = await installation.mails_of(9 * HOUR)
    in_the_morning = await installation.mails_of(12 * HOUR)

    assert len(by_evening) == Preferences().most
    ((row, mail),) = in_the_morning
    assert row.kind.value == "digest"
    assert "38 bounces" in str(mail["Subject"])
    assert "30 of these reports are not proven" in text(mail)


async def test_beyond_its_bound_a_path_costs_one_mail_in_the_morning_whomever_its_letters_name(
    installation: Installation,
):
    """Each names another address, so that no bound of an address helps; and none is told to nobody."""
    hidden = sign(
        "acme", "mallory@evil.example", domain=DOMAIN, key=KEY, today=TODAY, days=30, hashed=True, reference="sale"
    )
    ladies = [f"lady{n}@example.org" for n in range(DAILY_USES + 30)]
    await installation.hear(hidden, *[report(block(address)) for address in ladies])

    by_evening = [mail for _, mail in await installation.mails_of(9 * HOUR)]
    in_the_morning = [(row.kind.value, mail) for row, mail in await installation.mails_of(12 * HOUR)]

    words = " ".join(str(mail["Subject"]) + text(mail) + table(mail) for mail in by_evening)
    assert [address for address in ladies if address in words] == ladies[:DAILY_USES]
    ((kind, digest),) = in_the_morning
    assert kind == "digest"
    assert [address for address in ladies if address in table(digest)] == ladies[DAILY_USES:]


async def test_a_recipient_that_uses_up_a_path_for_several_does_not_stop_the_accounts_own_server(
    installation: Installation,
):
    """Each of the recipients has the path, and twenty letters a day by it are believed."""
    several = ("mallory@evil.example", "lady@example.org")
    await installation.prefer({}, servers=(SERVER,))
    await installation.store.count(scope.OPERATOR, [Sent("acme", NOON, several, subject="Sale", reference="sale")])
    shared = path(None, reference="sale")
    await installation.hear(shared, *[report(block(several[0]))] * (2 * DAILY_USES + 1))
    await installation.hear(shared, report(block(several[1])), peer=SERVER)
    suppressed = await installation.store.suppressions_of(scope.OPERATOR, "acme", several, now=NOON)

    assert set(suppressed) == {several[1]}


async def test_letters_of_the_accounts_own_server_are_bounded_too(installation: Installation):
    several = ("mallory@evil.example", "lady@example.org")
    await installation.prefer({}, servers=(SERVER,))
    await installation.store.count(scope.OPERATOR, [Sent("acme", NOON, several, subject="Sale", reference="sale")])
    shared = path(None, reference="sale")
    delayed = report(block(several[0])).replace(b"Action: failed", b"Action: delayed")
    await installation.hear(shared, *[delayed] * (2 * DAILY_USES), report(block(several[1])), peer=SERVER)

    assert await installation.store.suppressions_of(scope.OPERATOR, "acme", several, now=NOON) == {}


@pytest.mark.parametrize(
    ("count", "kind", "words"),
    [(1, "unread", "no program could read it"), (100, "unread-digest", "no program could read them")],
)
async def test_unread_letters_are_told_in_the_morning(installation: Installation, count: int, kind: str, words: str):
    """Sorry in words that nobody here knows may be the report of a real recipient."""
    sorry = b"From: MAILER-DAEMON@example.org\r\nSubject: Undelivered Mail Returned to Sender\r\n\r\nTyv\xe4rr.\r\n"
    await installation.hear(ALIAS, *[sorry] * count)

    assert await installation.mails_of(9 * HOUR) == []
    ((row, mail),) = await installation.mails_of(12 * HOUR)
    assert row.kind.value == kind
    assert words in text(mail)


async def test_a_letter_that_a_fault_of_ours_shunts_is_told_in_the_morning(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bouncer.policy.route.route", lambda *_: 1 / 0)
    await installation.hear(path("jane@example.org"), report(block("jane@example.org")))

    assert await installation.mails() == []
    ((row, _),) = await installation.mails_of(DAY)
    assert row.to == ANN


async def test_one_letter_makes_few_rows_whatever_it_names(installation: Installation):
    await installation.prefer({}, ANN, BOB, suppress_on="plausible")
    recipients = "".join(block(f"u{n}@lab{n % 50}.example", BLOCKED) for n in range(500))
    for address in (ALIAS, path("mallory@evil.example"), f"postmaster@{DOMAIN}"):
        await installation.hear(address, report(recipients, "From: x@acme.example\r\n"))

    per_letter = Counter(row.letter_id for row in await installation.rows())
    assert sorted(per_letter.values()) == [1, 2, 2]


def table(mail: EmailMessage) -> str:
    return " ".join(str(part.get_content()) for part in mail.iter_attachments() if part.get_filename() == "bounces.csv")


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    with Ours(tmp_path) as daemon:
        daemon.command("account", "add", "acme", "--owner", ANN)
        yield daemon


def settled(ours: Ours) -> Counter[tuple[str, str]]:
    """Say what left, and what is held, when nothing is left to read."""
    ours.until(lambda: not ours.rows("letters", "--state", "kept"))
    ours.until(lambda: not ours.rows("queue", "--state", "waiting", "--limit", "500"))
    return Counter((row["kind"], row["state"]) for row in ours.rows("queue", "--limit", "500"))


def send(ours: Ours, to: str, *raws: bytes) -> None:
    for raw in raws:
        with smtplib.SMTP("127.0.0.1", ours.port, timeout=30) as client:
            client.sendmail("", [to], raw)


def test_the_daemon_warns_nobody_of_forged_blocks(ours: Ours):
    send(ours, ALIAS, *forged_blocks(20))

    assert settled(ours) == {("notice", "sent"): 2, ("notice", "held"): 18}


def test_the_daemon_passes_on_three_of_a_hundred_and_fifty_mails_to_postmaster(ours: Ours):
    send(ours, f"postmaster@{DOMAIN}", *[b"Subject: x\r\n\r\nhi\r\n"] * 150)

    assert settled(ours) == {("operator", "sent"): 3, ("operator", "held"): 147}
    listed = ours.rows("letters", "--operator", "--limit", "200")
    assert (len(listed), {row["return_path"] for row in listed}) == (150, {f"postmaster@{DOMAIN}"})
    ours.command("letters", "--raw", listed[0]["letter_id"])


def test_the_daemon_tells_a_proven_bounce_at_once_among_a_hundred_forged_ones(ours: Ours):
    key = Key((ours.folder / "2026.key").read_bytes().strip())
    jane = sign("acme", "jane@example.org", domain=DOMAIN, key=key, today=int(time.time()) // 86_400, days=30)
    send(ours, ALIAS, *[report(block(f"x{n}@example.org")) for n in range(100)])
    send(ours, jane, report(block("jane@example.org")))

    assert settled(ours) == {("notice", "sent"): 3, ("notice", "held"): 98}
    assert [str(mail["X-Bounce-Recipient"]) for mail in ours.notices()].count("jane@example.org") == 1
