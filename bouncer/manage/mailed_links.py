"""Sign-in links by mail: an owner asks with an address alone, and the link is sent as all mail to owners is.

The link's secret is kept nowhere: it is derived from the master key and the id of the mail, by the server that adds the mail and by
the channel that composes it.
"""

import datetime as dt
from collections.abc import Callable

from bouncer.errors import Conflict
from bouncer.mail.address import comparable
from bouncer.mail.returnpath import Key
from bouncer.manage.page_links import base_url, sign_in_url
from bouncer.policy.api_key import digest_of
from bouncer.policy.sign_in import LINK_LASTS, Role, derive_secret
from bouncer.ports.accounts import Account
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.sign_ins import SignInLink
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings

MOST_ACCOUNTS = 5
"""Accounts of one owner that get a mail each: an owner of more accounts needs ``bouncer login``."""
MOST_LINKS = 3
"""Mailed links of one owner and account that work at a time: a mail may be lost, and nobody fills a mailbox by asking."""
EVENT_OCTETS = 16
"""Random octets of a mail's id, which nobody can guess."""


def can_mail_links(settings: Settings, keys: tuple[Key, ...]) -> bool:
    """Whether links can leave by mail: there is a key to derive them from, and the pages have a URL."""
    try:
        return bool(keys and base_url(settings.http))
    except Conflict:
        return False


def link_urls(settings: Settings, keys: Callable[[], tuple[Key, ...]]) -> Callable[[str], str | None]:
    """Give a function from the id of a mail to the link in it; it calls *keys* for each mail. None where there is no link."""

    def url_of(event: str) -> str | None:
        signing = keys()
        if not can_mail_links(settings, signing):
            return None
        return sign_in_url(base_url(settings.http), derive_secret(signing[0].secret, event))

    return url_of


async def mail_links(store: Store, address: str, key: Key, *, chance: Callable[[int], bytes], now: dt.datetime) -> int:
    """Mail a link for each account that *address* is an owner of; give their number. ``chance(octets)`` is random.

    A mail goes to the owner's address as the account spells it, never as it was typed.
    """
    form, count = comparable(address), 0
    for account, owner in _owned_accounts(list((await store.directory(OPERATOR)).accounts.values()), form)[
        :MOST_ACCOUNTS
    ]:
        event = f"sign-in.{chance(EVENT_OCTETS).hex()}"
        link = SignInLink(account.name, Role.OWNER, owner, now + LINK_LASTS)
        digest = digest_of(derive_secret(key.secret, event))
        scope = AccountScope(account.name)
        count += await store.mail_link(scope, link, digest, event=event, limit=MOST_LINKS, now=now)
    return count


def _owned_accounts(accounts: list[Account], form: str) -> list[tuple[Account, str]]:
    pairs = [(account, owner) for account in accounts for owner in account.owners if comparable(owner) == form]
    return sorted(pairs, key=lambda pair: pair[0].name)
