"""The contract of every store: records of letters."""

import asyncio
import dataclasses

import pytest
from contract.factories import ALL, DAY, MINUTE, NOON, Opening, bounce, letter, record, suppression

from bouncer.mail.letter import spell_id
from bouncer.mail.status import EnhancedStatus
from bouncer.ndr.reading import Action, Kind, Original, Reading, Recipient
from bouncer.policy.records import (
    Belief,
    Believed,
    Bounce,
    ChangeSource,
    Counted,
    Effect,
    EntryKind,
    LetterState,
    NewEntry,
)
from bouncer.ports.erasures import ErasureOrder
from bouncer.ports.letters import BounceFilter, LetterFilter, Page
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.store import Store
from bouncer.verdict.verdict import Reason


async def recorded(store: Store, *bounces: Bounce, **changed: object) -> int:
    """Keep a letter, record it; gives its id."""
    (letter_id,) = await store.keep([letter()])
    assert len(await store.record([record(letter_id, *bounces, **changed)], now=NOON)) == 1
    return letter_id


async def test_recording_writes_everything_at_once(store: Store):
    letter_id = await recorded(store, suppressions=(suppression(),), note="for people")

    (row,) = await store.letters(AccountScope("acme"), LetterFilter(state=LetterState.READ), ALL)
    (entry,) = await store.entries(OPERATOR, state="waiting", page=ALL)

    assert (row.letter_id, row.kind, row.dialect, row.note) == (letter_id, "bounce", "rfc3464", "for people")
    assert (entry.letter_id, entry.to, entry.attempts) == (letter_id, "owner@acme.example", 0)
    assert entry.message_id == f"{spell_id(letter_id)}.1@mx.rp.example.com"
    assert await store.suppressions_of(OPERATOR, "acme", ["jane@example.org"], now=NOON) == {
        "jane@example.org": suppression()
    }
    assert len(await store.bounces(OPERATOR, BounceFilter(), ALL)) == 1


async def test_a_bounce_row_says_all_that_was_recorded(store: Store):
    recipient = Recipient(
        "Jane@Example.org",
        Action.FAILED,
        "orig@example.org",
        "final@example.org",
        EnhancedStatus(5, 1, 1),
        550,
        "mx.example.org",
        "550 no such user",
        ("a line", "another"),
        "Mon, 2 Mar 2026",
    )
    believed = Believed(Belief.PROVEN, "signed")
    report = dataclasses.replace(
        bounce(),
        recipient=recipient,
        believed=believed,
        suppressed=True,
        suppressed_until=NOON + DAY,
        stream="news",
        campaign="spring",
        effect=Effect.COUNTED,
        counted=Counted(2, 5, 30),
        reported="j@inner.example",
    )
    letter_id = await recorded(store, report)

    (row,) = await store.bounces(OPERATOR, BounceFilter(), ALL)

    facts = dataclasses.asdict(row)
    assert facts.pop("id") > 0
    assert facts == {
        "letter_id": letter_id,
        "at": NOON,
        "account": "acme",
        "kind": "bounce",
        "recipient": "Jane@Example.org",
        "original_recipient": "orig@example.org",
        "final_recipient": "final@example.org",
        "action": "failed",
        "status": "5.1.1",
        "reply_code": 550,
        "category": "hard",
        "reason": "invalid-recipient",
        "rule": "a-rule",
        "evidence": "550 no",
        "diagnostic_code": "550 no such user",
        "remote_mta": "mx.example.org",
        "reporting_mta": "mx.example.net",
        "belief": "proven",
        "belief_why": "signed",
        "suppressed": True,
        "suppressed_until": NOON + DAY,
        "message_id": "m1@acme.example",
        "subject": "Your order",
        "original_from": "shop@acme.example",
        "original_date": "Sun, 1 Mar 2026",
        "arrival_date": "Sat, 28 Feb 2026",
        "will_retry_until": "Mon, 2 Mar 2026",
        "own_lines": ("a line", "another"),
        "stream": "news",
        "campaign": "spring",
        "effect": "counted",
        "counted_day": 2,
        "counted_needed": 5,
        "counted_window": 30,
        "reported": "j@inner.example",
        "custom_args": {},
    }


