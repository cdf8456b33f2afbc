"""The pages Teach and Rules: an operator teaches a letter that nobody could read, sees what the rule would read, and keeps it."""

import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from wire.pages_client import World, browsing, fields_of
from wire.taught_world import keep_and_read, notice

from bouncer.mail.letter import PathKind, ReturnPath
from bouncer.ndr.outline import MAX_LINE
from bouncer.ndr.taught_form import MOST_LINES
from bouncer.policy.sign_in import Role
from bouncer.ports.letters import BounceFilter, Page
from bouncer.ports.scope import OPERATOR
from bouncer.settings.sections import Settings

CHOICES = {"says": "2", "names": "2", "reason": "invalid-recipient", "host": "true"}
HOSTILE = "<script>alert(document)</script> {{seven}} ei ole"
ALIAS = ReturnPath("news@acme.example", PathKind.ALIAS, "acme")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with browsing(tmp_path) as world:
        yield world


async def keep(world: World, raw: bytes = b"", reverse_path: str = "") -> str:
    return await keep_and_read(world.store, Settings(), raw or notice("jane@example.org"), ALIAS, reverse_path)


async def operator(world: World) -> httpx2.AsyncClient:
    return await world.browser(Role.OPERATOR, person="root")


async def tried(world: World, letter: str, **changed: str) -> tuple[httpx2.AsyncClient, str]:
    """The trial of a rule that an operator has made by the form, and the browser."""
    browser = await operator(world)
    form = (await browser.get(f"/unread/{letter}/teach")).text
    token = fields_of(form, f"/unread/{letter}/teach")
    answer = await browser.post(f"/unread/{letter}/teach", data={**token, **CHOICES, **changed})
    assert answer.status_code == 200, answer.text
    return browser, answer.text


async def test_the_letter_is_taught_in_three_steps_and_the_others_are_read(world: World):
    jane, bob = await keep(world), await keep(world, notice("bob@example.net"))
    browser, trial = await tried(world, jane)
    assert "The rule would read 2 unread letters." in trial
    assert f'href="/report/{bob}"' in trial
    assert "None of them changes." in trial, "what this version reads otherwise is no work of the rule"
    assert await world.store.rules(OPERATOR) == []

    answer = await browser.post(f"/unread/{jane}/rule", data=fields_of(trial, f"/unread/{jane}/rule"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/rules")
    rules = (await browser.get("/rules")).text
    assert ("read 2 letters" in rules, "mailbox does not exist" in rules.lower()) == (True, True)
    recorded = await world.store.bounces(OPERATOR, BounceFilter(domain="example.net"), Page())
    assert "bob@example.net" in {row.recipient for row in recorded}
    assert "Teach how" not in (await browser.get("/unread")).text


async def test_a_removed_rule_gives_its_letters_back(world: World):
    letter = await keep(world)
    browser, trial = await tried(world, letter)
    await browser.post(f"/unread/{letter}/rule", data=fields_of(trial, f"/unread/{letter}/rule"))
    (rule,) = await world.store.rules(OPERATOR)
    page = (await browser.get("/rules")).text
    action = f"/rules/{rule.rule.id}/remove"
    assert (await browser.post(action, data=fields_of(page, action))).status_code == 303

    assert "No rule was taught." in (await browser.get("/rules")).text
    assert f"/unread/{letter}/teach" in (await browser.get("/unread")).text


@pytest.mark.parametrize("role", [Role.OWNER, Role.SUPPORT])
async def test_only_operators_teach(world: World, role: Role):
    letter = await keep(world)
    browser = await world.browser(role)

    assert "Teach" not in (await browser.get("/unread")).text
    for path in (f"/unread/{letter}/teach", "/rules"):
        assert (await browser.get(path)).status_code == 403
    token = fields_of((await browser.get("/")).text, "/sign-out")
    for path in (f"/unread/{letter}/teach", f"/unread/{letter}/rule", "/rules/5f0c1f3d9a/remove"):
        assert (await browser.post(path, data={**token, **CHOICES})).status_code == 403
    assert await world.store.rules(OPERATOR) == []


async def test_a_form_of_another_site_teaches_nothing(world: World):
    letter = await keep(world)
    browser = await operator(world)

    for path in (f"/unread/{letter}/teach", f"/unread/{letter}/rule"):
        assert (await browser.post(path, data=CHOICES)).status_code == 403
    assert await world.store.rules(OPERATOR) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"says": ""},
        {"says": "99"},
        {"says": "-1"},
        {"says": "3"},
        {"names": ""},
        {"names": "1"},
        {"names": "everybody"},
        {"names": "²"},
        {"reason": ""},
        {"reason": "because"},
        {"names": "line"},
    ],
)
async def test_choices_that_make_no_rule_are_refused_in_words(world: World, changed: dict[str, str]):
    letter = await keep(world)
    browser = await operator(world)
    token = fields_of((await browser.get(f"/unread/{letter}/teach")).text, f"/unread/{letter}/teach")
    for path in (f"/unread/{letter}/teach", f"/unread/{letter}/rule"):
        answer = await browser.post(path, data={**token, **CHOICES, **changed})
        assert answer.status_code == 422, answer.text
    assert await world.store.rules(OPERATOR) == []


async def test_a_letter_that_no_rule_can_read_says_why(world: World):
    letter = await keep(world, reverse_path="vahti@posti.example.fi")
    page = (await (await operator(world)).get(f"/unread/{letter}/teach")).text

    assert "No rule can read this letter." in page
    assert "<form action=" not in re.sub(r"<(header|footer).*?</\1>", "", page, flags=re.DOTALL)


async def test_a_letter_that_is_not_there_is_not_found(world: World):
    assert (await (await operator(world)).get("/unread/38g0n6damk02s/teach")).status_code == 404


async def test_a_strangers_lines_are_text_and_the_pages_stay_small(world: World):
    lines = [HOSTILE, *["\u202e joe@example.org " + "'\"&<" * MAX_LINE] * (2 * MOST_LINES)]
    letter = await keep(world, notice("jane@example.org") + "".join(f"{line}\r\n" for line in lines).encode())
    browser, trial = await tried(world, letter, says="4", names="2")
    browser.headers["accept-language"] = "ja"
    form = (await browser.get(f"/unread/{letter}/teach")).text

    for page in (form, trial):
        assert "<script" not in page
        assert "\u202e" not in page
        assert "{{seven}}" in html.unescape(page)
        assert len(page.encode()) < 60 * 1024
