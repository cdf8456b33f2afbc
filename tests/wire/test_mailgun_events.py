"""Mailgun's events over a real socket, as its clients ask for them."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from contract.factories import DAY, MINUTE, NOON, bounce, letter, record
from wire.http_client import Asker, HttpAnswer, asking

from bouncer.ndr.reading import Action, Kind
from bouncer.policy.records import Belief, Believed, Bounce
from bouncer.verdict.verdict import Reason
from bouncer.web.mailgun.form import MAILGUN_FORM

JANE = "jane@example.org"
ASCENDING = f"ascending=yes&begin={int((NOON - DAY).timestamp())}"


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    async with asking(tmp_path) as asker:
        asker.now = NOON + DAY
        yield asker


async def ask(asker: Asker, target: str, *, key: str = "acme read") -> HttpAnswer:
    return await asker.ask("GET", target, key=key, form=MAILGUN_FORM)


async def list_recipients(asker: Asker, query: str = "") -> list[str]:
    answer = await ask(asker, f"/v3/acme/events?{query}")
    assert answer.status == 200, answer
    return [item["recipient"].partition("@")[0] for item in answer.json["items"]]


async def follow(asker: Asker, answer: HttpAnswer, way: str) -> HttpAnswer:
    url = urlsplit(answer.json["paging"][way])
    assert (url.scheme, url.query) == ("http", "")
    return await ask(asker, url.path)


async def recorded(asker: Asker, *bounces: Bounce, minutes: int = 0, **facts: object) -> None:
    (letter_id,) = await asker.store.keep([letter()])
    await asker.store.record([record(letter_id, *bounces, entries=(), **facts)], now=NOON + minutes * MINUTE)


def with_action(address: str, action: Action) -> Bounce:
    changed = dataclasses.replace(bounce(address).recipient, action=action)
    return dataclasses.replace(bounce(address), recipient=changed, verdict=None)


async def one_of_each(asker: Asker) -> None:
    await recorded(asker, bounce("full@x.example", Reason.MAILBOX_FULL), minutes=1)
    await recorded(asker, bounce("spam@x.example", Reason.SPAM_CONTENT), minutes=2)
    await recorded(asker, with_action("late@x.example", Action.DELAYED), minutes=3)
    await recorded(asker, with_action("ok@x.example", Action.DELIVERED), minutes=4)
    await recorded(asker, with_action("angry@x.example", Action.DELIVERED), minutes=5, kind=Kind.COMPLAINT)
    await recorded(asker, with_action("off@x.example", Action.DELIVERED), minutes=6, kind=Kind.UNSUBSCRIBE)


async def test_an_event_is_that_of_the_webhooks(asker: Asker):
    (event,) = (await ask(asker, "/v3/acme/events")).json["items"]

    assert (event["event"], event["severity"], event["reason"]) == ("failed", "permanent", "bounce")
    assert (event["recipient"], event["recipient-domain"], event["log-level"]) == (JANE, "example.org", "error")
    assert event["timestamp"] == NOON.timestamp()
    assert event["message"]["headers"]["message-id"] == "m1@acme.example"
    assert (event["delivery-status"]["code"], event["delivery-status"]["message"]) == (550, "550 no such user")
    assert event["id"]
    assert event["user-variables"] == {}


async def test_events_are_chosen_by_name_and_severity(asker: Asker):
    await one_of_each(asker)

    assert await list_recipients(asker) == ["off", "angry", "ok", "late", "spam", "full", "jane"]
    assert await list_recipients(asker, "event=failed") == ["late", "spam", "full", "jane"]
    assert await list_recipients(asker, "event=failed&severity=permanent") == ["jane"]
    assert await list_recipients(asker, "severity=temporary") == ["late", "spam", "full"]
    assert await list_recipients(asker, "event=failed&severity=permanent%20or%20temporary") == [
        "late",
        "spam",
        "full",
        "jane",
    ]
    ghosts = quote("delivered OR opened OR failed OR unsubscribed OR complained")
    assert await list_recipients(asker, f"event={ghosts}") == ["off", "angry", "ok", "late", "spam", "full", "jane"]
    assert await list_recipients(asker, "event=complained") == ["angry"]
    assert await list_recipients(asker, "event=opened") == []
    assert await list_recipients(asker, "event=NOT%20failed") == ["off", "angry", "ok"]
    assert await list_recipients(asker, "event=NOT%20failed%20AND%20NOT%20delivered") == ["off", "angry"]
    assert await list_recipients(asker, "event=failed%20OR%20delivered%20AND%20NOT%20failed") == ["ok"]
    assert await list_recipients(asker, "event=failed%20AND%20NOT%20failed") == []
    assert await list_recipients(asker, "severity=NOT%20permanent%20AND%20NOT%20temporary") == []
    assert await list_recipients(asker, "event=NOT%20opened&severity=NOT%20temporary") == ["jane"]
    assert await list_recipients(asker, "event=delivered&severity=permanent") == []


async def test_events_are_narrowed_by_each_parameter(asker: Asker):
    await recorded(asker, dataclasses.replace(bounce("joe@example.net"), campaign="march"), minutes=60)
    later = NOON + 30 * MINUTE

    assert await list_recipients(asker, "recipient=JOE@example.net") == ["joe"]
    assert await list_recipients(asker, "tags=march") == ["joe"]
    assert await list_recipients(asker, "tags=ghost-email%20AND%20bulk-email") == ["joe", "jane"]
    assert await list_recipients(asker, "message-id=m1@acme.example") == ["joe", "jane"]
    assert await list_recipients(asker, "message-id=m2@acme.example") == []
    assert await list_recipients(asker, f"begin={later.timestamp()}") == ["joe"]
    assert await list_recipients(asker, f"end={quote(later.strftime('%a, %d %b %Y %H:%M:%S +0000'))}") == ["jane"]
    assert await list_recipients(asker, f"begin={(NOON + DAY).timestamp()}&end={(NOON - DAY).timestamp()}") == [
        "joe",
        "jane",
    ]
    assert await list_recipients(asker, f"begin={(NOON - DAY).timestamp()}&end={(NOON + DAY).timestamp()}") == [
        "jane",
        "joe",
    ]
    assert await list_recipients(asker, "begin=0&pretty=yes") == ["jane", "joe"]


@pytest.mark.parametrize("query", ["limit=0", "limit=301", "begin=soon", "end=-1", "ascending=up", "begin=1e9"])
async def test_a_bad_parameter_is_refused_in_mailguns_form(asker: Asker, query: str):
    answer = await ask(asker, f"/v3/acme/events?{query}")

    assert (answer.status, list(answer.json)) == (400, ["message"])


@pytest.mark.parametrize("query", ["", ASCENDING])
async def test_pages_lead_through_all_events_and_back(asker: Asker, query: str):
    await one_of_each(asker)
    whole = await list_recipients(asker, query)
    page = await ask(asker, f"/v3/acme/events?limit=3&event=failed%20OR%20delivered&{query}")
    expected = [name for name in whole if name not in ("angry", "off")]

    names = list[list[str]]()
    while page.json["items"]:
        names.append([item["recipient"].partition("@")[0] for item in page.json["items"]])
        page = await follow(asker, page, "next")
    assert names == [expected[:3], expected[3:]]
    back = list[list[str]]()
    page = await follow(asker, page, "previous")
    while page.json["items"]:
        back.append([item["recipient"].partition("@")[0] for item in page.json["items"]])
        page = await follow(asker, page, "previous")
    assert [name for part in reversed(back) for name in part] == expected
    last = await follow(asker, page, "last")
    assert [item["recipient"].partition("@")[0] for item in last.json["items"]] == expected[-3:]
    first = await follow(asker, last, "first")
    assert [item["recipient"].partition("@")[0] for item in first.json["items"]] == expected[:3]


async def test_a_program_that_polls_gets_what_is_new_by_the_next_page(asker: Asker):
    page = await ask(asker, f"/v3/acme/events?{ASCENDING}")
    page = await follow(asker, page, "next")
    assert page.json["items"] == []
    await recorded(asker, bounce("new@example.org"), minutes=60)

    page = await follow(asker, page, "next")
    assert [item["recipient"] for item in page.json["items"]] == ["new@example.org"]
    await recorded(asker, bounce("newer@example.org"), minutes=24 * 60)
    page = await follow(asker, page, "next")
    assert page.json["items"] == []  # not yet: another daemon may still record something before it
    asker.now += 2 * MINUTE
    assert [item["recipient"] for item in (await follow(asker, page, "next")).json["items"]] == ["newer@example.org"]


@pytest.mark.parametrize("belief", [Belief.PLAUSIBLE, Belief.UNPROVEN, Belief.CONTRADICTED])
async def test_an_unproven_bounce_is_no_event(asker: Asker, belief: Belief):
    await recorded(asker, dataclasses.replace(bounce("forged@example.org"), believed=Believed(belief, "x")))

    assert await list_recipients(asker) == ["jane"]


async def test_another_accounts_events_are_unknown(asker: Asker):
    page = await ask(asker, "/v3/acme/events")
    token = page.json["paging"]["next"].rpartition("/")[2]

    assert (await ask(asker, "/v3/acme/events", key="zoo read")).status == 404
    assert (await ask(asker, f"/v3/acme/events/{token}", key="zoo read")).status == 404
    assert (await ask(asker, f"/v3/zoo/events/{token}", key="zoo read")).json["items"] == []
    assert (await ask(asker, "/v3/acme/events", key="operator read")).json["items"] == page.json["items"]


@pytest.mark.parametrize("token", ["%FF", "bGltaXQ9MA", "A" * 5000, "d2F5PXVw", "cGxhY2U9eA", "..."])
async def test_a_token_of_no_page_is_404(asker: Asker, token: str):
    assert (await ask(asker, f"/v3/acme/events/{token}")).status == 404
