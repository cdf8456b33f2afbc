"""Postmark's bounces over a real socket, as its clients ask for them."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from contract.factories import ALL, DAY, MINUTE, NOON, bounce, letter, record, suppression
from wire.http_client import Asker, HttpAnswer, asking

from bouncer.mail.short_id import MAX_SHORT_ID, short_id
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.records import Belief, Believed, Bounce, ChangeSource, CountedOutcome
from bouncer.ports.accounts import Account
from bouncer.ports.letters import BounceFilter, Page
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.verdict.verdict import Reason
from bouncer.web.postmark.form import POSTMARK_FORM

JANE = "jane@example.org"
ACME = AccountScope("acme")


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    async with asking(tmp_path) as asker:
        yield asker


async def ask(asker: Asker, method: str, target: str, *, key: str | None = "acme write") -> HttpAnswer:
    return await asker.ask(method, target, key=key, form=POSTMARK_FORM)


async def list_addresses(asker: Asker, query: str = "") -> list[str]:
    """The addresses of a page of bounces."""
    answer = await ask(asker, "GET", f"/bounces?{query}", key="acme read")
    assert answer.status == 200, answer
    return [row["Email"] for row in answer.json["Bounces"]]


async def recorded(asker: Asker, *bounces: Bounce, days: int = 0, raw: bytes = b"x", **facts: object) -> int:
    """Record a letter of acme's; gives its id."""
    (letter_id,) = await asker.store.keep([letter(raw)])
    await asker.store.record([record(letter_id, *bounces, entries=(), **facts)], now=NOON + days * DAY)
    return letter_id


async def complained(asker: Asker, address: str) -> None:
    arrived = dataclasses.replace(bounce(address).recipient, action=Action.DELIVERED)
    outcome = dataclasses.replace(bounce(address), recipient=arrived, verdict=None)
    await recorded(asker, outcome, kind=Kind.COMPLAINT)


async def test_a_bounce_has_every_member_of_postmarks(asker: Asker):
    row = (await ask(asker, "GET", "/bounces")).json["Bounces"][0]

    number = int(asker.ids["bounce_id"])
    assert row == {
        "RecordType": "Bounce",
        "ID": number,
        "Type": "HardBounce",
        "TypeCode": 1,
        "Name": "Hard bounce",
        "Tag": "",
        "MessageID": "m1@acme.example",
        "ServerID": 0,
        "MessageStream": "outbound",
        "Description": "The address does not exist, is closed, or its domain takes no mail.",
        "Details": "550 no such user",
        "Email": JANE,
        "From": "shop@acme.example",
        "BouncedAt": NOON.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "Your order",
        "Metadata": {},
    }
    assert number <= MAX_SHORT_ID
    whole = (await ask(asker, "GET", f"/bounces/{number}")).json
    assert whole == {**row, "Content": "Subject: failure\r\n\r\nno such user\r\n"}


async def test_each_failure_has_its_type_and_is_found_by_it(asker: Asker):
    types = {
        Reason.ADDRESS_ERROR: "BadEmailAddress",
        Reason.CLOSED_ACCOUNT: "HardBounce",
        Reason.MAILBOX_FULL: "Transient",
        Reason.SERVER_BUSY: "Transient",
        Reason.RATE_LIMITED: "Transient",
        Reason.SPAM_CONTENT: "SpamNotification",
        Reason.VIRUS: "VirusNotification",
        Reason.AUTHENTICATION_FAILED: "DMARCPolicy",
        Reason.BAD_REPUTATION: "Blocked",
        Reason.UNKNOWN: "Transient",
    }
    for reason in types:
        await recorded(asker, bounce(f"{reason.value}@example.org", reason))
    await complained(asker, "angry@example.org")
    by_address = {f"{reason.value}@example.org": word for reason, word in types.items()}
    by_address |= {JANE: "HardBounce", "angry@example.org": "SpamComplaint"}

    rows = (await ask(asker, "GET", "/bounces")).json
    assert {row["Email"]: row["Type"] for row in rows["Bounces"]} == by_address
    assert rows["TotalCount"] == len(by_address)
    for word in {*by_address.values(), "AutoResponder"}:
        expected = sorted(address for address, of_address in by_address.items() if of_address == word)
        assert sorted(await list_addresses(asker, f"type={word.upper()}")) == expected


async def test_a_report_that_is_no_proven_failure_is_no_bounce_there(asker: Asker):
    for belief in (Belief.PLAUSIBLE, Belief.UNPROVEN, Belief.CONTRADICTED):
        await recorded(asker, dataclasses.replace(bounce(f"{belief}@example.org"), believed=Believed(belief, "x")))
    late = dataclasses.replace(bounce("late@example.org").recipient, action=Action.DELAYED)
    await recorded(asker, dataclasses.replace(bounce("late@example.org"), recipient=late, verdict=None))
    arrived = dataclasses.replace(bounce("ok@example.org").recipient, action=Action.DELIVERED)
    await recorded(asker, dataclasses.replace(bounce("ok@example.org"), recipient=arrived, verdict=None))

    assert await list_addresses(asker) == [JANE]


