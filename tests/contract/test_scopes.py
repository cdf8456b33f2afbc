"""Tenants: every call about an account's data begins with a scope, and a foreign scope sees nothing and changes nothing."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from contract.factories import ALL, DAY, NOON, bounce, letter, record, release, suppression
from contract.webhook_rows import endpoint, event

from bouncer.ndr.taught_form import RecipientPlace, TaughtForm
from bouncer.policy.address_list import AddressList
from bouncer.policy.api_key import KeyAccess
from bouncer.policy.notifications import Subscription
from bouncer.policy.records import ChangeSource, CountedOutcome, EntryKind, EntryState, LetterState, NewEntry
from bouncer.policy.sign_in import Role
from bouncer.ports.accounts import Account, Accounts, Alias, Directory
from bouncer.ports.address_lists import AddressLists, ListFilter, ListPage
from bouncer.ports.api_keys import ApiKey, ApiKeys
from bouncer.ports.erasures import Erasure, ErasureOrder, Erasures
from bouncer.ports.imports import ImportHistory, ImportLabel, ImportUndoing
from bouncer.ports.letters import BounceFilter, LetterFilter, LetterStore
from bouncer.ports.outbox import EntryFilter, Outbox
from bouncer.ports.presences import Presences
from bouncer.ports.record_lists import BouncePage, ChangePage, CountedBounces, LetterPage, RecordLists
from bouncer.ports.saved_filters import FilterOwner, SavedFilter, SavedFilters
from bouncer.ports.scope import OPERATOR, AccountScope, OperatorScope, Scope
from bouncer.ports.sends import SendCounts, SendFilter, Sent
from bouncer.ports.shares import Share, Shares
from bouncer.ports.sign_ins import SignInLink, SignIns
from bouncer.ports.store import Store
from bouncer.ports.suppressions import Allowed, SuppressionList
from bouncer.ports.taught_rules import KeptRule, TaughtRules
from bouncer.ports.webhooks import ReplayFilter, WebhookAttempt, Webhooks
from bouncer.verdict.taught_rule import TaughtRule
from bouncer.verdict.verdict import Reason

PORTS: tuple[type, ...] = (
    LetterStore,
    Accounts,
    SuppressionList,
    ImportHistory,
    AddressLists,
    SendCounts,
    Presences,
    ApiKeys,
    SignIns,
    Shares,
    SavedFilters,
    TaughtRules,
    Outbox,
    Webhooks,
    Erasures,
    RecordLists,
    Store,
)

FOR_ALL_ACCOUNTS = {
    "keep": "a letter is kept before anybody knows whose it is",
    "take_damage": "damaged pages are those of the whole database",
    "lease_letters": "the daemon reads the letters of all accounts in turn",
    "give_back_letters": "ends the daemon's own leases",
    "record": "writes what the daemon decided, of all accounts in one commit",
    "retire": "forgets by age, of all accounts",
    "octets_between": "sums for the server, which bounds clients and return paths",
    "cut": "shortens by age, of all accounts",
    "look_at_clock": "of the machine's clock",
    "warm": "reads an index into memory and gives nothing",
    "roll_up": "rolls up by age, of all accounts",
    "attend": "of the daemons that serve the store",
    "leave": "of the daemons that serve the store",
    "presences": "of the daemons that serve the store",
    "lost_files": "of the store's files",
    "release_leases": "ends the leases of a process that is gone",
    "bring_back": "of the machine's clock, whatever it has dated",
    "has_work": "whether the process that works for all accounts has anything to do",
    "forget_unfinished": "deletes letters that nobody was told are kept",
    "schedule_entries": "the daemon schedules the entries of all accounts in turn",
    "lease_entries": "the daemon sends the entries of all accounts in turn",
    "mark_sent": "of an entry that the daemon leased",
    "mark_waiting": "of an entry that the daemon leased",
    "mark_given_up": "of an entry that the daemon leased",
    "key_of_digest": "says whose a request is, before anybody knows it",
    "note_key_used": "of a key that a request has shown",
    "begin_answer": "of a key that a request has shown",
    "break_off_answer": "of a key that a request has shown",
    "keep_answer": "of a key that a request has shown",
    "kept_answer": "of a key that a request has shown",
    "use_link": "of a link that a request has shown",
    "session_of_digest": "says whose a request is, before anybody knows it",
    "note_session_seen": "of a session that a request has shown",
    "share_of_digest": "of a link that a request has shown",
    "open_webhook": "the daemon posts to the endpoints of all accounts",
    "record_webhook_attempt": "of an attempt of the daemon",
    "forget_webhook_attempts": "forgets by age, of all accounts",
    "tell_ended_suppressions": "looks at the clock, for all accounts",
    "close": "ends the store",
}
"""Methods that have no scope, and why they need none."""
OF_THE_SCOPE = frozenset({"add_test_notice"})
"""Methods that add a row of the scope's own account, whichever it is: no scope is foreign to them."""

