"""The details of an account, for programs and for people: its aliases, its terms, and every preference in force."""

from collections.abc import Iterator
from typing import Any

from bouncer.manage.accounts import AccountDetails
from bouncer.notify.serialize import to_plain
from bouncer.policy.preferences import preferences

_ITS_OWN = ("name", "owners", "forwarding", "senders", "created_at", "failing")


def as_object(details: AccountDetails) -> dict[str, Any]:
    """Give the details of an account as plain data; "preferences" has the preferences in force for each owner."""
    preferred = {owner: to_plain(owner_preferences) for owner, owner_preferences in details.preferences.items()}
    return {**to_plain(details.account), "aliases": [*details.aliases], "preferences": preferred}


def as_pairs(details: AccountDetails) -> Iterator[tuple[str, Any]]:
    """Give the details of an account as pairs for people: after the preferences of all owners come those of single owners."""
    account = details.account
    values = to_plain(account)
    yield from ((name, values[name]) for name in _ITS_OWN)
    yield "aliases", [*details.aliases]
    for subscription in account.subscriptions:
        topics = ", ".join(subscription.topics) or "everything"
        yield f"{subscription.channel} {subscription.destination}", f"hears of {topics}"
    yield from values["terms"].items()
    for_all = to_plain(preferences(account.wishes, ""))
    yield from ((f"prefers {name}", value) for name, value in for_all.items())
    for owner in (owner for owner in sorted(account.wishes) if owner):
        owner_preferences = to_plain(preferences(account.wishes, owner))
        yield from (
            (f"{owner} prefers {name}", owner_preferences[name])
            for name in account.wishes[owner]
            if name in owner_preferences
        )
