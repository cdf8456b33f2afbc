"""The contract of every store: reports are scheduled once, and digests take all that is held."""

import dataclasses
import datetime as dt
from collections import Counter

import pytest
from contract.factories import ALL, DAY, MINUTE, NOON, Opening, bounce, leased, letter, record

from bouncer.compose.listing import MOST_LISTED
from bouncer.mail.letter import PathKind, ReturnPath
from bouncer.ndr.reading import Action, Kind, Reading, Recipient
from bouncer.policy.blocking import Blocked, Blocking
from bouncer.policy.circumstances import Circumstances
from bouncer.policy.preferences import ADDRESS_MAILS, Overrides, Preferences
from bouncer.policy.rate_limit import MAX_FROM_STRANGERS
from bouncer.policy.records import NO_ACCOUNT, Belief, Believed, Bucket, EntryKind, EntryState, NewEntry
from bouncer.policy.route import RoutedLetter
from bouncer.ports import scope
from bouncer.ports.accounts import Account
from bouncer.ports.outbox import DeliveryJob, OutboxEntry
from bouncer.ports.scope import OperatorScope
from bouncer.ports.store import Store
from bouncer.store.letters.chunks import CHUNK_OCTETS
from bouncer.store.outbox.digests import MAX_HEADER
from bouncer.verdict.verdict import Judgement, Reason

HOUR = 60 * MINUTE
ANN, BOB, OPERATOR = "ann@acme.example", "bob@acme.example", "op@example.com"


async def account(store: Store, wishes: Overrides | None = None, *owners: str) -> None:
    assert await store.add_account(scope.OPERATOR, Account("acme", owners or (ANN,), wishes=wishes or {}), now=NOON)


async def report(
    store: Store,
    *recipients: str,
    to: tuple[str, ...] = (ANN,),
    reason: Reason | None = None,
    bucket: Bucket = Bucket.PROVEN,
) -> int:
    """Record a report of these recipients' failures."""
    (letter_id,) = await store.keep([letter()])
    believed = Believed(Belief.PROVEN if bucket is Bucket.PROVEN else Belief.UNPROVEN, "")
    failed = [bounce(recipient, reason or Reason.INVALID_RECIPIENT) for recipient in recipients]
    failed = [dataclasses.replace(failure_row, believed=believed) for failure_row in failed]
    entries = tuple(NewEntry(EntryKind.NOTICE, owner, bucket=bucket) for owner in to)
    await store.record([record(letter_id, *failed, entries=entries)], now=NOON)
    return letter_id


async def reports(
    store: Store, count: int, reason: Reason | None = None, bucket: Bucket = Bucket.PROVEN, name: str = "user"
) -> None:
    for n in range(count):
        await report(store, f"{name}{n}@example.org", reason=reason, bucket=bucket)


async def warn(store: Store, *blocked: Blocked, to: tuple[str, ...] = (ANN, OPERATOR), account: str = "acme") -> int:
    """Record a letter that leads to a warning."""
    (letter_id,) = await store.keep([letter(account=account)])
    about = str(Blocking(blocked))
    entries = tuple(
        NewEntry(EntryKind.WARNING, owner, about, NO_ACCOUNT if owner == OPERATOR else None, Bucket.WARNING)
        for owner in to
    )
    await store.record([record(letter_id, account=account, entries=entries)], now=NOON)
    return letter_id


async def write_to_operator(store: Store, raw: bytes = b"Subject: hello\r\n\r\nhi\r\n") -> int:
    """Record a letter to postmaster@."""
    path = ReturnPath("postmaster@rp.example.com", PathKind.OPERATOR)
    (letter_id,) = await store.keep([dataclasses.replace(letter(raw), return_path=path, reverse_path="jo@example.net")])
    entries = (NewEntry(EntryKind.OPERATOR, OPERATOR, bucket=Bucket.OPERATOR),)
    recorded = record(letter_id, account=None, kind=Kind.OTHER, entries=entries)
    await store.record([dataclasses.replace(recorded, bounces=())], now=NOON)
    return letter_id


