"""The contract of every store: accounts, aliases and suppressions."""

import dataclasses
import datetime as dt
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa
from contract.factories import (
    ALL,
    DAY,
    MINUTE,
    NOON,
    Clock,
    Decided,
    Opening,
    bounce,
    leased,
    letter,
    record,
    release,
    steps,
    suppression,
)
from contract.sent_statements import noting_statements

from bouncer.mail.returnpath import Generation, Key
from bouncer.policy.history import AddressHistory, History, HistoryQuery
from bouncer.policy.notifications import Subscription
from bouncer.policy.records import ChangeSource, CountedOutcome, EntryState, FailingOwner, Record
from bouncer.ports.accounts import Account, Alias, Directory
from bouncer.ports.letters import BounceFilter, LetterFilter, Page
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.sends import SendFilter, Sent
from bouncer.ports.store import Store
from bouncer.ports.suppressions import Allowed
from bouncer.stages.admit import CACHE_SECONDS, Admit
from bouncer.store.accounts import account_store, removing
from bouncer.store.engine.engine import Engine
from bouncer.store.tables import accounts, directory_version
from bouncer.verdict.provider import provider

ACME = Account("acme", ("one@acme.example", "two@acme.example"), forwarding=True, created_at=NOON)


async def suppressed_until(store: Store, address: str = "jane@example.org") -> dt.datetime | None:
    return (await store.suppressions_of(OPERATOR, "acme", [address], now=NOON))[address].until


async def test_a_new_store_knows_nobody(store: Store):
    assert await store.directory(OPERATOR) == Directory({}, {})


async def test_the_directory_gives_accounts_and_aliases(store: Store):
    other = Account("other", (), forwarding=False)

    assert await store.add_account(OPERATOR, ACME, now=NOON)
    assert await store.add_account(OPERATOR, other, now=NOON + DAY)
    assert await store.add_alias(OPERATOR, Alias("acme@rp.example.com", "acme"), now=NOON)

    assert await store.directory(OPERATOR) == Directory(
        {"acme": ACME, "other": Account("other", (), forwarding=False, created_at=NOON + DAY)},
        {"acme@rp.example.com": "acme"},
    )


async def test_a_name_is_given_once(store: Store):
    await store.add_account(OPERATOR, ACME, now=NOON)

    assert not await store.add_account(OPERATOR, Account("acme", ("thief@example.net",)), now=NOON)
    assert (await store.directory(OPERATOR)).accounts["acme"] == ACME


async def test_an_account_is_changed(store: Store):
    await store.add_account(OPERATOR, ACME, now=NOON)

    assert await store.set_account(OPERATOR, Account("acme", ("new@acme.example",), forwarding=False))
    assert (await store.directory(OPERATOR)).accounts["acme"] == Account("acme", ("new@acme.example",), False, NOON)  # noqa: FBT003 -- its field's place
    assert not await store.set_account(OPERATOR, Account("nobody", ()))


async def test_a_removed_account_takes_its_aliases_and_suppressions_along(store: Store):
    """The account's bounces stay: they are history."""
    await store.add_account(OPERATOR, ACME, now=NOON)
    await store.add_alias(OPERATOR, Alias("acme@rp.example.com", "acme"), now=NOON)
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id, suppressions=(suppression(),))], now=NOON)

    assert await store.remove_account(OPERATOR, "acme")

    directory = await store.directory(OPERATOR)
    assert (directory.accounts, directory.aliases) == ({}, {})
    assert await store.suppressions(AccountScope("acme"), now=NOON, page=ALL) == []
    assert len(await store.bounces(AccountScope("acme/removed-1"), BounceFilter(), ALL)) == 1
    assert not await store.remove_account(OPERATOR, "acme")


