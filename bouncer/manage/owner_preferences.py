"""Preferences of owners: a change of them, and the preferences that each owner then has."""

from dataclasses import dataclass

from bouncer.errors import InvalidValue
from bouncer.policy.preferences import KEYS, Overrides, Preferences, override, parse_preference, preferences
from bouncer.policy.presets import PRESETS, apply_preset
from bouncer.ports.accounts import Account


@dataclass(frozen=True, slots=True)
class PreferenceChange:
    """A preset, and single preferences that go before it, for all owners or one; an empty value is the default again."""

    overrides: tuple[tuple[str, str], ...] = ()
    preset: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class HeldPreferences:
    """Preferences that some owners share; no owners while the account has none."""

    owners: tuple[str, ...]
    preferences: Preferences


def checked_override(key: str, value: str) -> tuple[str, str]:
    """Give one preference as it was given. Raises InvalidValue where there is none such, or it cannot have that value."""
    try:
        if value or key not in KEYS:
            parse_preference(key, value)
    except ValueError as error:
        raise InvalidValue(f"{key}: {error}", field="preferences") from None
    return key, value


def changed_preferences(account: Account, change: PreferenceChange) -> Overrides:
    """Give the overrides of *account* with *change*. Raises InvalidValue for an address that is no owner, and for bad values."""
    if change.owner is not None and change.owner not in account.owners:
        raise InvalidValue(f"{change.owner} is no owner of {account.name}", field="owner")
    if change.preset is not None and change.preset not in PRESETS:
        raise InvalidValue(f"{change.preset!r} is no preset", field="preset")
    owner = change.owner or ""
    overrides = apply_preset(account.wishes, owner, change.preset) if change.preset else account.wishes
    for key, value in change.overrides:
        overrides = override(overrides, owner, *checked_override(key, value))
    return overrides


def held_preferences(account: Account) -> tuple[HeldPreferences, ...]:
    """Give the preferences of all owners, grouped by equal ones; none where no notices are sent."""
    if not account.forwarding:
        return ()
    owners_of_preferences: dict[Preferences, list[str]] = {}
    for owner in account.owners:
        owners_of_preferences.setdefault(preferences(account.wishes, owner), []).append(owner)
    groups = tuple(HeldPreferences(tuple(owners), shared) for shared, owners in owners_of_preferences.items())
    return groups or (HeldPreferences((), preferences(account.wishes, "")),)