async def lease(store: Store, now: dt.datetime = NOON) -> list[DeliveryJob]:
    return list(await leased(store, now=now, count=100, until=now + MINUTE))


async def states(store: Store) -> list[str]:
    return sorted(row.state for row in await store.entries(OperatorScope(), state=None, page=ALL))


async def rows(store: Store, state: EntryState) -> list[OutboxEntry]:
    return list(await store.entries(OperatorScope(), state=state, page=ALL))


async def test_the_first_reports_are_told_at_once_and_the_rest_in_one_digest(store: Store):
    await account(store)
    await reports(store, 10)

    at_once = await lease(store)
    (digest,) = [job for job in await lease(store, NOON + HOUR) if job.row.kind is EntryKind.DIGEST]

    assert [job.row.kind for job in at_once] == [EntryKind.NOTICE, EntryKind.NOTICE]
    assert digest.tally is not None
    assert digest.tally.count == 8
    assert (digest.row.to, digest.row.account, digest.letter, digest.bounces) == (ANN, "acme", None, ())
    assert await states(store) == [EntryState.BUNDLED] * 8 + [EntryState.WAITING] * 3


async def test_unproven_reports_take_no_room_from_proven_ones(store: Store):
    await account(store)
    await reports(store, 100, bucket=Bucket.UNPROVEN)
    await lease(store)

    await report(store, "jane@example.org")
    (job,) = [job for job in await lease(store) if job.bounces[0].recipient == "jane@example.org"]

    assert job.row.state is EntryState.WAITING


async def test_unproven_reports_that_are_scheduled_with_proven_ones_take_no_room_either(store: Store):
    """Forged before and behind, all in one transaction; also of the very address that then fails in earnest."""
    await account(store)
    await reports(store, 20, bucket=Bucket.UNPROVEN)
    for _ in range(3):
        await report(store, "jane@example.org", bucket=Bucket.UNPROVEN)
    await report(store, "jane@example.org")
    await reports(store, 20, bucket=Bucket.UNPROVEN, name="other")

    jobs = await lease(store)

    assert [job.bounces[0].belief for job in jobs].count("proven") == 1
    assert len(jobs) == 1 + Preferences().most


async def test_unproven_reports_are_bounded_even_for_owners_who_want_no_bound(store: Store):
    await account(store, {"": {"most": "0"}})
    await reports(store, 100, bucket=Bucket.UNPROVEN)
    await reports(store, 30, name="real")

    assert len(await lease(store)) == 30 + MAX_FROM_STRANGERS


async def test_a_path_that_spoke_too_often_is_told_in_the_mornings_digest(store: Store):
    await account(store)
    for n in range(3):
        await report(store, f"user{n}@example.org", bucket=Bucket.DIGEST)

    assert await lease(store) == []
    (digest,) = await lease(store, NOON + DAY)
    assert digest.tally is not None
    assert (digest.tally.count, digest.tally.unproven) == (3, 3)


async def test_a_report_counts_as_about_the_address_that_it_proves(store: Store):
    """A stranger who proves one address and names another in front of it each time causes two mails a day, not ten."""
    await account(store, {"": {"most": "0"}})
    doubted = Believed(Belief.CONTRADICTED, "")
    for n in range(10):
        (letter_id,) = await store.keep([letter()])
        first = dataclasses.replace(bounce(f"user{n}@example.org"), believed=doubted)
        entries = (NewEntry(EntryKind.NOTICE, ANN),)
        await store.record([record(letter_id, first, bounce("mallory@example.org"), entries=entries)], now=NOON)

    assert len(await lease(store)) == ADDRESS_MAILS


async def test_warnings_have_their_own_bucket_and_then_come_together_in_one(store: Store):
    await account(store)
    await reports(store, 10)
    for n in range(20):
        await warn(store, Blocked(f"x{n}.example", 10, "acme", NOON.date()))

    first = [job.row for job in await lease(store) if job.row.kind is EntryKind.WARNING]
    later = [job.row for job in await lease(store, NOON + HOUR) if job.row.kind is EntryKind.WARNINGS]

    assert Counter(row.to for row in first) == {ANN: 2, OPERATOR: 3}
    assert {row.to: len(Blocking.parse(row.about or "").blocked) for row in later} == {ANN: 18, OPERATOR: 17}
    assert await rows(store, EntryState.HELD) == []