async def test_bounces_are_narrowed_by_each_parameter(asker: Asker):
    changed = dataclasses.replace(bounce("joe@example.net"), campaign="march", stream="news")
    await recorded(asker, changed, days=2)
    day = (NOON + 2 * DAY).strftime("%Y-%m-%d")
    asker.now = NOON + 3 * DAY

    assert await list_addresses(asker, "emailFilter=JOE@example.net") == ["joe@example.net"]
    assert await list_addresses(asker, "tag=march&Count=5") == ["joe@example.net"]
    assert await list_addresses(asker, "messagestream=news") == ["joe@example.net"]
    assert await list_addresses(asker, "messageStream=Outbound") == [JANE]
    assert await list_addresses(asker, f"fromdate={day}") == ["joe@example.net"]
    assert await list_addresses(asker, f"toDate={day}") == ["joe@example.net", JANE]
    assert await list_addresses(asker, f"todate={(NOON + DAY).strftime('%Y-%m-%d')}") == [JANE]
    assert await list_addresses(asker, f"fromdate={NOON.strftime('%Y-%m-%dT%H:%M:%SZ')}&todate={NOON:%Y-%m-%d}") == [
        JANE
    ]
    assert await list_addresses(asker, "messageID=m1@acme.example") == ["joe@example.net", JANE]
    assert await list_addresses(asker, "messageID=other") == []
    assert await list_addresses(asker, "inactive=True") == [JANE]
    assert await list_addresses(asker, "inactive=false") == ["joe@example.net"]


@pytest.mark.parametrize("query", ["count=0", "count=501", "offset=-1", "type=Nothing", "inactive=x", "fromdate=soon"])
async def test_a_bad_parameter_is_refused_in_postmarks_form(asker: Asker, query: str):
    answer = await ask(asker, "GET", f"/bounces?{query}")

    assert (answer.status, answer.json["ErrorCode"]) == (422, 300)


async def test_pages_after_an_offset_miss_nothing_though_bounces_come_meanwhile(asker: Asker):
    for number in range(7):
        await recorded(asker, bounce(f"u{number}@example.org"))
    first = (await ask(asker, "GET", "/bounces?count=3&offset=0")).json
    await recorded(asker, bounce("new@example.org"))
    second = (await ask(asker, "GET", "/bounces?count=3&offset=3")).json
    last = (await ask(asker, "GET", "/bounces?count=3&offset=6")).json

    pages = [[row["Email"].partition("@")[0] for row in page["Bounces"]] for page in (first, second, last)]
    assert pages == [["u6", "u5", "u4"], ["u3", "u2", "u1"], ["u0", "jane"]]
    assert [page["TotalCount"] for page in (first, second, last)] == [8, 8, 8]
    assert await list_addresses(asker, "count=2&offset=7") == [
        "u0@example.org",
        JANE,
    ]  # an offset that no page ended at is counted
    assert await list_addresses(asker, "offset=9") == []


async def test_inactive_is_what_stops_mail_of_the_bounces_stream_now(asker: Asker):
    of_news = dataclasses.replace(bounce("joe@example.net"), stream="news")
    await recorded(asker, of_news)
    await recorded(asker, bounce("j.oe@gmail.com"))
    await asker.store.suppress(OPERATOR, suppression("joe@example.net", stream="receipts"))
    await asker.store.suppress(OPERATOR, suppression("joe@gmail.com"))
    assert await list_addresses(asker, "inactive=true") == [JANE]

    await asker.store.suppress(OPERATOR, suppression("joe@example.net", NOON + MINUTE, stream="news"))
    await asker.store.set_account(OPERATOR, _folding())
    assert await list_addresses(asker, "inactive=true") == ["j.oe@gmail.com", "joe@example.net", JANE]
    asker.now = NOON + 2 * MINUTE
    assert await list_addresses(asker, "inactive=true") == ["j.oe@gmail.com", JANE]
    rows = (await ask(asker, "GET", "/bounces")).json["Bounces"]
    assert [row["Inactive"] for row in rows] == [True, False, True]


def _folding() -> Account:
    account = Account("acme", ())
    return dataclasses.replace(account, terms=dataclasses.replace(account.terms, fold_gmail=True))


async def test_activating_frees_the_address_and_says_so_in_the_trail(asker: Asker):
    answer = await ask(asker, "PUT", f"/Bounces/{asker.ids['bounce_id']}/Activate")

    assert (answer.status, answer.json["Message"]) == (200, "OK")
    assert answer.json["Bounce"]["Inactive"] is answer.json["Bounce"]["CanActivate"] is False
    assert not await asker.store.suppressions_of(ACME, "acme", [JANE], now=NOON)
    (entry, *_) = await asker.store.trail(ACME, address=JANE, page=ALL)
    assert (entry.change, entry.source) == ("freed", ChangeSource.KEY)
    again = await ask(asker, "PUT", f"/bounces/{asker.ids['bounce_id']}/activate")
    assert again.json == answer.json


