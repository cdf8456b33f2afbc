"""Imports of suppressions that can be undone, and the port that keeps them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bouncer.policy.records import ChangeSource
from bouncer.ports.scope import Scope

UNDO_LASTS = dt.timedelta(days=30)
"""How long an import of a file can be undone: a list that was wrong is noticed with the next campaign."""


@dataclass(frozen=True, slots=True)
class ImportLabel:
    """The label of an import of a file, by which people find it again: the account, and words, the file and the person."""

    account: str
    why: str


@dataclass(frozen=True, slots=True)
class RecordedImport:
    """An import of a file: its id, its time, its words (the file and the person), and the rows that it suppressed or prolonged."""

    id: str
    account: str
    at: dt.datetime
    why: str
    new: int
    undone_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ImportUndoing:
    """An order to take back an import of *account*: who asks, in words for the audit trail, and when."""

    account: str
    id: str
    source: ChangeSource
    why: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class UndoneImport:
    """The result of taking back: addresses that are free now, those that stay as they are, and whether a further call has more."""

    freed: int
    stay: int
    """Rows of the import that were suppressed before it, or were changed since."""
    has_more: bool


class ImportHistory(Protocol):
    """Keeps the imports of files of the last days. A call that returns has committed."""

    async def imports(self, scope: Scope, account: str, *, since: dt.datetime, limit: int) -> Sequence[RecordedImport]:
        """Give the imports of *account* since then, newest first; none for an account outside *scope*."""
        ...

    async def undo_import(self, scope: Scope, order: ImportUndoing, *, limit: int) -> UndoneImport | None:
        """Free what an import suppressed, with an entry of the trail for each address; None where the account has no such import.

        An address that was suppressed before the import, or of which the trail has a later change, stays as it is. It is done
        part by part, each a commit of its own, and ends when about *limit* addresses are free; the next call goes on. Idempotent.
        """
        ...
