"""Saved filters: saving one by a name, listing a person's, deleting one."""

import datetime as dt

from bouncer.errors import Conflict, InvalidValue, NotFound
from bouncer.ports.saved_filters import FilterOwner, SavedFilter
from bouncer.ports.scope import Scope
from bouncer.ports.store import Store

MOST_FILTERS = 20
"""Filters of one person: more would be a list to search in."""
MAX_NAME = 60
"""Characters of a filter's name, which is the text of a button."""
MAX_WORDS = 2000
"""Characters of a filter's words: the longest address, with each character escaped, and the rest."""
ID_OCTETS = 6
"""Random octets of a filter's id."""


async def save_filter(
    store: Store, scope: Scope, owner: FilterOwner, name: str, words: str, *, octets: bytes, now: dt.datetime
) -> SavedFilter:
    """Save *words*, a query of the page Activity, under *name*; *octets* are random.

    A filter of the same name is replaced. Raises InvalidValue for a name or words that are too long or cannot be shown, Conflict
    where the person has very many, NotFound for an account outside *scope*.
    """
    if not 0 < len(name) <= MAX_NAME or not name.isprintable() or name != name.strip():
        raise InvalidValue(f"a filter's name has 1 to {MAX_NAME} characters, all printable", field="name")
    if len(words) > MAX_WORDS:
        raise InvalidValue(f"the words of a filter have {MAX_WORDS} characters at most", field="words")
    if not scope.covers(owner.account):
        raise NotFound("there is no such account")
    new = SavedFilter(octets.hex(), owner.account, owner.person, name, words, now)
    if not await store.save_filter(scope, new, limit=MOST_FILTERS):
        raise Conflict(f"you have {MOST_FILTERS} saved filters: delete one first", field="name")
    return new


async def list_filters(store: Store, scope: Scope, owner: FilterOwner) -> list[SavedFilter]:
    """Give the filters of a person, by name."""
    return list(await store.saved_filters(scope, owner))


async def delete_filter(store: Store, scope: Scope, owner: FilterOwner, filter_id: str) -> None:
    """Delete a filter of a person. Raises NotFound."""
    if not await store.delete_filter(scope, owner, filter_id):
        raise NotFound(f"there is no saved filter {filter_id!r}")
