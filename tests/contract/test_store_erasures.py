"""Erasing an address: nothing in the store names it afterwards, others keep what is theirs, and mail to it is still refused."""

import asyncio
import dataclasses
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from contract.factories import ALL, DAY, MINUTE, NOON, bounce, leased, letter, record, release, suppression
from contract.webhook_rows import attempt, endpoint, event

from bouncer.manage.erasing import MOST_ERASED
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.address_list import AddressList
from bouncer.policy.records import Bounce, ChangeSource, EntryKind, NewEntry
from bouncer.ports.accounts import Account, Alias
from bouncer.ports.api_keys import KeptAnswer
from bouncer.ports.erasures import Erasure, ErasureOrder
from bouncer.ports.letters import BounceFilter, LetterFilter
from bouncer.ports.scope import OPERATOR, AccountScope, Scope
from bouncer.ports.sends import Sent
from bouncer.ports.store import Store
from bouncer.ports.suppressions import Allowed, TrailChange
from bouncer.store.engine.engine import Engine
from bouncer.store.engine.values import VALUES_PER_QUERY
from bouncer.store.erasures import entries, erased_address, records
from bouncer.store.erasures.erased_address import ErasedAddresses
from bouncer.store.erasures.records import TEXTS_PER_COMMIT
from bouncer.store.tables import meta

ACME, ZOO = AccountScope("acme"), AccountScope("zoo")
JANE, BOB = "jane@example.org", "bob@example.net"


SAYS_JANE = "550 no such user: jane@example.org"


def saying_jane(recipient: str) -> Bounce:
    """A failure of another recipient whose text names jane."""
    failure = bounce(recipient)
    return dataclasses.replace(failure, recipient=dataclasses.replace(failure.recipient, diagnostic_code=SAYS_JANE))


async def erased(store: Store, *addresses: str, scope: Scope = OPERATOR, keeps: bool = True) -> Erasure:
    order = ErasureOrder(addresses or (JANE,), ChangeSource.COMMAND, "by command of ann", NOON, keeps)
    return await store.erase(scope, order)


async def fill(store: Store, account: str = "acme") -> int:
    """Let an account have something of every kind about jane and about bob; give the id of a letter about both."""
    await store.add_account(OPERATOR, Account(account, (f"ann@{account}.example",)), now=NOON)
    of_jane = NewEntry(EntryKind.NOTICE, f"ann@{account}.example")
    (alone,) = await store.keep([letter(b"To: jane@example.org\r\n\r\nno such user", account)])
    await store.record(
        [record(alone, account=account, entries=(of_jane,), suppressions=(suppression(account=account),))], now=NOON
    )
    (both,) = await store.keep([letter(b"Final-Recipient: rfc822; jane@example.org", account)])
    await store.record([record(both, bounce(BOB), bounce(JANE), account=account, entries=(of_jane,))], now=NOON)
    for address in (JANE, BOB):
        await store.suppress(OPERATOR, suppression(address, account=account))
        await store.allow(OPERATOR, Allowed(account, f"vip.{address}", NOON, "a friend"), source=ChangeSource.KEY)
    await store.count(OPERATOR, [Sent(account, NOON, (JANE, BOB), "<m1@x>"), Sent(account, NOON, (JANE,), "<m2@x>")])
    await store.keep_answer(
        KeptAnswer("k", account, "r", 200, b'{"address": "jane@example.org"}', NOON), forget_before=NOON
    )
    return both


async def rows(store: Store, but: tuple[str, ...] = ("alembic_version",)) -> str:
    """All that the store holds, as text."""

    def read(connection: sa.Connection) -> str:
        tables = [table for table in meta.sorted_tables if table.name not in but]
        return "\n".join(f"{table.name} {row!r}" for table in tables for row in connection.execute(sa.select(table)))

    return await store._engine.read(read)  # type: ignore[attr-defined,no-any-return]  # noqa: SLF001 -- no method shows all


