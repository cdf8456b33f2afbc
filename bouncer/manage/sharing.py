"""Sharing the story of one address by a link: making it, reading the story by it, listing links and ending them."""

import datetime as dt
from dataclasses import dataclass

from bouncer.errors import Conflict, InvalidValue, NotFound
from bouncer.mail.address import is_plausible
from bouncer.manage.scopes import known_account
from bouncer.manage.stories import AddressStory, stories
from bouncer.policy.api_key import digest_of, id_of
from bouncer.policy.sharing import MOST_SHARES, SHARE_LASTS
from bouncer.policy.sign_in import is_secret, make_secret
from bouncer.ports.scope import AccountScope, Scope
from bouncer.ports.shares import Share
from bouncer.ports.store import Store


@dataclass(frozen=True, slots=True)
class MadeShare:
    """A new link, and its *secret*, which cannot be shown again."""

    share: Share
    secret: str


async def share_story(
    store: Store, scope: Scope, name: str, address: str, person: str, *, octets: bytes, now: dt.datetime
) -> MadeShare:
    """Make a link to the story of *address* for the account *name*; *octets* are random, *person* is who makes it.

    Raises NotFound for an unknown account, InvalidValue for a malformed address, Conflict where the account has very many links.
    """
    account = (await known_account(store, scope, name)).name
    if not is_plausible(address):
        raise InvalidValue(f"{address!r} is no mail address", field="address")
    secret = make_secret(octets)
    digest = digest_of(secret)
    share = Share(id_of(digest), account, address, person, now, now + SHARE_LASTS)
    if not await store.add_share(scope, share, digest, limit=MOST_SHARES):
        raise Conflict(f"{account} has {MOST_SHARES} share links: end some, or wait until they end", field="address")
    return MadeShare(share, secret)


async def shared_story(store: Store, secret: str, *, now: dt.datetime) -> tuple[Share, AddressStory] | None:
    """Give the story that the link with this *secret* shows: one address of one account. None where the link ended or never was."""
    if not is_secret(secret):
        return None
    share = await store.share_of_digest(digest_of(secret), now=now)
    if share is None:
        return None
    try:
        (story,) = await stories(store, AccountScope(share.account), share.address, share.account, now=now)
    except NotFound:  # the account was removed at this moment
        return None
    return share, story


async def list_shares(store: Store, scope: Scope, *, now: dt.datetime) -> list[Share]:
    """Give the links inside *scope* that have not ended, newest first."""
    return list(await store.shares(scope, now=now))


async def end_share(store: Store, scope: Scope, share_id: str) -> None:
    """End a link: it shows nothing any more. Raises NotFound where there is none inside *scope*."""
    if not await store.end_share(scope, share_id):
        raise NotFound(f"there is no share link {share_id!r}")
