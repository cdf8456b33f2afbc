"""Forgetting an address on its page: who may, what the page says before, and what is left."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from contract.factories import NOON
from wire.pages_client import JANE, World, browsing, fields_of

from bouncer.policy.sign_in import Role
from bouncer.ports.accounts import Alias
from bouncer.ports.letters import BounceFilter, Page
from bouncer.ports.scope import AccountScope

ACME = AccountScope("acme")
PATH = "/address/forget?address=jane%40example.org"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with browsing(tmp_path) as world:
        yield world


async def forget(browser: httpx2.AsyncClient, path: str = PATH) -> httpx2.Response:
    """Open the page and press its button."""
    page = (await browser.get(path)).text
    return await browser.post(path, data=fields_of(page, "/address/forget"))


async def reports(world: World) -> int:
    return len(await world.store.bounces(ACME, BounceFilter(recipient=JANE), Page()))


async def test_the_page_says_what_goes_and_what_stays_and_does_nothing_yet(world: World):
    browser = await world.browser()
    assert PATH in (await browser.get(f"/address?address={JANE}")).text
    page = (await browser.get(PATH)).text

    assert "It cannot be undone." in page
    assert "every report on it" in page
    assert "Mail to it is still refused" in page
    assert await reports(world) == 1


async def test_a_forgotten_address_is_gone_and_mail_to_it_is_still_refused(world: World):
    browser = await world.browser()
    page = await forget(browser)

    assert "The address is forgotten." in page.text
    assert JANE not in page.text.partition("<main")[2]
    assert await reports(world) == 0
    assert await world.store.suppressions_of_address(ACME, "acme", JANE, now=NOON)
    again = await forget(browser)
    assert again.status_code == 200


async def test_a_name_that_stays_is_said(world: World):
    await world.store.add_alias(ACME, Alias("joe=example.net@rp.example", "acme"), now=NOON)

    page = await forget(await world.browser(), "/address/forget?address=joe@example.net")

    assert "Names that people gave still name it" in page.text
    assert "Nothing names this address." not in page.text


async def test_the_page_says_that_nothing_stays_of_a_free_address(world: World):
    page = (await (await world.browser()).get("/address/forget?address=joe@example.net")).text

    assert "Mail goes to it as before." in page


async def test_support_may_not_forget_and_sees_no_way_to(world: World):
    support = await world.browser(Role.SUPPORT, person="sue")
    page = (await support.get(f"/address?address={JANE}")).text
    token = fields_of(page, "/sign-out")["token"]

    assert "Forget this address" not in page
    assert (await support.get(PATH)).status_code == 403
    assert (await support.post(PATH, data={"token": token})).status_code == 403
    assert await reports(world) == 1


async def test_another_account_forgets_nothing_of_acmes(world: World):
    page = await forget(await world.browser(account="zoo"))

    assert "Nothing names this address." in page.text
    assert await reports(world) == 1


@pytest.mark.parametrize(("account", "left"), [("acme", 0), ("zoo", 1), ("", 0)])
async def test_an_operator_forgets_for_one_account_or_for_all(world: World, account: str, left: int):
    root = await world.browser(Role.OPERATOR, person="root")
    await forget(root, f"{PATH}&account={account}" if account else PATH)

    assert await reports(world) == left


@pytest.mark.parametrize("address", ["", "no-address", "a@b\r\nx"])
async def test_a_text_that_is_no_address_cannot_be_forgotten(world: World, address: str):
    browser = await world.browser()

    assert (await browser.get("/address/forget", params={"address": address})).status_code == 422
