"""Bounds of what a key may have kept: answers to requests with an Idempotency-Key, for a day, and further keys."""

import datetime as dt
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from wire.http_client import HttpAnswer, asking

from bouncer.manage import api_keys
from bouncer.web import idempotency
from bouncer.web.idempotency import MOST_OCTETS, AnswerRoom
from bouncer.web.problem import ProblemError

DAY = dt.timedelta(days=1).total_seconds()


def octets_of_answers(folder: Path) -> dict[str, int]:
    """The octets of all answers in the store, by key."""
    with closing(sqlite3.connect(next(folder.rglob("*.db")))) as store:
        return dict(store.execute("SELECT key_id, sum(length(body)) FROM api_answers GROUP BY key_id"))


async def test_the_answers_that_are_kept_for_a_key_take_so_much_room_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A key that may only read asks about thousands of addresses, under a new name each time."""
    monkeypatch.setattr(idempotency, "MOST_OF_KEY", 4 * MOST_OCTETS)
    body = json.dumps({"addresses": [f"user{number}@example.org" for number in range(2_500)]})
    async with asking(tmp_path, {"per_minute": 100_000}) as asker:

        async def ask(name: str | None, key: str = "acme read") -> HttpAnswer:
            fields = {"idempotency-key": name} if name else {}
            return await asker.ask("POST", "/api/v1/suppressions/check", body, key=key, headers=fields)

        answers = [await ask(f"name-{number}") for number in range(12)]
        again, unnamed, other = await ask("name-0"), await ask(None), await ask("name-0", "zoo read")
    octets_by_key = octets_of_answers(tmp_path)

    assert {answer.status for answer in answers} == {200, 429}
    assert int(answers[-1].headers["retry-after"]) > 0
    assert (again.status, again.headers.get("idempotency-replayed")) == (200, "true")
    assert (unnamed.status, other.status) == (200, 200)
    assert len(octets_by_key) == 2
    assert max(octets_by_key.values()) <= 4 * MOST_OCTETS


async def test_rates_and_room_are_counted_by_the_clock_that_the_server_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(idempotency, "MOST_OF_KEY", MOST_OCTETS)
    body = json.dumps({"addresses": [f"user{number}@example.org" for number in range(2_500)]})
    async with asking(tmp_path, {"per_minute": 3}) as asker:

        async def ask(name: str, elapsed: float) -> int:
            asker.elapsed = elapsed
            answer = await asker.ask(
                "POST", "/api/v1/suppressions/check", body, key="acme read", headers={"idempotency-key": name}
            )
            return answer.status

        first = [await ask(f"name-{number}", 1000.0) for number in range(4)]
        minute_later = await ask("name-0", 1060.0), await ask("name-9", 1060.0)
        day_later = await ask("name-9", 1060.0 + DAY)

    assert first == [200, 429, 429, 429]
    assert minute_later == (200, 429)
    assert day_later == 200


def test_room_comes_back_within_a_day_and_each_key_has_its_own():
    room = AnswerRoom()
    for _ in range(idempotency.MOST_OF_KEY // MOST_OCTETS):
        room.require("acme", 0.0)
        room.take("acme", MOST_OCTETS, 0.0)

    with pytest.raises(ProblemError):
        room.require("acme", 1.0)
    room.require("zoo", 1.0)
    room.require("acme", DAY)
    room.take("acme", idempotency.MOST_OF_KEY, DAY)
    with pytest.raises(ProblemError):
        room.require("acme", DAY + 1.0)


async def test_no_account_has_more_keys_than_so_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Each key may ask so many times a minute: whoever makes more of them may ask more often."""
    monkeypatch.setattr(api_keys, "MOST_KEYS", 5)
    body = '{"access": "admin", "label": ""}'
    async with asking(tmp_path, {"per_minute": 100_000}) as asker:

        async def make(key: str) -> HttpAnswer:
            return await asker.ask("POST", "/api/v1/keys", body, key=key)

        answers = [await make("acme admin") for _ in range(4)]
        other = await make("zoo admin")
        await asker.ask("DELETE", f"/api/v1/keys/{answers[0].json['id']}", key="acme admin")
        again = await make("acme admin")

    assert [answer.status for answer in answers] == [201, 201, 409, 409]
    assert "an account has at most 5 keys: revoke one first" in answers[-1].json["detail"]
    assert (other.status, again.status) == (201, 201)
