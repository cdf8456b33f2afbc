"""Loading the settings: the environment overrides the file. All faults are reported at once."""

import dataclasses
import tomllib
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from bouncer.errors import ConfigError
from bouncer.policy.networks import is_within
from bouncer.settings.addresses import LOOPBACK, UNIX, host_port, is_host_port
from bouncer.settings.sections import (
    READING_AT_REST,
    READING_OCTETS,
    Settings,
    key_of,
)
from bouncer.settings.values import (
    FromEnvironment,
    check_bounds,
    to_type,
)

PREFIX = "BOUNCER_"
"""The prefix of our environment variables."""


def load(text: str, environment: Mapping[str, str], source: str = "settings") -> Settings:
    """Make the tree from TOML *text* and the *environment*; raises ConfigError with every fault, each naming *source*."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}: not TOML: {error}") from None
    faults: list[str] = []
    for name, (section, key) in environment_names(environment).items():
        _override(document, section, key, environment[name])
    sections: dict[str, Any] = {}
    defaults = {field.name: field.default for field in dataclasses.fields(Settings)}
    for name in sorted(document.keys() - defaults.keys()):
        faults.append(f"{source}: [{name}] unknown section")
    for name, default in defaults.items():
        table = document.get(name, {})
        if not isinstance(table, dict):
            faults.append(f"{source}: {name} must be a section, [{name}]")
            continue
        sections[name] = _section(type(default), name, table, source, faults)
    faults += [f"{source}: {fault}" for fault in _contradictions(document)]
    tree = Settings(**sections)
    faults += [f"{source}: {fault}" for fault in (*_too_large_to_read(tree), *_find_clear_addresses(tree))]
    if faults:
        raise ConfigError(*faults)
    return tree


def environment_names(environment: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Give section and key of each setting in *environment*. Where two variables set one key, the last by name wins."""
    return {
        name: (section, key)
        for name in sorted(environment)
        for section, separator, key in [name.removeprefix(PREFIX).lower().partition("__")]
        if name.startswith(PREFIX) and separator
    }


def _override(document: dict[str, Any], section: str, key: str, value: str) -> None:
    table = document.setdefault(section, {})
    if isinstance(table, dict):
        table[key] = FromEnvironment(value)


def _section(kind: Any, name: str, table: dict[str, Any], source: str, faults: list[str]) -> Any:
    fields = {key_of(field): field for field in dataclasses.fields(kind)}
    faults += [f"{source}: [{name}] {key}: unknown key" for key in sorted(table.keys() - fields.keys())]
    types_of = typing.get_type_hints(kind)
    values = {}
    for key, field in fields.items():
        if key not in table:
            continue
        try:
            values[field.name] = check_bounds(to_type(table[key], types_of[field.name]), field)
        except ValueError as error:
            where = (
                f"{PREFIX}{name}__{key}".upper()
                if isinstance(table[key], FromEnvironment)
                else f"{source}: [{name}] {key}"
            )
            faults.append(f"{where}: {error}")
    return kind(**values)


def _contradictions(document: Mapping[str, Any]) -> Iterator[str]:
    sections = {name: table for name, table in document.items() if isinstance(table, dict)}
    smtp = sections.get("smtp", {})
    for name in ("smtp", "http"):
        table = sections.get(name, {})
        if bool(table.get("tls_certificate")) != bool(table.get("tls_key")):
            yield f"[{name}] tls_certificate and tls_key: set both or neither"
    if smtp.get("domains") == []:
        yield "[smtp] domains: name at least one return-path domain"
    if sections.get("milter", {}).get("listen") and not sections.get("tokens", {}).get("keys"):
        yield "[milter] listen: signing needs [tokens] keys"


def _find_clear_addresses(tree: Settings) -> Iterator[str]:
    """Give the addresses on which keys would travel over a network in the clear."""
    http = tree.http
    if http.tls_certificate or http.proxies:
        return
    for address in http.listen:
        if address.startswith(UNIX) or not is_host_port(address):
            continue
        host, _ = host_port(address)
        if host != "localhost" and not is_within(host, LOOPBACK):
            yield f"[http] listen: on {address} API keys would travel in the clear: set tls_certificate, or name proxies"


def _too_large_to_read(tree: Settings) -> Iterator[str]:
    max_message, memory = tree.smtp.max_message, tree.reading.memory
    needed = READING_AT_REST + READING_OCTETS * max_message
    if memory < needed:
        fitting = (memory - READING_AT_REST) // READING_OCTETS
        yield (
            f"[reading] memory: {memory} octets are too few to read a letter of [smtp] max_message, {max_message}: "
            f"make it {needed} at least, or max_message {fitting} at most"
        )