async def filled(store: Store) -> None:
    """An account with something of everything that is kept of one."""
    await store.add_account(OPERATOR, ACME, now=NOON)
    await store.add_alias(OPERATOR, Alias("acme@rp.example.com", "acme"), now=NOON)
    await store.allow(OPERATOR, Allowed("acme", "@partner.example", NOON), source=ChangeSource.COMMAND)
    await store.count(OPERATOR, [Sent("acme", NOON, ("jane@example.org",), "m1@acme.example", reference="r1")])
    for n in range(3):
        (letter_id,) = await store.keep([letter()])
        tallies = (CountedOutcome("acme", NOON, "", "", "example.org", "hard"),)
        changed = {
            "counts": tallies,
            "blocked": (provider("gmail.com"),),
            "suppressions": (suppression(f"{n}@gmail.com"),),
        }
        await store.record([record(letter_id, bounce(f"{n}@gmail.com"), **changed)], now=NOON)
    await leased(store, now=NOON, count=99, until=NOON + MINUTE)  # two are on their way, one is held for a digest
    await store.keep([letter()])


async def everything(store: Store, account: str) -> dict[str, int]:
    """Count what is found under *account*."""
    return {
        "letters": len(await store.letters(AccountScope(account), LetterFilter(), ALL)),
        "bounces": len(await store.bounces(AccountScope(account), BounceFilter(), ALL)),
        "entries": sum(row.account == account for row in await store.entries(OPERATOR, state=None, page=ALL)),
        "suppressions": len(await store.suppressions(AccountScope(account), now=NOON, page=ALL)),
        "allowed": len(await store.allow_list(AccountScope(account))),
        "trail": len(await store.trail(AccountScope(account), address=None, page=ALL)),
        "counts": sum(row.count for row in await store.counts(AccountScope(account), SendFilter(), ())),
        "counts by domain": sum(
            row.count for row in await store.counts(AccountScope(account), SendFilter(), ("domain",))
        ),
    }


@pytest.mark.parametrize("at_once", [1, 2000])
async def test_an_account_of_a_removed_ones_name_inherits_nothing(
    store: Store, at_once: int, monkeypatch: pytest.MonkeyPatch
):
    """However many parts that takes."""
    monkeypatch.setattr(removing, "ROWS_PER_COMMIT", at_once)
    monkeypatch.setattr(account_store, "PAUSE_SECONDS", 0)
    await filled(store)
    before, was = await everything(store, "acme"), await past_of(store)

    await store.remove_account(OPERATOR, "acme")
    assert await store.add_account(OPERATOR, Account("acme", ("thief@example.net",)), now=NOON + DAY)

    assert set((await everything(store, "acme")).values()) == {0}
    assert await everything(store, "acme/removed-1") == {**before, "suppressions": 0, "allowed": 0}
    acme = (await store.directory(OPERATOR)).accounts["acme"]
    assert (acme.generation, acme.failing) == (Generation(2), ())
    now = await past_of(store)
    assert (now.message, set(now.by_address.values()), set(now.blocked.values())) == (None, {AddressHistory()}, {0})
    assert (was.message is None, was.by_address["0@gmail.com"] == AddressHistory(), max(was.blocked.values())) == (
        False,
        False,
        3,
    )


async def past_of(store: Store) -> History:
    """Give the facts for a decision on a letter of the account."""
    histories: list[History] = []

    class Asking(Decided):
        """Asks for all that there may be."""

        @property
        def query(self) -> HistoryQuery:
            addresses = ("0@gmail.com", "1@gmail.com")
            return HistoryQuery("acme", addresses, reference="r1", message_id="m1@acme.example")

        def decide(self, history: History) -> Record:
            histories.append(history)
            return self

    decided = record(7)
    await store.foresee(
        OPERATOR, Asking(**{name: getattr(decided, name) for name in Record.__dataclass_fields__}), now=NOON
    )
    return histories[0]


async def test_entries_for_a_removed_accounts_owners_never_leave(store: Store):
    await filled(store)
    await store.remove_account(OPERATOR, "acme")

    assert not await leased(store, now=NOON + DAY, count=99, until=NOON + 2 * DAY)
    assert {(row.account, row.state) for row in await store.entries(OPERATOR, state=None, page=ALL)} == {
        ("acme/removed-1", EntryState.DROPPED)
    }