async def test_the_operators_warnings_of_all_accounts_share_one_bucket(store: Store):
    for name in ("acme", "globex", "initech"):
        await store.add_account(scope.OPERATOR, Account(name, (ANN,)), now=NOON)
        for n in range(5):
            await warn(store, Blocked(f"x{n}.example", 10, name, NOON.date()), account=name)

    first = await lease(store)
    in_an_hour = [job.row for job in await lease(store, NOON + HOUR) if job.row.kind is EntryKind.WARNINGS]
    (later,) = [row for row in in_an_hour if row.to == OPERATOR]

    assert Counter(row.row.to for row in first) == {ANN: 6, OPERATOR: 3}
    assert {block.account for block in Blocking.parse(later.about or "").blocked} == {"acme", "globex", "initech"}


async def test_warnings_keep_to_wishes_and_quiet_hours(store: Store):
    night = {"quiet": "11:00-14:00"}
    await account(store, {ANN: {"block": "off"}, BOB: night, "cid@acme.example": {"block": "daily"}}, ANN, BOB)
    await warn(store, Blocked("Gmail", 10, "acme", NOON.date()), to=(ANN, BOB, "cid@acme.example", OPERATOR))

    assert [job.row.to for job in await lease(store)] == [OPERATOR]
    assert [job.row.to for job in await lease(store, NOON + 2 * HOUR) if job.row.to != OPERATOR] == [BOB]
    assert [row.to for row in await rows(store, EntryState.DROPPED)] == [ANN]
    assert [row.to for row in await rows(store, EntryState.HELD)] == ["cid@acme.example"]


async def test_reports_and_warnings_of_one_letter_are_told_in_two_mails(store: Store):
    """The newest letter of a digest may be that of the warnings, too."""
    await account(store, {"": {"hard": "hourly", "block": "hourly"}})
    for n in range(2):
        (letter_id,) = await store.keep([letter()])
        about = str(Blocking((Blocked(f"x{n}.example", 10, "acme", NOON.date()),)))
        entries = (NewEntry(EntryKind.NOTICE, ANN), NewEntry(EntryKind.WARNING, ANN, about, bucket=Bucket.WARNING))
        await store.record([record(letter_id, entries=entries)], now=NOON)

    assert await lease(store) == []
    jobs = await lease(store, NOON + HOUR)

    assert {job.row.kind for job in jobs} == {EntryKind.DIGEST, EntryKind.WARNINGS}
    assert len({job.row.message_id for job in jobs}) == 2


async def test_mail_to_the_operator_is_passed_on_within_bounds_and_then_listed(store: Store):
    for n in range(150):
        await write_to_operator(store, b"Subject: number %d\r\n\r\nhi\r\n" % n)

    first = await lease(store)
    (listed,) = [job for job in await lease(store, NOON + HOUR) if job.row.kind is EntryKind.LISTED]

    assert [job.row.kind for job in first] == [EntryKind.OPERATOR] * 3
    assert listed.listing is not None
    assert (listed.listing.count, len(listed.listing.mails)) == (147, MOST_LISTED)
    assert listed.listing.mails[0].beginning.startswith(b"Subject: number 3\r\n")
    assert listed.listing.mails[0].reverse_path == "jo@example.net"
    assert (listed.letter, listed.bounces) == (None, ())


async def test_the_beginning_of_a_listed_mail_in_pieces_is_read(store: Store):
    for _ in range(5):
        await write_to_operator(store, b"Subject: large\r\n\r\n" + b"x" * (2 * CHUNK_OCTETS))
    await lease(store)

    (listed,) = [job for job in await lease(store, NOON + HOUR) if job.listing]

    assert listed.listing is not None
    assert {(mail.beginning[:16], mail.octets) for mail in listed.listing.mails} == {
        (b"Subject: large\r\n", 2 * CHUNK_OCTETS + 18),
    }
    assert max(len(mail.beginning) for mail in listed.listing.mails) <= MAX_HEADER