ACME, ZOO = AccountScope("acme"), AccountScope("zoo")
JANE = "jane@example.org"
LINK = SignInLink("acme", Role.SUPPORT, "sue", NOON + DAY)
FILTER = SavedFilter("saved", "acme", "ann", "blocks", "category=block", NOON)
OF_ANN = FilterOwner("acme", "ann")
SHARE = Share("shared", "acme", JANE, "sue", NOON, NOON + DAY)


FORM = TaughtForm(("ei ole talossa",), RecipientPlace.ONLY)
RULE = KeptRule(TaughtRule(FORM, Reason.POLICY), "root", NOON, None)
OTHER_FORM = TaughtForm(("ei voi toimittaa",), RecipientPlace.ONLY)
OTHER_RULE = KeptRule(TaughtRule(OTHER_FORM, Reason.POLICY), "root", NOON, None)
ONLY_OPERATORS = frozenset({"add_rule", "rules", "letters_of_rule", "remove_rule"})
"""Methods about the reader of all accounts' letters: no account's scope opens them."""


def methods(port: type) -> dict[str, Callable[..., Any]]:
    """The port's own methods."""
    return {name: method for name, method in vars(port).items() if inspect.isfunction(method) and name[0] != "_"}


SCOPED = {name: method for port in PORTS for name, method in methods(port).items() if name not in FOR_ALL_ACCOUNTS}


@pytest.mark.parametrize("name", SCOPED)
def test_a_scope_is_the_first_argument_and_has_no_default(name: str):
    _self, first, *others = inspect.signature(SCOPED[name]).parameters.values()

    assert (first.name, first.annotation, first.default) == ("scope", "Scope", inspect.Parameter.empty)
    assert first.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    assert [other.name for other in others if other.name == "account" and "None" in str(other.annotation)] == []


@pytest.mark.parametrize("filter_of", [BounceFilter, LetterFilter, SendFilter, EntryFilter])
def test_no_filter_names_an_account(filter_of: type):
    """The scope alone says whose rows are meant."""
    assert "account" not in inspect.signature(filter_of).parameters


def test_each_exception_is_a_method_of_a_port():
    """The lists above hold no name of the past."""
    port_methods = {name for port in PORTS for name in methods(port)}

    assert port_methods >= FOR_ALL_ACCOUNTS.keys() | OF_THE_SCOPE
    assert all(FOR_ALL_ACCOUNTS.values())


def test_no_scope_is_made_of_nothing():
    """A program that lost the account's name gets no other scope instead."""
    with pytest.raises(ValueError, match="name"):
        AccountScope("")
    assert not AccountScope("acme").covers(None)
    assert not AccountScope("acme").covers("acme/removed-1")
    assert not isinstance(OperatorScope(), AccountScope)


@dataclass(frozen=True, slots=True)
class World:
    """A store with the account acme, of which there is a row of each kind."""

    store: Store
    letter_id: int
    notice: int  # the number of its entry in the outbox


Call = Callable[[Store, Scope, int], Awaitable[object]]
"""Calls one method about acme's data under a scope; the letter's id is acme's. The call that takes most away comes last."""

WAITING, DROPPED = EntryFilter((EntryState.WAITING,)), EntryFilter((EntryState.DROPPED,))


