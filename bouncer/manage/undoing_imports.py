"""Undoing an import: the addresses that it suppressed are free again, except those that were suppressed before or changed since."""

import datetime as dt

from bouncer.errors import NotFound
from bouncer.manage.change_values import ChangedBy
from bouncer.manage.scopes import require_account
from bouncer.ports.imports import UNDO_LASTS, ImportUndoing, RecordedImport, UndoneImport
from bouncer.ports.scope import Scope
from bouncer.ports.store import Store

MOST_LISTED = 10
"""Imports that are listed, the newest."""
MOST_SEARCHED = 1_000
"""Imports among which the import to be undone is looked for: more than anybody makes within UNDO_LASTS."""
MOST_FREED = 150_000
"""Addresses that one call frees: as many as a page imports; they take half a minute."""


async def list_imports(store: Store, scope: Scope, name: str, *, now: dt.datetime) -> list[RecordedImport]:
    """Give the imports of the account *name* that can be undone, or were, newest first. Raises NotFound."""
    await require_account(store, scope, name)
    return list(await store.imports(scope, name, since=now - UNDO_LASTS, limit=MOST_LISTED))


async def undo_import(
    store: Store, scope: Scope, name: str, import_id: str, *, by: ChangedBy, now: dt.datetime
) -> UndoneImport:
    """Free the addresses that an import of the account *name* suppressed. Raises NotFound, for one older than UNDO_LASTS, too.

    The trail has an entry for each address, which names the import's time and the author *by*. Idempotent; where the result has
    more, the next call goes on.
    """
    await require_account(store, scope, name)
    recorded_imports = await store.imports(scope, name, since=now - UNDO_LASTS, limit=MOST_SEARCHED)
    imported_at = next((row.at for row in recorded_imports if row.id == import_id), None)
    undone = None
    if imported_at is not None:
        words = f"undid the import of {imported_at:%Y-%m-%d %H:%M} UTC; {by.words}"
        order = ImportUndoing(name, import_id, by.source, words, now)
        undone = await store.undo_import(scope, order, limit=MOST_FREED)
    if undone is None:
        raise NotFound(f"there is no import {import_id!r}")
    return undone