async def test_nothing_names_an_erased_address(store: Store):
    await fill(store)
    assert "jane" in await rows(store)

    result = await erased(store, JANE, f"vip.{JANE}")

    assert "jane" not in (await rows(store)).lower().replace("vip.jane", "jane")
    assert (result.bounces, result.letters, result.messages, result.kept_suppressions) == (2, 2, 2, 1)


async def test_texts_that_spell_an_address_beyond_ascii_in_another_way_are_erased(store: Store):
    """Rows have its domain in A-labels, and small letters; texts are as somebody wrote them."""
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    spellings = ("j\u00f6rg@b\u00fccher.example", "J\u00d6RG@B\u00dcCHER.example", "jo\u0308rg@bu\u0308cher.example")
    for spelling in (*spellings, "j\u00f6rg@xn--bcher-kva.example"):
        failure = bounce(BOB)
        failure = dataclasses.replace(
            failure, recipient=dataclasses.replace(failure.recipient, diagnostic_code=f"550 no such user: {spelling}")
        )
        (number,) = await store.keep([letter(b"x", "acme")])
        await store.record([record(number, failure, account="acme")], now=NOON)
    await store.count(OPERATOR, [Sent("acme", NOON, (BOB,), "<m@x>", f"Hello {spellings[1]}")])

    await erased(store, spellings[0])

    assert "cher" not in (await rows(store)).lower()
    assert len(await store.bounces(OPERATOR, BounceFilter(BOB), ALL)) == 4


async def test_a_label_that_only_looks_encoded_names_no_other_domain(store: Store):
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    (number,) = await store.keep([letter(b"x", "acme")])
    await store.record([record(number, bounce("jane@abc.example"), account="acme")], now=NOON)

    assert await erased(store, "jane@xn--abc-.example", "jane@xn--.example", "jane@xn--\u00e9.example") == Erasure()


