"""Whose a request is: the API key in its Authorization header (RFC 6750 section 2.1)."""

import datetime as dt

from bouncer.errors import StoreError
from bouncer.policy.api_key import digest_of, is_api_key
from bouncer.ports.api_keys import ApiKey
from bouncer.ports.store import Store
from bouncer.web.problem import ProblemError

USE_NOTED_AFTER = dt.timedelta(minutes=1)
"""The last use of a key is written once in so long: a write for each request would cost more than most requests."""

_CHALLENGE = {"www-authenticate": "Bearer"}


async def authenticate(store: Store, header: str | None, now: dt.datetime, *, prefix: str = "") -> ApiKey:
    """Give the key of a request by its Authorization header, where *prefix* may stand before the key.

    Raises ProblemError (401), which never repeats what was sent.
    """
    if header is None:
        raise ProblemError(401, "Send an API key: Authorization: Bearer bnc_...", headers=_CHALLENGE)
    scheme, _, text = header.partition(" ")
    secret = text.strip().removeprefix(prefix)
    if scheme.lower() != "bearer" or not is_api_key(secret):
        raise ProblemError(401, "The Authorization header has no API key of this server.", headers=_CHALLENGE)
    key = await store.key_of_digest(digest_of(secret))
    if key is None:
        raise ProblemError(401, "The API key is unknown or revoked.", headers=_CHALLENGE)
    await _note_used(store, key, now)
    return key


async def _note_used(store: Store, key: ApiKey, now: dt.datetime) -> None:
    if key.last_used_at is None or now - key.last_used_at >= USE_NOTED_AFTER:
        try:
            await store.note_key_used(key.id, now=now)
        except StoreError:
            return  # the request matters more; the next one writes it