async def _import(store: Store, scope: Scope, _letter: int) -> object:
    result = await store.import_suppressions(
        scope,
        [suppression("imported@example.org", source=ChangeSource.IMPORT), suppression("erased@example.org")],
        label=ImportLabel("acme", "x"),
    )
    return result.new or result.kept_out


async def _undo_import(store: Store, scope: Scope, _letter: int) -> object:
    imported = await store.imports(OPERATOR, "acme", since=NOON - DAY, limit=1)
    order = ImportUndoing("acme", imported[0].id if imported else "none", ChangeSource.KEY, "by key", NOON)
    return await store.undo_import(scope, order, limit=9)


async def _erased(store: Store, scope: Scope, _letter: int) -> object:
    order = ErasureOrder(["erased@example.org"], ChangeSource.KEY, "by key", NOON)
    result = await store.erase(scope, order)
    return result if result != Erasure() else None


async def _rows(page: Awaitable[BouncePage | CountedBounces | LetterPage]) -> object:
    return (await page).rows


async def _failing(store: Store, scope: Scope, _: int) -> object:
    return (await store.failing_domains(scope, NOON - DAY, limit=9)).names


async def _repeated(store: Store, scope: Scope, _: int) -> object:
    return (await store.repeated_failures(scope, NOON - DAY, fewest=1, limit=9)).rows


async def _refusals(store: Store, scope: Scope, _: int) -> object:
    return (await store.refusals(scope, NOON - DAY, None, limit=9)).rows


async def _foreseen(store: Store, scope: Scope, number: int) -> object:
    return await store.foresee(scope, record(number), now=NOON)


async def _notice(store: Store, letter_id: int) -> int:
    """Give the number of the notice of acme's letter."""
    rows = await store.entries(OPERATOR, state=None, page=ALL)
    return next(row.id for row in rows if row.letter_id == letter_id and row.kind is EntryKind.NOTICE)


async def _entry(store: Store, scope: Scope, letter_id: int) -> object:
    return await store.entry(scope, await _notice(store, letter_id))


async def _drop_entry(store: Store, scope: Scope, letter_id: int) -> object:
    return await store.drop_entry(scope, await _notice(store, letter_id), now=NOON)


async def _retry_entry(store: Store, scope: Scope, letter_id: int) -> object:
    return await store.retry_entry(scope, await _notice(store, letter_id), now=NOON)


async def _account_names(store: Store, scope: Scope, _letter: int) -> object:
    return [name for name in await store.account_names(scope, limit=9) if name == "acme"]


async def _directory(store: Store, scope: Scope, _letter: int) -> object:
    return _facts_of_acme(await store.directory(scope))


async def _changed_directory(store: Store, scope: Scope, _letter: int) -> object:
    directory = await store.changed_directory(scope, Directory({}, {}))
    return directory and _facts_of_acme(directory)


def _facts_of_acme(directory: Directory) -> list[str]:
    return [name for name in directory.accounts if name == "acme"] + [*directory.aliases, *directory.kept_free]


def _api_key(name: str) -> ApiKey:
    return ApiKey(name, "acme", KeyAccess.READ, "", NOON)


async def _records(store: Store, scope: Scope, _letter_id: int) -> bool:
    """Whether anything is on record of jane."""
    records = await store.records_of_address(scope, "acme", JANE, now=NOON, page=ALL)
    return bool(records.suppressions or records.allowed or records.bounces or records.trail)