async def test_a_letter_that_waits_to_be_read_is_a_removed_accounts_too(store: Store):
    (letter_id,) = await store.keep([letter()])
    await store.add_account(OPERATOR, ACME, now=NOON)
    await store.remove_account(OPERATOR, "acme")

    (leased,) = await store.lease_letters(now=NOON, count=9, octets=1 << 20, until=NOON + MINUTE)
    assert leased.id == letter_id
    assert leased.received.return_path.account == "acme/removed-1"


async def test_a_letter_that_was_read_before_its_account_was_removed_is_not_recorded_for_the_next(store: Store):
    """The letter waits, and is read again as what it is."""
    await store.add_account(OPERATOR, ACME, now=NOON)
    (letter_id,) = await store.keep([letter()])
    await store.lease_letters(now=NOON, count=9, octets=1 << 20, until=NOON + MINUTE)
    await store.remove_account(OPERATOR, "acme")
    await store.add_account(OPERATOR, ACME, now=NOON)

    assert await store.record([record(letter_id)], now=NOON) == []

    assert (await everything(store, "acme"))["bounces"] == 0
    assert await store.entries(OPERATOR, state=None, page=ALL) == []
    assert [
        leased.id for leased in await store.lease_letters(now=NOON + MINUTE, count=9, octets=1 << 20, until=NOON + DAY)
    ] == [letter_id]