async def test_buckets_outlive_a_restart(store: Store, opening: Opening):
    await account(store)
    await reports(store, 3, bucket=Bucket.UNPROVEN)
    await warn(store, Blocked("Gmail", 10, "acme", NOON.date()))
    for _ in range(3):
        await write_to_operator(store)
    before = len(await lease(store))
    again = await opening()
    await reports(again, 3, bucket=Bucket.UNPROVEN, name="other")
    await write_to_operator(again)

    assert before == 2 + 2 + 3
    assert await lease(again) == []


async def test_addresses_beyond_those_that_are_looked_at_are_counted_and_what_is_proven_comes_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bouncer.store.outbox.digests.MOST_TOLD", 5)
    await account(store, {"": {"hard": "hourly"}})
    await reports(store, 10, bucket=Bucket.UNPROVEN)
    await reports(store, 3, name="real")

    assert await lease(store) == []
    digest = max(await lease(store, NOON + HOUR), key=lambda job: job.row.id)

    assert digest.tally is not None
    assert (digest.tally.count, digest.tally.rows, digest.tally.unproven) == (13, 5, 2)


async def test_a_digest_has_a_message_id_that_no_notice_uses(store: Store):
    await account(store)
    await reports(store, 5)
    sent = {job.row.message_id for job in await lease(store)}

    sent |= {job.row.message_id for job in await lease(store, NOON + HOUR)}

    assert len(sent) == 3


async def test_a_digest_that_is_leased_again_is_the_same(store: Store):
    await account(store)
    await reports(store, 5)
    await lease(store)

    first, second = [[job for job in await lease(store, NOON + HOUR * n) if job.tally] for n in (2, 3)]

    assert [job.row.id for job in first] == [job.row.id for job in second]
    assert [job.tally.count for job in second if job.tally] == [3]


async def test_a_digest_of_one_report_is_its_notice(store: Store):
    await account(store)
    await report(store, "jane@example.org", reason=Reason.MAILBOX_FULL)

    assert await lease(store) == []
    (job,) = await lease(store, NOON + DAY)

    assert (job.row.kind, job.kind) == (EntryKind.NOTICE, "bounce")


async def test_each_owner_is_told_as_that_owner_wishes(store: Store):
    await account(store, {"": {"language": "de"}, BOB: {"hard": "off", "language": "sv"}}, ANN, BOB)
    await report(store, "jane@example.org", to=(ANN, BOB))

    (job,) = await lease(store)

    assert (job.row.to, job.preferences.language) == (ANN, "de")
    assert [row.to for row in await rows(store, EntryState.DROPPED)] == [BOB]


async def test_a_report_is_placed_once_however_often_it_is_tried(store: Store):
    await account(store)
    await report(store, "jane@example.org")
    (first,) = await lease(store)
    await store.mark_waiting(first.row.id, due=NOON + MINUTE, reply="busy")

    await lease(store, NOON + MINUTE)
    await report(store, "john@example.org")

    assert [job.row.kind for job in await lease(store, NOON + MINUTE)] == [EntryKind.NOTICE]


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

    assert (await states(store)).count(EntryState.HELD) == 3


async def test_reports_of_one_address_that_come_together_count_each_other(store: Store):
    """Reports that name nobody do not count each other: they need not be about the same address."""
    await account(store, {"": {"most": "0"}})
    for _ in range(5):
        await report(store, "Jane@example.org", "bob@example.org")
        await report(store, "bob@example.org")
    for _ in range(4):
        (letter_id,) = await store.keep([letter()])
        nobody = record(letter_id, entries=(NewEntry(EntryKind.NOTICE, ANN),))
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
    entries = (NewEntry(EntryKind.NOTICE, ANN),)
    await store.record(
        [record(letter_id, bounce(f"u{n}@x.example"), entries=entries) for n, letter_id in enumerate(ids)], now=NOON
    )

    while await lease(store):
        pass
    (digest,) = [job for job in await lease(store, NOON + HOUR) if job.tally]

    assert digest.tally is not None
    assert digest.tally.count == 1298