CALLS: dict[str, Call] = {
    "has_account": lambda store, scope, _: store.has_account(scope, "acme"),
    "account_names": _account_names,
    "directory": _directory,
    "changed_directory": _changed_directory,
    "add_account": lambda store, scope, _: store.add_account(scope, Account("new", ()), now=NOON),
    "set_account": lambda store, scope, _: store.set_account(scope, Account("acme", ("eve@zoo.example",))),
    "former_generation": lambda store, scope, _: store.former_generation(scope, "former"),
    "subscribe": lambda store, scope, _: store.subscribe(scope, Subscription("acme", "file", "more.jsonl"), now=NOON),
    "unsubscribe": lambda store, scope, _: store.unsubscribe(scope, "acme", "file", "acme.jsonl"),
    "add_alias": lambda store, scope, _: store.add_alias(scope, Alias("more@rp.example.com", "acme"), now=NOON),
    "remove_alias": lambda store, scope, _: store.remove_alias(scope, "acme@rp.example.com"),
    "letters_of_rule": lambda store, scope, _: store.letters_of_rule(scope, FORM.id, limit=9),
    "foresee": _foreseen,
    "letter": lambda store, scope, number: store.letter(scope, number),
    "letters": lambda store, scope, _: store.letters(scope, LetterFilter(), ALL),
    "bounces": lambda store, scope, number: store.bounces(scope, BounceFilter(letter_id=number), ALL),
    "bounce_page": lambda store, scope, number: _rows(store.bounce_page(scope, BounceFilter(letter_id=number), ALL)),
    "bounce_changes": lambda store, scope, _: _rows(
        store.bounce_changes(scope, BounceFilter(), ChangePage(9, 0, NOON + DAY))
    ),
    "bounces_after": lambda store, scope, _: _rows(
        store.bounces_after(scope, BounceFilter(), ChangePage(9, 0, NOON + DAY))
    ),
    "bounces_from": lambda store, scope, _: _rows(
        store.bounces_from(scope, BounceFilter(), is_stopped=None, offset=0, limit=9, now=NOON)
    ),
    "letters_after": lambda store, scope, _: _rows(
        store.letters_after(scope, LetterFilter(), ChangePage(9, 0, NOON + DAY))
    ),
    "letter_page": lambda store, scope, _: _rows(store.letter_page(scope, LetterFilter(), ALL)),
    "count_suppressions": lambda store, scope, _: store.count_suppressions(scope, "acme", now=NOON),
    "entries": lambda store, scope, _: store.entries(scope, state=None, page=ALL),
    "entry": _entry,
    "count_entries": lambda store, scope, _: store.count_entries(scope, WAITING),
    "drop_entry": _drop_entry,
    "retry_entry": _retry_entry,
    "drop_entries": lambda store, scope, _: store.drop_entries(scope, WAITING, now=NOON),
    "retry_entries": lambda store, scope, _: store.retry_entries(scope, DROPPED, now=NOON),
    "suppress": lambda store, scope, _: store.suppress(scope, suppression("more@example.org")),
    "suppressions": lambda store, scope, _: store.suppressions(scope, now=NOON, page=ALL),
    "suppressions_of": lambda store, scope, _: store.suppressions_of(scope, "acme", [JANE], now=NOON),
    "all_suppressed": lambda store, scope, _: store.all_suppressed(scope, "acme", [JANE], now=NOON),
    "suppressions_of_address": lambda store, scope, _: store.suppressions_of_address(scope, "acme", JANE, now=NOON),
    "records_of_address": _records,
    "allow_entries": lambda store, scope, _: store.allow_entries(scope, "acme", "ann@friend.example"),
    "allow": lambda store, scope, _: store.allow(
        scope, Allowed("acme", "more@example.org", NOON), source=ChangeSource.KEY
    ),
    "disallow": lambda store, scope, _: store.disallow(
        scope, Allowed("acme", "ann@friend.example", NOON), source=ChangeSource.KEY
    ),
    "allow_list": lambda store, scope, _: store.allow_list(scope),
    "accounts_knowing": lambda store, scope, _: store.accounts_knowing(scope, "jane@example.org"),
    "trail": lambda store, scope, _: store.trail(scope, address=None, page=ALL),
    "import_suppressions": _import,
    "imports": lambda store, scope, _: store.imports(scope, "acme", since=NOON - DAY, limit=9),
    "erase": _erased,
    "count": lambda store, scope, _: store.count(scope, [Sent("acme", NOON, (JANE,))]),
    "counts": lambda store, scope, _: store.counts(scope, SendFilter(), ()),
    "daily_counts": lambda store, scope, _: store.daily_counts(scope, (NOON - DAY).date(), days=9),
    "failing_domains": _failing,
    "count_outcomes": lambda store, scope, _: store.count_outcomes(scope, NOON - DAY, limit=9),
    "refusals": _refusals,
    "repeated_failures": _repeated,
    "messages_to": lambda store, scope, _: store.messages_to(scope, JANE, limit=9),
    "listed_addresses": lambda store, scope, _: store.listed_addresses(
        scope, "acme", AddressList.BOUNCES, ListFilter(), ListPage(9), now=NOON
    ),
    "find_listed": lambda store, scope, _: store.find_listed(scope, "acme", AddressList.BOUNCES, JANE, now=NOON),
    "take_off": lambda store, scope, _: store.take_off(
        scope, "acme", AddressList.BOUNCES, [release("imported@example.org")]
    ),
    "undo_import": _undo_import,
    "release": lambda store, scope, _: store.release(scope, release(JANE)),
    "add_webhook": lambda store, scope, _: store.add_webhook(scope, endpoint("wh_more")),
    "webhooks": lambda store, scope, _: store.webhooks(scope),
    "webhook": lambda store, scope, _: store.webhook(scope, "wh_1"),
    "webhook_attempts": lambda store, scope, _: store.webhook_attempts(scope, "wh_1", ALL),
    "replay_webhook": lambda store, scope, _: store.replay_webhook(scope, "wh_1", ReplayFilter(), now=NOON),
    "change_webhook": lambda store, scope, _: store.change_webhook(scope, endpoint("wh_1", events=()), now=NOON),
    "change_webhook_secret": lambda store, scope, _: store.change_webhook_secret(
        scope, "wh_1", "secret-2", former_until=NOON
    ),
    "remove_webhook": lambda store, scope, _: store.remove_webhook(scope, "wh_1", now=NOON),
    "rerecord": lambda store, scope, number: store.rerecord(scope, record(number, account="zoo"), now=NOON + DAY),
    "add_key": lambda store, scope, _: store.add_key(scope, _api_key("more"), "digest of more"),
    "keys": lambda store, scope, _: store.keys(scope),
    "revoke_key": lambda store, scope, _: store.revoke_key(scope, "acme's"),
    "add_link": lambda store, scope, _: store.add_link(scope, LINK, "digest of a link"),
    "mail_link": lambda store, scope, _: store.mail_link(
        scope, LINK, "digest of a mailed link", event="sign-in.1", limit=9, now=NOON
    ),
    "sessions": lambda store, scope, _: store.sessions(scope),
    "end_session": lambda store, scope, _: store.end_session(scope, "digest of a "),
    "add_share": lambda store, scope, _: store.add_share(scope, replace(SHARE, id="more"), "digest of more", limit=9),
    "shares": lambda store, scope, _: store.shares(scope, now=NOON),
    "end_share": lambda store, scope, _: store.end_share(scope, "shared"),
    "save_filter": lambda store, scope, _: store.save_filter(scope, replace(FILTER, id="more", name="more"), limit=9),
    "saved_filters": lambda store, scope, _: store.saved_filters(scope, OF_ANN),
    "delete_filter": lambda store, scope, _: store.delete_filter(scope, OF_ANN, "saved"),
    "add_rule": lambda store, scope, _: store.add_rule(scope, OTHER_RULE, limit=9),
    "rules": lambda store, scope, _: store.rules(scope),
    "remove_rule": lambda store, scope, _: store.remove_rule(scope, FORM.id),
    "remove_account": lambda store, scope, _: store.remove_account(scope, "acme"),
}


