"""Reread: let today's reader speak about letters that were kept; first as a dry run that shows what would change."""

import dataclasses
from collections.abc import AsyncIterator, Sequence

import click

from bouncer.cli.context import nothing_found, refuse_unknown, scope_of, with_store
from bouncer.cli.listings import letter_id
from bouncer.cli.output import as_json, show
from bouncer.clock import now
from bouncer.daemon.daemon import rereading
from bouncer.mail.letter import spell_id
from bouncer.policy.records import LetterState, Record
from bouncer.ports.letters import BounceFilter, BounceRow, KeptLetter, LetterFilter, Page
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings import Settings

PAGE = 200
"""Letters looked at in one question to the store."""
MOST_RECIPIENTS = 10_000
"""Rows of one letter that are compared."""
NOT_A_STATE_TO_REREAD = frozenset({LetterState.KEPT, LetterState.RETIRED})
"""Kept letters are the daemon's to read; of retired ones nothing is left to read."""


@dataclasses.dataclass(frozen=True, slots=True)
class VerdictChange:
    """What another reading makes of one letter."""

    letter: str
    recipient: str
    before: str
    now: str


@click.command(epilog="Example: bouncer reread --state shunted --dry-run")
@click.argument("ids", nargs=-1, metavar="[ID]...", callback=lambda c, p, v: tuple(letter_id(c, p, one) for one in v))
@click.option(
    "--state", type=click.Choice([one.value for one in LetterState]), help="Read only letters in this state again."
)
@click.option("--account", metavar="NAME", help="Read only this account's letters again.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@as_json
@click.pass_context
def reread(
    context: click.Context,
    ids: tuple[int, ...],
    state: str | None,
    account: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read kept letters again, those with IDS or all of them, and replace what was recorded of them.

    No notice is sent, and no suppression is lifted. An address that should have been suppressed is suppressed now.
    """

    async def ask(store: Store, settings: Settings) -> tuple[int, list[VerdictChange]]:
        await refuse_unknown(store, account)
        looked, changes = 0, list[VerdictChange]()
        async with rereading(store, settings) as read:
            async for letter in _letters(store, ids, state, account):
                looked += 1
                case = await read(letter)
                record = await store.foresee(OPERATOR, case, now=now())
                if record is None:
                    continue
                before = await store.bounces(OPERATOR, BounceFilter(letter_id=letter.id), Page(MOST_RECIPIENTS))
                found = _changes(letter, before, record)
                changes += found
                if found and not dry_run:
                    await store.rerecord(OPERATOR, case, now=now())
        return looked, changes

    looked, changes = with_store(context, ask)
    show(
        changes,
        ("letter", "recipient", "before", "now"),
        as_json=as_json,
        nothing=nothing_found(context, "Nothing changes."),
    )
    verb = "would change" if dry_run else "changed"
    click.echo(f"{looked} letters read again, {len({one.letter for one in changes})} {verb}", err=True)


async def _letters(
    store: Store, ids: Sequence[int], state: str | None, account: str | None
) -> AsyncIterator[KeptLetter]:
    for number in ids:
        if (letter := await store.letter(OPERATOR, number)) is not None:
            yield letter
    before: int | None = None
    while not ids:
        rows = await store.letters(
            scope_of(account), LetterFilter(LetterState(state) if state else None), Page(PAGE, before)
        )
        if not rows:
            return
        for row in rows:
            if (
                row.state not in NOT_A_STATE_TO_REREAD
                and (letter := await store.letter(OPERATOR, row.letter_id)) is not None
            ):
                yield letter
        before = rows[-1].letter_id


def _changes(letter: KeptLetter, before: Sequence[BounceRow], record: Record) -> list[VerdictChange]:
    spelled, changes = spell_id(letter.id), list[VerdictChange]()
    if letter.state is not record.state:
        changes.append(VerdictChange(spelled, "-", letter.state, f"{record.state}: {record.kind}"))
    old = {row.recipient: _words(row.action, row.category, row.reason, row.status, row.belief) for row in before}
    new = {
        one.recipient.recipient: _words(
            one.recipient.action,
            one.verdict.category if one.verdict else None,
            one.verdict.reason if one.verdict else None,
            str(one.recipient.status) if one.recipient.status else None,
            one.believed.belief,
        )
        for one in record.bounces
    }
    for recipient in dict.fromkeys([*old, *new]):
        if old.get(recipient) != new.get(recipient):
            changes.append(VerdictChange(spelled, recipient, old.get(recipient, "-"), new.get(recipient, "-")))
    return changes


def _words(*facts: str | None) -> str:
    return " ".join(fact or "-" for fact in facts)