@pytest.mark.parametrize("belief", Belief)
async def test_custom_arguments_are_those_of_a_proven_report(store: Store, belief: Belief):
    """One letter names an address that is proven and another: only the first gets what the returned header says."""
    original = Original("m1@acme.example", custom_args=(("order", "17"), ("name", "\ud800\0 J\u00fcrgen: x")))
    reading = Reading(Kind.BOUNCE, "rfc3464", original=original)
    other = dataclasses.replace(bounce("joe@example.org"), believed=Believed(belief, "why"))
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id, bounce(), other, reading=reading)], now=NOON)

    rows = {row.recipient: row.custom_args for row in await store.bounces(OPERATOR, BounceFilter(), ALL)}

    assert rows["jane@example.org"]["order"] == "17"
    assert rows["jane@example.org"]["name"].endswith(" J\u00fcrgen: x")
    assert rows["joe@example.org"] == (rows["jane@example.org"] if belief is Belief.PROVEN else {})


async def test_an_erasure_takes_the_arguments_that_name_the_address(store: Store):
    original = Original("m1@acme.example", custom_args=(("order", "17"), ("to", "jane@example.org")))
    reading = Reading(Kind.BOUNCE, "rfc3464", original=original)
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id, bounce(), bounce("joe@example.org"), reading=reading)], now=NOON)

    await store.erase(OPERATOR, ErasureOrder(("jane@example.org",), ChangeSource.COMMAND, "by command", NOON))

    (row,) = await store.bounces(OPERATOR, BounceFilter(), ALL)
    assert (row.recipient, row.custom_args) == ("joe@example.org", {"order": "17"})


async def test_a_recipient_without_verdict_has_no_category(store: Store):
    await recorded(store, dataclasses.replace(bounce(), verdict=None))

    (row,) = await store.bounces(OPERATOR, BounceFilter(), ALL)

    assert (row.category, row.reason, row.rule, row.evidence) == (None, None, None, None)


async def test_a_letter_is_recorded_once(store: Store, opening: Opening):
    """Two readers had it, or one had it twice: the second record changes nothing."""
    other = await opening()
    (first,), (second,) = await store.keep([letter()]), await store.keep([letter()])
    both = [record(first), record(second), record(first)]

    counts = await asyncio.gather(*(store.record(both, now=NOON) for store in (store, other, store)))

    assert sorted(map(len, counts)) == [0, 0, 2]
    assert sorted(row.letter_id for row in await store.bounces(OPERATOR, BounceFilter(), ALL)) == [first, second]
    assert len(await store.entries(OPERATOR, state=None, page=ALL)) == 2


async def test_an_unknown_letter_is_passed_over(store: Store):
    assert len(await store.record([record(12345)], now=NOON)) == 0


async def test_recording_is_all_or_nothing(store: Store):
    """A record that cannot be written leaves no trace of the others in its commit."""
    (first,), (second,) = await store.keep([letter()]), await store.keep([letter()])
    broken = record(second, suppressions=(suppression(since=NOON.replace(tzinfo=None)),))

    with pytest.raises(Exception, match="offset-naive"):
        await store.record([record(first), broken], now=NOON)

    assert await store.bounces(OPERATOR, BounceFilter(), ALL) == []
    assert {row.state for row in await store.letters(OPERATOR, LetterFilter(), ALL)} == {"kept"}


async def test_a_record_makes_one_entry_for_each_address_and_kind(store: Store):
    entries = (
        NewEntry(EntryKind.NOTICE, "a@x.example"),
        NewEntry(EntryKind.NOTICE, "b@x.example"),
        NewEntry(EntryKind.OPERATOR, "a@x.example"),
        NewEntry(EntryKind.NOTICE, "a@x.example"),
    )
    await recorded(store, entries=entries)

    rows = await store.entries(OPERATOR, state=None, page=ALL)

    assert [(row.kind, row.to) for row in reversed(rows)] == [(entry.kind, entry.to) for entry in entries[:3]]
    assert len({row.message_id for row in rows}) == 3


async def test_a_shunted_letter_is_listed_with_its_note(store: Store):
    changed = {"state": LetterState.SHUNTED, "kind": Kind.UNREADABLE, "entries": (), "note": "nobody could read it"}
    (letter_id,) = await store.keep([letter()])
    await store.record([dataclasses.replace(record(letter_id), bounces=(), **changed)], now=NOON)

    (row,) = await store.letters(OPERATOR, LetterFilter(state=LetterState.SHUNTED), ALL)

    assert (row.letter_id, row.note, row.kind) == (letter_id, "nobody could read it", "unreadable")
    assert await store.lease_letters(now=NOON, count=9, octets=1 << 20, until=NOON) == ()