@pytest.fixture
async def world(store: Store) -> World:
    await store.add_account(OPERATOR, Account("former", ()), now=NOON)
    await store.add_alias(OPERATOR, Alias("former@rp.example.com", "former"), now=NOON)
    await store.remove_account(OPERATOR, "former")
    for name in ("acme", "zoo"):
        await store.add_account(OPERATOR, Account(name, (f"ann@{name}.example",)), now=NOON)
    await store.add_alias(OPERATOR, Alias("acme@rp.example.com", "acme"), now=NOON)
    await store.subscribe(OPERATOR, Subscription("acme", "file", "acme.jsonl"), now=NOON)
    await store.add_webhook(OPERATOR, endpoint())
    await store.record_webhook_attempt(WebhookAttempt("wh_1", "evt_1", NOON, 200, "taken", 1))
    (letter_id,) = await store.keep([letter()])
    owner = NewEntry(EntryKind.NOTICE, "owner@acme.example")
    reading = replace(record(letter_id).reading, dialect=FORM.dialect)
    failed = CountedOutcome("acme", NOON, "example.org", "invalid-recipient")
    entries = (owner, event(is_given_up=True))
    await store.record([record(letter_id, entries=entries, reading=reading, counts=(failed,))], now=NOON)
    (full,) = await store.keep([letter()])
    await store.record([record(full, bounce(JANE, Reason.MAILBOX_FULL), entries=())], now=NOON)
    await store.suppress(OPERATOR, suppression(JANE))
    await store.allow(OPERATOR, Allowed("acme", "ann@friend.example", NOON), source=ChangeSource.COMMAND)
    await store.count(OPERATOR, [Sent("acme", NOON, (JANE,))])
    await store.add_key(OPERATOR, _api_key("acme's"), "digest")
    await store.add_link(OPERATOR, LINK, "digest")
    await store.use_link("digest", "digest of a session", "", now=NOON, forget_before=NOON)
    await store.add_share(OPERATOR, SHARE, "digest", limit=9)
    await store.save_filter(OPERATOR, FILTER, limit=9)
    await store.add_rule(OPERATOR, RULE, limit=9)
    return World(store, letter_id, await _notice(store, letter_id))


