"""The preview of an import: the effect on each row, worked out row by row in bounded memory; nothing is changed."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from bouncer.mail.address import comparable
from bouncer.manage.allowing import entry_form, entry_forms
from bouncer.manage.importing import LineCount, NoWatch, RefusedLine
from bouncer.manage.json_rows import Row
from bouncer.manage.scopes import known_account
from bouncer.policy.address_list import is_wish
from bouncer.policy.records import Suppression
from bouncer.policy.suppression_formats import ImportOptions
from bouncer.ports.accounts import Account
from bouncer.ports.scope import AccountScope, Scope
from bouncer.ports.store import Store

READ_AT_ONCE = 500
"""Rows that are read and looked up at once: few enough that nobody waits long for the store, or for the processor."""


class RowFate(StrEnum):
    """The effect that an import would have on a row."""

    NEW = "new"  # its address would be suppressed, or for longer
    THERE_ALREADY = "there-already"  # or twice in the file
    ON_ALLOW_LIST = "on-allow-list"


@dataclass(frozen=True, slots=True)
class PreviewedRow:
    """A row that can be read, and the effect on it."""

    suppression: Suppression
    fate: RowFate


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """The effect that an import would have: counts of its rows, the first rows, and the first lines that are refused."""

    columns: tuple[str, ...]  # of the first row
    new: int
    there_already: int
    on_allow_list: int
    refused: int
    first: tuple[PreviewedRow, ...]
    refused_lines: tuple[RefusedLine, ...]


_Compared = tuple[Suppression, str]
"""A row, and its address in comparable form."""


@dataclass(slots=True)
class _Fates:
    """Decides the fate of rows of *account*; *known_rows* has a number for each address and stream of the rows before."""

    store: Store
    account: Account
    entries: frozenset[str]  # of the allow-list
    known_rows: set[int] = field(default_factory=set)
    counts: Counter[RowFate] = field(default_factory=Counter)

    async def decide(self, rows: Sequence[_Compared], options: ImportOptions) -> list[PreviewedRow]:
        """Decide the fate of the next *rows*."""
        forms = [form for _, form in rows]
        scope = AccountScope(self.account.name)
        standing = await self.store.all_suppressed(scope, self.account.name, forms, now=options.now)
        decided = [PreviewedRow(row, self._fate(row, form, standing.get(form, ()))) for row, form in rows]
        self.counts.update(row.fate for row in decided)
        return decided

    def _fate(self, row: Suppression, form: str, standing: Sequence[Suppression]) -> RowFate:
        if not self.entries.isdisjoint(entry_forms(self.account, form)):
            return RowFate.ON_ALLOW_LIST
        key = hash((entry_form(self.account, form), row.stream))
        is_there = key in self.known_rows or any(_covers(before, row) for before in standing)
        self.known_rows.add(key)
        return RowFate.THERE_ALREADY if is_there else RowFate.NEW


def _covers(before: Suppression, row: Suppression) -> bool:
    """Whether a suppression in force, of the same stream, ends as late as *row*, and is no failure that its wish overrules."""
    is_as_long = before.until is None or (row.until is not None and row.until <= before.until)
    is_overruled = is_wish(row.reason) and not is_wish(before.reason)
    return before.stream == row.stream and is_as_long and not is_overruled


@dataclass(slots=True)
class _Columns:
    """Notes the columns of the first row that has some."""

    names: tuple[str, ...] = ()

    def note_columns(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Give the *rows* unchanged, and note the columns."""
        for row in rows:
            if not self.names and row.columns:
                self.names = tuple(row.columns)
            yield row


async def preview_import(
    store: Store, scope: Scope, rows: Iterable[Row], options: ImportOptions, *, most_shown: int
) -> ImportPreview:
    """Give the effect that an import of *rows* would have. The first *most_shown* rows and refused lines are kept.

    A thread reads the rows and makes their addresses comparable. Raises NotFound for an unknown account, StoreError, and whatever
    *rows* raise.
    """
    account = await known_account(store, scope, options.account)
    allowed = await store.allow_list(AccountScope(account.name))
    entries = await asyncio.to_thread(lambda: frozenset(entry_form(account, entry.address) for entry in allowed))
    fates = _Fates(store, account, entries)
    lines, columns = LineCount(NoWatch(), most_shown), _Columns()
    suppressions = lines.suppressions(columns.note_columns(rows), options)
    compared = ((row, comparable(row.address)) for row in suppressions)
    first = list[PreviewedRow]()
    while part := await asyncio.to_thread(list, islice(compared, READ_AT_ONCE)):
        decided = await fates.decide(part, options)
        first += decided[: most_shown - len(first)]
    return ImportPreview(
        columns.names,
        fates.counts[RowFate.NEW],
        fates.counts[RowFate.THERE_ALREADY],
        fates.counts[RowFate.ON_ALLOW_LIST],
        lines.refused,
        tuple(first),
        tuple(lines.first),
    )
