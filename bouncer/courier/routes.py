"""The choice of the courier for an outbox entry: by the domain of its owner, else [forward] courier.

A route is a text, ``DOMAIN COURIER [OPTION=VALUE ...]``. Domains with the same courier and options share that courier, with its
connections and its rate limit. Each courier has a lane of the outbox of its own: one that is slow, or away, delays no other.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from bouncer.courier.choose import make_courier
from bouncer.courier.envelope import envelope_address
from bouncer.errors import ConfigError
from bouncer.mail.address import ascii_domain
from bouncer.ports.delivery import Courier
from bouncer.ports.outbox import Lane
from bouncer.settings.sections import ForwardSettings
from bouncer.settings.values import read_setting

OPTIONS = ("password", "starttls", "connections", "per_minute")
"""Settings of [forward] that a route can override."""


@dataclass(frozen=True, slots=True)
class Route:
    """A courier, the settings that name it, and its lane of the outbox."""

    lane: Lane
    settings: ForwardSettings
    courier: Courier


def courier_urls(settings: ForwardSettings) -> tuple[str, ...]:
    """Give the couriers as the settings name them, first the one of all other domains; malformed routes are left out."""
    routes = (text.split() for text in settings.routes)
    return (settings.courier, *(words[1] for words in routes if len(words) > 1))


def make_routes(settings: ForwardSettings, *, hostname: str = "localhost") -> tuple[Route, ...]:
    """Make the couriers, first the one of all other domains. Raises ConfigError with every fault."""
    faults: list[str] = []
    domains_of_route: dict[tuple[str, ...], set[str]] = {}
    known_domains: set[str] = set()
    for route in settings.routes:
        domain, *words = route.split() or [""]
        domain = ascii_domain(domain)
        faults += [f"[forward] routes: {route}: {fault}" for fault in _faults(domain, words, known_domains)]
        known_domains.add(domain)
        domains_of_route.setdefault(tuple(words), set()).add(domain)
    if faults:
        raise ConfigError(*faults)
    routes = [Route(Lane(excluded=frozenset(known_domains)), settings, make_courier(settings, hostname=hostname))]
    for own_words, domains in domains_of_route.items():
        route_settings = _route_settings(settings, own_words)
        try:
            routes.append(
                Route(Lane(frozenset(domains)), route_settings, make_courier(route_settings, hostname=hostname))
            )
        except ConfigError as error:
            faults += [
                f"[forward] routes: {min(domains)}: {fault.removeprefix('[forward] ')}" for fault in error.faults
            ]
    if faults:
        raise ConfigError(*faults)
    return tuple(routes)


def _faults(domain: str, words: list[str], known_domains: set[str]) -> Iterator[str]:
    if not envelope_address(f"owner@{domain}"):
        yield "must begin with the domain of owners"
    if domain in known_domains:
        yield "this domain has a route already"
    if not words:
        yield "the courier is missing, smtp://..."
    for word in words[1:]:
        key, _, value = word.partition("=")
        if key not in OPTIONS:
            yield f"{word}: there are {', '.join(f'{option}=' for option in OPTIONS)}"
            continue
        try:
            read_setting(ForwardSettings, key, value)
        except ValueError as error:
            yield f"{key}: {error}"


def _route_settings(settings: ForwardSettings, words: tuple[str, ...]) -> ForwardSettings:
    """Give *settings* with the route's courier; the password of [forward] is not used with another courier."""
    options = (word.split("=", 1) for word in words[1:])
    read = {key: read_setting(ForwardSettings, key, value) for key, value in options}
    return dataclasses.replace(settings, **{"courier": words[0], "password": None, **read})
