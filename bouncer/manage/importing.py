"""Import of suppressions: rows of a file of any size become suppressions, all of them at once, or none."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from bouncer.manage.json_rows import Row
from bouncer.manage.scopes import require_account
from bouncer.policy.records import Suppression
from bouncer.policy.suppression_formats import ImportOptions, read_row
from bouncer.ports.imports import ImportLabel
from bouncer.ports.scope import Scope
from bouncer.ports.store import Store
from bouncer.ports.suppressions import ImportResult


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line of a file that could not be read."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """The result of an import: counts of its lines and of their addresses."""

    account: str
    dry_run: bool
    good: int  # lines that could be read
    refused: int  # lines that could not
    suppressed: int  # addresses that are suppressed now and were not before; of a dry run none
    there_already: int  # or twice in the file
    on_allow_list: int
    refused_lines: tuple[RefusedLine, ...]  # the first of them
    id: str = ""  # by which the import can be undone; empty: nothing was imported


class ImportWatch(Protocol):
    """Observes the progress of an import."""

    def note_refused(self, line: RefusedLine) -> None:
        """Take note of a refused line; called for each."""
        ...

    def note_merging(self, rows: int) -> None:
        """Take note that all is in force, and that *rows* are left to be merged into the list."""
        ...

    def note_merged(self, rows: int) -> None:
        """Take note that *rows* more were merged."""
        ...


class NoWatch:
    """Observes an import that nobody watches."""

    def note_refused(self, line: RefusedLine) -> None:
        """Do nothing: nobody waits for the progress."""

    def note_merging(self, rows: int) -> None:
        """Do nothing: nobody waits for the progress."""

    def note_merged(self, rows: int) -> None:
        """Do nothing: nobody waits for the progress."""


@dataclass(slots=True)
class LineCount:
    """Counts the lines of a file while they are read, and holds the first that are refused."""

    watch: ImportWatch
    most_refused: int
    good: int = 0
    refused: int = 0
    first: list[RefusedLine] = field(default_factory=list)

    def suppressions(self, rows: Iterable[Row], options: ImportOptions) -> Iterator[Suppression]:
        """Read row by row."""
        for row in rows:
            suppression = row.fault if row.columns is None else read_row(row.columns, options)
            if isinstance(suppression, str):
                self._refuse(RefusedLine(row.number, suppression))
            else:
                self.good += 1
                yield suppression

    def _refuse(self, line: RefusedLine) -> None:
        self.refused += 1
        if len(self.first) < self.most_refused:
            self.first.append(line)
        self.watch.note_refused(line)


async def import_suppressions(
    store: Store,
    scope: Scope,
    rows: Iterable[Row],
    options: ImportOptions,
    *,
    dry_run: bool,
    watch: ImportWatch,
    most_refused: int,
) -> ImportSummary:
    """Suppress the addresses of *rows* for the account of *options*: all at once when the last row is read, or none.

    The rows are read while the store takes them. *dry_run*: only read them. The summary has the first *most_refused* refused
    lines. Raises NotFound for an unknown account, whatever *rows* raise, and StoreError; then nothing is changed.
    """
    await require_account(store, scope, options.account)
    lines = LineCount(watch, most_refused)
    suppressions = lines.suppressions(rows, options)
    if dry_run:
        for _ in suppressions:
            pass
        return _summary(options.account, lines, dry_run=True)
    label = ImportLabel(options.account, options.why)
    result = await store.import_suppressions(scope, suppressions, label=label, merged=_telling(watch, lines))
    return _summary(options.account, lines, result)


def _telling(watch: ImportWatch, lines: LineCount) -> Callable[[int], None]:
    """Make the store's callback, which tells *watch* the progress: called with 0 when all rows are in force, then as it merges."""
    return lambda rows: watch.note_merged(rows) if rows else watch.note_merging(lines.good)


_NOTHING = ImportResult(0, 0)


def _summary(
    account: str, lines: LineCount, result: ImportResult = _NOTHING, *, dry_run: bool = False
) -> ImportSummary:
    return ImportSummary(
        account,
        dry_run,
        lines.good,
        lines.refused,
        suppressed=result.new,
        there_already=0 if dry_run else lines.good - result.new - result.kept_out,
        on_allow_list=result.kept_out,
        refused_lines=tuple(lines.first),
        id=result.id,
    )
