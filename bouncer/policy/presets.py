"""Presets: preferences that fit a kind of mail, under one name. Pure."""

from collections.abc import Mapping

from bouncer.policy.preferences import Overrides, wish

PEOPLE, NEWSLETTERS = "people", "newsletters"
PRESETS: Mapping[str, Mapping[str, str]] = {
    # somebody waits for an answer: each report at once, as mail providers tell it; most bounds a mishap with a large mailing
    PEOPLE: {"soft": "at-once", "technical": "at-once", "delay": "at-once", "most": "10"},
    # the defaults: what passes by itself is read once a day
    NEWSLETTERS: {"soft": "daily", "technical": "daily", "delay": "daily", "most": "2"},
}
"""What each preset says; all say something of the same preferences, so that one takes the place of another whole."""


def preset(wishes: Overrides, owner: str, name: str) -> Overrides:
    """Give *wishes* with those of the preset *name*, for all owners where *owner* is empty, else for that one.

    Nothing is written down that is the default: an account follows the defaults of later versions.
    """
    for key, value in PRESETS[name].items():
        wishes = wish(wishes, owner, key, "" if name == NEWSLETTERS and not owner else value)
    return wishes
