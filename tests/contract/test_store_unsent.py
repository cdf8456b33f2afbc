"""The contract of every store: an account's owners are told once of mail that was dropped, in few words however much it was."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from contract import factories
from contract.factories import ALL, DAY, NOON, Clock, letter, record, retired, suppression

from bouncer.policy.history import History, HistoryQuery
from bouncer.policy.preferences import Overrides
from bouncer.policy.records import EntryKind, EntryState, Record
from bouncer.policy.unsent import MOST_NAMED, Unsent, UnsentTo
from bouncer.ports.accounts import Account
from bouncer.ports.outbox import DeliveryJob
from bouncer.ports.scope import OPERATOR
from bouncer.ports.sends import Sent
from bouncer.ports.store import Store

ANN, BOB = "ann@acme.example", "bob@acme.example"
GONE, FULL = "gone@example.org", "full@example.org"
UNTIL = NOON + 300 * DAY
MORNING = NOON.replace(hour=8, minute=0, second=0, microsecond=0) + DAY


async def account(store: Store, *owners: str, wishes: Overrides | None = None, forwarding: bool = True) -> None:
    await store.add_account(OPERATOR, Account("acme", owners or (ANN,), forwarding, wishes=wishes or {}), now=NOON)


def dropped(
    *addresses: str, reason: str = "invalid-recipient", at: dt.datetime = NOON, subject: str = "Our news"
) -> Sent:
    causes = tuple(suppression(address, UNTIL, reason=reason) for address in addresses)
    return Sent("acme", at, (), subject=subject, dropped=addresses, causes=causes)


async def leased(store: Store, now: dt.datetime) -> Sequence[DeliveryJob]:
    return await factories.leased(store, now=now, count=100, until=now + DAY)


async def entries(store: Store) -> dict[str, tuple[EntryState, dt.datetime]]:
    rows = await store.entries(OPERATOR, state=None, page=ALL)
    assert {(row.kind, row.letter_id) for row in rows} <= {(EntryKind.UNSENT, None)}
    return {row.to: (row.state, row.due) for row in rows}


async def test_dropped_recipients_are_told_the_next_morning_by_address(store: Store):
    await account(store)
    await store.count(OPERATOR, [dropped(GONE, FULL), dropped(GONE, at=NOON + DAY / 24, subject="Your invoice")])

    assert not await leased(store, NOON)
    assert await entries(store) == {ANN: (EntryState.HELD, MORNING)}
    (job,) = await leased(store, MORNING)
    assert job.unsent == Unsent(
        (
            UnsentTo(GONE, 2, "invalid-recipient", UNTIL, "Your invoice"),
            UnsentTo(FULL, 1, "invalid-recipient", UNTIL, "Our news"),
        )
    )
    assert job.row.account == "acme"


async def test_a_recipient_that_is_dropped_after_a_mail_was_made_is_told_in_the_next(store: Store):
    """The one that is tried again says the same as before."""
    await account(store)
    await store.count(OPERATOR, [dropped(GONE)])
    (first,) = await leased(store, MORNING)
    await store.count(OPERATOR, [dropped(FULL, at=MORNING)])

    again, second = await leased(store, MORNING + 2 * DAY)
    assert (again.row.message_id, again.unsent) == (first.row.message_id, first.unsent)
    assert second.unsent is not None
    assert [to.address for to in second.unsent.addresses] == [FULL]
    assert second.row.message_id != first.row.message_id


async def test_a_mailing_to_very_many_takes_little_room(store: Store):
    """A hundred thousand in the world; a few thousand here show as much."""
    await account(store)
    for start in range(0, 3000, 500):
        await store.count(OPERATOR, [dropped(*(f"u{number}@example.org" for number in range(start, start + 500)))])

    (job,) = await leased(store, MORNING)
    assert job.unsent is not None
    assert len(job.unsent.addresses) == MOST_NAMED
    assert job.unsent.others == 3000 - MOST_NAMED
    assert job.unsent.count == 3000


async def test_each_owner_is_told_as_often_as_they_prefer(store: Store):
    wishes = {"": {"dropped": "weekly"}, BOB: {"dropped": "hourly"}, "cy@acme.example": {"dropped": "off"}}
    await account(store, ANN, BOB, "cy@acme.example", wishes=wishes)
    await store.count(OPERATOR, [dropped(GONE)])

    hour = NOON.replace(minute=0, second=0, microsecond=0) + DAY / 24
    assert MORNING.weekday() == 0, "a Monday"
    assert await entries(store) == {ANN: (EntryState.HELD, MORNING), BOB: (EntryState.HELD, hour)}


async def test_nobody_is_told_where_nobody_wants_mail_or_the_account_is_gone(store: Store):
    await store.count(OPERATOR, [dropped(GONE)])
    await account(store, forwarding=False)
    await store.count(OPERATOR, [dropped(GONE)])

    assert await entries(store) == {}


async def test_a_refused_recipient_is_told_to_nobody_but_the_sender(store: Store):
    await account(store)
    await store.count(OPERATOR, [Sent("acme", NOON, (), refused=(GONE,))])

    assert await entries(store) == {}


async def test_an_account_that_is_removed_is_told_no_more(store: Store):
    await account(store)
    await store.count(OPERATOR, [dropped(GONE)])
    await store.remove_account(OPERATOR, "acme")
    await account(store)
    await store.count(OPERATOR, [dropped(FULL)])

    digests = [job.unsent for job in await leased(store, MORNING)]
    assert [[to.address for to in digest.addresses] for digest in digests if digest] == [[FULL]]


async def test_a_told_drop_is_forgotten_with_the_records(store: Store, clock: Clock):
    await account(store)
    await store.count(OPERATOR, [dropped(GONE)])
    (job,) = await leased(store, MORNING)
    await store.mark_sent(job.row.id, now=MORNING, reply="250 ok")
    await store.count(OPERATOR, [dropped(FULL, at=NOON + 2 * DAY)])

    clock.time = NOON + 900 * DAY
    await retired(store, letters_before=NOON + 3 * DAY, records_before=NOON + 3 * DAY, count=100)
    assert [row.state for row in await store.entries(OPERATOR, state=None, page=ALL)] == [EntryState.HELD]


@dataclass
class Asking:
    """A case that asks whether a mail is ours, and keeps the answer."""

    letter_id: int
    query: HistoryQuery
    own_marks: list[bool] = field(default_factory=list)

    def decide(self, history: History) -> Record:
        self.own_marks.append(history.is_our_own)
        return record(self.letter_id)


async def test_such_a_mail_is_known_as_ours_when_it_comes_back(store: Store):
    """So that no loop can begin, though it is of no letter."""
    await account(store)
    await store.count(OPERATOR, [dropped(GONE)])
    (row,) = await store.entries(OPERATOR, state=None, page=ALL)
    (letter_id,) = await store.keep([letter()])
    case = Asking(letter_id, HistoryQuery(notices=("0000000000000.1@mx.rp.example.com", row.message_id.lower())))
    await store.record([case], now=NOON)

    assert case.own_marks == [True]