async def test_a_removal_that_was_broken_off_is_ended_by_who_takes_the_name(
    store: Store, opening: Opening, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(account_store, "PAUSE_SECONDS", 0)
    await filled(store)
    with monkeypatch.context() as broken:
        broken.setattr(removing, "find_part", lambda *_: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception, match="killed"):
            await store.remove_account(OPERATOR, "acme")
    assert "acme" not in (await store.directory(OPERATOR)).accounts

    other = await opening()
    await other.add_account(OPERATOR, Account("acme", ()), now=NOON)

    assert set((await everything(other, "acme")).values()) == {0}


async def test_a_removal_leaves_alone_who_took_the_name_meanwhile(
    store: Store, opening: Opening, monkeypatch: pytest.MonkeyPatch
):
    """Another process ends the removal, adds an account of that name, and has a letter for it, between two parts."""
    monkeypatch.setattr(account_store, "PAUSE_SECONDS", 0)
    await filled(store)
    other = await opening()
    find, parts = removing.find_part, []

    def find_late(connection: sa.Connection, name: str) -> removing.Part | None:
        part = find(connection, name)
        parts.append(part)
        return part

    monkeypatch.setattr(removing, "find_part", find_late)
    await store.remove_account(OPERATOR, "acme")
    assert await other.add_account(OPERATOR, Account("acme", ()), now=NOON + DAY)
    await other.keep([letter()])
    mine = await everything(other, "acme")

    for part in filter(None, parts):
        await store._engine.write(part)  # type: ignore[attr-defined]  # noqa: SLF001 -- as a process does that was held up
    await store._put_aside("acme")  # type: ignore[attr-defined]  # noqa: SLF001 -- as above

    assert await everything(other, "acme") == mine
    assert mine["letters"] == 1


async def test_an_import_that_runs_on_puts_nothing_in_force_for_the_next_account(store: Store):
    """Rows that are staged for the removed account are forgotten, before or after the removal; other accounts' rows stay."""
    await store.add_account(OPERATOR, ACME, now=NOON)
    name = await steps(store).open()
    await steps(store).stage(name, [suppression("a@example.org"), suppression("a@example.org", account="zoo")])
    await store.remove_account(OPERATOR, "acme")
    await steps(store).stage(name, [suppression("b@example.org")])
    await store.add_account(OPERATOR, ACME, now=NOON)
    await steps(store).activate(name)

    assert await store.suppressions(AccountScope("acme"), now=NOON, page=ALL) == []
    assert len(await store.suppressions(AccountScope("zoo"), now=NOON, page=ALL)) == 1


async def test_generations_are_counted(store: Store):
    for number in (1, 2, 3):
        await store.add_account(OPERATOR, ACME, now=NOON)
        assert (await store.directory(OPERATOR)).generation("acme") == Generation(number)
        assert await store.former_generation(OPERATOR, "acme") == number - 1
        await store.remove_account(OPERATOR, "acme")

    assert (await store.directory(OPERATOR)).generation("acme") is None
    assert await store.former_generation(OPERATOR, "other") == 0


async def test_an_alias_of_a_removed_account_is_kept_free(store: Store, clock: Clock):
    """Reports on its mail may come for weeks, and are nobody else's business."""
    alias = Alias("acme@rp.example.com", "acme")
    await store.add_account(OPERATOR, ACME, now=NOON)
    await store.add_alias(OPERATOR, alias, now=NOON)
    clock.time = NOON + DAY
    await store.remove_account(OPERATOR, "acme")
    await store.add_account(OPERATOR, ACME, now=NOON + DAY)

    assert (await store.directory(OPERATOR)).kept_free == {"acme@rp.example.com": NOON + 31 * DAY}
    assert not await store.add_alias(OPERATOR, alias, now=NOON + 31 * DAY - MINUTE)
    assert await store.add_alias(OPERATOR, alias, now=NOON + 31 * DAY)


async def test_an_alias_that_is_kept_free_can_be_given_away(store: Store):
    alias = Alias("acme@rp.example.com", "acme")
    await store.add_account(OPERATOR, ACME, now=NOON)
    await store.add_alias(OPERATOR, alias, now=NOON)
    await store.remove_account(OPERATOR, "acme")
    await store.add_account(OPERATOR, ACME, now=NOON)

    assert await store.remove_alias(OPERATOR, alias.address)
    assert await store.add_alias(OPERATOR, alias, now=NOON)
    assert (await store.directory(OPERATOR)).aliases == {alias.address: "acme"}


async def test_an_alias_is_registered_once(store: Store):
    await store.add_account(OPERATOR, ACME, now=NOON)
    alias = Alias("acme@rp.example.com", "acme")

    assert await store.add_alias(OPERATOR, alias, now=NOON)
    assert not await store.add_alias(OPERATOR, alias, now=NOON)
    assert not await store.add_alias(OPERATOR, Alias("ghost@rp.example.com", "nobody"), now=NOON)
    assert await store.remove_alias(OPERATOR, "acme@rp.example.com")
    assert not await store.remove_alias(OPERATOR, "acme@rp.example.com")


async def test_suppressed_addresses_are_found_however_they_are_written(store: Store):
    assert await store.suppress(OPERATOR, suppression("Jane@Bücher.example"))

    suppressed = await store.suppressions_of(
        OPERATOR, "acme", ["JANE@xn--bcher-kva.EXAMPLE", "joe@example.org"], now=NOON
    )

    assert suppressed == {"JANE@xn--bcher-kva.EXAMPLE": suppression("Jane@Bücher.example")}
    assert await store.suppressions_of(OPERATOR, "other", ["jane@bücher.example"], now=NOON) == {}


async def test_many_addresses_are_asked_at_once(store: Store):
    await store.suppress(OPERATOR, suppression("4321@example.org"))

    suppressed = await store.suppressions_of(OPERATOR, "acme", [f"{n}@example.org" for n in range(5000)], now=NOON)

    assert list(suppressed) == ["4321@example.org"]


async def test_a_suppression_ends(store: Store):
    await store.suppress(OPERATOR, suppression(until=NOON + DAY))

    assert await store.suppressions_of(OPERATOR, "acme", ["jane@example.org"], now=NOON + DAY - MINUTE)
    assert await store.suppressions_of(OPERATOR, "acme", ["jane@example.org"], now=NOON + DAY) == {}
    assert await store.suppressions(OPERATOR, now=NOON + DAY, page=ALL) == []


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
    assert await store.suppress(OPERATOR, suppression(until=first))
    assert not await store.suppress(OPERATOR, suppression("JANE@example.org", until=second))

    assert await suppressed_until(store) == stays


async def test_a_bounce_never_shortens_what_the_operator_said(store: Store):
    by_operator = suppression(source=ChangeSource.COMMAND, reason="asked us to")
    await store.suppress(OPERATOR, by_operator)
    (letter_id,) = await store.keep([letter()])

    await store.record([record(letter_id, suppressions=(suppression(until=NOON + DAY),))], now=NOON)

    assert await store.suppressions_of(OPERATOR, "acme", ["jane@example.org"], now=NOON) == {
        "jane@example.org": by_operator
    }


async def test_a_longer_suppression_keeps_when_the_first_began(store: Store):
    await store.suppress(OPERATOR, suppression(until=NOON + 2 * DAY))
    await store.suppress(OPERATOR, suppression(since=NOON + DAY, reason="bad-domain"))

    (standing,) = (await store.suppressions_of(OPERATOR, "acme", ["jane@example.org"], now=NOON + DAY)).values()

    assert (standing.since, standing.until, standing.reason) == (NOON, None, "bad-domain")


async def test_a_suppression_that_ended_begins_anew(store: Store):
    await store.suppress(OPERATOR, suppression(until=NOON + DAY))

    assert await store.suppress(OPERATOR, suppression(since=NOON + 2 * DAY, until=NOON + 3 * DAY))
    (standing,) = (await store.suppressions_of(OPERATOR, "acme", ["jane@example.org"], now=NOON + 2 * DAY)).values()
    assert (standing.since, standing.until) == (NOON + 2 * DAY, NOON + 3 * DAY)


async def test_a_suppression_is_lifted(store: Store):
    await store.suppress(OPERATOR, suppression())

    assert not await store.release(OPERATOR, release(account="other"))
    assert await store.release(OPERATOR, release("Jane@EXAMPLE.org"))
    assert not await store.release(OPERATOR, release())
    assert await store.suppressions_of(OPERATOR, "acme", ["jane@example.org"], now=NOON) == {}


async def test_suppressions_are_listed_newest_first(store: Store):
    for n in range(4):
        await store.suppress(OPERATOR, suppression(f"{n}@example.org", account="acme" if n % 2 else "other"))

    first = await store.suppressions(OPERATOR, now=NOON, page=Page(limit=3))
    rest = await store.suppressions(OPERATOR, now=NOON, page=Page(limit=3, before=first[-1][0]))
    acmes = await store.suppressions(AccountScope("acme"), now=NOON, page=ALL)

    assert [entry.address[0] for _, entry in [*first, *rest]] == ["3", "2", "1", "0"]
    assert [entry.address[0] for _, entry in acmes] == ["3", "1"]


FAILING = FailingOwner("acme", "ann@acme.example", "550 no such user")


class OwnersBounce(Decided):
    """A case about a mail of ours to an owner."""

    @property
    def query(self) -> HistoryQuery:
        return HistoryQuery(owner=FAILING.owner)


def _fields(decided: Decided) -> dict[str, Any]:
    return {field.name: getattr(decided, field.name) for field in dataclasses.fields(decided)}


async def change_everything(store: Store) -> AsyncIterator[str]:
    """Change accounts, aliases, owners and subscriptions in every way; give the name of each change."""
    account, alias = Account("acme", ("ann@acme.example",)), Alias("acme@rp.example.com", "acme")
    subscription = Subscription("acme", "file", "acme.jsonl")
    assert await store.add_account(OPERATOR, account, now=NOON)
    yield "account added"
    assert await store.set_account(OPERATOR, dataclasses.replace(account, forwarding=False))
    yield "account changed"
    assert await store.add_alias(OPERATOR, alias, now=NOON)
    yield "alias added"
    assert await store.subscribe(OPERATOR, subscription, now=NOON)
    yield "subscribed"
    assert await store.subscribe(OPERATOR, dataclasses.replace(subscription, topics=("bounce",)), now=NOON)
    yield "topics changed"
    assert await store.unsubscribe(OPERATOR, "acme", "file", "acme.jsonl")
    yield "unsubscribed"
    (letter_id,) = await store.keep([letter()])
    await store.record([OwnersBounce(**_fields(record(letter_id, failing=(FAILING,))))], now=NOON)
    yield "mail to an owner came back"
    assert await store.set_account(OPERATOR, account)
    yield "owner confirmed"
    assert await store.remove_account(OPERATOR, "acme")
    yield "account removed, its alias kept free"
    assert await store.remove_alias(OPERATOR, alias.address)
    yield "alias free again"


async def test_a_change_of_the_directory_is_seen_by_another_process(store: Store, opening: Opening):
    other = await opening()
    last_directory = await other.directory(OPERATOR)
    assert await other.changed_directory(OPERATOR, last_directory) is None
    assert await other.changed_directory(OPERATOR, Directory({}, {})) == last_directory

    async for name in change_everything(store):
        changed = await other.changed_directory(OPERATOR, last_directory)
        assert changed is not None, name
        assert changed != last_directory, name
        assert changed == await store.directory(OPERATOR), name
        last_directory = changed
        assert await other.changed_directory(OPERATOR, last_directory) is None, name


async def test_a_change_of_nothing_in_the_directory_makes_nobody_read_it_again(store: Store):
    """Refused changes, and all the daily work; then the question is one statement."""
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    last_directory = await store.directory(OPERATOR)
    assert not await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    assert not await store.set_account(OPERATOR, Account("nobody", ()))
    assert not await store.add_alias(OPERATOR, Alias("a@rp.example.com", "nobody"), now=NOON)
    assert not await store.remove_alias(OPERATOR, "a@rp.example.com")
    assert not await store.unsubscribe(OPERATOR, "acme", "file", "acme.jsonl")
    assert not await store.remove_account(OPERATOR, "nobody")
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id, suppressions=(suppression(),))], now=NOON)
    await store.count(OPERATOR, [Sent("acme", NOON, ("jane@example.org",))])

    statements = list[str]()

    with noting_statements(lambda _connection, sql, _values: statements.append(sql)):
        assert await store.changed_directory(OPERATOR, last_directory) is None
    (question,) = [sql for sql in statements if not sql.startswith("BEGIN")]
    assert "directory_version" in question


