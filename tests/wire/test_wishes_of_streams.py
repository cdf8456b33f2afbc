"""Several wishes of one person about streams of mail: every list and every look-up shows what holds of them."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from contract.factories import ALL, NOON, suppression
from contract.webhook_rows import endpoint
from wire.http_client import Asker, asking

from bouncer.policy.records import ChangeSource
from bouncer.policy.webhooks import EventType
from bouncer.ports.accounts import Account
from bouncer.ports.erasures import ErasureOrder
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.web.mailgun.form import MAILGUN_FORM
from bouncer.web.postmark.form import POSTMARK_FORM

ANN = "ann@example.net"
ACME = AccountScope("acme")


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    async with asking(tmp_path) as asker:
        yield asker


async def free(asker: Asker, stream: str | None = None, address: str = ANN) -> bool:
    body = {"addresses": [address], "reason": "asked", **({} if stream is None else {"stream": stream})}
    answer = await asker.ask("POST", "/api/v1/suppressions/free", json.dumps(body), key="acme write")
    assert answer.status == 200, answer
    return bool(answer.json["data"][0]["freed"])


async def wish(asker: Asker, *streams: str, address: str = ANN) -> None:
    for stream in streams:
        await asker.store.suppress(OPERATOR, suppression(address, reason="unsubscribe", stream=stream))


async def on_postmarks(asker: Asker, stream: str) -> bool:
    path = f"/message-streams/{stream}/suppressions/dump?emailaddress={ANN}"
    return bool((await asker.ask("GET", path, form=POSTMARK_FORM)).json["Suppressions"])


async def stopped(asker: Asker) -> dict[str, set[str]]:
    """The streams whose mail to Ann is stopped, as the milter's look-up, the check of streams and Postmark's lists each say."""
    body = json.dumps({"addresses": [ANN], "streams": ["a", "b"]})
    checked = (await asker.ask("POST", "/api/v1/suppressions/check-streams", body)).json["data"][0]["may_send"]
    streams = ("", "a", "b")
    by_milter = {
        name for name in streams if await asker.store.suppressions_of(ACME, "acme", [ANN], now=NOON, stream=name)
    }
    by_postmark = {name for name in streams if await on_postmarks(asker, name or "outbound")}
    return {"milter": by_milter, "check": {name for name in streams if not checked[name]}, "postmark": by_postmark}


def everywhere(*streams: str) -> dict[str, set[str]]:
    return {place: set(streams) for place in ("milter", "check", "postmark")}


async def on_lists_of_all_mail(asker: Asker) -> list[bool]:
    """Whether she stands on SendGrid's and on Mailgun's lists of those who want no mail."""
    of_all = (await asker.ask("GET", f"/v3/asm/suppressions/global/{ANN}")).json
    of_sendgrid = (await asker.ask("GET", f"/v3/suppression/unsubscribes/{ANN}")).json
    of_mailgun = await asker.ask("GET", f"/v3/acme/unsubscribes/{ANN}", form=MAILGUN_FORM)
    return [bool(of_all), bool(of_sendgrid), of_mailgun.status == 200]


async def test_a_person_leaves_two_streams_and_comes_back_to_the_first(asker: Asker):
    await wish(asker, "a", "b")
    assert await stopped(asker) == everywhere("a", "b")

    assert await free(asker, "a")
    assert await stopped(asker) == everywhere("b")
    assert not await free(asker, "a")
    assert await on_lists_of_all_mail(asker) == [False] * 3
    (entry, *_) = await asker.store.trail(ACME, address=ANN, page=ALL)
    assert (entry.change, entry.stream) == ("freed", "a")


async def test_postmarks_client_brings_her_back_to_one_stream(asker: Asker):
    await wish(asker, "a", "b")
    body = json.dumps({"Suppressions": [{"EmailAddress": ANN}]})
    path = "/message-streams/a/suppressions/delete"

    answer = await asker.ask("POST", path, body, key="acme write", form=POSTMARK_FORM)

    assert answer.json["Suppressions"][0]["Status"] == "Deleted"
    assert await stopped(asker) == everywhere("b")


async def test_a_wish_about_all_mail_is_apart_from_those_about_streams(asker: Asker):
    await wish(asker, "", "a")
    assert await stopped(asker) == everywhere("", "a", "b")
    assert await on_lists_of_all_mail(asker) == [True] * 3

    assert (await asker.ask("DELETE", f"/v3/asm/suppressions/global/{ANN}", key="acme write")).status == 204
    assert await stopped(asker) == everywhere("a")
    assert await on_lists_of_all_mail(asker) == [False] * 3

    await wish(asker, "")
    assert await free(asker, "")
    assert await stopped(asker) == everywhere("a")
    await wish(asker, "", "b")
    assert await free(asker)
    assert await stopped(asker) == everywhere()


async def test_all_spellings_of_a_mailbox_are_freed_for_a_stream(asker: Asker):
    account = Account("acme", ())
    await asker.store.set_account(OPERATOR, with_folding(account))
    for address in ("a.nn@gmail.com", "ann+x@gmail.com"):
        await wish(asker, "a", "b", address=address)

    assert await free(asker, "a", "ann@gmail.com")

    suppression = await asker.store.suppressions_of_address(OPERATOR, "acme", "ann@gmail.com", now=NOON)
    assert {entry.stream for entry in suppression} == {"b"}


def with_folding(account: Account) -> Account:
    return dataclasses.replace(account, terms=dataclasses.replace(account.terms, fold_gmail=True))


async def test_an_erased_address_is_freed_for_a_stream_alone(asker: Asker):
    await wish(asker, "a", "b")
    await asker.store.erase(ACME, ErasureOrder((ANN,), ChangeSource.KEY, "by key", NOON))

    assert await free(asker, "a")

    suppression = await asker.store.suppressions_of(ACME, "acme", [ANN], now=NOON, stream="b")
    assert ANN in suppression
    assert not await asker.store.suppressions_of(ACME, "acme", [ANN], now=NOON, stream="a")


@pytest.mark.parametrize(("streams", "events"), [(("a", "b"), 1), (("", "a"), 0)])
async def test_webhooks_hear_of_the_stream_and_not_where_all_mail_is_stopped(
    asker: Asker, streams: tuple[str, ...], events: int
):
    await wish(asker, *streams)
    await asker.store.add_webhook(OPERATOR, endpoint("wh_2", events=(EventType.SUPPRESSION_RELEASED,)))

    assert await free(asker, "a")

    entries = [entry for entry in await asker.store.entries(ACME, state=None, page=ALL) if entry.to == "wh_2"]
    assert len(entries) == events
    for entry in entries:
        assert json.loads(entry.about or "")["facts"]["stream"] == "a"


async def test_two_who_free_at_once_free_once(asker: Asker):
    await wish(asker, "a", "b")

    answers = await asyncio.gather(free(asker, "a"), free(asker, "a"))

    assert sorted(answers) == [False, True]
    assert await stopped(asker) == everywhere("b")


async def test_a_stream_that_no_mail_can_have_is_refused(asker: Asker):
    body = json.dumps({"addresses": [ANN], "reason": "x", "stream": "x" * 641})

    assert (await asker.ask("POST", "/api/v1/suppressions/free", body, key="acme write")).status == 422
