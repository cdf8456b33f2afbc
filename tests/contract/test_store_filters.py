"""Filters of bounces and letters: each alone and together, page by page, and the changes for a program that polls."""

import dataclasses
import itertools
from typing import Any

import pytest
from contract.factories import ALL, DAY, MINUTE, NOON, Opening, bounce, letter, record

from bouncer.mail.address import comparable
from bouncer.mail.status import EnhancedStatus
from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient
from bouncer.policy.records import Belief, Believed, Bounce, Counted, LetterState
from bouncer.ports.letters import BounceFilter, LetterFilter, Page
from bouncer.ports.record_lists import ANSWER_LENGTH, BouncePage, ChangePage, NewestRefusals
from bouncer.ports.scope import OPERATOR, AccountScope, Scope
from bouncer.ports.store import Store
from bouncer.store.bounces import filtering, repeated
from bouncer.store.letters import listing
from bouncer.verdict.verdict import Reason, Verdict

ACME = AccountScope("acme")
ADDRESSES = ("jane@example.org", "joe@gmail.com", "ann@firm.example")
BELIEFS = (Belief.PROVEN, Belief.UNPROVEN)
REASONS = (Reason.INVALID_RECIPIENT, Reason.MAILBOX_FULL)


def outcome(n: int) -> Bounce:
    """The n-th bounce, whose facts repeat with different periods."""
    address, reason = ADDRESSES[n % 3], REASONS[n % 2]
    status = EnhancedStatus(5, n % 5, 1)
    server = "mx.google.com" if n % 7 == 0 else None
    recipient = Recipient(address, Action.FAILED, status=status, remote_mta=server)
    return Bounce(
        recipient,
        Verdict(reason, "a-rule", "550"),
        Believed(BELIEFS[n % 4 == 3], "so"),
        comparable(address),
        campaign=f"c{n % 2}",
        stream=f"s{n % 3}",
    )


async def fill(store: Store, count: int = 30) -> None:
    """Record so many letters, a minute from one to the next."""
    for n in range(count):
        (number,) = await store.keep([letter()])
        reading = Reading(
            Kind.BOUNCE, "rfc3464", original=Original(f"<m{n}@acme.example>" if n % 2 else f"m{n}@acme.example")
        )
        await store.record([record(number, outcome(n), reading=reading, entries=())], now=NOON + n * MINUTE)


CHOICES: dict[str, tuple[Any, Any]] = {
    "recipient": ("joe@gmail.com", lambda n: n % 3 == 1),
    "domain": ("Example.ORG", lambda n: n % 3 == 0),
    "provider": ("Gmail", lambda n: n % 3 == 1 or n % 7 == 0),
    "category": (REASONS[0].category, lambda n: n % 2 == 0),
    "reason": (REASONS[1], lambda n: n % 2 == 1),
    "status": ("5.1", lambda n: n % 5 == 1),
    "belief": (Belief.UNPROVEN, lambda n: n % 4 == 3),
    "campaign": ("c1", lambda n: n % 2 == 1),
    "stream": ("s2", lambda n: n % 3 == 2),
    "message_id": ("<m4@acme.example>", lambda n: n == 4),
    "since": (NOON + 10 * MINUTE, lambda n: n >= 10),
    "before": (NOON + 20 * MINUTE, lambda n: n < 20),
}
"""By filter: a value, and whether it chooses the n-th bounce."""


def chosen(names: tuple[str, ...], count: int = 30) -> list[int]:
    return [n for n in reversed(range(count)) if all(CHOICES[name][1](n) for name in names)]