async def test_addresses_that_take_long_to_compare_are_compared_in_a_thread(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    """Others are served meanwhile: a hundred in domains beyond ASCII take a tenth of a second."""
    threads, key = set[threading.Thread](), erased_address.key

    def noting(text: str) -> str:
        threads.add(threading.current_thread())
        return key(text)

    monkeypatch.setattr(erased_address, "key", noting)
    await fill(store)

    await erased(store)

    assert threads
    assert threading.current_thread() not in threads


async def test_as_many_addresses_as_one_erasure_takes_are_erased_together(store: Store):
    """SQLite refuses a condition of a thousand parts, and every text of a letter is asked for every spelling."""
    await fill(store)
    many = [f"reader.{number}@gmail.com" for number in range(MOST_ERASED - 1)]

    result = await erased(store, JANE, *many)

    assert "jane" not in (await rows(store)).lower().replace("vip.jane", "")
    assert result.letters == 2


async def test_others_have_their_turns_while_texts_are_searched(store: Store, monkeypatch: pytest.MonkeyPatch):
    """A stranger's report can have texts of a hundred kilobytes, and a step of the search looks at thousands of rows."""
    turns, at, names = 0, set[int](), ErasedAddresses.names

    async def count_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    def noting(self: ErasedAddresses, text: str) -> bool:
        at.add(turns)
        return names(self, text)

    await store.add_account(OPERATOR, Account("acme", ("ann@acme.example",)), now=NOON)
    for _ in range(8):
        (letter_id,) = await store.keep([letter()])
        await store.record([record(letter_id, bounce(BOB))], now=NOON)
    monkeypatch.setattr(ErasedAddresses, "names", noting)
    task = asyncio.create_task(count_turns())
    await erased(store)
    task.cancel()

    assert len(at) >= 8


async def test_the_texts_of_reports_to_hundreds_of_recipients_are_emptied_in_commits_of_some(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    """Twenty reports that name 500 recipients each were one commit of two seconds, in which nobody else wrote."""
    await store.add_account(OPERATOR, Account("acme", ("ann@acme.example",)), now=NOON)
    for report in range(2):
        (letter_id,) = await store.keep([letter()])
        others = [saying_jane(f"r{number}@example.net") for number in range(TEXTS_PER_COMMIT + 20)]
        await store.record([record(letter_id, *others, *([bounce(JANE)] if report else []))], now=NOON)
    at_once, names, write = Counter[int](), ErasedAddresses.names, Engine.write
    commits, is_writing = 0, False

    def noting(self: ErasedAddresses, text: str) -> bool:
        at_once[commits] += is_writing and text == SAYS_JANE
        return names(self, text)

    async def count_commits(self: Engine, work: Callable[..., Any], *args: Any) -> Any:
        def counted(connection: sa.Connection, *args: Any) -> Any:
            nonlocal commits, is_writing
            commits, is_writing = commits + 1, True
            try:
                return work(connection, *args)
            finally:
                is_writing = False

        return await write(self, counted, *args)

    monkeypatch.setattr(Engine, "write", count_commits)
    monkeypatch.setattr(ErasedAddresses, "names", noting)
    result = await erased(store)

    assert "jane" not in (await rows(store)).lower()
    assert (result.bounces, result.letters) == (1, 2)
    assert 0 < max(at_once.values()) <= TEXTS_PER_COMMIT


@pytest.mark.parametrize("failed", [JANE, BOB])
async def test_all_notices_of_a_letter_go_with_it_however_many_there_are(
    store: Store, monkeypatch: pytest.MonkeyPatch, failed: str
):
    """A report to hundreds of recipients has an entry for each of them and each endpoint, more than others should wait for."""
    monkeypatch.setattr(entries, "ENTRIES_PER_COMMIT", 4)
    await store.add_account(OPERATOR, Account("acme", ("ann@acme.example",)), now=NOON)
    letter_ids = list[int]()
    for count in (6, 3, 1, 1):
        notices = tuple(NewEntry(EntryKind.NOTICE, f"ann{number}@acme.example") for number in range(count))
        letter_ids += await store.keep([letter(b"To: jane@example.org\r\n\r\nno such user")])
        await store.record([record(letter_ids[-1], bounce(failed), entries=notices)], now=NOON)
    groups = await store._engine.read(entries.split_by_entries, letter_ids)  # type: ignore[attr-defined]  # noqa: SLF001 -- its queries are not public

    await erased(store)

    assert groups == [letter_ids[:1], letter_ids[1:3], letter_ids[3:]]
    assert "outbox" not in await rows(store)


SPELLINGS = (
    "jane%example.org@gw.example",
    "imceasmtp-jane+40example+2eorg@gw.example",
    "b-jane=example.org@list.example",
)


async def test_rows_about_an_address_inside_another_are_the_same_persons(store: Store):
    """Gateways and forwarders put the whole address into another one, under which they report and are suppressed."""
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    for address in (*SPELLINGS, "mary-jane%example.org@gw.example"):
        (number,) = await store.keep([letter(b"x", "acme")])
        await store.record([record(number, bounce(address), account="acme")], now=NOON)
        await store.suppress(OPERATOR, suppression(address))
        await store.count(OPERATOR, [Sent("acme", NOON, (address, BOB), "<m@x>")])

    result = await erased(store)

    assert (result.bounces, result.kept_suppressions, result.messages) == (3, 3, 3)
    left = (await rows(store)).lower()
    assert "mary-jane%example.org@gw.example" in left
    left = left.replace("mary-jane%example.org", "")
    assert [spelling for spelling in SPELLINGS if spelling in left] == []
    assert set(await store.suppressions_of(ACME, "acme", SPELLINGS, now=NOON)) == set(SPELLINGS)
    assert await erased(store) == Erasure()


async def test_many_addresses_with_an_erased_one_inside_go_in_parts(store: Store):
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    reports = [bounce(f"jane%example.org@gw{number}.example") for number in range(2 * VALUES_PER_QUERY + 1)]
    (number,) = await store.keep([letter(b"x", "acme")])
    await store.record([record(number, *reports, account="acme")], now=NOON)

    assert (await erased(store)).bounces == len(reports)
    assert "jane" not in await rows(store)


async def test_names_that_people_gave_stay_and_are_counted(store: Store):
    """The operation of the account hangs on them: they are the owner's to change."""
    await store.add_account(OPERATOR, Account("acme", ("ann@acme.example",)), now=NOON)
    await store.add_alias(ACME, Alias("jane=example.org@rp.example", "acme"), now=NOON)
    await store.count(OPERATOR, [Sent("acme", NOON, (BOB,), "<m@x>", campaign="for jane%40example.org")])

    assert await erased(store) == Erasure(left_names=2)
    assert await erased(store, scope=ZOO) == Erasure()


async def test_rows_of_others_stay_whole(store: Store):
    both = await fill(store)

    await erased(store)

    (row,) = await store.bounces(OPERATOR, BounceFilter(letter_id=both), ALL)
    assert (row.recipient, row.diagnostic_code) == (BOB, "550 no such user")
    assert [row.letter_id for row in await store.letters(OPERATOR, LetterFilter(), ALL)] == [both]
    assert await store.letter(OPERATOR, both) is None
    assert [suppression.address for _, suppression in await store.suppressions(OPERATOR, now=NOON, page=ALL)] == [BOB]
    assert {row.address for row in await store.trail(OPERATOR, address=BOB, page=ALL)} == {BOB}
    assert [entry.address for entry in await store.allow_list(OPERATOR)] == [f"vip.{BOB}", f"vip.{JANE}"]


async def test_mail_to_an_erased_address_is_still_refused(store: Store):
    await fill(store)
    await erased(store)

    answers = await store.suppressions_of(ACME, "acme", ["Jane@Example.org", BOB, "joe@example.org"], now=NOON)
    assert answers.keys() == {"Jane@Example.org", BOB}
    assert answers["Jane@Example.org"].reason == "invalid-recipient"
    (lasting,) = await store.suppressions_of_address(ACME, "acme", JANE, now=NOON)
    assert (lasting.account, lasting.letter_id, lasting.why) == ("acme", None, answers["Jane@Example.org"].why)
    assert await store.suppressions_of(OPERATOR, "zoo", [JANE], now=NOON) == {}
    assert not await store.suppress(OPERATOR, suppression(JANE))  # it is suppressed already


async def test_a_stream_and_an_end_hold_on_as_they_were(store: Store):
    await fill(store)
    for stream, until in (("news", NOON + DAY), ("shop", None)):
        await store.suppress(OPERATOR, suppression("joe@example.org", until, stream=stream))
    await erased(store, "joe@example.org")

    async def refused(now: object, stream: str | None) -> bool:
        return bool(await store.suppressions_of(ACME, "acme", ["joe@example.org"], now=now, stream=stream))  # type: ignore[arg-type]

    assert [await refused(NOON, stream) for stream in ("news", "shop", "", None)] == [True, True, False, True]
    assert [await refused(NOON + DAY, stream) for stream in ("news", "shop")] == [False, True]


async def test_an_erased_address_can_be_freed(store: Store):
    await fill(store)
    await erased(store)

    assert await store.release(ACME, release(JANE))
    assert not await store.release(ACME, release(JANE))
    assert await store.suppressions_of(ACME, "acme", [JANE], now=NOON) == {}


async def test_an_allow_list_lifts_it_too(store: Store):
    for entry in (JANE, "@example.org"):
        await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
        await store.suppress(OPERATOR, suppression(JANE))
        await erased(store)
        assert await store.suppressions_of(ACME, "acme", [JANE], now=NOON)

        await store.allow(ACME, Allowed("acme", entry, NOON), source=ChangeSource.KEY)
        assert await store.suppressions_of(ACME, "acme", [JANE], now=NOON) == {}
        await store.disallow(ACME, Allowed("acme", entry, NOON), source=ChangeSource.KEY)


async def test_the_owner_may_let_the_suppression_go_too(store: Store):
    await fill(store)

    assert (await erased(store, keeps=False)).suppressions == 1
    assert await store.suppressions_of(ACME, "acme", [JANE], now=NOON) == {}

    await store.suppress(OPERATOR, suppression(JANE))
    await erased(store)
    assert (await erased(store, keeps=False)).suppressions == 1  # also one that was kept before
    assert await store.suppressions_of(ACME, "acme", [JANE], now=NOON) == {}


async def test_the_trail_says_that_something_was_erased_and_not_whose(store: Store):
    await fill(store)
    await erased(store)

    (entry, *_) = await store.trail(ACME, address=None, page=ALL)
    assert (entry.change, entry.address, entry.source, entry.account) == (
        TrailChange.ERASED,
        "",
        ChangeSource.COMMAND,
        "acme",
    )
    assert entry.why.startswith("by command of ann: bounces 2, changes 1, kept suppressions 1, letters 2")


async def test_a_second_erasure_finds_nothing_and_changes_nothing(store: Store):
    await fill(store)
    await erased(store)
    before = await rows(store)

    assert await erased(store) == Erasure()
    assert await rows(store) == before


async def test_an_account_erases_its_own_rows_alone(store: Store):
    await fill(store)
    await store.add_account(OPERATOR, Account("zoo", ()), now=NOON)
    before = await rows(store)

    assert await erased(store, scope=ZOO) == Erasure()
    assert await rows(store) == before

    await fill(store, "zoo")
    await erased(store, scope=ZOO)
    assert len(await store.bounces(ACME, BounceFilter(JANE), ALL)) == 2
    assert await store.bounces(ZOO, BounceFilter(JANE), ALL) == []


async def test_at_gmail_every_spelling_of_the_mailbox_goes(store: Store):
    await store.add_account(OPERATOR, Account("acme", (), terms=AccountRules(fold_gmail=True)), now=NOON)
    await store.add_account(OPERATOR, Account("zoo", ()), now=NOON)
    for account in ("acme", "zoo"):
        (number,) = await store.keep([letter(account=account)])
        await store.record([record(number, bounce("J.Ane+shop@gmail.com"), account=account)], now=NOON)
        await store.suppress(OPERATOR, suppression("j.ane@googlemail.com", account=account))
    await store.count(OPERATOR, [Sent("zoo", NOON, ("jan.e+y@gmail.com",), "<m@x>")])

    result = await erased(store, "jane@gmail.com")

    assert (result.bounces, result.kept_suppressions, result.messages) == (2, 2, 1)
    assert (await store.suppressions_of(ACME, "acme", ["ja.ne+x@gmail.com"], now=NOON)).keys() == {"ja.ne+x@gmail.com"}
    answers = await store.suppressions_of(ZOO, "zoo", ["ja.ne@gmail.com", "j.ane@googlemail.com"], now=NOON)
    assert answers.keys() == {"j.ane@googlemail.com"}  # zoo tells them apart


async def test_an_address_that_is_part_of_another_is_another(store: Store):
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    for address in ("mary.jane@example.org", "jane@example.org.uk", "xjane@example.org", "jane_example.org@x.example"):
        (number,) = await store.keep([letter(b"x", None)])
        await store.record([record(number, bounce(address), entries=())], now=NOON)
    await erased(store, "jane@example.org")  # of the letters' other fields
    before = await rows(store)

    assert await erased(store, "ane@example.org", "jane@example.or", "%@example.org", "_ane@example.org") == Erasure()
    assert await rows(store) == before
    assert len(await store.bounces(OPERATOR, BounceFilter(), ALL)) == 4


async def test_events_their_attempts_and_lists_of_dropped_mail_go(store: Store):
    await store.add_account(OPERATOR, Account("acme", ("ann@acme.example",)), now=NOON)
    await store.add_webhook(OPERATOR, endpoint())
    (number,) = await store.keep([letter()])
    await store.record([record(number, entries=(event(),))], now=NOON)
    (entry,) = await store.entries(OPERATOR, state=None, page=ALL)
    await store.record_webhook_attempt(dataclasses.replace(attempt(500), event=entry.event))
    cause = suppression(JANE)
    await store.count(OPERATOR, [Sent("acme", NOON, (), dropped=(JANE,), causes=(cause,), subject="Dear Jane")])

    await erased(store)

    assert await store.entries(OPERATOR, state=None, page=ALL) == []
    assert await store.webhook_attempts(OPERATOR, "wh_1", ALL) == []
    assert "jane" not in (await rows(store)).lower()


async def test_a_digest_of_others_still_leaves(store: Store):
    both = await fill(store)
    for job in await leased(store, now=NOON, count=9, until=NOON + MINUTE):
        await store.mark_waiting(job.row.id, due=NOON + MINUTE, reply="")

    await erased(store)

    jobs = await leased(store, now=NOON + DAY, count=9, until=NOON + 2 * DAY)
    assert {job.row.letter_id for job in jobs} <= {both, None}


async def test_a_letter_that_is_not_read_yet_stays_and_is_said(store: Store):
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    (number,) = await store.keep([letter()])

    assert await erased(store) == Erasure(waiting_letters=1)
    assert await store.letter(OPERATOR, number)


async def test_a_removed_account_takes_its_digests_along(store: Store):
    await fill(store)
    await erased(store)
    await store.remove_account(OPERATOR, "acme")

    assert "erased_suppressions" not in await rows(store)
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    assert await store.suppressions_of(ACME, "acme", [JANE], now=NOON) == {}


async def test_a_crash_in_the_middle_is_made_good_by_the_next_erasure(store: Store, monkeypatch: pytest.MonkeyPatch):
    await fill(store)
    monkeypatch.setattr(records, "SEARCHES", ())
    monkeypatch.setattr(records, "ROWS_PER_COMMIT", 1)
    await erased(store)
    monkeypatch.undo()

    await erased(store, JANE, f"vip.{JANE}")
    assert "jane" not in (await rows(store)).lower()


@pytest.mark.parametrize("source", [ChangeSource.BOUNCE, ChangeSource.KEY])
@pytest.mark.parametrize(
    ("reason", "list_name"),
    [
        ("invalid-recipient", "bounces"),
        ("bad-domain", "invalid"),
        ("complaint", "complaints"),
        ("unsubscribe", "unsubscribes"),
        ("jane asked by phone", "unsubscribes"),
    ],
)
async def test_an_erased_address_stays_on_its_list(store: Store, reason: str, source: ChangeSource, list_name: str):
    """A caller who knows the address finds it; it can be taken off that list and no other, and none of its words is kept."""
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    await store.suppress(OPERATOR, suppression(JANE, reason=reason, source=source))
    await erased(store)
    kinds = [kind for kind in AddressList if kind is not AddressList.BLOCKS]

    assert "phone" not in await rows(store)
    assert [kind for kind in kinds if await store.find_listed(ACME, "acme", kind, JANE, now=NOON)] == [list_name]
    assert [await store.take_off(ACME, "acme", kind, [release(JANE)]) for kind in kinds if kind != list_name] == [0] * 3
    assert await store.suppressions_of(ACME, "acme", [JANE], now=NOON)
    assert await store.take_off(ACME, "acme", AddressList(list_name), [release(JANE.upper())]) == 1
    assert await store.suppressions_of(ACME, "acme", [JANE], now=NOON) == {}
    assert await store.take_off(ACME, "acme", AddressList(list_name), [release(JANE)]) == 0


@pytest.mark.parametrize("reasons", [("unsubscribe", "mailbox-full"), ("mailbox-full", "unsubscribe")])
async def test_an_address_that_is_erased_twice_keeps_the_wish_and_the_later_end(store: Store, reasons: tuple[str, str]):
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    ends = {"unsubscribe": NOON + DAY, "mailbox-full": NOON + 9 * DAY}
    for reason in reasons:
        await store.suppress(OPERATOR, suppression(JANE, ends[reason], reason=reason))
        await erased(store)

    (lasting,) = await store.suppressions_of_address(ACME, "acme", JANE, now=NOON)
    assert (lasting.reason, lasting.until) == ("unsubscribe", NOON + 9 * DAY)
