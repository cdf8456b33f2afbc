"""The contract of every store: suppressions by stream, forms of addresses, the trail, the allow-list, imports, decisions."""

import asyncio
import dataclasses
import datetime as dt
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, closing, contextmanager

import pytest
import sqlalchemy as sa
from contract.factories import ALL, DAY, NOON, Clock, Opening, letter, release, steps, suppression
from contract.sent_statements import noting_statements
from sqlalchemy.util import await_

from bouncer.mail.letter import PathKind, ReturnPath
from bouncer.mail.returnpath import Key, Signed, sign, verify
from bouncer.ndr.named_addresses import comparable_forms
from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient
from bouncer.notify.serialize import to_plain
from bouncer.policy.account_rules import AccountRules, BadPaths
from bouncer.policy.address_list import AddressList
from bouncer.policy.blocking import Blocked, Blocking
from bouncer.policy.circumstances import Circumstances
from bouncer.policy.records import Belief, Bucket, ChangeSource, Record
from bouncer.policy.route import RoutedLetter, with_comparison
from bouncer.ports.accounts import Account
from bouncer.ports.erasures import ErasureOrder
from bouncer.ports.letters import BounceFilter, Page
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.sends import Sent
from bouncer.ports.store import Store
from bouncer.ports.suppressions import Allowed
from bouncer.store.engine.engine import READERS
from bouncer.store.engine.values import VALUES_PER_QUERY
from bouncer.store.suppressions import allow_list, importing, looking_up, suppression_store
from bouncer.store.suppressions.allowing import CoveredSuppressions
from bouncer.store.suppressions.staging import MergedRows
from bouncer.verdict.verdict import Judgement, Reason, Verdict

KEY = Key(b"a secret of at least sixteen octets")
JANE = "jane@example.org"


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Imports come to their place seven by seven."""
    monkeypatch.setattr(importing, "MERGED_AT_ONCE", 7)
    monkeypatch.setattr(importing, "PAUSE_SECONDS", 0)


async def account(store: Store, **terms: object) -> None:
    await store.add_account(OPERATOR, Account("acme", ("ann@acme.example",), terms=AccountRules(**terms)), now=NOON)  # type: ignore[arg-type]


async def now_suppressed(store: Store, address: str = JANE, stream: str = "") -> bool:
    """Whether a mail of the stream may not go to the address; without a stream, a mail of none."""
    return bool(await store.suppressions_of(OPERATOR, "acme", [address], now=NOON, stream=stream))


def case(letter_id: int, reason: Reason = Reason.INVALID_RECIPIENT, to: str = JANE, **facts: object) -> RoutedLetter:
    """A report to a path that was signed for *to*, of its failure."""
    path = sign("acme", to, domain="rp.example.com", key=KEY, today=20_000, days=30)
    signed = verify(path, keys=(KEY,), today=20_000)
    assert isinstance(signed, Signed)
    kind, action = facts.pop("kind", Kind.BOUNCE), facts.pop("action", Action.FAILED)
    recipient = Recipient(to, action)  # type: ignore[arg-type]
    reading = Reading(kind, "rfc3464", original=facts.pop("original", Original()), recipients=(recipient,))  # type: ignore[arg-type]
    verdict = Verdict(reason, "a-rule", "its words") if action is Action.FAILED else None
    about = Circumstances(
        letter_id,
        ReturnPath(path, PathKind.SIGNED, "acme", to),
        signed,
        owners=("ann@acme.example",),
        operator="op@example.com",
        now=NOON,
    )
    about = with_comparison(dataclasses.replace(about, **facts), reading, comparable_forms(reading))  # type: ignore[arg-type]
    return RoutedLetter(Judgement(reading, (verdict,)), about)


async def record_failures(store: Store, *reasons: Reason, at: dt.datetime = NOON, **facts: object) -> list[Record]:
    """Keep letters with these failures, and record them in one commit."""
    ids = [(await store.keep([letter()]))[0] for _ in reasons]
    cases = [case(letter_id, why, now=at, **facts) for letter_id, why in zip(ids, reasons, strict=True)]
    return list(await store.record(cases, now=at))


async def test_the_answer_to_a_mail_server_is_that_of_the_list(store: Store):
    await store.suppress(OPERATOR, suppression(until=NOON + DAY))

    answer = await store.suppressions_of(OPERATOR, "acme", [JANE], now=NOON, stream="")

    assert answer == {JANE: suppression(until=NOON + DAY)}
    assert await store.suppressions_of(OPERATOR, "acme", [JANE], now=NOON + DAY, stream="") == {}
    assert await store.suppressions_of(OPERATOR, "other", [JANE], now=NOON, stream="") == {}
    await store.release(OPERATOR, release())
    assert not await now_suppressed(store)


async def test_the_index_is_read_through_part_by_part(store: Store, monkeypatch: pytest.MonkeyPatch):
    """Exactly at the end of a part, one before, one after; and where there is nothing. The folded forms are another index."""
    monkeypatch.setattr(looking_up, "READ_AT_ONCE", 3)
    ends = list[object]()
    read_on = looking_up.read_index
    monkeypatch.setattr(looking_up, "read_index", lambda *arguments: ends.append(read_on(*arguments)) or ends[-1])
    for n in range(8):
        await store.warm()
        await store.suppress(OPERATOR, suppression(f"{n}@example.org" if n % 2 else f"{n}.x@gmail.com"))

    assert ends.count(None) == 2 * 8
    assert [end for end in ends[-5:] if end] == [
        ("acme", "2.x@gmail.com"),
        ("acme", "5@example.org"),
        ("acme", "4x@gmail.com"),
    ]


async def test_all_suppressions_of_many_addresses_are_given_those_of_erased_ones_too(store: Store):
    for stream, until in (("", None), ("news", NOON + DAY), ("old", NOON)):
        await store.suppress(OPERATOR, suppression(until=until, stream=stream, since=NOON - DAY))
    await store.suppress(OPERATOR, suppression("joe@example.org", stream="shop"))
    await store.erase(OPERATOR, ErasureOrder(["joe@example.org"], ChangeSource.KEY, "by key", NOON))
    await store.suppress(OPERATOR, suppression("joe@example.org", stream="news"))

    suppressed = await store.all_suppressed(
        OPERATOR, "acme", ["JANE@example.org", "joe@example.org", "x@example.org"], now=NOON
    )

    assert {address: {row.stream for row in rows} for address, rows in suppressed.items()} == {
        "JANE@example.org": {"", "news"},
        "joe@example.org": {"shop", "news"},
    }
    assert await store.all_suppressed(OPERATOR, "other", [JANE], now=NOON) == {}


async def test_addresses_are_looked_up_whatever_characters_they_have(store: Store):
    """A list of them is one value for PostgreSQL, in which quotes, braces and commas have a meaning."""
    local_parts = ("a,b", '"a b"', '"a\\\\b"', "{a}", '"a\\"b"', "NULL", "o'hara", "a\nb", "\\", "%", "jo\u0308rg")
    odd = [f"{local}@example.org" for local in local_parts]
    for address in odd:
        assert await store.suppress(OPERATOR, suppression(address)), address

    addresses = [*odd, "a@example.org", "b@example.org", "null@example.com", "{}", "", '"'] * 2
    suppressed = await store.suppressions_of(OPERATOR, "acme", addresses, now=NOON)

    assert sorted(suppressed) == sorted(odd)
    assert await store.suppressions_of(OPERATOR, "acme", [], now=NOON) == {}


async def test_a_stream_is_suppressed_alone(store: Store):
    await store.suppress(OPERATOR, suppression(stream="news"))

    assert await now_suppressed(store, stream="news")
    assert not await now_suppressed(store, stream="receipts")
    assert await store.suppressions_of(OPERATOR, "acme", [JANE], now=NOON, stream="receipts") == {}
    assert len(await store.suppressions_of(OPERATOR, "acme", [JANE], now=NOON)) == 1
    assert await store.suppress(OPERATOR, suppression())
    assert await now_suppressed(store, stream="receipts")
    assert len(await store.suppressions_of_address(OPERATOR, "acme", JANE, now=NOON)) == 2
    assert await store.release(OPERATOR, release())
    assert await store.suppressions_of_address(OPERATOR, "acme", JANE, now=NOON) == []


async def test_gmails_dots_and_tags_are_folded_where_the_account_wants_it(store: Store):
    await account(store, fold_gmail=True)
    await store.suppress(OPERATOR, suppression("J.Doe+list@googlemail.com"))

    assert await store.suppressions_of(OPERATOR, "acme", ["jdoe@gmail.com", "j.d.o.e@gmail.com"], now=NOON)
    assert await now_suppressed(store, "jd.oe@gmail.com")
    assert await store.suppressions_of(OPERATOR, "other", ["jdoe@gmail.com"], now=NOON) == {}
    assert await store.release(OPERATOR, release("jdoe+other@gmail.com"))


async def fold(store: Store, *, on: bool) -> None:
    """Turn the account's setting."""
    last_directory = (await store.directory(OPERATOR)).accounts["acme"]
    await store.set_account(
        OPERATOR, dataclasses.replace(last_directory, terms=dataclasses.replace(last_directory.terms, fold_gmail=on))
    )