async def test_a_directory_of_before_a_restored_backup_is_read_again(store: Store, opening: Opening, clock: Clock):
    """Also where as many changes were made after the restoration as before it."""
    await store.add_account(OPERATOR, Account("acme", ()), now=clock())
    backup = await store.directory(OPERATOR)
    clock.time += MINUTE
    await store.add_account(OPERATOR, Account("lost", ()), now=clock())
    last_directory = await store.directory(OPERATOR)
    engine: Engine = store._engine  # type: ignore[attr-defined]  # noqa: SLF001 -- as the backup has it
    await engine.write(lambda connection: connection.execute(sa.delete(accounts).where(accounts.c.name == "lost")))
    version = sa.update(directory_version).values(version=backup.version)
    await engine.write(lambda connection: connection.execute(version))

    restored = await store.changed_directory(OPERATOR, last_directory)
    assert restored is not None
    assert restored.accounts.keys() == {"acme"}
    clock.time += MINUTE
    await store.set_account(OPERATOR, Account("acme", ("ann@acme.example",)))
    changed = await store.changed_directory(OPERATOR, last_directory)
    assert changed is not None
    assert changed.accounts["acme"].owners == ("ann@acme.example",)


async def test_changes_in_one_moment_and_while_the_clock_stands_back_are_told_apart(store: Store, clock: Clock):
    versions = list[int]()
    for moment in (NOON, NOON, NOON - DAY):
        clock.time = moment
        await store.add_account(OPERATOR, Account(f"a{len(versions)}", ()), now=moment)
        versions.append((await store.directory(OPERATOR)).version)

    assert versions == sorted(set(versions))


async def test_the_daemon_knows_of_a_change_within_a_second(store: Store, opening: Opening):
    """The cache of the SMTP server: another process adds an account, and its path is admitted at the next check."""
    elapsed = [0.0]
    key = Key(b"a secret of at least sixteen octets")
    admit = Admit(store, domains=("rp.example.com",), keys=(key,), today=lambda: 20_000, elapsed=lambda: elapsed[0])
    first = await admit.directory()
    other = await opening()
    await other.add_account(OPERATOR, Account("acme", ()), now=NOON)
    await other.add_alias(OPERATOR, Alias("acme@rp.example.com", "acme"), now=NOON)

    assert await admit.directory() is first
    elapsed[0] = CACHE_SECONDS + 0.1
    assert (await admit.admit("acme@rp.example.com")).account == "acme"
    last_directory = await admit.directory()
    elapsed[0] *= 3
    assert await admit.directory() is last_directory
