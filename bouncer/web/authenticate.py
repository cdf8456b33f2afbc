"""Authentication: the API key in a request's header tells whose request it is."""

import datetime as dt
from collections.abc import Mapping

from bouncer.errors import StoreError
from bouncer.policy.api_key import digest_of, is_api_key
from bouncer.ports.api_keys import ApiKey
from bouncer.ports.store import Store
from bouncer.web.credentials import KeyPlace
from bouncer.web.problem import ProblemError

USE_NOTED_AFTER = dt.timedelta(minutes=1)
"""Time between two writes of a key's last use: a write for each request would cost more than most requests."""


async def authenticate(store: Store, headers: Mapping[str, str], credentials: KeyPlace, now: dt.datetime) -> ApiKey:
    """Give the key of a request by its header fields, in which *credentials* finds it.

    Raises ProblemError (401), which never repeats what was sent.
    """
    secret, challenge = credentials.find(headers), {"www-authenticate": credentials.challenge}
    if secret is None:
        raise ProblemError(401, credentials.hint, headers=challenge)
    if not is_api_key(secret):
        raise ProblemError(401, "The header has no API key of this server.", headers=challenge)
    key = await store.key_of_digest(digest_of(secret))
    if key is None:
        raise ProblemError(401, "The API key is unknown or revoked.", headers=challenge)
    await _note_used(store, key, now)
    return key


async def is_known(store: Store, headers: Mapping[str, str], credentials: KeyPlace) -> bool:
    """Whether the key of a request still exists: it may have been revoked while a long answer is sent."""
    secret = credentials.find(headers)
    return secret is not None and await store.key_of_digest(digest_of(secret)) is not None


async def _note_used(store: Store, key: ApiKey, now: dt.datetime) -> None:
    if key.last_used_at is None or now - key.last_used_at >= USE_NOTED_AFTER:
        try:
            await store.note_key_used(key.id, now=now)
        except StoreError:
            return  # the request matters more; the next one writes it
