"""SendGrid's mail settings and statistics under /v3 over a real socket."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from contract.factories import DAY, NOON, letter, record
from wire.http_client import Asker, HttpAnswer, asking

from bouncer.policy.preferences import Frequency, preferences
from bouncer.policy.records import CountedOutcome
from bouncer.ports.scope import OPERATOR
from bouncer.ports.sends import Sent
from bouncer.web.sendgrid.mail_settings_routes import MOST_OWNERS


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    async with asking(tmp_path) as asker:
        yield asker


async def get(asker: Asker, path: str, **options: Any) -> Any:
    answer = await asker.ask("GET", f"/v3/{path}", **options)
    assert answer.status == 200, answer
    return answer.json


async def patch(asker: Asker, name: str, body: str, key: str = "acme admin") -> HttpAnswer:
    return await asker.ask("PATCH", f"/v3/mail_settings/{name}", body, key=key)


async def test_reports_are_forwarded_to_whom_the_setting_names(asker: Asker):
    assert await get(asker, "mail_settings/forward_bounce") == {"enabled": True, "email": None}

    answer = await patch(asker, "forward_bounce", '{"email": "ann@acme.example, bob@acme.example"}')
    assert answer.json == {"enabled": True, "email": "ann@acme.example,bob@acme.example"}
    assert await get(asker, "mail_settings/forward_spam") == answer.json
    assert (await asker.store.directory(OPERATOR)).accounts["acme"].owners == ("ann@acme.example", "bob@acme.example")
    assert (await patch(asker, "forward_bounce", "{}")).json == answer.json


@pytest.mark.parametrize("email", ['""', '" , "', "null"])
async def test_a_switch_without_an_address_leaves_the_owners(email: str, asker: Asker):
    await patch(asker, "forward_bounce", '{"email": "ann@acme.example"}')

    answer = await patch(asker, "forward_spam", f'{{"enabled": false, "email": {email}}}')

    assert answer.json == {"enabled": False, "email": "ann@acme.example"}
    assert (await asker.store.directory(OPERATOR)).accounts["acme"].owners == ("ann@acme.example",)


async def test_a_forwarding_goes_to_so_many_addresses_at_most(asker: Asker):
    addresses = [f"a{number}@acme.example" for number in range(MOST_OWNERS + 1)]
    assert (await patch(asker, "forward_bounce", json.dumps({"email": ",".join(addresses[1:])}))).status == 200

    (error,) = (await patch(asker, "forward_spam", json.dumps({"email": ",".join(addresses)}))).json["errors"]
    assert error["field"] == "email"
    assert (await asker.store.directory(OPERATOR)).accounts["acme"].owners == tuple(addresses[1:])


async def test_reports_and_complaints_are_switched_each_by_itself(asker: Asker):
    assert (await patch(asker, "forward_bounce", '{"enabled": false}')).json["enabled"] is False

    owner_preferences = preferences((await asker.store.directory(OPERATOR)).accounts["acme"].wishes, "ann@acme.example")
    assert (owner_preferences.hard, owner_preferences.soft, owner_preferences.complaint) == (
        Frequency.OFF,
        Frequency.OFF,
        Frequency.AT_ONCE,
    )
    assert (await get(asker, "mail_settings/forward_spam"))["enabled"] is True
    assert (await patch(asker, "forward_spam", '{"enabled": false}')).json["enabled"] is False
    assert (await patch(asker, "forward_bounce", '{"enabled": true}')).json["enabled"] is True
    assert (await get(asker, "mail_settings/forward_spam"))["enabled"] is False


async def test_owners_are_an_administrators_to_change_and_must_be_addresses(asker: Asker):
    assert (await patch(asker, "forward_bounce", '{"enabled": false}', "acme write")).status == 403
    answer = await patch(asker, "forward_spam", '{"email": "ann@acme.example,nobody"}')
    assert (answer.status, answer.json["errors"][0]["field"]) == (400, "email")
    assert (await get(asker, "mail_settings/forward_spam"))["email"] is None


async def test_the_whitelist_is_the_allow_list(asker: Asker):
    body = '{"list": ["jane@example.org", "partner.example"]}'
    answer = await patch(asker, "address_whitelist", body, "acme write")

    assert answer.json == {"enabled": True, "list": ["partner.example", "jane@example.org"]}
    assert await get(asker, "suppression/bounces") == []
    assert (await patch(asker, "address_whitelist", '{"enabled": true}')).json == answer.json
    replaced = await patch(asker, "address_whitelist", '{"enabled": true, "list": ["partner.example"]}')
    assert replaced.json["list"] == ["partner.example"]
    assert (await patch(asker, "address_whitelist", '{"enabled": false}')).status == 400
    assert (await patch(asker, "address_whitelist", '{"list": ["no address@"]}')).status == 400
    assert (await get(asker, "mail_settings/address_whitelist"))["list"] == ["partner.example"]
    assert (await patch(asker, "address_whitelist", '{"list": []}')).json["list"] == []


async def test_the_whitelist_keeps_an_entry_that_is_spelled_otherwise(asker: Asker):
    body = '{"list": ["jane@example.org", "partner.example", "ex\u00e4mple.org"]}'
    entries = (await patch(asker, "address_whitelist", body)).json["list"]

    again = await patch(
        asker, "address_whitelist", '{"list": ["Jane@Example.ORG", "PARTNER.example", "xn--exmple-cua.org"]}'
    )

    assert again.json["list"] == entries
    assert len(entries) == 3


async def test_a_value_that_cannot_be_used_is_named_as_sendgrid_names_it(asker: Asker):
    whitelist = await patch(asker, "address_whitelist", '{"list": ["partner.example", "no domain"]}')
    wishes = await asker.ask("POST", "/v3/asm/suppressions/global", '{"recipient_emails": ["no"]}', key="acme write")

    assert [error["field"] for answer in (whitelist, wishes) for error in answer.json["errors"]] == [
        "list",
        "recipient_emails",
    ]
    assert whitelist.json["errors"][0]["message"] == "'@no domain' is no mail address and no domain"


async def test_the_purge_is_off_and_says_why(asker: Asker):
    off = {"enabled": False, "soft_bounces": None, "hard_bounces": None}

    assert await get(asker, "mail_settings/bounce_purge") == off
    assert (await patch(asker, "bounce_purge", '{"enabled": false}')).json == off
    refused = await patch(asker, "bounce_purge", '{"enabled": true, "soft_bounces": 5, "hard_bounces": null}')
    assert (refused.status, refused.json["errors"][0]["field"]) == (400, "enabled")
    assert "end of its own" in refused.json["errors"][0]["message"]
    for name in ("soft_bounces", "hard_bounces"):
        (error,) = (await patch(asker, "bounce_purge", json.dumps({"enabled": False, name: 0}))).json["errors"]
        assert error["field"] == name


async def test_the_settings_are_listed(asker: Asker):
    names = [row["name"] for row in (await get(asker, "mail_settings"))["result"]]

    assert names == ["address_whitelist", "bounce_purge", "forward_bounce", "forward_spam"]
    (second,) = (await get(asker, "mail_settings?limit=1&offset=1"))["result"]
    assert (second["name"], second["title"], second["enabled"]) == ("bounce_purge", "Bounce Purge", False)


async def fill(asker: Asker) -> None:
    """Two campaigns on two days, and failures of several kinds."""
    sends = [
        Sent(
            "acme", NOON, ("a@gmail.com", "b@gmail.com", "c@example.org"), campaign="march", dropped=("d@example.org",)
        ),
        Sent("acme", NOON + DAY, ("a@outlook.com",), campaign="may"),
        Sent("zoo", NOON, ("z@gmail.com",), campaign="march"),
    ]
    await asker.store.count(OPERATOR, sends)
    (letter_id,) = await asker.store.keep([letter()])
    outcomes = [("gmail.com", "invalid-recipient"), ("gmail.com", "spam-content"), ("example.org", "bad-domain")]
    counts = tuple(CountedOutcome("acme", NOON, domain, kind, "march") for domain, kind in outcomes)
    await asker.store.record([record(letter_id, counts=counts)], now=NOON)


def nonzero(metrics: dict[str, int]) -> dict[str, int]:
    """The metrics that are not 0."""
    return {name: count for name, count in metrics.items() if count}


FIRST = {
    "blocks": 1,
    "bounce_drops": 1,
    "bounces": 1,
    "invalid_emails": 1,
    "processed": 3,
    "requests": 4,
}


async def test_statistics_have_each_day_also_those_without_mail(asker: Asker):
    await fill(asker)
    rows = await get(asker, "stats?start_date=2026-03-01&end_date=2026-03-03")

    assert [row["date"] for row in rows] == ["2026-03-01", "2026-03-02", "2026-03-03"]
    assert [nonzero(row["stats"][0]["metrics"]) for row in rows] == [
        FIRST,
        {"delivered": 1, "processed": 1, "requests": 1},
        {},
    ]
    assert len(rows[0]["stats"][0]["metrics"]) == 16
    assert [
        row["date"] for row in await get(asker, "stats?start_date=2026-03-01&end_date=2026-03-03&limit=1&offset=1")
    ] == ["2026-03-02"]


@pytest.mark.parametrize(("period", "dates"), [("week", ["2026-02-23", "2026-03-02"]), ("month", ["2026-03-01"])])
async def test_statistics_are_summed_by_week_and_month(asker: Asker, period: str, dates: list[str]):
    await fill(asker)
    rows = await get(asker, f"stats?start_date=2026-03-01&end_date=2026-03-03&aggregated_by={period}")

    assert [row["date"] for row in rows] == dates
    assert sum(row["stats"][0]["metrics"]["processed"] for row in rows) == 4


@pytest.mark.parametrize(
    "query",
    [
        "categories=march&categories=may",
        "categories=march,may",
        "categories=march%2Cmay",
        "categories%5B%5D=march&categories[]=may",
    ],
)
async def test_statistics_of_categories_take_repeated_and_joined_names(asker: Asker, query: str):
    await fill(asker)
    (row,) = await get(asker, f"categories/stats?{query}&start_date=2026-03-01&end_date=2026-03-01")

    assert [(stat["type"], stat["name"], stat["metrics"]["processed"]) for stat in row["stats"]] == [
        ("category", "march", 3),
        ("category", "may", 0),
    ]


async def test_categories_are_the_campaigns_in_the_order_of_a_metric(asker: Asker):
    await fill(asker)
    asker.now = NOON + DAY

    assert await get(asker, "categories") == [{"category": "march"}, {"category": "may"}]
    assert await get(asker, "categories?category=may") == [{"category": "may"}]
    sums = await get(
        asker, "categories/stats/sums?start_date=2026-03-01&sort_by_metric=processed&sort_by_direction=asc"
    )
    assert [(row["name"], row["metrics"]["processed"]) for row in sums["stats"]] == [("may", 1), ("march", 3)]
    assert (await get(asker, "categories/stats/sums?start_date=2026-03-01&limit=1"))["stats"][0]["name"] == "may"


async def test_statistics_of_mailbox_providers_have_their_names(asker: Asker):
    await fill(asker)
    (row,) = await get(asker, "mailbox_providers/stats?start_date=2026-03-01&end_date=2026-03-01")

    assert [(stat["name"], stat["metrics"]["processed"], stat["metrics"]["drops"]) for stat in row["stats"]] == [
        ("Gmail", 2, 0),
        ("Other", 1, 1),
    ]
    (only,) = await get(
        asker, "mailbox_providers/stats?start_date=2026-03-02&end_date=2026-03-02&mailbox_providers=Microsoft"
    )
    assert [(stat["name"], stat["metrics"]["processed"]) for stat in only["stats"]] == [("Microsoft", 1)]


CLASSES = "suppression/bounces/classifications"
SPAN = "start_date=2026-03-01&end_date=2026-03-02"


async def test_failures_are_counted_by_classification(asker: Asker):
    await fill(asker)

    assert await get(asker, f"{CLASSES}?{SPAN}") == {
        "result": [
            {
                "date": "2026-03-01",
                "stats": [{"classification": "Invalid Address", "count": 2}, {"classification": "Content", "count": 1}],
            }
        ]
    }


async def test_classifications_need_no_dates(asker: Asker):
    """SendGrid's client asks without them; then they are of the last thirty days."""
    await fill(asker)
    dated = (await get(asker, f"{CLASSES}?{SPAN}"))["result"]

    for query in ("", "?end_date=2026-03-30", "?start_date=2026-03-01"):
        assert (await get(asker, CLASSES + query))["result"] == dated
        (row,) = (await get(asker, f"{CLASSES}/Content{query}"))["result"]
        assert row["date"] == "2026-03-01"
    assert (await get(asker, f"{CLASSES}?end_date=2026-03-31"))["result"] == []


