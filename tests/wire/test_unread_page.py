"""The page Unread: letters that a person has to see, and what it shows of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from contract.factories import NOON, letter, record
from wire.pages_client import World, browsing

from bouncer.ndr.reading import Kind
from bouncer.pages.unread_page import LETTERS_SHOWN
from bouncer.policy.records import Unread
from bouncer.policy.sign_in import Role

HOSTILE = "<script>alert(1)</script>\u202e{{7*7}}"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with browsing(tmp_path) as world:
        yield world


async def keep(world: World, why: Unread, **changed: object) -> None:
    (letter_id,) = await world.store.keep([letter(b"From: bob@example.org\r\nSubject: Hello\r\n\r\nIs it you?\r\n")])
    facts = {"kind": Kind.OTHER, "bounces": (), "entries": (), "unread": why, **changed}
    await world.store.record([record(letter_id, **facts)], now=NOON)


@pytest.mark.parametrize(
    ("why", "title"),
    [
        (Unread.WISH, "Wants no more mail:"),
        (Unread.ANSWER, "Reply:"),
        (Unread.UNREADABLE, "Could not be read:"),
        (Unread.WRITTEN, "Mail:"),
    ],
)
async def test_each_letter_says_why_a_person_has_to_see_it_and_can_be_read(world: World, why: Unread, title: str):
    await keep(world, why)
    browser = await world.browser(Role.SUPPORT, person="sue")
    page = (await browser.get("/unread")).text

    assert f"{title} " in page
    path = page.partition('<p><a href="')[2].partition('"')[0]
    read = await browser.get(path)
    assert (read.status_code, "Is it you?" in read.text) == (200, True)


@pytest.mark.parametrize(
    ("why", "is_offered"), [(Unread.UNREADABLE, True), (Unread.WRITTEN, True), (Unread.ANSWER, False)]
)
async def test_an_operator_teaches_from_the_letter_itself_as_from_the_list(
    world: World, why: Unread, *, is_offered: bool
):
    await keep(world, why)
    owner, operator = await world.browser(), await world.browser(Role.OPERATOR, person="root")
    path = (await owner.get("/unread")).text.partition('<p><a href="')[2].partition('"')[0]
    letter_id = path.rpartition("/")[2]

    assert (f"/unread/{letter_id}/teach" in (await operator.get(path)).text) is is_offered
    assert "/teach" not in (await owner.get(path)).text


async def test_today_leads_to_the_unread_letters(world: World):
    await keep(world, Unread.ANSWER)

    assert 'href="/unread">See the letters' in (await (await world.browser()).get("/")).text


async def test_another_account_sees_no_unread_letter_of_acme_and_an_operator_all(world: World):
    await keep(world, Unread.ANSWER)
    zoo, root = await world.browser(account="zoo"), await world.browser(Role.OPERATOR, person="root")

    assert "Every letter was read" in (await zoo.get("/unread")).text
    assert (await zoo.get("/unread?account=acme")).status_code == 404
    assert "Reply:" in (await root.get("/unread")).text
    assert "Reply:" not in (await root.get("/unread?account=zoo")).text


async def test_the_list_goes_on_page_by_page(world: World):
    for _ in range(LETTERS_SHOWN + 2):
        await keep(world, Unread.WRITTEN)
    browser = await world.browser()
    first = (await browser.get("/unread")).text
    following = first.partition('href="/unread?before=')[2].partition('"')[0]
    second = (await browser.get(f"/unread?before={following}")).text

    assert [page.count("Read the letter") for page in (first, second)] == [LETTERS_SHOWN, 2]


async def test_a_strangers_letter_is_shown_as_text_and_the_page_stays_small(world: World):
    (letter_id,) = await world.store.keep(
        [letter(f"From: {HOSTILE}\r\nSubject: {HOSTILE}\r\n\r\n{HOSTILE}\r\n".encode() + b"'\"&\x1b" * 9000)]
    )
    facts = {"kind": Kind.OTHER, "bounces": (), "entries": (), "unread": Unread.WRITTEN}
    await world.store.record([record(letter_id, **facts)], now=NOON)
    answer = await (await world.browser()).get("/unread")

    assert "<script" not in answer.text
    assert "\u202e" not in answer.text
    assert len(answer.content) < 60 * 1024