async def everything(world: World) -> tuple[object, ...]:
    """All that the operator sees."""
    store = world.store
    return (
        await store.directory(OPERATOR),
        await store.letters(OPERATOR, LetterFilter(), ALL),
        await store.bounces(OPERATOR, BounceFilter(), ALL),
        await store.suppressions(OPERATOR, now=NOON, page=ALL),
        await store.allow_list(OPERATOR),
        await store.trail(OPERATOR, address=None, page=ALL),
        await store.imports(OPERATOR, "acme", since=NOON - DAY, limit=9),
        await store.counts(OPERATOR, SendFilter(), ("hour",)),
        await store.entries(OPERATOR, state=None, page=ALL),
        await store.keys(OPERATOR),
        await store.sessions(OPERATOR),
        await store.shares(OPERATOR, now=NOON),
        await store.saved_filters(OPERATOR, OF_ANN),
        await store.rules(OPERATOR),
        [await store.open_webhook(webhook.id) for webhook in await store.webhooks(OPERATOR)],
    )


def test_each_scoped_method_is_called_below():
    assert CALLS.keys() == SCOPED.keys() - OF_THE_SCOPE


async def without_effect(world: World, scope: Scope) -> set[str]:
    """Call each in turn; give those that answered nothing, None or False, and changed nothing."""
    idle, before = set(), await everything(world)
    for name, call in CALLS.items():
        answer = await call(world.store, scope, world.letter_id)
        after = await everything(world)
        if not answer and after == before:
            idle.add(name)
        before = after
    return idle


async def test_a_foreign_account_sees_nothing_and_changes_nothing(world: World):
    """The foreign account gets the same answers as if acme did not exist."""
    assert await without_effect(world, ZOO) == CALLS.keys()


async def test_each_call_has_an_effect_for_the_operator(world: World):
    """The calls fail for no other reason than their scope."""
    assert await without_effect(world, OPERATOR) == set()


async def test_each_call_has_an_effect_for_the_account_itself(world: World):
    """All but adding accounts, asking about those of another name, and what the reader was taught."""
    assert await without_effect(world, ACME) == {"add_account", "former_generation", *ONLY_OPERATORS}


async def test_an_unknown_letter_is_answered_as_a_foreign_one(world: World):
    store, unknown = world.store, world.letter_id + 1

    assert await store.letter(ZOO, unknown) is None
    assert await store.letter(ZOO, world.letter_id) is None
    assert await store.foresee(ZOO, record(unknown), now=NOON) is None
    assert await store.bounces(ZOO, BounceFilter(letter_id=unknown), ALL) == []


async def test_an_unknown_notice_is_answered_as_a_foreign_one(world: World):
    store = world.store

    for number in (world.notice, world.notice + 1000):
        assert await store.entry(ZOO, number) is None
        assert not await store.retry_entry(ZOO, number, now=NOON)
        assert not await store.drop_entry(ZOO, number, now=NOON)