@pytest.mark.parametrize("reason", ["unsubscribe", "complaint", "asked by phone"])
async def test_activating_frees_nobody_from_a_wish(asker: Asker, reason: str):
    await asker.store.suppress(OPERATOR, suppression(reason=reason))
    path = f"/bounces/{asker.ids['bounce_id']}"

    answer = await ask(asker, "PUT", f"{path}/activate")

    assert (answer.status, answer.json["ErrorCode"]) == (422, 300)
    row = (await ask(asker, "GET", path)).json
    assert (row["Inactive"], row["CanActivate"]) == (True, False)
    assert await asker.store.suppressions_of(ACME, "acme", [JANE], now=NOON)


async def test_the_dump_is_the_letter_and_empty_when_it_is_gone(asker: Asker):
    await recorded(asker, bounce("joe@example.net"), raw=b"Subject: \xff\xc3\xa9\x00\r\n\r\n")
    number = (await ask(asker, "GET", "/bounces?emailfilter=joe@example.net")).json["Bounces"][0]["ID"]
    assert (await ask(asker, "GET", f"/bounces/{number}/dump")).json == {"Body": "Subject: \ufffd\u00e9\x00\r\n\r\n"}

    later = NOON + 1000 * DAY  # letters have the time of their id
    async for _ in asker.store.retire(letters_before=later, records_before=NOON - DAY, count=9):
        pass
    asker.now = later
    assert (await ask(asker, "GET", f"/bounces/{number}/dump")).json == {"Body": ""}
    row = (await ask(asker, "GET", f"/bounces/{number}")).json
    assert (row["DumpAvailable"], row["Content"]) == (False, "")


@pytest.mark.parametrize("number", ["1", "0", str(MAX_SHORT_ID)])
async def test_an_unknown_id_is_404(asker: Asker, number: str):
    for method, path in (("GET", ""), ("GET", "/dump"), ("PUT", "/activate")):
        answer = await ask(asker, method, f"/bounces/{number}{path}")
        assert (answer.status, answer.json["ErrorCode"]) == (404, 404)


@pytest.mark.parametrize("number", ["x", "-1", "1.5", str(MAX_SHORT_ID + 1), "%D9%A1", "9" * 40])
async def test_a_text_that_is_no_id_is_refused(asker: Asker, number: str):
    answer = await ask(asker, "GET", f"/bounces/{number}")

    assert answer.status in (404, 422)


async def test_another_accounts_bounce_is_unknown(asker: Asker):
    for method, path in (("GET", ""), ("GET", "/dump"), ("PUT", "/activate")):
        answer = await ask(asker, method, f"/bounces/{asker.ids['bounce_id']}{path}", key="zoo write")
        assert answer.status == 404
    assert (await ask(asker, "GET", "/bounces", key="zoo read")).json == {"TotalCount": 0, "Bounces": []}
    assert (await ask(asker, "GET", "/bounces", key="operator read")).status == 422
    assert await asker.store.suppressions_of(ACME, "acme", [JANE], now=NOON)


async def test_the_statistics_count_by_type(asker: Asker):
    counted = [("mailbox-full", "march"), ("invalid-recipient", "march"), ("complaint", "may"), ("unproven", "x")]
    tallies = tuple(CountedOutcome("acme", NOON, "example.org", kind, campaign) for kind, campaign in counted)
    await recorded(asker, counts=tallies)

    answer = (await ask(asker, "GET", "/deliveryStats")).json

    assert answer == {
        "InactiveMails": 1,
        "Bounces": [
            {"Name": "All", "Count": 3},
            {"Name": "Hard bounce", "Count": 1, "Type": "HardBounce"},
            {"Name": "Message not delivered for now", "Count": 1, "Type": "Transient"},
            {"Name": "Spam complaint", "Count": 1, "Type": "SpamComplaint"},
        ],
    }
    assert (await ask(asker, "GET", "/bounces/tags")).json == ["march"]
    assert (await ask(asker, "GET", "/deliverystats", key="zoo read")).json["Bounces"] == [{"Name": "All", "Count": 0}]


async def test_ids_are_stable_and_differ_within_a_report_about_many(asker: Asker):
    await recorded(asker, *(bounce(f"u{number}@example.org") for number in range(300)))
    rows = (await ask(asker, "GET", "/bounces?count=500")).json["Bounces"]

    assert len({row["ID"] for row in rows}) == 301
    of_store = await asker.store.bounces(ACME, BounceFilter(), Page(500))
    assert [row["ID"] for row in rows] == [short_id(row.id) for row in of_store]
    for row in (rows[0], rows[150], rows[299]):
        assert (await ask(asker, "GET", f"/bounces/{row['ID']}")).json["Email"] == row["Email"]