def minutes(rows: Any) -> list[int]:
    return [(row.at - NOON) // MINUTE for row in rows]


async def test_each_filter_works_alone_and_with_each_other(store: Store):
    await fill(store)

    for names in (*itertools.combinations(CHOICES, 1), *itertools.combinations(CHOICES, 2)):
        criteria = BounceFilter(**{name: CHOICES[name][0] for name in names})
        for scope in (OPERATOR, ACME):
            assert minutes(await store.bounces(scope, criteria, ALL)) == chosen(names), names
    assert await store.bounces(AccountScope("zoo"), BounceFilter(reason=REASONS[1]), ALL) == []


async def test_letters_are_chosen_by_what_they_report(store: Store):
    await fill(store, 12)
    numbers = [row.letter_id for row in await store.bounces(OPERATOR, BounceFilter(), ALL)]

    for name in CHOICES.keys() - {"since", "before", "message_id"}:
        criteria = LetterFilter(reporting=BounceFilter(**{name: CHOICES[name][0]}))
        page = await store.letter_page(ACME, criteria, ALL)
        assert [row.letter_id for row in page.rows] == [numbers[11 - n] for n in chosen((name,), 12)], name
    page = await store.letter_page(ACME, LetterFilter(message_id="m4@acme.example"), ALL)
    assert [row.letter_id for row in page.rows] == [numbers[11 - 4]]
    assert (await store.letter_page(ACME, LetterFilter(since=NOON + DAY), ALL)).rows == []
    assert len((await store.letter_page(ACME, LetterFilter(since=NOON, before=NOON + DAY), ALL)).rows) == 12


@pytest.mark.parametrize("limit", [1, 3, 50])
async def test_a_page_looks_at_few_rows_and_says_where_to_go_on(
    store: Store, limit: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(filtering, "EXAMINED", 4)
    monkeypatch.setattr(listing, "EXAMINED", 4)
    await fill(store)
    criteria = BounceFilter(belief=Belief.UNPROVEN, campaign="c1")

    pages = [await store.bounce_page(ACME, criteria, Page(limit))]
    while (before := pages[-1].next) is not None:
        pages.append(await store.bounce_page(ACME, criteria, Page(limit, before)))
    assert [n for page in pages for n in minutes(page.rows)] == chosen(("belief",))
    assert all(len(page.rows) <= min(limit, 4) for page in pages)
    assert minutes(await store.bounces(ACME, criteria, Page(3))) == chosen(("belief",))[:3]

    letters = await store.letter_page(ACME, LetterFilter(reporting=criteria), Page(limit))
    assert len(letters.rows) <= 4
    assert len(await store.letters(ACME, LetterFilter(reporting=criteria), ALL)) == len(chosen(("belief",)))


async def poll(store: Store, after: int, settled: Any, criteria: BounceFilter, limit: int = 4) -> tuple[list[int], int]:
    """Ask for changes until none are left; give the minutes of the records, and where to go on."""
    polled = list[int]()
    while True:
        page: BouncePage = await store.bounce_changes(ACME, criteria, ChangePage(limit, after, settled))
        assert page.next is not None
        if page.next == after:
            return polled, after
        polled, after = polled + minutes(page.rows), page.next


@pytest.mark.parametrize("names", [(), ("reason",), ("domain",), ("belief", "campaign")])
async def test_a_poller_sees_each_record_once_in_order(
    store: Store, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(filtering, "EXAMINED", 5)
    await fill(store)
    criteria = BounceFilter(**{name: CHOICES[name][0] for name in names})

    early, after = await poll(store, 0, NOON + 10 * MINUTE, criteria)
    late, end = await poll(store, after, NOON + DAY, criteria)

    assert early == [n for n in reversed(chosen(names)) if n < 10]
    assert early + late == list(reversed(chosen(names)))
    assert await poll(store, end, NOON + DAY, criteria) == ([], end)


async def test_a_record_that_another_process_commits_late_is_seen(store: Store, opening: Opening):
    """A slow transaction took its ids at noon, and ends after a later one: nobody was told of the later one before."""
    (slow,), (fast,) = await store.keep([letter()]), await store.keep([letter()])
    await store.record([record(fast, bounce("fast@x.example"))], now=NOON + MINUTE)
    polled, after = await poll(store, 0, NOON, BounceFilter())
    assert polled == []

    await (await opening()).record([record(slow, bounce("slow@x.example"))], now=NOON)
    assert (await poll(store, after, NOON + DAY, BounceFilter()))[0] == [0, 1]


async def test_a_letter_that_is_read_again_is_a_change(store: Store):
    (number,) = await store.keep([letter()])
    await store.record([record(number)], now=NOON)
    _, after = await poll(store, 0, NOON + DAY, BounceFilter())
    await store.rerecord(OPERATOR, record(number, bounce("joe@x.example")), now=NOON + DAY)

    page = await store.bounce_changes(ACME, BounceFilter(), ChangePage(9, after, NOON + 2 * DAY))
    assert [(row.letter_id, row.recipient) for row in page.rows] == [(number, "joe@x.example")]
    assert await poll(store, page.next or 0, NOON + 2 * DAY, BounceFilter()) == ([], page.next)
    assert (await poll(store, 0, NOON + 2 * DAY, BounceFilter(recipient="joe@x.example")))[0] == [0]  # once, not twice


ANY = LetterFilter()


async def follow(
    store: Store, after: int, settled: Any, criteria: LetterFilter = ANY, scope: Scope = ACME
) -> tuple[list[int], int]:
    """Ask for letters until none are left; give their ids, and where to go on."""
    followed = list[int]()
    while True:
        page = await store.letters_after(scope, criteria, ChangePage(4, after, settled))
        assert page.next is not None
        if page.next == after:
            return followed, after
        followed, after = followed + [row.letter_id for row in page.rows], page.next


@pytest.mark.parametrize("names", [(), ("reason",), ("recipient",), ("belief", "campaign")])
async def test_a_follower_sees_each_letter_once_in_order(
    store: Store, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(listing, "EXAMINED", 5)
    await fill(store)
    ids = [row.letter_id for row in await store.letters(ACME, LetterFilter(), ALL)][::-1]
    criteria = LetterFilter(reporting=BounceFilter(**{name: CHOICES[name][0] for name in names}))

    assert (await follow(store, 0, NOON, criteria))[0] == []
    followed, end = await follow(store, 0, NOON + DAY, criteria)
    assert followed == [ids[n] for n in reversed(chosen(names))]
    (later,) = await store.keep([dataclasses.replace(letter(), received_at=NOON + DAY)])
    await store.record([record(later, outcome(0), entries=())], now=NOON + DAY)
    expected = [later] if all(CHOICES[name][1](0) for name in names) else []
    assert await follow(store, end, NOON + 2 * DAY, criteria) == (expected, [end, *expected][-1])


async def test_a_letter_that_waits_to_be_read_holds_up_the_followers_of_those_who_may_have_it(store: Store):
    waiting: dict[str | None, int] = {}
    for account in ("zoo", None, "acme"):
        (waiting[account],) = await store.keep([letter(account=account)])
        (last,) = await store.keep([letter()])
        await store.record([record(last)], now=NOON)
    ids = [row.letter_id for row in await store.letters(ACME, LetterFilter(state=LetterState.READ), ALL)][::-1]

    assert await follow(store, 0, NOON + DAY) == (ids[:1], ids[0])
    assert await follow(store, 0, NOON + DAY, scope=OPERATOR) == ([], 0)
    await store.record([record(waiting[None], account=None)], now=NOON)
    followed, after = await follow(store, 0, NOON + DAY)
    assert (followed, after) == (ids[:2], ids[1])
    await store.record([record(waiting["acme"])], now=NOON)
    assert (await follow(store, after, NOON + DAY))[0] == [waiting["acme"], last]


@pytest.mark.parametrize("text", ["%", "_", "%' OR 1=1 --", "\\", "a\0b", "\ud800", "x" * 5000])
async def test_no_filter_is_a_pattern(store: Store, text: str):
    await fill(store, 3)

    for name in ("recipient", "domain", "campaign", "stream", "message_id", "status", "reason"):
        assert await store.bounces(OPERATOR, BounceFilter(**{name: text}), ALL) == [], name


@pytest.mark.parametrize("scope", [OPERATOR, ACME])
async def test_the_newest_reports_are_counted_by_outcome(store: Store, scope: Scope):
    await fill(store)
    counts = await store.count_outcomes(scope, NOON - DAY, limit=100)

    assert {(row.action, row.category, row.belief, row.suppressed): row.count for row in counts} == {
        (Action.FAILED, REASONS[0].category, Belief.PROVEN, False): 15,
        (Action.FAILED, REASONS[1].category, Belief.PROVEN, False): 8,
        (Action.FAILED, REASONS[1].category, Belief.UNPROVEN, False): 7,
    }
    assert sum(row.count for row in await store.count_outcomes(scope, NOON - DAY, limit=10)) == 10
    assert await store.count_outcomes(scope, NOON + 300 * DAY, limit=10) == []
    assert await store.count_outcomes(AccountScope("zoo"), NOON - DAY, limit=10) == []


def refusal(
    belief: Belief, *, server: str = "mx.example.de", answer: str = "550 no", action: Action = Action.FAILED
) -> Bounce:
    """Make the reply of a server."""
    recipient = Recipient("joe@x.example", action, remote_mta=server, diagnostic_code=answer)
    verdict = Verdict(Reason.POLICY, "a-rule", "550 no")
    return Bounce(recipient, verdict, Believed(belief, "so"), comparable("joe@x.example"))


@pytest.mark.parametrize("scope", [OPERATOR, ACME])
async def test_the_newest_proven_failures_are_counted_by_what_names_their_server(store: Store, scope: Scope):
    first, last = NOON, NOON + DAY
    long = "5" * 3000
    for at, report in (
        (first, refusal(Belief.PROVEN)),
        (first + DAY / 2, refusal(Belief.UNPROVEN)),
        (first + DAY / 2, refusal(Belief.PROVEN, action=Action.DELAYED)),
        (first + DAY / 2, refusal(Belief.PROVEN, answer=long)),
        (last, refusal(Belief.PROVEN)),
    ):
        (number,) = await store.keep([letter()])
        await store.record([record(number, report, entries=())], now=at)

    refused = await store.refusals(scope, NOON - DAY, None, limit=9)
    assert (refused.examined, refused.oldest) == (5, first)
    assert {(row.remote_mta, row.diagnostic_code, row.evidence, row.reason): row.count for row in refused.rows} == {
        ("mx.example.de", "550 no", "550 no", "policy"): 2,
        ("mx.example.de", long[:ANSWER_LENGTH], "550 no", "policy"): 1,
    }
    before = await store.refusals(scope, NOON - DAY, last, limit=9)
    assert (before.examined, sum(row.count for row in before.rows)) == (4, 2)
    newest = await store.refusals(scope, NOON - DAY, None, limit=1)
    assert (newest.examined, newest.oldest, sum(row.count for row in newest.rows)) == (1, last, 1)
    assert await store.refusals(AccountScope("zoo"), NOON - DAY, None, limit=9) == NewestRefusals([], 0, None)


def soft(address: str, belief: Belief = Belief.PROVEN, action: Action = Action.FAILED) -> Bounce:
    """A failure for now."""
    verdict = Verdict(Reason.MAILBOX_FULL, "a-rule", "452")
    return Bounce(Recipient(address, action), verdict, Believed(belief, "so"), comparable(address))


async def fail_softly(store: Store, *failures: Bounce, account: str = "acme") -> None:
    for n, failure in enumerate(failures):
        (number,) = await store.keep([letter()])
        await store.record([record(number, failure, account=account, entries=())], now=NOON + n * MINUTE)


async def test_addresses_that_fail_again_and_again_are_counted_in_the_store(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    await fail_softly(store, *[soft("joe@x.example")] * 3, *[soft("ann@x.example")] * 4, soft("kim@x.example"))
    await fail_softly(store, *[soft("max@x.example", Belief.UNPROVEN)] * 4)
    await fail_softly(store, *[soft("sue@x.example", action=Action.DELAYED)] * 4)
    await fail_softly(store, *[soft("zoe@x.example")] * 3, account="zoo")

    repetitions = await store.repeated_failures(ACME, NOON - DAY, fewest=3, limit=9)
    assert [(row.account, row.address, row.count, row.is_due) for row in repetitions.rows] == [
        ("acme", "ann@x.example", 4, False),
        ("acme", "joe@x.example", 3, False),
    ]
    assert (repetitions.number, repetitions.examined) == (2, 16)
    assert (await store.repeated_failures(OPERATOR, NOON - DAY, fewest=3, limit=1)).number == 3
    assert (await store.repeated_failures(ACME, NOON + 300 * DAY, fewest=1, limit=9)).rows == []
    monkeypatch.setattr(repeated, "MOST_REPEATED_EXAMINED", 9)
    assert (await store.repeated_failures(ACME, NOON - DAY, fewest=1, limit=9)).examined in (0, 9)


async def test_an_address_that_one_more_day_suppresses_is_due(store: Store):
    due = dataclasses.replace(soft("joe@x.example"), counted=Counted(2, 3, 30))
    await fail_softly(store, *[soft("joe@x.example")] * 2, due)

    (row,) = (await store.repeated_failures(ACME, NOON - DAY, fewest=3, limit=9)).rows
    assert row.is_due
