"""API keys and kept answers, on every store."""

import datetime as dt

from contract.factories import DAY, MINUTE, NOON, Opening

from bouncer.policy.api_key import KeyAccess
from bouncer.ports.accounts import Account
from bouncer.ports.api_keys import ApiKey, KeptAnswer
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.store import Store
from bouncer.store.api_keys.answers import FORGOTTEN_AT_ONCE

ACME = AccountScope("acme")


def api_key(name: str = "k1", account: str | None = "acme", made_at: dt.datetime = NOON) -> ApiKey:
    return ApiKey(name, account, KeyAccess.WRITE, "the shop", made_at)


def answer(name: str = "order 17", made_at: dt.datetime = NOON, **changed: object) -> KeptAnswer:
    facts: dict[str, object] = {"request": "r", "status": 201, "body": b"{}\0\xff", **changed}
    return KeptAnswer(key_id="k1", name=name, made_at=made_at, **facts)  # type: ignore[arg-type]


async def with_acme(store: Store) -> Store:
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    return store


async def test_a_key_is_found_by_its_digest_alone(store: Store, opening: Opening):
    await with_acme(store)

    assert await store.add_key(OPERATOR, api_key(), "digest")
    assert await store.key_of_digest("digest") == api_key()
    assert await store.key_of_digest("digest ") is None
    assert await store.key_of_digest("k1") is None
    assert await (await opening()).key_of_digest("digest") == api_key()


async def test_no_key_is_added_twice_or_for_an_account_that_is_unknown(store: Store):
    await with_acme(store)

    assert not await store.add_key(OPERATOR, api_key(account="ghost"), "digest")
    assert await store.add_key(OPERATOR, api_key(), "digest")
    assert not await store.add_key(OPERATOR, api_key(), "other digest")
    assert not await store.add_key(OPERATOR, api_key("k2"), "digest")
    assert await store.keys(OPERATOR) == [api_key()]


async def test_the_operators_keys_are_the_operators_to_see(store: Store):
    await with_acme(store)

    assert not await store.add_key(ACME, api_key("k2", None), "of the operator")
    assert await store.add_key(OPERATOR, api_key("k2", None, NOON + MINUTE), "of the operator")
    assert await store.add_key(ACME, api_key(), "digest")
    assert [key.id for key in await store.keys(ACME)] == ["k1"]
    assert [key.id for key in await store.keys(OPERATOR)] == ["k1", "k2"]
    assert not await store.revoke_key(ACME, "k2")


async def test_a_revoked_key_is_gone_with_its_answers(store: Store):
    await with_acme(store)
    await store.add_key(ACME, api_key(), "digest")
    await store.keep_answer(answer(), forget_before=NOON - DAY)

    assert await store.revoke_key(ACME, "k1")
    assert await store.key_of_digest("digest") is None
    assert await store.kept_answer("k1", "order 17", since=NOON - DAY) is None
    assert not await store.revoke_key(ACME, "k1")


async def test_the_last_use_is_written(store: Store):
    await with_acme(store)
    await store.add_key(ACME, api_key(), "digest")

    await store.note_key_used("k1", now=NOON + MINUTE)
    await store.note_key_used("unknown", now=NOON + MINUTE)

    assert [key.last_used_at for key in await store.keys(OPERATOR)] == [NOON + MINUTE]


async def test_the_keys_of_a_removed_account_open_nothing_of_the_next_one(store: Store):
    await with_acme(store)
    await store.add_key(ACME, api_key(), "digest")
    await store.keep_answer(answer(), forget_before=NOON - DAY)

    await store.remove_account(OPERATOR, "acme")
    await with_acme(store)

    assert await store.key_of_digest("digest") is None
    assert await store.keys(OPERATOR) == []
    assert await store.kept_answer("k1", "order 17", since=NOON - DAY) is None


async def test_an_answer_is_kept_octet_by_octet_and_replaced(store: Store):
    await store.keep_answer(answer(), forget_before=NOON - DAY)
    assert await store.kept_answer("k1", "order 17", since=NOON) == answer()
    assert await store.kept_answer("k1", "order 17", since=NOON + MINUTE) is None
    assert await store.kept_answer("k2", "order 17", since=NOON) is None

    await store.keep_answer(answer(status=200), forget_before=NOON - DAY)
    assert await store.kept_answer("k1", "order 17", since=NOON) == answer(status=200)


async def test_old_answers_go_when_new_ones_come(store: Store):
    for number in range(3):
        await store.keep_answer(answer(f"{number}"), forget_before=NOON - DAY)
    await store.keep_answer(answer("new", NOON + 2 * DAY), forget_before=NOON + DAY)

    assert FORGOTTEN_AT_ONCE > 3
    assert [await store.kept_answer("k1", f"{number}", since=NOON) for number in range(3)] == [None] * 3
    assert await store.kept_answer("k1", "new", since=NOON) is not None
