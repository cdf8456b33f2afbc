"""What every store promises about telling: reports are placed once, and digests take all that is held."""

import dataclasses
import datetime as dt

from contract.made import ALL, DAY, MINUTE, NOON, Opening, bounce, letter, record

from bouncer.mail.letter import PathKind, ReturnPath
from bouncer.ndr.reading import Action, Kind, Reading, Recipient
from bouncer.policy.record import Parcel, ParcelKind, ParcelState
from bouncer.policy.route import Case, Circumstances
from bouncer.policy.tell import Wishes
from bouncer.ports import Account, OutboxRow, Store, Told
from bouncer.verdict.verdict import Judgement, Reason

HOUR = 60 * MINUTE
ANN, BOB, OPERATOR = "ann@acme.example", "bob@acme.example", "op@example.com"


async def account(store: Store, wishes: Wishes | None = None, *owners: str) -> None:
    assert await store.add_account(Account("acme", owners or (ANN,), wishes=wishes or {}), now=NOON)


async def report(store: Store, *recipients: str, to: tuple[str, ...] = (ANN,), reason: Reason | None = None) -> int:
    """Record a report of these recipients' failures."""
    (letter_id,) = await store.keep([letter()])
    failed = [bounce(one, reason or Reason.INVALID_RECIPIENT) for one in recipients]
    parcels = tuple(Parcel(ParcelKind.NOTICE, one) for one in to)
    await store.record([record(letter_id, *failed, parcels=parcels)], now=NOON)
    return letter_id


async def reports(store: Store, count: int, reason: Reason | None = None) -> None:
    for n in range(count):
        await report(store, f"user{n}@example.org", reason=reason)


async def lease(store: Store, now: dt.datetime = NOON) -> list[Told]:
    return list(await store.lease_parcels(now=now, count=100, until=now + MINUTE))


async def states(store: Store) -> list[str]:
    return sorted(row.state for row in await store.outbox(state=None, page=ALL))


async def rows(store: Store, state: ParcelState) -> list[OutboxRow]:
    return list(await store.outbox(state=state, page=ALL))


async def test_the_first_reports_are_told_at_once_and_the_rest_in_one_digest(store: Store):
    await account(store)
    await reports(store, 10)

    at_once = await lease(store)
    (digest,) = [told for told in await lease(store, NOON + HOUR) if told.row.kind is ParcelKind.DIGEST]

    assert [told.row.kind for told in at_once] == [ParcelKind.NOTICE, ParcelKind.NOTICE]
    assert digest.tally is not None
    assert digest.tally.count == 8
    assert (digest.row.to, digest.row.account, digest.letter, digest.bounces) == (ANN, "acme", None, ())
    assert await states(store) == [ParcelState.BUNDLED] * 8 + [ParcelState.WAITING] * 3


async def test_a_digest_has_a_message_id_that_no_notice_uses(store: Store):
    await account(store)
    await reports(store, 5)
    sent = {told.row.message_id for told in await lease(store)}

    sent |= {told.row.message_id for told in await lease(store, NOON + HOUR)}

    assert len(sent) == 3


async def test_what_is_leased_again_is_the_same_digest(store: Store):
    await account(store)
    await reports(store, 5)
    await lease(store)

    first, second = [[told for told in await lease(store, NOON + HOUR * n) if told.tally] for n in (2, 3)]

    assert [told.row.id for told in first] == [told.row.id for told in second]
    assert [told.tally.count for told in second if told.tally] == [3]


async def test_a_digest_of_one_report_is_its_notice(store: Store):
    await account(store)
    await report(store, "jane@example.org", reason=Reason.MAILBOX_FULL)

    assert await lease(store) == []
    (told,) = await lease(store, NOON + DAY)

    assert (told.row.kind, told.kind) == (ParcelKind.NOTICE, "bounce")


async def test_each_owner_is_told_as_that_owner_wishes(store: Store):
    await account(store, {"": {"language": "de"}, BOB: {"hard": "off", "language": "sv"}}, ANN, BOB)
    await report(store, "jane@example.org", to=(ANN, BOB))

    (told,) = await lease(store)

    assert (told.row.to, told.wanted.language) == (ANN, "de")
    assert [row.to for row in await rows(store, ParcelState.DROPPED)] == [BOB]


async def test_a_report_is_placed_once_however_often_it_is_tried(store: Store):
    await account(store)
    await report(store, "jane@example.org")
    (first,) = await lease(store)
    await store.mark_waiting(first.row.id, due=NOON + MINUTE, said="busy")

    await lease(store, NOON + MINUTE)
    await report(store, "john@example.org")

    assert [told.row.kind for told in await lease(store, NOON + MINUTE)] == [ParcelKind.NOTICE]


async def test_two_stores_share_one_bucket(store: Store, opening: Opening):
    await account(store)
    other = await opening()
    await reports(store, 2)
    await lease(store)
    await reports(other, 2)

    assert await lease(other) == []


async def test_an_address_that_fails_again_and_again_is_told_twice_a_day(store: Store):
    await account(store, {"": {"most": "0"}})
    for _ in range(5):
        await report(store, "jane@example.org")
        await lease(store)

    assert (await states(store)).count(ParcelState.HELD) == 3


