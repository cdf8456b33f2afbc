"""Use cases on a real store, as a server with one account's scope calls them: a foreign account is as unknown as no account."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

import pytest
from contract.factories import ALL, DAY, NOON, Decided, letter, record, steps, suppression

from bouncer.errors import Conflict, InvalidValue, NotFound, UseCaseError
from bouncer.manage import (
    accounts,
    aliases,
    allowing,
    importing,
    previews,
    records,
    rereading,
    sends,
    stories,
    suppressing,
)
from bouncer.manage.accounts import AccountChange
from bouncer.manage.change_values import ChangedBy
from bouncer.manage.importing import RefusedLine
from bouncer.manage.json_rows import Row
from bouncer.manage.owner_preferences import PreferenceChange
from bouncer.manage.suppressing import SuppressionOrder, SuppressOutcome
from bouncer.policy.records import ChangeSource, LetterState, Suppression
from bouncer.policy.suppression_formats import ImportOptions
from bouncer.ports.accounts import Account
from bouncer.ports.letters import BounceFilter, KeptLetter, LetterFilter
from bouncer.ports.scope import OPERATOR, AccountScope, Scope
from bouncer.ports.sends import SendFilter, Sent
from bouncer.ports.store import Store
from bouncer.settings.sections import SmtpSettings
from bouncer.store.suppressions import importing as store_importing

SMTP = SmtpSettings(domains=("rp.example.com",))
ACME, ZOO = AccountScope("acme"), AccountScope("zoo")
BY = ChangedBy(ChangeSource.KEY, "by key 7")
JANE = "jane@example.org"
ORDER = SuppressionOrder("by hand")


class Watch:
    """Holds what an import tells."""

    def __init__(self) -> None:
        self.events: list[object] = []

    def note_refused(self, line: RefusedLine) -> None:
        self.events.append(line)

    def note_merging(self, rows: int) -> None:
        self.events.append(("merging", rows))

    def note_merged(self, rows: int) -> None:
        self.events.append(("merged", rows))


async def import_rows(
    store: Store, scope: Scope, rows: Iterable[Row], watch: Watch | None = None, *, dry_run: bool = False
) -> importing.ImportSummary:
    options = ImportOptions("acme", NOON, "imported")
    watch = watch or Watch()
    return await importing.import_suppressions(
        store, scope, rows, options, dry_run=dry_run, watch=watch, most_refused=2
    )


async def pages(store: Store, scope: Scope) -> list[str]:
    exported = suppressing.export_suppressions(store, scope, "acme", now=NOON)
    return [suppression.address for page in [page async for page in exported] for suppression in page]


ASK: dict[str, Callable[[Store, Scope], Awaitable[object]]] = {
    "show": lambda store, scope: accounts.show_account(store, scope, "acme"),
    "change": lambda store, scope: accounts.change_account(
        store, scope, "acme", AccountChange(), SMTP, by=BY, now=NOON
    ),
    "add alias": lambda store, scope: aliases.add_alias(store, scope, "a@rp.example.com", "acme", SMTP, now=NOON),
    "list aliases": lambda store, scope: aliases.list_aliases(store, scope, "acme"),
    "remove alias": lambda store, scope: aliases.remove_alias(store, scope, "acme@rp.example.com"),
    "suppress": lambda store, scope: suppressing.suppress_addresses(
        store, scope, "acme", [JANE], ORDER, by=BY, now=NOON
    ),
    "release": lambda store, scope: suppressing.release_addresses(store, scope, "acme", [JANE], by=BY, now=NOON),
    "list": lambda store, scope: suppressing.list_suppressions(store, scope, "acme", now=NOON, page=ALL),
    "export": pages,
    "allow": lambda store, scope: allowing.allow_addresses(store, scope, "acme", [JANE], why="", by=BY, now=NOON),
    "disallow": lambda store, scope: allowing.disallow_addresses(store, scope, "acme", [JANE], by=BY, now=NOON),
    "allow-list": lambda store, scope: allowing.list_allowed(store, scope, "acme"),
    "story": lambda store, scope: stories.stories(store, scope, JANE, "acme", now=NOON),
    "trail": lambda store, scope: stories.changes(store, scope, "acme", address=None, page=ALL),
    "import": lambda store, scope: import_rows(store, scope, [Row(1, {"address": JANE})]),
    "count": lambda store, scope: sends.count_sends(store, scope, "acme", [Sent("acme", NOON, (JANE,))]),
    "report": lambda store, scope: sends.report_sends(store, scope, "acme", SendFilter(), ()),
    "bounces": lambda store, scope: records.list_bounces(store, scope, "acme", BounceFilter(), ALL),
    "letters": lambda store, scope: records.list_letters(store, scope, "acme", LetterFilter(), ALL),
    "removed": lambda store, scope: records.list_letters(store, scope, "acme/removed-1", LetterFilter(), ALL),
    "remove": lambda store, scope: accounts.remove_account(store, scope, "acme", by=BY, now=NOON),
}
"""Each use case that names an account, asked about acme; what removes it last."""


@pytest.fixture
async def two(store: Store) -> Store:
    """A store with the accounts acme, the second of its name, and zoo."""
    for name in ("acme", "zoo"):
        await add(store, name)
    await accounts.remove_account(store, OPERATOR, "acme", by=BY, now=NOON)
    await store.remove_alias(OPERATOR, "acme@rp.example.com")
    await add(store, "acme")
    return store


async def add(store: Store, name: str, first: AccountChange | None = None) -> accounts.AddedAccount:
    first = first or AccountChange((f"ann@{name}.example",), (f"{name}.example",))
    return await accounts.add_account(store, name, first, SMTP, templates=None, alias=True, by=BY, now=NOON)


async def refusals(store: Store, scope: Scope) -> dict[str, str]:
    """Ask each; give why it was refused."""
    refused = {}
    for name, ask in ASK.items():
        try:
            await ask(store, scope)
        except NotFound as error:
            refused[name] = str(error)
    return refused


async def test_a_foreign_account_is_answered_as_an_unknown_one(two: Store):
    """In the same words, so that nobody learns which accounts there are."""
    foreign = await refusals(two, ZOO)
    await accounts.remove_account(two, OPERATOR, "acme", by=BY, now=NOON)
    await accounts.remove_account(two, OPERATOR, "zoo", by=BY, now=NOON)
    unknown = await refusals(two, ZOO)

    assert foreign.keys() == ASK.keys()
    assert foreign == unknown


async def test_the_operator_is_answered(two: Store):
    assert await refusals(two, OPERATOR) == {}


async def test_the_account_itself_is_answered_too(two: Store):
    """All but the records of an earlier account of its name: it inherits nothing."""
    assert (await refusals(two, ACME)).keys() == {"removed"}


async def test_lists_without_a_name_are_of_the_scope(two: Store):
    for name in ("acme", "zoo"):
        await suppressing.suppress_addresses(two, OPERATOR, name, [f"x@{name}.org"], ORDER, by=BY, now=NOON)

    mine = await suppressing.list_suppressions(two, ZOO, None, now=NOON, page=ALL)

    assert [suppression.address for _, suppression in mine] == ["x@zoo.org"]
    assert [account.name for account in await accounts.list_accounts(two, ZOO)] == ["zoo"]
    assert [alias.account for alias in await aliases.list_aliases(two, ZOO, None)] == ["zoo"]
    assert [story.account for story in await stories.stories(two, ZOO, "x@acme.org", None, now=NOON)] == ["zoo"]


async def test_a_sender_of_another_account_is_refused_without_its_name(two: Store):
    change = AccountChange(senders=("zoo.example",))

    with pytest.raises(Conflict, match=r"already a sender of another account$"):
        await accounts.change_account(two, ACME, "acme", change, SMTP, by=BY, now=NOON)
    with pytest.raises(Conflict, match="of account zoo; take it off zoo first"):
        await accounts.change_account(two, OPERATOR, "acme", change, SMTP, by=BY, now=NOON)


@pytest.mark.parametrize(
    ("name", "change", "field"),
    [
        ("Acme!", AccountChange(), "name"),
        ("bouncer", AccountChange(), "name"),
        ("new", AccountChange(owners=("ann",)), "owners"),
        ("new", AccountChange(senders=("a b",)), "senders"),
        ("new", AccountChange(rules={"servers": ("nowhere",)}), "servers"),
        ("new", AccountChange(rules={"servers": ("127.0.0.1",)}), "servers"),
        ("new", AccountChange(preferences=PreferenceChange((("hard", "sometimes"),))), "preferences"),
        ("new", AccountChange(preferences=PreferenceChange((("colour", ""),))), "preferences"),
        ("new", AccountChange(preferences=PreferenceChange(preset="everybody")), "preset"),
        ("new", AccountChange(preferences=PreferenceChange(owner="eve@x.example")), "owner"),
    ],
)
async def test_values_of_a_program_are_checked_as_those_of_a_person(
    store: Store, name: str, change: AccountChange, field: str
):
    """A server that has no options of a command has the same checks, in one sentence, with the value that is meant."""
    with pytest.raises(InvalidValue) as refused:
        await add(store, name, change)

    assert refused.value.field == field
    assert "\n" not in str(refused.value)
    assert not (await store.directory(OPERATOR)).accounts


async def test_a_change_leaves_what_it_does_not_name(two: Store):
    before = (await accounts.show_account(two, ACME, "acme")).account

    after = await accounts.change_account(
        two, ACME, "acme", AccountChange(rules={"soft_failures": 9}), SMTP, by=BY, now=NOON
    )

    assert (after.owners, after.senders, after.terms.soft_failures) == (before.owners, before.senders, 9)
    assert (
        await accounts.change_account(two, ACME, "acme", AccountChange(senders=()), SMTP, by=BY, now=NOON)
    ).senders == ()


async def test_addresses_are_checked_before_any_is_suppressed(two: Store):
    with pytest.raises(InvalidValue, match="'no address' is no mail address"):
        await suppressing.suppress_addresses(two, ACME, "acme", [JANE, "no address"], ORDER, by=BY, now=NOON)

    assert await suppressing.list_suppressions(two, ACME, None, now=NOON, page=ALL) == []


async def test_the_result_for_each_address_is_told(two: Store):
    until = NOON + DAY
    await allowing.allow_addresses(two, ACME, "acme", ["@friend.example"], why="ours", by=BY, now=NOON)
    order = SuppressionOrder("by hand", until)
    addresses = [JANE, JANE, "x@friend.example"]

    became = await suppressing.suppress_addresses(two, ACME, "acme", addresses, order, by=BY, now=NOON)

    assert [(result.outcome, result.until, result.entry) for result in became] == [
        (SuppressOutcome.SUPPRESSED, until, None),
        (SuppressOutcome.ALREADY, until, None),
        (SuppressOutcome.ON_ALLOW_LIST, None, "@friend.example"),
    ]
    assert {row.source for row in await stories.changes(two, ACME, None, address=None, page=ALL)} == {"key"}


async def test_an_import_tells_how_it_goes_on(two: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(store_importing, "MERGED_AT_ONCE", 2)
    monkeypatch.setattr(store_importing, "PAUSE_SECONDS", 0)
    watch = Watch()
    rows = [Row(n, {"address": f"{n}@example.org"}) for n in range(1, 4)]
    broken = [Row(4, {"address": "nobody"}), Row(5, fault="not CSV"), Row(6, fault="not CSV")]

    summary = await import_rows(two, ACME, [*rows, *broken], watch)

    assert (summary.good, summary.refused, summary.suppressed) == (3, 3, 3)
    assert [line.line for line in summary.refused_lines] == [4, 5]  # the first two
    assert [event.line for event in watch.events if isinstance(event, RefusedLine)] == [4, 5, 6]
    assert [event for event in watch.events if not isinstance(event, RefusedLine)] == [
        ("merging", 3),
        ("merged", 2),
        ("merged", 1),
    ]


async def test_a_dry_run_changes_nothing_and_counts(two: Store):
    summary = await import_rows(two, ACME, [Row(1, {"address": JANE}), Row(2, fault="x")], dry_run=True)

    assert (summary.good, summary.refused, summary.suppressed, summary.there_already) == (1, 1, 0, 0)
    assert await suppressing.list_suppressions(two, ACME, None, now=NOON, page=ALL) == []


@pytest.mark.parametrize("parts", [0, 1, 3])
async def test_rows_that_raise_change_nothing(two: Store, parts: int, monkeypatch: pytest.MonkeyPatch):
    """Whether a part was laid ready before or not; the next import goes its way."""
    monkeypatch.setattr(store_importing, "STAGED_AT_ONCE", 2)
    monkeypatch.setattr(store_importing, "PAUSE_SECONDS", 0)
    before = await two.trail(OPERATOR, address=None, page=ALL)

    def rows() -> Iterable[Suppression]:
        yield from (suppression(f"{n}@example.org") for n in range(parts * 2))
        raise UnicodeError("cut off")

    with pytest.raises(UnicodeError):
        await two.import_suppressions(ACME, rows())

    assert await two.suppressions(OPERATOR, now=NOON, page=ALL) == []
    assert await two.trail(OPERATOR, address=None, page=ALL) == before
    assert (await two.import_suppressions(ACME, [suppression(JANE)])).new == 1


async def test_an_import_whose_caller_goes_away_while_it_is_merged_is_finished_by_the_next(
    two: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(store_importing, "MERGED_AT_ONCE", 2)
    monkeypatch.setattr(store_importing, "PAUSE_SECONDS", 0)

    def break_pipe(rows: int) -> None:
        if rows:
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        await two.import_suppressions(ACME, [suppression(f"{n}@example.org") for n in range(7)], merged=break_pipe)

    assert len(await two.suppressions(ACME, now=NOON, page=ALL)) == 7
    assert await steps(two).open()


async def test_sends_of_a_bad_line_are_counted_up_to_it(two: Store):
    messages = [Sent("acme", NOON, (JANE,)), Sent("acme", NOON, ("nobody",))]

    with pytest.raises(UseCaseError, match="'nobody' is no mail address; 0 messages were counted"):
        await sends.count_sends(two, ACME, "acme", messages)
    assert (await sends.count_sends(two, ACME, "acme", messages[:1])).recipients == 1
    (line,) = await sends.report_sends(two, ACME, None, SendFilter(), ("campaign",))
    assert (line.sent, line.group) == (1, "no campaign")


async def test_a_foreign_letter_is_read_again_by_nobody(two: Store):
    (number,) = await two.keep([letter()])
    await two.record([record(number)], now=NOON)

    async def reread_as_shunted(stored: KeptLetter) -> Decided:
        return record(stored.id, state=LetterState.SHUNTED)

    async def run(scope: Scope, *, dry_run: bool) -> rereading.Reread:
        chosen: AsyncIterator[KeptLetter] = rereading.letters_by_id(two, scope, [number])
        return await rereading.reread(two, scope, chosen, reread_as_shunted, dry_run=dry_run, now=lambda: NOON)

    assert (await run(ZOO, dry_run=False)).letters == 0
    assert [change.recipient for change in (await run(ACME, dry_run=True)).changes] == ["-"]
    (row,) = await records.list_letters(two, ACME, None, LetterFilter(), ALL)
    assert row.state is LetterState.READ
    assert (await run(ACME, dry_run=False)).changed_letters == 1
    (row,) = await records.list_letters(two, ACME, None, LetterFilter(), ALL)
    assert row.state is LetterState.SHUNTED


async def test_a_preview_is_of_the_scope_too(two: Store):
    (number,) = await two.keep([letter()])
    await two.record([record(number)], now=NOON)

    job = await previews.preview_of_letter(two, ACME, number, language="de", message_id="p@mx.example")

    assert (job.row.to, job.preferences.language) == ("ann@acme.example", "de")
    for scope, letter_id in ((ZOO, number), (ACME, number + 1)):
        with pytest.raises(NotFound, match="there is no such letter"):
            await previews.preview_of_letter(two, scope, letter_id, language=None, message_id="p@mx.example")
        with pytest.raises(NotFound, match="there is no letter"):
            await records.kept_letter(two, scope, letter_id)


async def test_an_account_that_is_added_says_which_alias_it_does_not_get(store: Store):
    await add(store, "acme")
    await accounts.remove_account(store, OPERATOR, "acme", by=BY, now=NOON)

    added = await add(store, "acme")

    assert added.aliases == ()
    assert [alias.address for alias in added.kept_free] == ["acme@rp.example.com"]
    assert added.kept_free[0].until - NOON >= dt.timedelta(days=29)
    with pytest.raises(Conflict) as refused:
        await aliases.add_alias(store, OPERATOR, "ACME@rp.example.com", "acme", SMTP, now=NOON)
    assert refused.value.field == "kept_free"
    assert isinstance(added.account, Account)
