"""Calls of every method of a store, so that a test sees its queries."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contract.factories import ALL, DAY, MINUTE, NOON, letter, record, release, steps, suppression
from contract.webhook_rows import endpoint

from bouncer.ndr.taught_form import RecipientPlace, TaughtForm
from bouncer.policy.address_list import AddressList
from bouncer.policy.history import History, HistoryQuery
from bouncer.policy.outcome_kinds import OutcomeKind
from bouncer.policy.postmark_types import ALL_KINDS
from bouncer.policy.records import Belief, ChangeSource, CountedOutcome, EntryState, LetterState, Record
from bouncer.policy.webhooks import ALL_EVENTS, OF_OUTCOMES, EventType
from bouncer.ports.address_lists import ListFilter, ListPage, ListPlace
from bouncer.ports.erasures import ErasureOrder
from bouncer.ports.imports import ImportLabel, ImportUndoing
from bouncer.ports.letters import BounceFilter, LetterFilter, Page
from bouncer.ports.outbox import EntryFilter
from bouncer.ports.record_lists import ChangePage
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.sends import SendFilter, Sent
from bouncer.ports.store import Store
from bouncer.ports.suppressions import Allowed
from bouncer.ports.taught_rules import KeptRule
from bouncer.verdict.taught_rule import TaughtRule
from bouncer.verdict.verdict import Reason

LATER = NOON + 5 * MINUTE


LAST_PLACE = ListPlace(LATER, (1 << 63) - 1)


SCOPES = (OPERATOR, AccountScope("acme"))


FILTERS = {"recipient": "a@x", "category": "hard", "letter_id": 1, "since": NOON}


MORE_FILTERS: dict[str, Any] = {
    "domain": "x",
    "provider": "Gmail",
    "reason": "invalid-recipient",
    "status": "5.1",
    "belief": Belief.PROVEN,
    "campaign": "c",
    "stream": "s",
    "message_id": "m1@acme.example",
    "before": NOON + DAY,
    "outcomes": (OutcomeKind(EventType.BOUNCE, ("invalid-recipient",)),),
}
"""Filters beside those: each alone, with one of those, and with one another."""


async def use_the_erasures(store: Store) -> None:
    for scope in SCOPES:
        for keeps in (True, False):
            addresses = ("c1xuser1@gmail.com", "c2xuser5@example.org", "a@x")
            await store.erase(scope, ErasureOrder(addresses, ChangeSource.COMMAND, "by command", NOON, keeps))
            await store.suppressions_of(OPERATOR, "acme", ["a@x", "a@gmail.com"], now=NOON)


async def use_the_lists_of_addresses(store: Store) -> None:
    """With an endpoint that hears of every change."""
    await store.warm()
    await store.add_webhook(OPERATOR, endpoint("wh_0", events=ALL_EVENTS))
    await store.suppressions_of(OPERATOR, "acme", ["a@x", "a@gmail.com"], now=NOON, stream="")
    await store.suppressions_of(OPERATOR, "acme", ["a@x"], now=NOON, stream="news")
    name = await steps(store).open()
    await steps(store).stage(name, [suppression("b@x", source=ChangeSource.IMPORT)])
    await steps(store).activate(name, ImportLabel("acme", "imported from b.csv"))
    for account in ("acme", "folding"):
        await store.suppressions_of(OPERATOR, account, ["b@x", "b@gmail.com"], now=NOON, stream="")
    await steps(store).merge(name)
    await steps(store).drop(name)
    await store.imports(OPERATOR, "acme", since=NOON - DAY, limit=9)
    await store.undo_import(OPERATOR, ImportUndoing("acme", name, ChangeSource.PAGE, "undid it", LATER), limit=9)
    for entry in (Allowed("acme", "c@x", NOON), Allowed("acme", "@y", NOON)):
        await store.allow(OPERATOR, entry, source=ChangeSource.COMMAND)
        await store.suppress(OPERATOR, suppression(entry.address))
        await store.disallow(OPERATOR, entry, source=ChangeSource.COMMAND)
    for scope in (AccountScope("acme"), OPERATOR):
        await store.allow_list(scope)
    await store.has_account(OPERATOR, "acme")
    await store.account_names(OPERATOR, limit=2)
    for name in ("acme", "folding"):
        await store.allow_entries(OPERATOR, name, "friend1@gmail.com")
        await store.records_of_address(OPERATOR, name, "friend1@gmail.com", now=NOON, page=ALL)
    await store.trail(OPERATOR, address="a@x", page=ALL)
    for address in ("a@x", "j.ane@gmail.com"):
        await store.accounts_knowing(OPERATOR, address)
    await use_the_lists_of_other_providers(store)
    await store.count(OPERATOR, [Sent("acme", NOON, (), dropped=("b@x",))])
    await store.tell_ended_suppressions(now=NOON + 400 * DAY)
    await store.remove_webhook(OPERATOR, "wh_0", now=NOON)


async def use_the_lists_of_other_providers(store: Store) -> None:
    for listed_in, pattern, name in itertools.product(
        AddressList, (None, "use", "%user1%org", "user1%x"), ("acme", "folding")
    ):
        criteria = ListFilter(NOON, LATER, pattern)
        await store.listed_addresses(OPERATOR, name, listed_in, criteria, ListPage(9, 3), now=NOON)
        await store.listed_addresses(OPERATOR, name, listed_in, criteria, ListPage(9, before=LAST_PLACE), now=NOON)
        await store.find_listed(OPERATOR, name, listed_in, "user1@gmail.com", now=NOON)
        await store.take_off(OPERATOR, name, listed_in, [release("user1@gmail.com", account=name)])


async def use_the_taught_rules(store: Store) -> None:
    form = TaughtForm(("ei ole talossa",), RecipientPlace.ONLY)
    await store.add_rule(OPERATOR, KeptRule(TaughtRule(form, Reason.POLICY), "root", NOON, None), limit=9)
    await store.rules(OPERATOR)
    await store.letters_of_rule(OPERATOR, form.id, limit=9)
    await store.remove_rule(OPERATOR, form.id)


async def use_the_book(store: Store) -> None:
    await store.count(OPERATOR, [Sent("acme", NOON, ("a@x",), "<m1@acme.example>", reference="r1", dropped=("b@x",))])
    for asks in (
        HistoryQuery("acme", ("a@x",), "token", "m1@acme.example"),
        HistoryQuery("acme", ("a@x",), "token", None, "r1"),
    ):
        (letter_id,) = await store.keep([letter()])
        tallies = (CountedOutcome("acme", NOON, "x", "mailbox-full"),)
        case = Asking(record(letter_id, releases=(release(),), counts=tallies, token="token", blocked=("x",)), asks)
        await store.foresee(OPERATOR, case, now=NOON)
        await store.record([case], now=NOON)
    await store.counts(AccountScope("acme"), SendFilter(since=NOON, before=LATER), ("hour", "domain"))
    for scope, apart in itertools.product(SCOPES, ((), ("hour",), ("campaign",))):
        await store.counts(scope, SendFilter(since=NOON), apart)
    for scope in SCOPES:
        await store.daily_counts(scope, NOON.date(), days=2)
        await store.failing_domains(scope, NOON, limit=9)
        await store.messages_to(scope, "a@x", limit=9)
        await store.counts(scope, SendFilter(domains=["x", "y"], since=NOON), ("domain",))
    filters = EntryFilter((EntryState.WAITING,)), EntryFilter((EntryState.HELD,), "ann@acme.example")
    for scope, criteria in itertools.product(SCOPES, filters):
        await store.count_entries(scope, criteria)
        await store.retry_entries(scope, criteria, now=NOON)
        await store.drop_entries(scope, criteria, now=NOON)
    await store.roll_up(now=NOON, days_before=NOON + DAY, messages_before=NOON + DAY, counts_before=NOON - DAY)


@dataclass(frozen=True, slots=True)
class Asking:
    """A case that is decided already and asks all the same."""

    record: Record
    query: HistoryQuery

    @property
    def letter_id(self) -> int:
        return self.record.letter_id

    def decide(self, _history: History) -> Record:
        return self.record


async def use_every_list(store: Store, page: Page) -> None:
    for scope in SCOPES:
        await store.count_outcomes(scope, NOON, limit=9)
        await store.repeated_failures(scope, NOON, fewest=3, limit=9)
        await store.refusals(scope, NOON, NOON + DAY, limit=9)
    for state, scope in itertools.product((None, LetterState.KEPT), SCOPES):
        await store.letters(scope, LetterFilter(state=state), page)
        await store.letters(scope, LetterFilter(state=state, unread=True), page)
        for unread in (True, False):
            await store.letters_after(
                scope, LetterFilter(state=state, unread=unread), ChangePage(page.limit, 0, NOON + DAY)
            )
        await store.entries(scope, state=state, page=page)
        await store.entries(scope, state=state, page=page, to="ann@acme.example")
        await store.suppressions(scope, now=NOON, page=page)
        await store.trail(scope, address=None, page=page)
    for names in itertools.chain.from_iterable(itertools.combinations(FILTERS, n) for n in range(len(FILTERS) + 1)):
        for scope in SCOPES:
            await store.bounces(scope, BounceFilter(**{name: FILTERS[name] for name in names}), page)  # type: ignore[arg-type]


def chosen_filters() -> Iterator[dict[str, Any]]:
    """Give each further filter alone and with each other filter; two of them are the same two in either order."""
    every = {**FILTERS, **MORE_FILTERS}
    for names in dict.fromkeys(frozenset(names) for names in itertools.product(MORE_FILTERS, every)):
        yield {name: every[name] for name in every if name in names}


async def use_the_filters_of_changes(store: Store, limit: int) -> None:
    """Take each choice of filters of bounces whose changes are asked for."""
    for criteria, scope in itertools.product(chosen_filters(), SCOPES):
        await store.bounce_changes(scope, BounceFilter(**criteria), ChangePage(limit, 0, NOON + DAY))


async def use_the_filters(store: Store, page: Page) -> None:
    """Take each choice of filters, of bounces and of letters."""
    for criteria, scope in itertools.product(chosen_filters(), SCOPES):
        await store.bounce_page(scope, BounceFilter(**criteria), page)
        report = {
            key: value for key, value in criteria.items() if key not in ("letter_id", "since", "before", "message_id")
        }
        rest = {key: value for key, value in criteria.items() if key in ("since", "before", "message_id")}
        letters = LetterFilter(**rest, reporting=BounceFilter(**report))
        await store.letter_page(scope, letters, page)
        await store.letters_after(scope, letters, ChangePage(page.limit, 0, NOON + DAY))
    failures = BounceFilter(belief=Belief.PROVEN, outcomes=ALL_KINDS)
    for scope, is_stopped in itertools.product(SCOPES, (None, True, False)):
        await store.bounces_from(scope, failures, is_stopped=is_stopped, offset=3, limit=9, now=NOON)
    await store.bounces_from(AccountScope("folding"), failures, is_stopped=True, offset=0, limit=9, now=NOON)
    outcomes = BounceFilter(belief=Belief.PROVEN, outcomes=tuple(map(OutcomeKind, OF_OUTCOMES)))
    await store.bounces_after(AccountScope("acme"), outcomes, ChangePage(page.limit, 0, NOON + DAY))
    await store.count_suppressions(OPERATOR, "acme", now=NOON)