async def test_a_look_up_asks_for_the_form_that_is_wanted_today(store: Store):
    await account(store)
    await store.suppress(OPERATOR, suppression("k.k@gmail.com"))

    for on in (True, False, True):
        await fold(store, on=on)
        assert await now_suppressed(store, "k.k@gmail.com")
        assert await now_suppressed(store, "kk+1@googlemail.com") is on
        assert bool(await store.suppressions_of(OPERATOR, "acme", ["kk+1@googlemail.com"], now=NOON)) is on
        assert bool(await store.suppressions_of_address(OPERATOR, "acme", "kk@gmail.com", now=NOON)) is on


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # its own plan of a query
@pytest.mark.parametrize(
    ("addresses", "folds", "indexes"),
    [
        ([JANE], False, ["sqlite_autoindex_suppressions_1"]),
        ([JANE], True, ["sqlite_autoindex_suppressions_1"]),
        (["j.doe@gmail.com"], False, ["sqlite_autoindex_suppressions_1"]),
        (["j.doe@gmail.com"], True, ["ix_suppressions_folded"]),
        (
            [JANE, "j.doe@gmail.com", *(f"{n}@example.org" for n in range(300))],
            True,
            ["sqlite_autoindex_suppressions_1", "ix_suppressions_folded"],
        ),
    ],
)
async def test_all_addresses_are_looked_up_by_one_query_of_each_index(
    store: Store, url: str, addresses: list[str], folds: bool, indexes: list[str]
):
    await account(store, fold_gmail=folds)
    with queries() as statements:
        await store.suppressions_of(OPERATOR, "acme", addresses, now=NOON, stream="news")

    look_ups = [entry for entry in statements if "FROM suppressions" in entry[0]]
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        plans = [[row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", v)] for sql, v in look_ups]
    assert len(plans) == len(indexes)
    for plan, index in zip(plans, indexes, strict=True):
        assert any(step.startswith(f"SEARCH suppressions USING INDEX {index} (account=? AND ") for step in plan), plan
        assert not any(step.startswith("SCAN") for step in plan if "suppressions" in step or "staged" in step), plan


@contextmanager
def queries() -> Iterator[list[tuple[str, tuple[object, ...]]]]:
    """Take down the queries of stores, with their values."""
    statements = list[tuple[str, tuple[object, ...]]]()
    with noting_statements(lambda _connection, sql, values: statements.append((sql, values))):
        yield statements


async def test_calls_at_the_same_time_share_a_query_and_each_gets_its_own_answer(store: Store):
    """The calls are for several accounts, one of which folds, streams and times; another account's address is no answer."""
    await account(store, fold_gmail=True)
    for name in ("other", "third"):
        await store.add_account(OPERATOR, Account(name, ()), now=NOON)
    for entry in (
        suppression(),
        suppression("k.k@gmail.com"),
        suppression("k.k@gmail.com", account="other"),
        suppression("late@example.org", account="third", until=NOON + DAY),
        suppression("news@example.org", account="third", stream="news"),
    ):
        await store.suppress(OPERATOR, entry)
    addresses = [JANE, "kk@gmail.com", "k.k@gmail.com", "late@example.org", "news@example.org"]

    with queries() as statements:
        first = asyncio.create_task(store.suppressions_of(OPERATOR, "acme", ["x@example.org"], now=NOON))
        await asyncio.sleep(0)  # while it is answered, the others wait and come together
        answers = await asyncio.gather(
            *(
                store.suppressions_of(OPERATOR, name, addresses, now=at, stream=stream)
                for name in ("acme", "other", "third")
                for at in (NOON, NOON + DAY)
                for stream in (None, "", "news")
            )
        )

    assert await first == {}
    assert [set(answer) for answer in answers] == [
        *6 * [{JANE, "kk@gmail.com", "k.k@gmail.com"}],
        *6 * [{"k.k@gmail.com"}],
        {"late@example.org", "news@example.org"},
        {"late@example.org"},
        {"late@example.org", "news@example.org"},
        {"news@example.org"},
        set(),
        {"news@example.org"},
    ]
    assert {entry.account for answer in answers[:6] for entry in answer.values()} == {"acme"}
    assert len([sql for sql, _ in statements if "FROM suppressions" in sql]) == 3
    assert not [sql for sql, _ in statements if "FROM staged" in sql], "no import is in force that is not in its place"


async def test_staged_rows_are_read_before_the_suppressions_that_a_merge_makes_of_them(store: Store):
    """A row that is moved between the two queries is found by both; the other way round, by neither."""
    name = await steps(store).open()
    await steps(store).stage(name, [suppression(source=ChangeSource.IMPORT)])
    await steps(store).activate(name)

    with queries() as statements:
        assert await store.suppressions_of(OPERATOR, "acme", [JANE], now=NOON, stream="")

    tables = [
        table for sql, _ in statements for table in ("imports", "staged", "suppressions") if f"FROM {table}" in sql
    ]
    assert tables == ["imports", "staged", "suppressions"]


async def test_a_message_to_very_many_lets_others_go_between(store: Store):
    """The message's addresses are looked up some at a time: a mail to one address waits for a part of them only."""
    last = VALUES_PER_QUERY * 20
    await store.suppress(OPERATOR, suppression(f"{last}@example.org"))
    many = [f"{n}@example.org" for n in range(last + 1)]

    long = asyncio.create_task(store.suppressions_of(OPERATOR, "acme", many, now=NOON, stream=""))
    await asyncio.sleep(0)
    assert await store.suppressions_of(OPERATOR, "acme", [JANE], now=NOON, stream="") == {}
    assert not long.done()
    assert list(await long) == [many[-1]]


async def test_long_readings_do_not_delay_an_answer(store: Store):
    """Every connection for reading is taken, and what is asked for a mail is answered all the same."""
    engine = store._engine  # type: ignore[attr-defined]  # noqa: SLF001 -- no other way in
    async with AsyncExitStack() as seats:
        for _ in range(READERS):
            await seats.enter_async_context(engine._seats)  # noqa: SLF001
        assert await store.suppressions_of(OPERATOR, "acme", [JANE], now=NOON, stream="") == {}


async def test_an_import_in_force_is_found_folded_before_it_is_in_its_place(store: Store):
    await account(store, fold_gmail=True)
    await store.allow(OPERATOR, Allowed("acme", "friend@gmail.com", NOON), source=ChangeSource.COMMAND)
    name = await steps(store).open()
    await steps(store).stage(
        name,
        [suppression(address, source=ChangeSource.IMPORT) for address in ("k.k@gmail.com", "f.riend@gmail.com", JANE)],
    )
    await steps(store).activate(name)

    for placed in (False, True):
        assert await now_suppressed(store, "kk@googlemail.com"), placed
        assert not await now_suppressed(store, "friend+1@gmail.com"), placed
        assert await now_suppressed(store), placed
        if not placed:
            assert await steps(store).merge(name) == MergedRows(3, has_more=False, new=2, kept_out=1)
    await fold(store, on=False)
    assert not await now_suppressed(store, "kk@gmail.com")
    assert await now_suppressed(store, "k.k@gmail.com")


@pytest.mark.parametrize("entry", ["@gmail.com", "@googlemail.com"])
async def test_all_of_gmail_is_allowed_by_either_name_where_both_are_one(store: Store, entry: str):
    await account(store, fold_gmail=True)
    for address in ("a@gmail.com", "b@googlemail.com"):
        await store.suppress(OPERATOR, suppression(address))
    await store.allow(OPERATOR, Allowed("acme", entry, NOON), source=ChangeSource.COMMAND)

    assert await store.suppressions(AccountScope("acme"), now=NOON, page=ALL) == []
    await fold(store, on=False)
    for address in ("a@gmail.com", "b@googlemail.com"):
        assert await store.suppress(OPERATOR, suppression(address)) is not address.endswith(entry)


async def test_an_address_that_is_nothing_but_a_tag_stands_for_no_domain(store: Store):
    await account(store, fold_gmail=True)
    await store.allow(OPERATOR, Allowed("acme", "+x@gmail.com", NOON), source=ChangeSource.COMMAND)

    assert await store.suppress(OPERATOR, suppression("jane@gmail.com"))
    assert not await store.suppress(OPERATOR, suppression("+x@gmail.com"))


async def test_failures_of_all_spellings_count_together_for_who_folds(store: Store):
    """Three days, three spellings; an account that does not fold sees three addresses, whatever was recorded when."""
    await account(store)
    spelled = ("j.doe@gmail.com", "jdoe+1@gmail.com", "jdoe@googlemail.com")
    for day, address in enumerate(spelled):
        if day == 2:
            await fold(store, on=True)
        (last,) = await record_failures(store, Reason.MAILBOX_FULL, at=NOON + day * DAY, to=address)

    assert [entry.address for entry in last.suppressions] == ["jdoe@googlemail.com"]
    assert len(await store.bounces(AccountScope("acme"), BounceFilter("jdoe@gmail.com"), ALL)) == 3
    await fold(store, on=False)
    assert [row.recipient for row in await store.bounces(AccountScope("acme"), BounceFilter(spelled[0]), ALL)] == [
        spelled[0]
    ]
    assert (
        len((await record_failures(store, Reason.MAILBOX_FULL, at=NOON + 3 * DAY, to=spelled[0]))[0].suppressions) == 0
    )


async def test_a_report_of_another_spelling_of_a_suppressed_mailbox_is_not_lost(store: Store):
    """Both bounced while they were one mailbox; as two addresses both are gone, and neither has relapsed."""
    await account(store, fold_gmail=True)
    for address in ("j.doe@gmail.com", "jdoe@gmail.com"):
        (record,) = await record_failures(store, Reason.INVALID_RECIPIENT, to=address)
    assert record.bounces[0].effect == "already-suppressed"
    assert not record.bounces[0].suppressed

    await fold(store, on=False)

    assert [
        await now_suppressed(store, address) for address in ("j.doe@gmail.com", "jdoe@gmail.com", "j.d.oe@gmail.com")
    ] == [
        True,
        True,
        False,
    ]
    await fold(store, on=True)
    await store.release(OPERATOR, release("jdoe@gmail.com", at=NOON))
    (again,) = await record_failures(store, Reason.INVALID_RECIPIENT, at=NOON + DAY, to="jd.oe@gmail.com")
    assert "suppressed once before" in again.suppressions[0].why


async def test_an_address_that_one_account_folds_is_not_folded_for_another(store: Store):
    """Letters of both are decided on in one commit."""
    await account(store, fold_gmail=True)
    await store.add_account(OPERATOR, Account("other", ("o@other.example",)), now=NOON)
    for name in ("acme", "other"):
        await store.suppress(OPERATOR, suppression("j.doe@gmail.com", account=name))

    assert set(await store.suppressions_of(OPERATOR, "acme", ["jdoe@gmail.com"], now=NOON)) == {"jdoe@gmail.com"}
    assert await store.suppressions_of(OPERATOR, "other", ["jdoe@gmail.com"], now=NOON) == {}
    assert len(await store.trail(OPERATOR, address="jdoe@gmail.com", page=ALL)) == 1
    assert len(await store.trail(OPERATOR, address="j.doe@gmail.com", page=ALL)) == 2
    assert not await store.release(OPERATOR, release("jdoe@gmail.com", account="other"))
    assert await store.release(OPERATOR, release("jdoe@gmail.com"))


async def test_an_accounts_terms_are_kept(store: Store, opening: Opening):
    terms = AccountRules(
        Belief.PLAUSIBLE, 5, 60, by_stream=True, bad_paths=BadPaths.QUARANTINE, servers=("192.0.2.0/24",)
    )
    await store.add_account(OPERATOR, Account("acme", (), terms=terms, senders=("acme.example",)), now=NOON)

    found_account = (await (await opening()).directory(OPERATOR)).accounts["acme"]

    assert (found_account.terms, found_account.senders) == (terms, ("acme.example",))
    await store.set_account(OPERATOR, Account("acme", ()))
    assert (await store.directory(OPERATOR)).accounts["acme"].terms == AccountRules()


async def test_every_change_is_in_the_trail(store: Store):
    await store.suppress(OPERATOR, suppression(why="by ann"))
    await store.suppress(OPERATOR, suppression(until=NOON + DAY))  # shorter: no change
    await store.release(OPERATOR, release(why="she wrote"))
    await store.release(OPERATOR, release())  # nothing to lift: no change
    await store.allow(OPERATOR, Allowed("acme", JANE, NOON, "a friend"), source=ChangeSource.COMMAND)
    await store.disallow(OPERATOR, Allowed("acme", JANE, NOON), source=ChangeSource.COMMAND)

    rows = await store.trail(AccountScope("acme"), address="JANE@example.org", page=ALL)

    assert [(row.change, row.source, row.why) for row in reversed(rows)] == [
        ("suppressed", "bounce", "by ann"),
        ("freed", "command", "she wrote"),
        ("allowed", "command", "a friend"),
        ("disallowed", "command", ""),
    ]
    assert await store.trail(AccountScope("other"), address=None, page=ALL) == []
    assert [row.id for row in await store.trail(OPERATOR, address=None, page=Page(1, rows[0].id))] == [rows[1].id]


@pytest.mark.parametrize("entry", [JANE, "@example.org", "@EXAMPLE.org"])
async def test_the_allow_list_is_never_suppressed(store: Store, entry: str):
    await account(store)
    await store.suppress(OPERATOR, suppression())

    assert await store.allow(OPERATOR, Allowed("acme", entry, NOON), source=ChangeSource.COMMAND)
    assert not await store.allow(OPERATOR, Allowed("acme", entry, NOON), source=ChangeSource.COMMAND)

    assert not await now_suppressed(store)
    assert not await store.suppress(OPERATOR, suppression())
    await record_failures(store, Reason.INVALID_RECIPIENT)
    assert not await now_suppressed(store)
    assert [allowed.address for allowed in await store.allow_list(AccountScope("acme"))] == [entry]
    assert await store.disallow(OPERATOR, Allowed("acme", entry, NOON), source=ChangeSource.COMMAND)
    assert await store.suppress(OPERATOR, suppression())


async def test_a_long_allow_list_is_read_page_by_page(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(allow_list, "ENTRIES_AT_ONCE", 2)
    names = {"acme": ["a@x.example", "b@x.example", "@x.example", "d@x.example"], "zoo": ["b@x.example", "c@x.example"]}
    for name, addresses in names.items():
        await store.add_account(OPERATOR, Account(name, (f"ann@{name}.example",)), now=NOON)
        for entry in addresses:
            await store.allow(OPERATOR, Allowed(name, entry, NOON, "a friend"), source=ChangeSource.COMMAND)

    statements = list[str]()
    with noting_statements(lambda _connection, sql, _values: statements.append(sql)):
        every = await store.allow_list(OPERATOR)

    in_order = sorted((entry, name) for name, addresses in names.items() for entry in addresses)
    assert [(entry.address, entry.account) for entry in every] == in_order
    assert await store.allow_list(AccountScope("acme")) == [entry for entry in every if entry.account == "acme"]
    assert len([sql for sql in statements if "allowed" in sql]) == 1 + len(in_order) // 2


async def entries(store: Store, address: str, name: str = "acme") -> list[str]:
    return [entry.address for entry in await store.allow_entries(OPERATOR, name, address)]


async def test_the_entries_that_cover_an_address_are_its_own_and_its_domains(store: Store):
    await account(store)
    for entry in (JANE, "@Example.org", "other@example.org", "@example.net", "ja.ne@gmail.com", "@gmail.com"):
        await store.allow(OPERATOR, Allowed("acme", entry, NOON, "a friend"), source=ChangeSource.COMMAND)

    assert await entries(store, "Jane@EXAMPLE.org") == ["@Example.org", JANE]
    assert await entries(store, "joe@example.net") == ["@example.net"]
    assert await entries(store, "jane@gmail.com") == ["@gmail.com"]
    assert await entries(store, JANE, "nobody") == await entries(store, "%@example.com") == []
    (whole, _) = await store.allow_entries(OPERATOR, "acme", JANE)
    assert (whole.account, whole.at, whole.why) == ("acme", NOON, "a friend")
    assert await store.allow_entries(AccountScope("other"), "acme", JANE) == ()


async def test_an_account_that_folds_finds_the_entries_of_all_spellings(store: Store):
    await account(store, fold_gmail=True)
    for entry in ("ja.ne@gmail.com", "jane+news@googlemail.com", "@googlemail.com", "joe@gmail.com", JANE):
        await store.allow(OPERATOR, Allowed("acme", entry, NOON), source=ChangeSource.COMMAND)

    spellings = ["@googlemail.com", "ja.ne@gmail.com", "jane+news@googlemail.com"]
    assert await entries(store, "j.a.n.e@gmail.com") == spellings
    assert await entries(store, JANE) == [JANE]
    await fold(store, on=False)
    assert await entries(store, "j.a.n.e@gmail.com") == []
    assert await entries(store, "ja.ne@gmail.com") == ["ja.ne@gmail.com"]


async def test_a_suppression_that_came_while_the_list_was_searched_is_lifted_too(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    """A large list is searched beside whoever writes."""
    for n in range(3):
        await store.suppress(OPERATOR, suppression(f"{n}@example.org"))
    await store.suppress(OPERATOR, suppression("other@example.net"))
    find, late = suppression_store.find_covered, list[bool]()

    def slow(connection: sa.Connection, entries: Sequence[Allowed]) -> list[CoveredSuppressions]:
        covered = find(connection, entries)
        late.append(await_(store.suppress(OPERATOR, suppression("late@example.org"))))
        return covered

    monkeypatch.setattr(suppression_store, "find_covered", slow)
    await store.allow(OPERATOR, Allowed("acme", "@example.org", NOON), source=ChangeSource.COMMAND)

    assert late == [True]
    assert [entry.address for _, entry in await store.suppressions(OPERATOR, now=NOON, page=ALL)] == [
        "other@example.net"
    ]


async def test_a_report_is_decided_on_what_came_before(store: Store):
    """Soft failures on three days; the letters come in three commits."""
    await account(store)

    for day in range(2):
        await record_failures(store, Reason.MAILBOX_FULL, at=NOON + day * DAY)
    assert not await now_suppressed(store)
    (last,) = await record_failures(store, Reason.MAILBOX_FULL, at=NOON + 2 * DAY)

    assert last.bounces[0].suppressed_until == NOON + 23 * DAY
    assert await now_suppressed(store)


async def test_letters_of_one_commit_see_one_another(store: Store):
    """Ten times a day a token is believed, however many of its letters are read at once."""
    await account(store, soft_failures=1)

    records = await record_failures(store, *[Reason.MAILBOX_FULL] * 12)

    assert [record.bounces[0].believed.belief for record in records].count(Belief.PROVEN) == 10
    assert [len(record.suppressions) for record in records] == [1] + [0] * 11
    buckets = [entry.bucket for record in records for entry in record.entries]
    assert buckets == [Bucket.PROVEN] * 10 + [Bucket.DIGEST] * 2
    assert (await record_failures(store, Reason.MAILBOX_FULL, at=NOON + DAY))[0].bounces[
        0
    ].believed.belief is Belief.PROVEN


async def test_a_delivery_frees_and_the_next_failure_climbs_the_ladder(store: Store):
    await account(store)
    await record_failures(store, Reason.INVALID_RECIPIENT)
    assert await now_suppressed(store)

    await record_failures(store, Reason.UNKNOWN, at=NOON + DAY, kind=Kind.SUCCESS, action=Action.DELIVERED)
    assert not await now_suppressed(store)
    (again,) = await record_failures(store, Reason.INVALID_RECIPIENT, at=NOON + 2 * DAY)

    assert again.suppressions[0].until is None
    changes = [row.change for row in await store.trail(AccountScope("acme"), address=JANE, page=ALL)]
    assert changes == ["suppressed", "freed", "suppressed"]


async def test_blocks_of_a_provider_warn_once_for_each_step(store: Store):
    await account(store, block_warning=3)
    warned = []
    for n in range(5):
        ids = [(await store.keep([letter()]))[0]]
        (recorded,) = await store.record([case(ids[0], Reason.SPAM_CONTENT, f"user{n}@gmail.com")], now=NOON)
        warned += [(n, entry.to, entry.about) for entry in recorded.entries if entry.kind.value == "warning"]

    about = str(Blocking((Blocked("Gmail", 3, "acme", NOON.date()),)))
    assert warned == [(2, "ann@acme.example", about), (2, "op@example.com", about)]
    assert about in {row.about for row in await store.entries(OPERATOR, state=None, page=ALL)}


async def test_the_effect_of_a_report_stays_as_it_was_decided(store: Store):
    """A notice that leaves days later tells the number of then, whatever came in between."""
    await account(store)
    for days in range(4):
        await record_failures(store, Reason.MAILBOX_FULL, at=NOON + days * DAY)

    rows = reversed(await store.bounces(OPERATOR, BounceFilter(), ALL))

    assert [(row.effect, row.counted_day, row.counted_needed, row.counted_window) for row in rows] == [
        ("counted", 1, 3, 30),
        ("counted", 2, 3, 30),
        ("suppressed", None, None, None),
        ("already-suppressed", None, None, None),
    ]


async def test_the_registered_message_gives_stream_and_campaign(store: Store):
    await account(store, by_stream=True)
    await store.count(OPERATOR, [Sent("acme", NOON, (JANE,), "<M1@acme.example>", "Hi", "spring", "news")])
    original = Original("<m1@acme.example>", "Hi")

    (recorded,) = await record_failures(
        store, Reason.UNKNOWN, kind=Kind.COMPLAINT, action=Action.DELIVERED, original=original
    )

    assert [(new.stream, new.reason) for new in recorded.suppressions] == [("news", "complaint")]
    assert (recorded.bounces[0].campaign, recorded.counts[0].campaign) == ("spring", "spring")


async def test_an_import_is_in_force_whole_or_not_at_all(store: Store, opening: Opening, clock: Clock):
    await account(store)
    await store.allow(OPERATOR, Allowed("acme", "@friend.example", NOON), source=ChangeSource.COMMAND)
    await store.suppress(OPERATOR, suppression("old@example.org", until=NOON + DAY))
    name = await steps(store).open()
    addresses = ["a@example.org", "A@example.org", "old@example.org", "x@friend.example"]
    for address in addresses:
        await steps(store).stage(name, [suppression(address, source=ChangeSource.IMPORT)])

    assert set(await store.suppressions_of(OPERATOR, "acme", addresses, now=NOON)) == {"old@example.org"}
    other = await opening()  # another process sees nothing of it either
    assert set(await other.suppressions_of(OPERATOR, "acme", addresses, now=NOON)) == {"old@example.org"}

    clock.time = NOON + DAY
    await steps(store).activate(name)
    assert [await now_suppressed(store, address) for store in (store, other) for address in addresses] == [True] * 3 + [
        False
    ] + [True] * 3 + [False]
    assert await steps(store).merge(name) == MergedRows(3, has_more=False, new=2, kept_out=1)
    suppressed = await store.suppressions_of(OPERATOR, "acme", addresses, now=NOON + 9 * DAY)
    assert set(suppressed) == set(addresses[:3])
    assert {entry.source for entry in suppressed.values()} == {"import"}
    trail = await store.trail(AccountScope("acme"), address="old@example.org", page=ALL)
    assert [(row.source, row.at) for row in trail] == [("import", NOON + DAY), ("bounce", NOON)]


MANY = [f"user{n}@example.org" for n in range(50)]


async def how_many(store: Store) -> int:
    """Give the number of MANY that are suppressed."""
    return len(await store.suppressions_of(OPERATOR, "acme", MANY, now=NOON, stream=""))


async def laid_ready(store: Store) -> str:
    """An import of many addresses, not in force yet."""
    name = await steps(store).open()
    await steps(store).stage(name, [suppression(address, source=ChangeSource.IMPORT) for address in MANY])
    return name


async def test_an_import_is_in_force_whole_wherever_it_stands(store: Store, opening: Opening, small_parts: None):
    other, name = await opening(), await laid_ready(store)
    in_force = [await how_many(other) > 0]

    await steps(store).activate(name)

    counts = list[int]()
    while sum(counts) < len(MANY):
        in_force.append(await how_many(other) == len(MANY))
        await other.keep([letter()])
        counts.append((await steps(store).merge(name)).count)
    assert counts == [7] * 7 + [1]
    assert in_force == [False] + [True] * 8
    assert await how_many(other) == len(MANY)


async def test_another_process_goes_on_with_an_import_that_was_broken_off(
    store: Store, opening: Opening, small_parts: None
):
    name = await laid_ready(store)
    await steps(store).activate(name)
    assert (await steps(store).merge(name)).has_more
    await steps(store).drop(name)  # as the command does at its end, whatever it was

    other = await opening()
    assert await other.release(OPERATOR, release(MANY[-1]))

    assert len(await other.suppressions(AccountScope("acme"), now=NOON, page=ALL)) == len(MANY) - 1
    assert not await now_suppressed(store, MANY[-1])
    assert await steps(store).merge(name) == MergedRows(0, has_more=False, new=len(MANY), kept_out=0)


async def test_an_import_that_broke_off_leaves_nothing(store: Store, clock: Clock):
    name = await steps(store).open()
    await steps(store).stage(name, [suppression()])

    clock.time = NOON + 2 * DAY
    later = await steps(store).open()

    for import_name in (name, later):
        await steps(store).activate(import_name)
        assert await steps(store).merge(import_name) == MergedRows(0, has_more=False, new=0, kept_out=0)
    assert not await now_suppressed(store)


async def test_two_processes_lose_no_failure(store: Store, opening: Opening):
    """Each decides in its own transaction, around a midnight: together they count three days."""
    await account(store)
    other = await opening()
    midnight = dt.datetime.combine(NOON + 2 * DAY, dt.time(), dt.UTC)
    moment = dt.timedelta(seconds=10)
    await record_failures(store, Reason.MAILBOX_FULL, at=NOON)

    await asyncio.gather(
        record_failures(store, Reason.MAILBOX_FULL, at=midnight - moment),
        record_failures(other, Reason.MAILBOX_FULL, at=midnight + moment),
    )

    assert await now_suppressed(other)


async def test_a_long_stream_is_cut_alike_wherever_it_comes_from(store: Store):
    """The store keeps the beginning; a mail of the whole name is of that stream."""
    long = "s" * 700
    await store.suppress(OPERATOR, suppression(JANE, stream=long))

    assert await now_suppressed(store, stream=long)
    assert await store.suppressions_of(OPERATOR, "acme", [JANE], now=NOON, stream=long)
    assert not await now_suppressed(store, stream="t" * 700)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (ChangeSource.BOUNCE, "bounce"),
        (ChangeSource.COMMAND, "command"),
        (ChangeSource.IMPORT, "import"),
        (ChangeSource.KEY, "key"),
        (ChangeSource.PAGE, "page"),
    ],
)
async def test_a_source_is_read_back_as_it_was_recorded(store: Store, source: ChangeSource, text: str):
    """In the list, in the answer to a sending program, and in the trail; programs see the text."""
    await store.suppress(OPERATOR, suppression(JANE, source=source))
    ((_, listed),) = await store.suppressions(OPERATOR, now=NOON, page=ALL)
    answered = (await store.suppressions_of(OPERATOR, "acme", [JANE], now=NOON))[JANE]
    (change,) = await store.trail(OPERATOR, address=JANE, page=ALL)

    sources = [row.source for row in (listed, answered, change)]
    assert [(type(kind), kind.value) for kind in sources] == 3 * [(ChangeSource, text)]
    assert to_plain(change)["source"] == text


WISHES = ("unsubscribe", "complaint", "asked by phone")
FAILURES = ("invalid-recipient", "mailbox-full", "bad-domain")


async def put(
    store: Store, clock: Clock, way: str, reason: str, until: dt.datetime | None = None, to: str = JANE
) -> None:
    """Suppress an address in one of the ways in."""
    entry = suppression(to, until, reason=reason, source=ChangeSource.COMMAND, why=f"{reason} by {way}")
    if way == "import":
        clock.time += dt.timedelta(microseconds=1)  # the name of an import is its time
        await store.import_suppressions(OPERATOR, [dataclasses.replace(entry, source=ChangeSource.IMPORT)])
    else:
        await store.suppress(OPERATOR, entry)


async def causes(store: Store, address: str = JANE) -> list[tuple[str, dt.datetime | None]]:
    return [
        (suppression.reason, suppression.until)
        for suppression in await store.suppressions_of_address(OPERATOR, "acme", address, now=NOON)
    ]


async def listed_in(store: Store, address: str = JANE) -> set[AddressList]:
    """The lists on which an address stands."""
    acme = AccountScope("acme")
    return {kind for kind in AddressList if await store.find_listed(acme, "acme", kind, address, now=NOON)}


@pytest.mark.parametrize(
    "ways", [("command", "command"), ("import", "command"), ("command", "import"), ("import",) * 2]
)
async def test_a_wish_outlasts_a_failure_whichever_came_first(store: Store, clock: Clock, ways: tuple[str, str]):
    pairs = [(wish, (failure, wish)) for wish, failure in zip(WISHES, FAILURES, strict=True)]
    pairs += [(wish, (wish, failure)) for wish, (failure, _) in pairs]
    for n, (wish, reasons) in enumerate(pairs):
        address = f"{n}@example.org"
        for way, reason in zip(ways, reasons, strict=True):
            await put(store, clock, way, reason, to=address)

        assert await causes(store, address) == [(wish, None)]
        (stands,) = await listed_in(store, address)
        for of_failures in (AddressList.BOUNCES, AddressList.INVALID):
            assert await store.take_off(AccountScope("acme"), "acme", of_failures, [release(address)]) == 0
        assert await now_suppressed(store, address)
        assert await store.take_off(AccountScope("acme"), "acme", stands, [release(address)]) == 1
        assert not await now_suppressed(store, address)


@pytest.mark.parametrize("way", ["command", "import"])
async def test_the_later_end_of_a_wish_and_a_failure_holds(store: Store, clock: Clock, way: str):
    soon, late = NOON + DAY, NOON + 9 * DAY
    cases = {
        "a@example.org": (("asked", soon), ("mailbox-full", late)),
        "b@example.org": (("mailbox-full", late), ("asked", soon)),
        "c@example.org": (("mailbox-full", soon), ("asked", late)),
        "d@example.org": (("asked", soon), ("mailbox-full", None)),
        "e@example.org": (("mailbox-full", None), ("asked", soon)),
        "f@example.org": (("asked", late), ("mailbox-full", soon)),
    }
    for address, entries in cases.items():
        for reason, until in entries:
            await put(store, clock, way, reason, until, address)

    ends = [late, late, late, None, None, late]
    assert [await causes(store, address) for address in cases] == [[("asked", end)] for end in ends]


async def test_each_cause_is_in_the_trail_with_the_end_that_holds(store: Store, clock: Clock):
    await put(store, clock, "command", "mailbox-full", NOON + 9 * DAY)
    await put(store, clock, "import", "asked", NOON + DAY)
    await put(store, clock, "command", "asked", NOON + DAY)  # no change
    await put(store, clock, "command", "invalid-recipient")
    await put(store, clock, "import", "invalid-recipient")  # no change

    rows = await store.trail(AccountScope("acme"), address=JANE, page=ALL)
    assert [(row.reason, row.until) for row in reversed(rows)] == [
        ("mailbox-full", NOON + 9 * DAY),
        ("asked", NOON + 9 * DAY),
        ("invalid-recipient", None),
    ]


async def test_a_wish_whose_time_is_over_gives_way(store: Store, clock: Clock):
    await store.suppress(OPERATOR, suppression(until=NOON - DAY, reason="asked", since=NOON - 3 * DAY))
    await put(store, clock, "command", "mailbox-full", NOON + DAY)

    assert await causes(store) == [("mailbox-full", NOON + DAY)]
    old = suppression("joe@example.org", NOON - DAY, reason="asked", since=NOON - 3 * DAY)
    await store.suppress(OPERATOR, old)
    await put(store, clock, "import", "mailbox-full", NOON + DAY, "joe@example.org")
    assert await causes(store, "joe@example.org") == [("mailbox-full", NOON + DAY)]


@pytest.mark.parametrize("reasons", [("unsubscribe", "mailbox-full"), ("mailbox-full", "unsubscribe")])
async def test_a_file_with_two_rows_of_an_address_keeps_the_wish(store: Store, reasons: tuple[str, str]):
    ends = {"unsubscribe": NOON + DAY, "mailbox-full": NOON + 9 * DAY}
    rows = [suppression(until=ends[reason], reason=reason, source=ChangeSource.IMPORT) for reason in reasons]

    await store.import_suppressions(OPERATOR, rows)

    assert await causes(store) == [("unsubscribe", NOON + 9 * DAY)]


@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.UNSUBSCRIBE])
@pytest.mark.parametrize("is_wish_first", [False, True])
async def test_a_letter_with_a_wish_outlasts_a_bounce_in_the_same_commit_and_later(
    store: Store, kind: Kind, is_wish_first: bool
):
    await account(store)
    wish: dict[str, object] = {"kind": kind, "action": Action.DELIVERED}
    facts = [wish, {}] if is_wish_first else [{}, wish]

    for failure in facts:
        await record_failures(store, Reason.INVALID_RECIPIENT, **failure)

    assert await causes(store) == [(kind.value, None)]
    await store.take_off(AccountScope("acme"), "acme", AddressList.BOUNCES, [release()])
    await record_failures(store, Reason.UNKNOWN, at=NOON + DAY, kind=Kind.SUCCESS, action=Action.DELIVERED)
    assert await now_suppressed(store)


async def test_a_failure_and_a_wish_of_one_commit_are_merged(store: Store):
    await account(store)
    ids = [(await store.keep([letter()]))[0] for _ in range(2)]
    facts: list[dict[str, object]] = [{}, {"kind": Kind.UNSUBSCRIBE, "action": Action.DELIVERED}]

    await store.record([case(number, **failure) for number, failure in zip(ids, facts, strict=True)], now=NOON)

    assert await causes(store) == [("unsubscribe", None)]


async def test_a_wish_about_one_stream_leaves_the_failure_of_the_address_alone(store: Store, clock: Clock):
    await put(store, clock, "command", "invalid-recipient")
    await store.suppress(OPERATOR, suppression(reason="unsubscribe", stream="news"))

    assert await listed_in(store) == {AddressList.BOUNCES}
    await store.take_off(AccountScope("acme"), "acme", AddressList.BOUNCES, [release()])
    assert await now_suppressed(store, stream="news")
    assert not await now_suppressed(store, stream="receipts")
