"""The page of countries: by the servers' addresses where the operator has a file, else by the endings of their names."""

import dataclasses
import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from contract.factories import DAY, NOON
from mmdb_writer import MMDBWriter
from netaddr import IPSet
from wire.pages_client import World, browsing, failure, keep_report

from bouncer.manage import countries
from bouncer.manage.countries import look_up
from bouncer.pages import country_page
from bouncer.policy.records import Belief
from bouncer.settings.sections import HttpSettings, Settings
from bouncer.verdict.verdict import Reason

HOUR = dt.timedelta(hours=1)
PAGE = "/receivers/countries"


def country_file(folder: Path, entry: Any = None) -> Path:
    """A small MMDB file: 192.0.2.0/24 is in Sweden."""
    writer = MMDBWriter(4, "GeoLite2-Country", languages=["en"])
    writer.insert_network(IPSet(["192.0.2.0/24"]), entry or {"country": {"iso_code": "SE", "names": {"en": "Sweden"}}})
    path = folder / "countries.mmdb"
    writer.to_db_file(str(path))
    return path


def with_file(path: Path | None) -> Settings:
    return dataclasses.replace(Settings(), http=HttpSettings(country_file=path))


async def refuse(
    world: World, server: str, count: int = 1, belief: Belief = Belief.PROVEN, at: dt.datetime = NOON
) -> None:
    """Have a server refuse that many mails."""
    for number in range(count):
        bounce = failure(f"c{number}@example.org", Reason.POLICY, "550 5.7.1 no", belief=belief)
        recipient = dataclasses.replace(bounce.recipient, remote_mta=server)
        await keep_report(world.store, dataclasses.replace(bounce, recipient=recipient), at=at)


async def page_of(world: World, path: str = PAGE) -> str:
    return str((await (await world.browser()).get(path)).text)


async def test_without_a_file_the_ending_of_the_name_tells_the_country_and_the_page_says_so(tmp_path: Path):
    async with browsing(tmp_path) as world:
        await refuse(world, "mx00.t-online.de", 3)
        await refuse(world, "mx.example.com [192.0.2.25]")
        page = await page_of(world)

    assert "Most failures of the last 24 hours: Germany, 3 of 3 whose country is known." in page
    assert "by the ending of the server&#39;s name" in page
    assert "the name tells none" in page
    assert "[http] country_file" in page
    assert "by the server&#39;s address" not in page


async def test_with_a_file_the_address_tells_it_even_against_the_name(tmp_path: Path):
    async with browsing(tmp_path, host_settings=with_file(country_file(tmp_path))) as world:
        await refuse(world, "mx.example.de [192.0.2.25]", 2)
        await refuse(world, "mx.example.com (192.0.2.26, the server for the domain example.com.)", 2)
        await refuse(world, "mx.example.de [198.51.100.7]")
        page = await page_of(world)

    assert "Most failures of the last 24 hours: Sweden, 4 of 5" in page
    assert "by the server&#39;s address" in page
    assert ">Germany<" in page
    assert "country_file" not in page


async def test_the_answer_names_the_server_of_a_report_without_a_field_for_it(tmp_path: Path):
    async with browsing(tmp_path, host_settings=with_file(country_file(tmp_path))) as world:
        for answer in (
            "host mx.example.com[192.0.2.25] said: 550 5.7.1 no",
            "550 5.7.1 client host [192.0.2.80] blocked",
        ):
            bounce = failure("d@example.org", Reason.POLICY, answer)
            recipient = dataclasses.replace(bounce.recipient, remote_mta=None)
            await keep_report(world.store, dataclasses.replace(bounce, recipient=recipient))
        page = await page_of(world)

    assert "Most failures of the last 24 hours: Sweden, 1 of 1 whose country is known." in page


async def test_an_unproven_report_counts_nowhere(tmp_path: Path):
    async with browsing(tmp_path) as world:
        await refuse(world, "mx.example.de", 2, Belief.UNPROVEN)

        assert ">Germany<" not in await page_of(world)


