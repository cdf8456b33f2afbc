"""API keys: making, listing and revoking them. A key is shown once, when it is made; the store has only its digest."""

import datetime as dt
from dataclasses import dataclass

from bouncer.errors import Conflict, InvalidValue, NotFound
from bouncer.manage.scopes import account_scope, require_account
from bouncer.policy.api_key import KeyAccess, digest_of, id_of, make_api_key
from bouncer.ports.api_keys import ApiKey
from bouncer.ports.scope import Scope
from bouncer.ports.store import Store

MOST_KEYS = 100
"""Keys of an account: more than it has programs and machines. Each has a rate limit of its own, and may make more."""
MAX_LABEL = 100
"""Characters of a label: a program's name and a machine's."""


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key, and its *secret*, which cannot be shown again."""

    key: ApiKey
    secret: str


async def make_key(
    store: Store, scope: Scope, name: str | None, access: KeyAccess, label: str, *, octets: bytes, now: dt.datetime
) -> MadeKey:
    """Make a key for the account *name*, or with None for the operator; *octets* are random.

    Raises NotFound for an unknown account and for the operator outside the operator's scope, InvalidValue for a label that is too
    long, Conflict where the account has MOST_KEYS, or the random octets were used before.
    """
    refuse_long_label(label)
    if name is not None:
        if len(await store.keys(await account_scope(store, scope, name))) >= MOST_KEYS:
            raise Conflict(f"an account has at most {MOST_KEYS} keys: revoke one first")
    elif not scope.covers(None):
        raise NotFound("there is no such account")
    secret = make_api_key(octets)
    digest = digest_of(secret)
    key = ApiKey(id_of(digest), name, access, label, now)
    if not await store.add_key(scope, key, digest):
        raise Conflict("the key was not added, as its account is gone or its id is taken; try again")
    return MadeKey(key, secret)


def refuse_long_label(label: str) -> None:
    """Raise InvalidValue for a label that no list could show."""
    if len(label) > MAX_LABEL or not label.isprintable():
        raise InvalidValue(f"a label has at most {MAX_LABEL} characters, all printable", field="label")


async def list_keys(store: Store, scope: Scope, name: str | None) -> list[ApiKey]:
    """Give the keys of an account, or all inside *scope*, oldest first. Raises NotFound."""
    if name is not None:
        await require_account(store, scope, name)
    return [key for key in await store.keys(scope) if name is None or key.account == name]


async def revoke_key(store: Store, scope: Scope, key_id: str) -> None:
    """Revoke a key: no further request by it is answered. Raises NotFound where there is none inside *scope*."""
    if not await store.revoke_key(scope, key_id):
        raise NotFound(f"there is no API key {key_id!r}")