@pytest.mark.parametrize("name", ["Invalid%20Address", "invalid%20address"])
async def test_the_domains_of_a_classification_are_counted(asker: Asker, name: str):
    await fill(asker)
    (row,) = (await get(asker, f"{CLASSES}/{name}?{SPAN}"))["result"]

    assert sorted((stat["domain"], stat["count"]) for stat in row["stats"]) == [("example.org", 1), ("gmail.com", 1)]


@pytest.mark.parametrize("name", ["INVALID%20ADDRESS", "Invalid+Address", "hard"])
async def test_an_unknown_classification_is_not_found(asker: Asker, name: str):
    assert (await asker.ask("GET", f"/v3/{CLASSES}/{name}?{SPAN}")).status == 404


async def test_classifications_come_as_csv_to_a_client_that_asks_for_it(asker: Asker):
    await fill(asker)
    answer = await asker.ask("GET", f"/v3/{CLASSES}?{SPAN}", headers={"accept": "text/csv"})

    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.body.decode().splitlines() == [
        "date,classification,count",
        "2026-03-01,Invalid Address,2",
        "2026-03-01,Content,1",
    ]
    for accept in ("application/json", "*/*", "image/png", ""):
        assert (await asker.ask("GET", f"/v3/{CLASSES}?{SPAN}", headers={"accept": accept})).json["result"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("stats", "start_date"),
        ("stats?start_date=2026-3-1x", "start_date"),
        ("stats?start_date=2026-3-01", "start_date"),
        ("stats?start_date=%D9%A2%D9%A0%D9%A2%D9%A6-03-01", "start_date"),
        ("stats?start_date=2026-03-02&end_date=2026-03-01", "end_date"),
        ("stats?start_date=2000-01-01&end_date=2026-03-01", "end_date"),
        ("stats?start_date=2026-03-01&aggregated_by=hour", "aggregated_by"),
        ("categories/stats?start_date=2026-03-01", "categories"),
        ("categories/stats?start_date=2026-03-01&categories=" + ",".join("abcdefghijk"), "categories"),
        ("categories/stats/sums?start_date=2026-03-01&sort_by_metric=x", "sort_by_metric"),
        ("categories/stats/sums", "start_date"),
        ("mailbox_providers/stats", "start_date"),
        (f"{CLASSES}?start_date=x", "start_date"),
        (f"{CLASSES}?start_date=2026-03-02&end_date=2026-03-01", "end_date"),
    ],
)
async def test_a_bad_parameter_of_statistics_is_named(asker: Asker, path: str, field: str):
    answer = await asker.ask("GET", f"/v3/{path}")

    assert (answer.status, answer.json["errors"][0]["field"]) == (400, field)


async def test_statistics_show_no_other_account(asker: Asker):
    await fill(asker)
    query = "start_date=2026-03-01&end_date=2026-03-01"

    (row,) = await get(asker, f"stats?{query}", key="zoo read")
    assert nonzero(row["stats"][0]["metrics"]) == {"delivered": 1, "processed": 1, "requests": 1}
    assert json.dumps(await get(asker, f"mailbox_providers/stats?{query}", key="zoo read")).count("example.org") == 0