async def test_reports_of_one_address_that_come_together_count_each_other(store: Store):
    """Those that name nobody do not: they need not speak of the same."""
    await account(store, {"": {"most": "0"}})
    for _ in range(5):
        await report(store, "Jane@example.org", "bob@example.org")
        await report(store, "bob@example.org")
    for _ in range(4):
        (letter_id,) = await store.keep([letter()])
        nobody = record(letter_id, parcels=(Parcel(ParcelKind.NOTICE, ANN),))
        await store.record([dataclasses.replace(nobody, bounces=())], now=NOON)

    at_once = await lease(store)

    assert len(at_once) == 2 + 2 + 4


async def test_without_a_bound_every_report_is_told_at_once(store: Store):
    await account(store, {"": {"most": "0"}})
    await reports(store, 30)

    assert len(await lease(store)) == 30


async def test_an_account_that_is_gone_wishes_nothing(store: Store):
    await reports(store, 5)

    assert len(await lease(store)) == 5


async def test_a_storm_is_placed_whole(store: Store):
    await account(store)
    ids = await store.keep([letter(b"x") for _ in range(1300)])
    parcels = (Parcel(ParcelKind.NOTICE, ANN),)
    await store.record([record(one, bounce(f"u{n}@x.example"), parcels=parcels) for n, one in enumerate(ids)], now=NOON)

    while await lease(store):
        pass
    (digest,) = [told for told in await lease(store, NOON + HOUR) if told.tally]

    assert digest.tally is not None
    assert digest.tally.count == 1298


async def test_what_came_before_on_an_address_goes_along(store: Store):
    await account(store, {"": {"most": "0"}})
    for n in range(3):
        await report(store, "jane@example.org", f"user{n}@example.org")

    told = (await lease(store))[-1]

    assert told.row.kind is ParcelKind.NOTICE
    assert {who: before.count for who, before in told.earlier.items()} in ({"jane@example.org": n} for n in (1, 2))


async def test_the_letters_own_kind_goes_along_when_it_names_nobody(store: Store):
    (letter_id,) = await store.keep([letter()])
    empty = record(letter_id, parcels=(Parcel(ParcelKind.NOTICE, ANN),))
    await store.record([dataclasses.replace(empty, bounces=())], now=NOON)

    (told,) = await lease(store)

    assert (told.bounces, told.kind) == ((), "bounce")


async def test_a_parcel_that_was_given_up_is_retried_by_hand(store: Store):
    await report(store, "jane@example.org")
    (told,) = await lease(store)
    await store.mark_given_up(told.row.id, now=NOON, said="550 no")

    assert await store.retry_parcel(told.row.id, now=NOON + DAY)

    (again,) = await lease(store, NOON + DAY)
    assert (again.row.id, again.row.created_at) == (told.row.id, NOON + DAY)


async def test_a_parcel_that_was_dropped_never_leaves_and_one_that_left_is_neither_dropped_nor_retried(store: Store):
    await report(store, "jane@example.org")
    await report(store, "john@example.org")
    first, second = await store.outbox(state=None, page=ALL)

    assert await store.drop_parcel(first.id, now=NOON)
    assert [told.row.id for told in await lease(store)] == [second.id]
    await store.mark_sent(second.id, now=NOON, said="taken")
    assert not await store.drop_parcel(second.id, now=NOON)
    assert not await store.retry_parcel(second.id, now=NOON)
    assert not await store.drop_parcel(99, now=NOON)
    assert (await store.parcel(first.id) or first).state is ParcelState.DROPPED
    assert await store.parcel(99) is None


async def test_wishes_are_kept(store: Store):
    await account(store, {"": {"language": "ja"}, ANN: {"contact": "Bea {{ 7*7 }} é"}})

    assert (await store.directory()).accounts["acme"].wishes == {
        "": {"language": "ja"},
        ANN: {"contact": "Bea {{ 7*7 }} é"},
    }


async def test_of_two_owners_whose_mail_comes_back_together_the_second_leads_to_the_operator(store: Store):
    """Each is decided on what the one before it led to, in the same commit too: no two that fail are told of each other."""
    await account(store, None, ANN, BOB)
    letters = await store.keep([letter(account=None), letter(account=None)])
    cases = [came_back(letter_id, owner) for letter_id, owner in zip(letters, (ANN, BOB), strict=True)]

    records = await store.record(cases, now=NOON)

    assert [one.to for each in records for one in each.parcels] == [BOB, OPERATOR]
    assert (await store.directory()).accounts["acme"].failing == (ANN, BOB)


async def test_an_owner_that_is_marked_is_not_told_of_again(store: Store):
    await account(store, None, ANN, BOB)
    for now in (NOON, NOON + MINUTE):
        (letter_id,) = await store.keep([letter(account=None)])
        await store.record([came_back(letter_id, ANN)], now=now)

    assert [row.to for row in await rows(store, ParcelState.WAITING)] == [BOB]


def came_back(letter_id: int, owner: str) -> Case:
    """A bounce of the notice that was sent to this owner."""
    failed = Reading(Kind.BOUNCE, recipients=(Recipient(owner, Action.FAILED),))
    path = ReturnPath("bouncer-token@rp.example.com", PathKind.NOTICE, recipient=owner)
    about = Circumstances(letter_id, path, None, owners=(), operator=OPERATOR, now=NOON)
    return Case(Judgement(failed, ()), about)
