"""Forwarding of reports and of complaints to an account's owners, as two switches over their preferences."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from bouncer.manage.accounts import AccountChange, change_account
from bouncer.manage.change_values import ChangedBy
from bouncer.manage.owner_preferences import PreferenceChange
from bouncer.manage.scopes import known_account
from bouncer.policy.preferences import Frequency, preferences
from bouncer.ports.accounts import Account
from bouncer.ports.scope import Scope
from bouncer.ports.store import Store
from bouncer.settings.sections import SmtpSettings


class Forwarded(StrEnum):
    """The kinds of reports that are forwarded to the owners."""

    BOUNCES = "bounces"
    COMPLAINTS = "complaints"


TOPICS_OF = {
    Forwarded.BOUNCES: ("hard", "block", "other", "soft", "technical", "delay"),
    Forwarded.COMPLAINTS: ("complaint",),
}
"""The topics of preferences that are switched together, by the kind of reports."""


@dataclass(frozen=True, slots=True)
class Forwarding:
    """Whether one kind of reports is forwarded, and the account's owners, who get both kinds."""

    enabled: bool
    owners: tuple[str, ...]


async def forwarding_of(store: Store, scope: Scope, name: str, topic_group: Forwarded) -> Forwarding:
    """Give the forwarding of the account *name*. Raises NotFound."""
    return _forwarding(await known_account(store, scope, name), topic_group)


async def change_forwarding(
    store: Store,
    scope: Scope,
    name: str,
    topic_group: Forwarded,
    *,
    enabled: bool | None,
    owners: tuple[str, ...] | None,
    by: ChangedBy,
    now: dt.datetime,
) -> Forwarding:
    """Switch the forwarding of one kind of reports on or off (*enabled*), and replace the owners; None leaves either as it is.

    Forwarding that is off is the frequency ``off`` for each topic of the kind, for all owners; forwarding that is on is each
    topic's default. Preferences of single owners stay.
    Raises NotFound, and InvalidValue for an owner that is no mail address.
    """
    account = await known_account(store, scope, name)
    changes = dict[str, str]()
    if enabled is not None and enabled != _forwarding(account, topic_group).enabled:
        changes = dict.fromkeys(TOPICS_OF[topic_group], "" if enabled else Frequency.OFF.value)
        if enabled and not account.forwarding:
            changes = {**dict.fromkeys((topic for topics in TOPICS_OF.values() for topic in topics), "off"), **changes}
    change = AccountChange(
        owners=owners,
        forwarding=True if enabled else None,
        preferences=PreferenceChange(overrides=tuple(changes.items())),
    )
    changed = await change_account(store, scope, name, change, SmtpSettings(), by=by, now=now)  # no servers are changed
    return _forwarding(changed, topic_group)


def _forwarding(account: Account, topic_group: Forwarded) -> Forwarding:
    account_preferences = preferences(account.wishes, "")
    is_told = any(getattr(account_preferences, topic) is not Frequency.OFF for topic in TOPICS_OF[topic_group])
    return Forwarding(account.forwarding and is_told, account.owners)
