"""Taught rules, on every store."""

from dataclasses import replace

from contract.factories import MINUTE, NOON, Opening, letter, record

from bouncer.ndr.reading import Kind, Reading
from bouncer.ndr.taught_form import RecipientPlace, TaughtForm
from bouncer.policy.records import LetterState, Unread
from bouncer.ports.accounts import Directory
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.store import Store
from bouncer.ports.taught_rules import KeptRule
from bouncer.verdict.taught_rule import TaughtRule
from bouncer.verdict.verdict import Reason

ACME = AccountScope("acme")
RULE = TaughtRule(
    TaughtForm(
        ("ei ole talossa", "収件人が存在しません"), RecipientPlace.LINE, "vastaanottajaa", ".", "posti.example.fi"
    ),
    Reason.INVALID_RECIPIENT,
)
KEPT = KeptRule(RULE, "root", NOON, 77)
OTHER = KeptRule(
    TaughtRule(TaughtForm(("ei voi toimittaa",), RecipientPlace.PATH, is_delay=True), Reason.POLICY),
    "root",
    NOON + MINUTE,
    None,
)


async def test_a_rule_is_kept_whole_and_in_the_order_of_teaching(store: Store, opening: Opening):
    assert await store.add_rule(OPERATOR, OTHER, limit=9)
    assert await store.add_rule(OPERATOR, KEPT, limit=9)

    assert await store.rules(OPERATOR) == [KEPT, OTHER]
    assert await (await opening()).rules(OPERATOR) == [KEPT, OTHER]


async def test_a_form_has_one_rule_and_the_number_of_rules_is_bounded(store: Store):
    assert await store.add_rule(OPERATOR, KEPT, limit=1)
    assert not await store.add_rule(OPERATOR, replace(KEPT, taught_by="ann"), limit=9)
    assert not await store.add_rule(OPERATOR, OTHER, limit=1)

    assert await store.rules(OPERATOR) == [KEPT]


async def test_the_directory_has_the_rules_and_changes_with_them(store: Store):
    before = await store.directory(OPERATOR)
    await store.add_rule(OPERATOR, KEPT, limit=9)
    taught = await store.changed_directory(OPERATOR, before)

    assert taught is not None
    assert taught.rules == (RULE,)
    assert await store.changed_directory(OPERATOR, taught) is None
    assert await store.remove_rule(OPERATOR, RULE.id)
    assert (await store.changed_directory(OPERATOR, taught) or Directory({}, {}, rules=(RULE,))).rules == ()
    assert not await store.remove_rule(OPERATOR, RULE.id)


async def test_an_account_neither_sees_nor_changes_rules(store: Store):
    await store.add_rule(OPERATOR, KEPT, limit=9)

    assert await store.rules(ACME) == ()
    assert await store.letters_of_rule(ACME, RULE.id, limit=9) == ()
    assert (await store.directory(ACME)).rules == ()
    assert not await store.add_rule(ACME, OTHER, limit=9)
    assert not await store.remove_rule(ACME, RULE.id)
    assert await store.rules(OPERATOR) == [KEPT]


async def test_letters_are_counted_by_the_rule_that_has_read_them(store: Store):
    await store.add_rule(OPERATOR, KEPT, limit=9)
    ids = await store.keep([letter(), letter(), letter()])
    by_rule = Reading(Kind.BOUNCE, RULE.form.dialect)
    cases = [record(ids[0], reading=by_rule), record(ids[1]), record(ids[2], reading=by_rule)]
    await store.record(cases, now=NOON)

    assert [rule.letters for rule in await store.rules(OPERATOR)] == [2]
    assert await store.letters_of_rule(OPERATOR, RULE.id, limit=9) == [ids[2], ids[0]]
    assert await store.letters_of_rule(OPERATOR, RULE.id, limit=1) == [ids[2]]


async def test_a_letter_that_is_read_again_without_the_rule_counts_no_more(store: Store):
    await store.add_rule(OPERATOR, KEPT, limit=9)
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id, reading=Reading(Kind.BOUNCE, RULE.form.dialect))], now=NOON)
    unread = record(
        letter_id, reading=Reading(Kind.UNREADABLE), state=LetterState.SHUNTED, bounces=(), unread=Unread.UNREADABLE
    )
    await store.rerecord(OPERATOR, unread, now=NOON)

    assert [rule.letters for rule in await store.rules(OPERATOR)] == [0]
