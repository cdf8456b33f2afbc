"""What every store promises about accounts, aliases and suppressions."""

import datetime as dt

import pytest
from contract.made import ALL, DAY, MINUTE, NOON, letter, record, release, suppression

from bouncer.ports import Account, Alias, BounceFilter, Directory, Page, Store

ACME = Account("acme", ("one@acme.example", "two@acme.example"), forwarding=True, created_at=NOON)


async def until(store: Store, address: str = "jane@example.org") -> dt.datetime | None:
    return (await store.suppressed("acme", [address], now=NOON))[address].until


async def test_a_new_store_knows_nobody(store: Store):
    assert await store.directory() == Directory({}, {})


async def test_the_directory_gives_accounts_and_aliases(store: Store):
    other = Account("other", (), forwarding=False)

    assert await store.add_account(ACME, now=NOON)
    assert await store.add_account(other, now=NOON + DAY)
    assert await store.add_alias(Alias("acme@rp.example.com", "acme"), now=NOON)

    assert await store.directory() == Directory(
        {"acme": ACME, "other": Account("other", (), forwarding=False, created_at=NOON + DAY)},
        {"acme@rp.example.com": "acme"},
    )


async def test_a_name_is_given_once(store: Store):
    await store.add_account(ACME, now=NOON)

    assert not await store.add_account(Account("acme", ("thief@example.net",)), now=NOON)
    assert (await store.directory()).accounts["acme"] == ACME


async def test_an_account_is_changed(store: Store):
    await store.add_account(ACME, now=NOON)

    assert await store.set_account(Account("acme", ("new@acme.example",), forwarding=False))
    assert (await store.directory()).accounts["acme"] == Account("acme", ("new@acme.example",), False, NOON)  # noqa: FBT003 -- its field's place
    assert not await store.set_account(Account("nobody", ()))


async def test_a_removed_account_takes_its_aliases_and_suppressions_along(store: Store):
    """Its bounces stay: they are history."""
    await store.add_account(ACME, now=NOON)
    await store.add_alias(Alias("acme@rp.example.com", "acme"), now=NOON)
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id, suppressions=(suppression(),))], now=NOON)

    assert await store.remove_account("acme")

    assert await store.directory() == Directory({}, {})
    assert await store.suppressions(account="acme", now=NOON, page=ALL) == []
    assert len(await store.bounces(BounceFilter(account="acme"), ALL)) == 1
    assert not await store.remove_account("acme")


async def test_an_alias_is_registered_once(store: Store):
    await store.add_account(ACME, now=NOON)
    alias = Alias("acme@rp.example.com", "acme")

    assert await store.add_alias(alias, now=NOON)
    assert not await store.add_alias(alias, now=NOON)
    assert not await store.add_alias(Alias("ghost@rp.example.com", "nobody"), now=NOON)
    assert await store.remove_alias("acme@rp.example.com")
    assert not await store.remove_alias("acme@rp.example.com")


async def test_suppressed_addresses_are_found_however_they_are_written(store: Store):
    assert await store.suppress(suppression("Jane@Bücher.example"))

    found = await store.suppressed("acme", ["JANE@xn--bcher-kva.EXAMPLE", "joe@example.org"], now=NOON)

    assert found == {"JANE@xn--bcher-kva.EXAMPLE": suppression("Jane@Bücher.example")}
    assert await store.suppressed("other", ["jane@bücher.example"], now=NOON) == {}


async def test_many_addresses_are_asked_at_once(store: Store):
    await store.suppress(suppression("4321@example.org"))

    found = await store.suppressed("acme", [f"{n}@example.org" for n in range(5000)], now=NOON)

    assert list(found) == ["4321@example.org"]


async def test_a_suppression_ends(store: Store):
    await store.suppress(suppression(until=NOON + DAY))

    assert await store.suppressed("acme", ["jane@example.org"], now=NOON + DAY - MINUTE)
    assert await store.suppressed("acme", ["jane@example.org"], now=NOON + DAY) == {}
    assert await store.suppressions(account=None, now=NOON + DAY, page=ALL) == []


@pytest.mark.parametrize(
    ("first", "second", "stays"),
    [
        (NOON + DAY, NOON + 2 * DAY, NOON + 2 * DAY),
        (NOON + 2 * DAY, NOON + DAY, NOON + 2 * DAY),
        (None, NOON + DAY, None),
        (NOON + DAY, None, None),
        (None, None, None),
    ],
)
async def test_the_longer_suppression_stays(
    store: Store, first: dt.datetime | None, second: dt.datetime | None, stays: dt.datetime | None
):
    """None is until removed, the longest of all."""
    assert await store.suppress(suppression(until=first))
    assert not await store.suppress(suppression("JANE@example.org", until=second))

    assert await until(store) == stays


async def test_a_bounce_never_shortens_what_the_operator_said(store: Store):
    said = suppression(source="command", reason="asked us to")
    await store.suppress(said)
    (letter_id,) = await store.keep([letter()])

    await store.record([record(letter_id, suppressions=(suppression(until=NOON + DAY),))], now=NOON)

    assert await store.suppressed("acme", ["jane@example.org"], now=NOON) == {"jane@example.org": said}


async def test_a_longer_suppression_keeps_when_the_first_began(store: Store):
    await store.suppress(suppression(until=NOON + 2 * DAY))
    await store.suppress(suppression(since=NOON + DAY, reason="bad-domain"))

    (found,) = (await store.suppressed("acme", ["jane@example.org"], now=NOON + DAY)).values()

    assert (found.since, found.until, found.reason) == (NOON, None, "bad-domain")


async def test_a_suppression_that_ended_begins_anew(store: Store):
    await store.suppress(suppression(until=NOON + DAY))

    assert await store.suppress(suppression(since=NOON + 2 * DAY, until=NOON + 3 * DAY))
    (found,) = (await store.suppressed("acme", ["jane@example.org"], now=NOON + 2 * DAY)).values()
    assert (found.since, found.until) == (NOON + 2 * DAY, NOON + 3 * DAY)


async def test_a_suppression_is_lifted(store: Store):
    await store.suppress(suppression())

    assert not await store.release(release(account="other"))
    assert await store.release(release("Jane@EXAMPLE.org"))
    assert not await store.release(release())
    assert await store.suppressed("acme", ["jane@example.org"], now=NOON) == {}


async def test_suppressions_are_listed_newest_first(store: Store):
    for n in range(4):
        await store.suppress(suppression(f"{n}@example.org", account="acme" if n % 2 else "other"))

    first = await store.suppressions(account=None, now=NOON, page=Page(limit=3))
    rest = await store.suppressions(account=None, now=NOON, page=Page(limit=3, before=first[-1][0]))
    acmes = await store.suppressions(account="acme", now=NOON, page=ALL)

    assert [one.address[0] for _, one in [*first, *rest]] == ["3", "2", "1", "0"]
    assert [one.address[0] for _, one in acmes] == ["3", "1"]
