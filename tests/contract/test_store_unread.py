"""The contract of every store: owners are told once of each letter that a person has to see, in one mail, the wishes first."""

import datetime as dt
from dataclasses import replace

from contract.factories import ALL, DAY, NOON, bounce, leased, letter, record, retired

from bouncer.compose.unread_listing import MOST_SHOWN, MOST_WISHES
from bouncer.mail.letter import spell_id
from bouncer.ndr.reading import Kind, Written
from bouncer.policy.preferences import OPERATOR as OPERATORS
from bouncer.policy.preferences import Overrides
from bouncer.policy.records import NO_ACCOUNT, Bucket, Effect, EntryKind, EntryState, LetterState, NewEntry, Unread
from bouncer.ports import scope
from bouncer.ports.accounts import Account
from bouncer.ports.letters import LetterFilter
from bouncer.ports.outbox import DeliveryJob
from bouncer.ports.scope import AccountScope, OperatorScope
from bouncer.ports.store import Store

ANN, OPERATOR = "ann@acme.example", "op@example.com"


async def account(store: Store, wishes: Overrides | None = None) -> None:
    assert await store.add_account(scope.OPERATOR, Account("acme", (ANN,), wishes=wishes or {}), now=NOON)


async def record_unread(
    store: Store, why: Unread, subject: str = "hi", *, effect: Effect | None = None, to_operator: bool = False
) -> int:
    """Record a letter that a person has to see."""
    (letter_id,) = await store.keep([letter()])
    entry = NewEntry(EntryKind.UNREAD, ANN, bucket=Bucket.UNREAD)
    if to_operator:
        entry = NewEntry(EntryKind.UNREAD, OPERATOR, account=NO_ACCOUNT, bucket=Bucket.UNREAD)
    case = record(letter_id, kind=Kind.UNSUBSCRIBE if why is Unread.WISH else Kind.OTHER, entries=(entry,))
    bounces = (replace(bounce(), effect=effect),) if effect else ()
    extract = Written("Jo <jo@example.net>", subject, ("Dear Ann,", "call me"))
    await store.record([replace(case, bounces=bounces, unread=why, written=extract)], now=NOON)
    return letter_id


async def counted(store: Store, kind: Kind) -> None:
    """Record a letter of a machine."""
    (letter_id,) = await store.keep([letter()])
    await store.record([replace(record(letter_id, kind=kind, entries=()), bounces=())], now=NOON)


async def lease(store: Store, now: dt.datetime = NOON) -> list[DeliveryJob]:
    return list(await leased(store, now=now, count=100, until=now + DAY))


async def test_letters_wait_for_the_morning_and_leave_in_one_mail_the_wishes_first(store: Store):
    await account(store)
    for why in (Unread.WRITTEN, Unread.UNREADABLE, Unread.ANSWER, Unread.WISH):
        await record_unread(store, why, why.value)

    assert await lease(store) == []
    (job,) = await lease(store, NOON + DAY)

    assert (job.row.kind, job.row.to) == (EntryKind.UNREAD_DIGEST, ANN)
    assert job.unread is not None
    assert [unread_letter.why for unread_letter in job.unread.letters] == list(Unread)
    first = job.unread.letters[0]
    assert (first.sender, first.subject, first.lines) == ("Jo <jo@example.net>", "wish", ("Dear Ann,", "call me"))
    assert (job.letter, job.bounces, job.unread.count) == (None, (), 4)


async def test_a_single_unread_letter_leaves_as_itself(store: Store):
    await account(store)
    letter_id = await record_unread(store, Unread.ANSWER)

    await lease(store)
    (job,) = await lease(store, NOON + DAY)

    assert job.row.kind is EntryKind.UNREAD
    assert job.unread is not None
    assert [unread_letter.report for unread_letter in job.unread.letters] == [spell_id(letter_id)]


async def test_unread_letters_are_told_at_once_where_the_owner_prefers_that_and_within_bounds(store: Store):
    await account(store, {"": {"unread": "at-once", "most": "3"}})
    for _ in range(10):
        await record_unread(store, Unread.WRITTEN)

    assert len(await lease(store)) == 3


async def test_unread_letters_are_never_told_where_the_owner_does_not_want_them(store: Store):
    await account(store, {"": {"unread": "off"}})
    await record_unread(store, Unread.WISH)

    assert await lease(store) == []
    assert [row.state for row in await store.entries(OperatorScope(), state=None, page=ALL)] == [EntryState.DROPPED]
    assert len(await store.letters(scope.OPERATOR, LetterFilter(unread=True), ALL)) == 1


