"""SendGrid's erase job under /v3 over a real socket."""

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from contract.factories import ALL, suppression
from wire.http_client import Asker, HttpAnswer, asking

from bouncer.manage import erasing
from bouncer.manage.erasing import MOST_IN_JOB
from bouncer.policy.records import ChangeSource
from bouncer.ports.letters import BounceFilter
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.web.sendgrid.erasure_routes import JOBS_A_MINUTE, MAX_JOB

JANE = "jane@example.org"
PATH = "/v3/recipients/erasejob"


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    async with asking(tmp_path) as asker:
        yield asker


async def erase(asker: Asker, addresses: Sequence[object], *, key: str = "acme admin", subuser: str = "") -> HttpAnswer:
    headers = {"on-behalf-of": subuser} if subuser else {}
    return await asker.ask("POST", PATH, json.dumps({"email_addresses": addresses}), key=key, headers=headers)


async def count_bounces(asker: Asker, address: str = JANE) -> int:
    """How many bounces of the address are on record."""
    return len(await asker.store.bounces(OPERATOR, BounceFilter(recipient=address), ALL))


async def until_refused(asker: Asker) -> list[HttpAnswer]:
    """Ask for jobs until the rate refuses one: more than the rate's number on a slow machine, since it refills meanwhile."""
    answers: list[HttpAnswer] = []
    while not answers or (answers[-1].status != 429 and len(answers) < 5 * JOBS_A_MINUTE):
        answers.append(await erase(asker, ["nobody"]))
    return answers


async def test_a_job_erases_and_its_id_stands_in_the_trail(asker: Asker):
    assert await count_bounces(asker)

    answer = await erase(asker, ["Jane <nobody>@example.org"])
    assert (answer.status, await count_bounces(asker)) == (400, 1)
    answer = await erase(asker, [JANE, JANE.upper(), "nobody@example.net"])

    assert (answer.status, list(answer.json)) == (202, ["job_id"])
    assert await count_bounces(asker) == 0
    assert await asker.store.suppressions_of(OPERATOR, "acme", [JANE], now=asker.now, stream="")
    newest = (await asker.store.trail(OPERATOR, address=None, page=ALL))[0]
    assert (newest.change, newest.address, newest.source) == ("erased", "", ChangeSource.KEY)
    assert answer.json["job_id"] in newest.why
    again = await erase(asker, [JANE])
    assert again.status == 202
    assert again.json != answer.json


@pytest.mark.parametrize("bad", ["no address", "a@b\r\nc", "@", "x" * 70_000])
async def test_the_address_that_is_not_valid_is_named_and_nothing_is_erased(asker: Asker, bad: str):
    answer = await erase(asker, [JANE, bad])

    (error,) = answer.json["errors"]
    assert (answer.status, error["field"]) == (400, "email_addresses")
    assert repr(bad[:10])[:-1] in error["message"]
    assert len(error["message"]) < 200
    assert await count_bounces(asker)


@pytest.mark.parametrize("body", ["{}", '{"email_addresses": []}', '{"email_addresses": [1]}', "[]", "{"])
async def test_a_body_without_addresses_is_refused(asker: Asker, body: str):
    assert (await asker.ask("POST", PATH, body, key="acme admin")).status == 400


async def test_a_job_has_five_thousand_addresses_and_256_kilobytes_at_most(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
):
    """Small parts find what stands at the end of a job, too."""
    monkeypatch.setattr(erasing, "MOST_ERASED", 2)
    assert (
        await erase(asker, ["a@example.net", "b@example.net", "c@example.net", "d@example.net", JANE])
    ).status == 202
    assert await count_bounces(asker) == 0

    assert (await erase(asker, ["a@example.net"] * MOST_IN_JOB)).status == 202
    assert (await erase(asker, ["a@example.net"] * (MOST_IN_JOB + 1))).status == 400
    assert (await erase(asker, ["a" * MAX_JOB])).status == 413


async def test_an_account_erases_its_own_people_alone(asker: Asker):
    assert (await erase(asker, [JANE], key="zoo admin")).status == 202
    assert (await erase(asker, [JANE], key="zoo admin", subuser="acme")).status == 403
    assert (await erase(asker, [JANE], key="acme write")).status == 403
    assert (await erase(asker, [JANE], key="operator admin", subuser="nobody")).status == 404
    assert (await erase(asker, [JANE], key="operator admin")).status == 400
    assert await count_bounces(asker)

    await asker.store.suppress(OPERATOR, suppression(account="zoo"))
    assert (await erase(asker, [JANE], key="operator admin", subuser="account-id acme")).status == 202
    assert await count_bounces(asker) == 0
    assert await asker.store.suppressions_of_address(AccountScope("zoo"), "zoo", JANE, now=asker.now)


async def test_jobs_have_a_rate_of_their_own_and_leave_the_key_the_rest(tmp_path: Path):
    async with asking(tmp_path, {"per_minute": 600}) as asker:
        answers = await until_refused(asker)

        assert len(answers) > JOBS_A_MINUTE
        assert {answer.status for answer in answers[:-1]} == {400}
        assert (answers[0].headers["x-ratelimit-limit"], answers[0].headers["x-ratelimit-remaining"]) == ("100", "99")
        assert (answers[-1].status, answers[-1].headers["x-ratelimit-limit"]) == (429, "100")
        other = await asker.ask("GET", "/v3/scopes", key="acme admin")
        assert (other.status, other.headers["x-ratelimit-limit"]) == (200, "600")
        assert "recipients.erasejob.create" in other.json["scopes"]
    (tmp_path / "narrow").mkdir()
    async with asking(tmp_path / "narrow", {"per_minute": 3}) as asker:
        narrow = await erase(asker, ["nobody"])
        assert (narrow.headers["x-ratelimit-limit"], narrow.headers["x-ratelimit-remaining"]) == ("3", "2")