async def test_earlier_reports_on_an_address_go_along(store: Store):
    await account(store, {"": {"most": "0"}})
    for n in range(3):
        await report(store, "jane@example.org", f"user{n}@example.org")

    job = (await lease(store))[-1]

    assert job.row.kind is EntryKind.NOTICE
    assert {address: before.count for address, before in job.earlier.items()} in (
        {"jane@example.org": n} for n in (1, 2)
    )


async def test_the_letters_own_kind_goes_along_when_it_names_nobody(store: Store):
    (letter_id,) = await store.keep([letter()])
    empty = record(letter_id, entries=(NewEntry(EntryKind.NOTICE, ANN),))
    await store.record([dataclasses.replace(empty, bounces=())], now=NOON)

    (job,) = await lease(store)

    assert (job.bounces, job.kind) == ((), "bounce")


async def test_an_entry_that_was_given_up_is_retried_by_hand(store: Store):
    await report(store, "jane@example.org")
    (job,) = await lease(store)
    await store.mark_given_up(job.row.id, now=NOON, reply="550 no")

    assert await store.retry_entry(OperatorScope(), job.row.id, now=NOON + DAY)

    (again,) = await lease(store, NOON + DAY)
    assert (again.row.id, again.row.created_at) == (job.row.id, NOON + DAY)


async def test_an_entry_that_was_dropped_never_leaves_and_one_that_left_is_neither_dropped_nor_retried(store: Store):
    await report(store, "jane@example.org")
    await report(store, "john@example.org")
    first, second = await store.entries(OperatorScope(), state=None, page=ALL)

    assert await store.drop_entry(OperatorScope(), first.id, now=NOON)
    assert [job.row.id for job in await lease(store)] == [second.id]
    await store.mark_sent(second.id, now=NOON, reply="taken")
    assert not await store.drop_entry(OperatorScope(), second.id, now=NOON)
    assert not await store.retry_entry(OperatorScope(), second.id, now=NOON)
    assert not await store.drop_entry(OperatorScope(), 99, now=NOON)
    assert (await store.entry(OperatorScope(), first.id) or first).state is EntryState.DROPPED
    assert await store.entry(OperatorScope(), 99) is None


async def test_wishes_are_kept(store: Store):
    await account(store, {"": {"language": "ja"}, ANN: {"contact": "Bea {{ 7*7 }} é"}})

    assert (await store.directory(scope.OPERATOR)).accounts["acme"].wishes == {
        "": {"language": "ja"},
        ANN: {"contact": "Bea {{ 7*7 }} é"},
    }


async def test_the_second_of_two_owners_whose_mail_comes_back_together_leads_to_the_operator(store: Store):
    """Each is decided on what the one before it led to, in the same commit too: no two that fail are told of each other."""
    await account(store, None, ANN, BOB)
    letters = await store.keep([letter(account=None), letter(account=None)])
    cases = [came_back(letter_id, owner) for letter_id, owner in zip(letters, (ANN, BOB), strict=True)]

    records = await store.record(cases, now=NOON)

    assert [entry.to for decision in records for entry in decision.entries] == [BOB, OPERATOR]
    assert (await store.directory(scope.OPERATOR)).accounts["acme"].failing == (ANN, BOB)


async def test_an_owner_that_is_marked_is_not_told_of_again(store: Store):
    await account(store, None, ANN, BOB)
    for now in (NOON, NOON + MINUTE):
        (letter_id,) = await store.keep([letter(account=None)])
        await store.record([came_back(letter_id, ANN)], now=now)

    assert [row.to for row in await rows(store, EntryState.WAITING)] == [BOB]


def came_back(letter_id: int, owner: str) -> RoutedLetter:
    """A bounce of the notice that was sent to this owner."""
    failed = Reading(Kind.BOUNCE, recipients=(Recipient(owner, Action.FAILED),))
    path = ReturnPath("bouncer-token@rp.example.com", PathKind.NOTICE, recipient=owner)
    about = Circumstances(letter_id, path, None, owners=(), operator=OPERATOR, now=NOON)
    return RoutedLetter(Judgement(failed, ()), about)