BROKEN = {
    "missing": lambda _good: None,
    "empty": lambda _good: b"",
    "text": lambda _good: b"not a database\n" * 100,
    "cut off": lambda good: good[: len(good) // 2],
    "without its tree": lambda good: good[-200:],
    "zeros in the data": lambda good: good[:300] + bytes(200) + good[500:],
    "pointers that go round": lambda good: b"\x20\x00" * 2000 + good[-200:],
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_broken_file_leads_to_a_sentence_and_to_no_error(tmp_path: Path, kind: str):
    path = country_file(tmp_path)
    octets = BROKEN[kind](path.read_bytes())
    path.unlink()
    if octets is not None:
        path.write_bytes(octets)
    async with browsing(tmp_path, host_settings=with_file(path)) as world:
        await refuse(world, "mx.example.de [192.0.2.25]")
        answer = await (await world.browser()).get(PAGE)

    assert answer.status_code == 200
    assert ">Germany<" in answer.text or ">Sweden<" in answer.text
    assert look_up(path, ["192.0.2.25"]) is not None or "cannot be read" in answer.text


@pytest.mark.parametrize(
    "entry",
    [
        {"country": "SE"},
        {"country": {"iso_code": "<script>"}},
        {"country": {"iso_code": ["SE"]}},
        {"other": 1},
        {"country": {"iso_code": "S\u0435"}},
    ],
)
async def test_an_entry_of_another_form_tells_nothing(tmp_path: Path, entry: Any):
    async with browsing(tmp_path, host_settings=with_file(country_file(tmp_path, entry))) as world:
        await refuse(world, "mx.example.de [192.0.2.25]")
        page = await page_of(world)

    assert ">Germany<" in page
    assert "<script>" not in page


async def test_a_folder_or_a_file_without_the_address_is_no_error(tmp_path: Path):
    assert look_up(tmp_path, ["192.0.2.25"]) is None
    assert look_up(country_file(tmp_path), ["198.51.100.7", "2001:db8::1", "192.0.2.1"]) == {"192.0.2.1": "SE"}


async def test_an_account_sees_its_own_countries_and_without_failures_the_page_says_so(tmp_path: Path):
    async with browsing(tmp_path) as world:
        await refuse(world, "mx.example.de")
        zoo = (await (await world.browser(account="zoo")).get(PAGE)).text
        receivers = await page_of(world, "/receivers")

    assert "No mail came back in the last 24 hours." in zoo
    assert f'href="{PAGE}"' in receivers


async def test_each_country_stands_beside_its_week_before(tmp_path: Path):
    async with browsing(tmp_path) as world:
        for days in range(2, 8):
            await refuse(world, "mx00.t-online.de", 2, at=world.now - days * DAY)
        await refuse(world, "mx00.t-online.de", 2)
        await refuse(world, "mx.example.fr", 5)
        await refuse(world, "mx.example.se", 6)
        await refuse(world, "mx.example.se", 35, at=world.now - 3 * DAY)
        page = await page_of(world)

    rows = {row.partition("<")[0]: row for row in re.findall(r'<td class="address head">(.*?)</tr>', page, re.DOTALL)}
    assert "2 a day" in rows["Germany"]
    assert "more than usual" not in rows["Germany"]
    assert "0 a day" in rows["France"]
    assert "more than usual" in rows["France"]
    assert "5 a day" in rows["Sweden"]
    assert "more than usual" not in rows["Sweden"]


async def test_a_week_of_which_not_all_is_read_is_counted_by_the_day_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(countries, "MOST_READ", 20)
    monkeypatch.setattr(country_page, "MOST_READ", 20)
    async with browsing(tmp_path) as world:
        for hours in range(75, 24, -1):
            await refuse(world, "mx00.t-online.de", at=world.now - hours * HOUR)
        await refuse(world, "mx00.t-online.de", 5)
        page = await page_of(world)

    assert "24 a day" in page
    assert "more than usual" not in page
    assert "The newest 20 reports are counted." in page


@pytest.mark.parametrize(
    ("language", "name"), [("de", "Vereinigtes Königreich"), ("ja", "イギリス"), ("en", "United Kingdom")]
)
async def test_a_country_has_its_name_in_the_language_of_the_page(tmp_path: Path, language: str, name: str):
    async with browsing(tmp_path) as world:
        await refuse(world, "mx.example.uk", 3)
        await refuse(world, "mx.example.qq")
        browser = await world.browser()
        page = (await browser.get(PAGE, headers={"Accept-Language": language})).text

    assert page.count(name) == 2
    assert ">GB<" not in page
    assert ">QQ<" in page
