"""The milter, the policy service and the socketmap table: the list of them, and how they are made from the settings."""

from collections.abc import Callable

from bouncer.milter.conversation import Conversation
from bouncer.milter.delegation import PolicyAsked
from bouncer.milter.door import Door
from bouncer.milter.guests import Guests
from bouncer.milter.session import MilterSession
from bouncer.milter.socketmap import MapAsked
from bouncer.milter.terms import Send, Takes, Terms, make_terms
from bouncer.settings import MilterSettings
from bouncer.unix_listening import Access

KINDS: dict[str, tuple[str, Callable[[Guests[Conversation], Terms], Conversation]]] = {
    "milter": ("listen", MilterSession),
    "policy": ("policy_listen", PolicyAsked),
    "socketmap": ("socketmap_listen", MapAsked),
}
"""Each door: its name, which is also its socket's (FileDescriptorName=); its setting, and what is spoken there."""


def make_doors(settings: MilterSettings, stage: Send, takes: Takes) -> dict[str, Door]:
    """Make all doors, by name; one with nowhere to listen opens only on sockets given to it. Raises ConfigError."""
    terms = make_terms(settings, stage, takes)
    return {name: _door(settings, terms, setting, asked) for name, (setting, asked) in KINDS.items()}


def _door(
    settings: MilterSettings, terms: Terms, setting: str, asked: Callable[[Guests[Conversation], Terms], Conversation]
) -> Door:
    guests = Guests[Conversation](settings.max_connections, idle_seconds=settings.idle_seconds)
    access = Access(int(settings.socket_mode, 8), settings.socket_group)
    return Door(
        f"[milter] {setting}",
        getattr(settings, setting),
        guests=guests,
        begin=lambda guests: asked(guests, terms),
        access=access,
    )