async def test_a_sent_notice_is_sent_again_by_nobody(world: World):
    store = world.store
    await store.mark_sent(world.notice, now=NOON, reply="250 taken")

    for scope in (ACME, ZOO, OPERATOR):
        assert not await store.retry_entry(scope, world.notice, now=NOON)
        assert not await store.drop_entry(scope, world.notice, now=NOON)


async def test_a_notice_of_nobody_is_the_operators(world: World):
    store = world.store
    of_nobody = await store.add_test_notice(OPERATOR, "postmaster@example.org", now=NOON)

    assert await store.entry(OPERATOR, of_nobody)
    for scope in (ACME, ZOO):
        assert await store.entry(scope, of_nobody) is None
        assert not await store.drop_entry(scope, of_nobody, now=NOON)
        assert of_nobody not in [row.id for row in await store.entries(scope, state=None, page=ALL)]


async def test_a_test_notice_belongs_to_the_account_of_the_scope(world: World):
    store = world.store
    number = await store.add_test_notice(ZOO, "ann@acme.example", now=NOON)

    assert [row.id for row in await store.entries(ZOO, state=None, page=ALL)] == [number]
    assert await store.entry(ACME, number) is None


async def test_the_owners_address_opens_no_other_account(world: World):
    """One person may own two accounts: a scope shows the notices of its own only."""
    store = world.store
    await store.add_test_notice(ZOO, "ann@acme.example", now=NOON)
    to_ann = EntryFilter((EntryState.WAITING,), "ann@acme.example")

    assert await store.drop_entries(ZOO, to_ann, now=NOON) == 1
    assert await store.count_entries(ACME, to_ann) == await store.count_entries(OPERATOR, to_ann)


async def test_a_letter_of_nobody_is_the_operators(world: World):
    (of_nobody,) = await world.store.keep([letter(account=None)])

    assert await world.store.letter(OPERATOR, of_nobody)
    for scope in (ACME, ZOO):
        assert await world.store.letter(scope, of_nobody) is None
        assert of_nobody not in [row.letter_id for row in await world.store.letters(scope, LetterFilter(), ALL)]


async def test_a_tenant_reads_only_its_own_out_of_a_batch(world: World):
    """Rows of another account in one call are passed over, its own are taken."""
    store = world.store
    rows = [suppression("a@example.org"), suppression("b@example.org", account="zoo")]

    assert (await store.import_suppressions(ZOO, rows)).new == 1
    await store.count(ZOO, [Sent("acme", NOON, (JANE,)), Sent("zoo", NOON, (JANE,))])

    assert [row.address for _, row in await store.suppressions(ZOO, now=NOON, page=ALL)] == ["b@example.org"]
    assert [row.account for row in await store.counts(ZOO, SendFilter(), ())] == ["zoo"]


async def test_an_alias_of_a_removed_account_is_freed_by_the_operator_alone(world: World):
    assert not await world.store.remove_alias(ACME, "former@rp.example.com")
    assert not (await world.store.directory(ACME)).kept_free
    assert await world.store.remove_alias(OPERATOR, "former@rp.example.com")


async def test_a_page_of_one_account_is_filtered_like_the_operators(world: World):
    store = world.store

    assert len(await store.letters(ACME, LetterFilter(state=LetterState.READ), ALL)) == 2
    assert await store.letters(ACME, LetterFilter(state=LetterState.SHUNTED), ALL) == []
    assert await store.letters(ACME, LetterFilter(unread=True), ALL) == []


async def test_an_account_learns_nothing_of_earlier_ones_of_its_name(world: World):
    store = world.store
    await store.remove_account(OPERATOR, "acme")
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)

    assert await store.former_generation(OPERATOR, "acme") == 1
    assert await store.former_generation(ACME, "acme") == 0
    assert await store.letter(ACME, world.letter_id) is None
    assert await store.letter(AccountScope("acme/removed-1"), world.letter_id) is not None
    assert await store.trail(ACME, address=None, page=ALL) == []