async def test_unread_letters_take_no_room_from_reports(store: Store):
    await account(store, {"": {"unread": "at-once"}})
    for _ in range(50):
        await record_unread(store, Unread.WRITTEN)
    await lease(store)
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id)], now=NOON)

    assert EntryKind.NOTICE in {job.row.kind for job in await lease(store)}


async def test_the_operator_gets_those_of_accounts_without_owners(store: Store):
    assert await store.add_account(scope.OPERATOR, Account("acme", ()), now=NOON)
    await record_unread(store, Unread.WRITTEN, to_operator=True)
    await record_unread(store, Unread.UNREADABLE, to_operator=True)

    await lease(store)
    (job,) = await lease(store, NOON + DAY)

    assert (job.row.to, job.row.account, OPERATORS.unread) == (OPERATOR, None, "daily")
    assert job.unread is not None
    assert {unread_letter.account for unread_letter in job.unread.letters} == {"acme"}


async def test_a_thousand_wishes_hide_no_answer_and_those_that_were_followed_come_last(store: Store):
    await account(store)
    for n in range(MOST_SHOWN + 5):
        await record_unread(store, Unread.WISH, effect=Effect.SUPPRESSED if n < 5 else None)
    for _ in range(MOST_WISHES + 5):
        await record_unread(store, Unread.ANSWER)

    await lease(store)
    (job,) = await lease(store, NOON + DAY)

    assert job.unread is not None
    whys = [unread_letter.why for unread_letter in job.unread.letters]
    assert whys == [Unread.WISH] * MOST_WISHES + [Unread.ANSWER] * (MOST_SHOWN - MOST_WISHES)
    assert not any(unread_letter.followed for unread_letter in job.unread.letters)
    assert job.unread.count == MOST_SHOWN + MOST_WISHES + 10


async def test_a_wish_that_was_followed_says_so(store: Store):
    await account(store)
    await record_unread(store, Unread.WISH, effect=Effect.ALREADY)

    await lease(store)
    (job,) = await lease(store, NOON + DAY)

    assert job.unread is not None
    assert job.unread.letters[0].followed


async def test_automatic_replies_are_counted_from_the_first_letter_on(store: Store):
    await account(store)
    await counted(store, Kind.AUTO_REPLY)
    await record_unread(store, Unread.ANSWER)
    for kind in (Kind.AUTO_REPLY, Kind.RECEIPT, Kind.CHALLENGE, Kind.OTHER):
        await counted(store, kind)

    await lease(store)
    (job,) = await lease(store, NOON + DAY)

    assert job.unread is not None
    assert (job.unread.count, job.unread.automatic) == (1, 3)


async def test_unread_letters_are_listed_with_who_wrote_what(store: Store):
    await account(store)
    await counted(store, Kind.AUTO_REPLY)
    await record_unread(store, Unread.ANSWER, "hello")

    (row,) = await store.letters(AccountScope("acme"), LetterFilter(unread=True), ALL)

    assert (row.unread, row.written_by, row.subject) == ("answer", "Jo <jo@example.net>", "hello")
    assert row.beginning == ("Dear Ann,", "call me")
    assert [row.unread for row in await store.letters(AccountScope("acme"), LetterFilter(), ALL)] == ["answer", None]


async def test_a_persons_words_are_forgotten_with_the_letter(store: Store):
    await account(store, {"": {"unread": "off"}})
    await record_unread(store, Unread.ANSWER)
    await lease(store)

    assert await retired(store, letters_before=NOON + DAY, records_before=NOON, count=9) == (1, 0)

    assert await store.letters(scope.OPERATOR, LetterFilter(unread=True), ALL) == []
    (row,) = await store.letters(scope.OPERATOR, LetterFilter(state=LetterState.RETIRED), ALL)
    assert (row.unread, row.written_by, row.subject, row.beginning) == (None, None, None, ())


async def test_a_letter_that_can_be_read_after_all_is_not_shown_any_more(store: Store):
    await account(store)
    letter_id = await record_unread(store, Unread.UNREADABLE)
    await lease(store)

    await store.rerecord(scope.OPERATOR, record(letter_id, state=LetterState.READ), now=NOON)

    assert await lease(store, NOON + DAY) == []
    assert await store.letters(scope.OPERATOR, LetterFilter(unread=True), ALL) == []
