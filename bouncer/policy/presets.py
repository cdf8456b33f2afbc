"""Presets: named sets of preferences for a kind of mail. Pure."""

from collections.abc import Mapping

from bouncer.policy.preferences import Overrides, override

PEOPLE, NEWSLETTERS = "people", "newsletters"
PRESETS: Mapping[str, Mapping[str, str]] = {
    # somebody waits for an answer: each report at once, as mail providers do; ``most`` bounds a mishap with a large mailing
    PEOPLE: {"soft": "at-once", "technical": "at-once", "delay": "at-once", "most": "10"},
    # the defaults: temporary failures are read once a day
    NEWSLETTERS: {"soft": "daily", "technical": "daily", "delay": "daily", "most": "2"},
}
"""The preferences of each preset; all presets set the same preferences, so that one replaces another completely."""


def apply_preset(wishes: Overrides, owner: str, name: str) -> Overrides:
    """Give *wishes* with the preferences of the preset *name*, for all owners where *owner* is empty, else for that owner.

    Default values are not stored: the account follows the defaults of later versions.
    """
    for key, value in PRESETS[name].items():
        wishes = override(wishes, owner, key, "" if name == NEWSLETTERS and not owner else value)
    return wishes