async def test_rereading_replaces_what_was_recorded(store: Store):
    """The new reading's bounces stand in the place of the old, with their numbers; no entry is added."""
    letter_id = await recorded(store, bounce("a@x.example"), bounce("b@x.example"))
    before = await store.bounces(OPERATOR, BounceFilter(), ALL)
    now = NOON + 30 * DAY

    changed = [bounce("a@x.example", Reason.MAILBOX_FULL), bounce("b@x.example"), bounce("c@x.example")]
    await store.rerecord(
        OPERATOR, record(letter_id, *changed, entries=(NewEntry(EntryKind.NOTICE, "new@x.example"),)), now=now
    )

    after = await store.bounces(OPERATOR, BounceFilter(), ALL)
    assert [(row.recipient, row.reason, row.at) for row in reversed(after)] == [
        ("a@x.example", "mailbox-full", NOON),
        ("b@x.example", "invalid-recipient", NOON),
        ("c@x.example", "invalid-recipient", now),
    ]
    assert [row.id for row in after[1:]] == [row.id for row in before]
    assert len(await store.entries(OPERATOR, state=None, page=ALL)) == 1


async def test_rereading_a_shunted_letter_makes_it_read(store: Store):
    letter_id = await recorded(store, state=LetterState.SHUNTED, kind=Kind.UNREADABLE)

    await store.rerecord(OPERATOR, record(letter_id), now=NOON)

    (row,) = await store.letters(OPERATOR, LetterFilter(), ALL)
    assert (row.state, row.kind) == ("read", "bounce")


async def test_rereading_leaves_a_kept_letter_to_its_reader(store: Store):
    """Else it would be read without its entries ever being made."""
    (letter_id,) = await store.keep([letter()])

    await store.rerecord(OPERATOR, record(letter_id), now=NOON)

    assert [leased.id for leased in await store.lease_letters(now=NOON, count=9, octets=1 << 20, until=NOON)] == [
        letter_id
    ]
    assert await store.bounces(OPERATOR, BounceFilter(), ALL) == []


async def test_rereading_lifts_no_suppression(store: Store):
    letter_id = await recorded(store, suppressions=(suppression(),))

    await store.rerecord(OPERATOR, record(letter_id, suppressions=(suppression(until=NOON + DAY),)), now=NOON)

    assert (await store.suppressions_of(OPERATOR, "acme", ["jane@example.org"], now=NOON))[
        "jane@example.org"
    ].until is None


async def test_rereading_lets_a_report_that_suppressed_stay_one_that_did(store: Store):
    """Read again, it finds the address suppressed already: by itself."""
    suppressed = dataclasses.replace(bounce(), suppressed=True, effect=Effect.SUPPRESSED)
    letter_id = await recorded(store, suppressed)

    again = dataclasses.replace(bounce(), suppressed=False, effect=Effect.ALREADY)
    await store.rerecord(OPERATOR, record(letter_id, again), now=NOON)

    (row,) = await store.bounces(OPERATOR, BounceFilter(), ALL)
    assert (row.suppressed, row.effect) == (True, "suppressed")


async def test_bounces_are_listed_by_what_is_asked(store: Store):
    letter_id = await recorded(store, bounce("jane@example.org"), bounce("joe@example.org", Reason.MAILBOX_FULL))
    (other,) = await store.keep([letter()])
    await store.record([record(other, bounce("JANE@EXAMPLE.ORG"), account="other")], now=NOON + DAY)

    async def bounces_found(account: str | None = None, **criteria: object) -> list[tuple[int, str]]:
        scope = AccountScope(account) if account else OPERATOR
        rows = await store.bounces(scope, BounceFilter(**criteria), ALL)  # type: ignore[arg-type]
        return [(row.letter_id, row.recipient) for row in rows]

    jane, joe, late = (letter_id, "jane@example.org"), (letter_id, "joe@example.org"), (other, "JANE@EXAMPLE.ORG")
    assert await bounces_found() == [late, joe, jane]
    assert await bounces_found(account="acme") == [joe, jane]
    assert await bounces_found(recipient="Jane@example.ORG") == [late, jane]
    assert await bounces_found(category="soft") == [joe]
    assert await bounces_found(letter_id=letter_id) == [joe, jane]
    assert await bounces_found(since=NOON + MINUTE) == [late]
    assert await bounces_found(since=NOON) == [late, joe, jane]
    assert await bounces_found(
        account="acme", recipient="jane@example.org", category="hard", letter_id=letter_id, since=NOON
    ) == [jane]
    assert await bounces_found(account="other", category="soft") == []


async def test_bounces_are_listed_by_page(store: Store):
    await recorded(store, *(bounce(f"{n}@example.org") for n in range(5)))

    first = await store.bounces(OPERATOR, BounceFilter(), Page(limit=2))
    rest = await store.bounces(AccountScope("acme"), BounceFilter(), Page(limit=9, before=first[-1].id))

    assert [row.recipient[0] for row in [*first, *rest]] == ["4", "3", "2", "1", "0"]
