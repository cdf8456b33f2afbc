"""Addresses as people write them in commands: alone, in angle brackets, or with a display name in front."""

import re

import click

from bouncer.mail.address import is_plausible, split

_PARTING = re.compile(r'[,;:()\[\]\\@"]')  # RFC 5322 section 3.2.3: specials, which need quotes
_PARTING_DOMAIN = re.compile(r'[,;()\\"]')  # an address literal has brackets and colons
_WITH_NAME = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")


def address_in(text: str) -> str | None:
    """Parse the address in *text*: jane@example.org, <jane@example.org>, Jane <jane@example.org>; None without any.

    >>> address_in("Jane Doe <jane@example.org>")
    'jane@example.org'
    >>> address_in("Jane Doe") is None
    True
    """
    stripped = text.strip()
    match = _WITH_NAME.fullmatch(stripped)
    address = match["address"].strip() if match else stripped
    return address if is_plausible(address) and _is_single(address) else None


def _is_single(address: str) -> bool:
    """Whether *address* has no separator outside quotes, as two addresses have, or mailto:jane@example.org."""
    local, domain = split(address)
    is_quoted = local.startswith('"') and local.endswith('"')
    return not (_PARTING_DOMAIN.search(domain) or (_PARTING.search(local) and not is_quoted))


def entry_in(text: str) -> str | None:
    """Parse an entry of the allow-list: an address, or @example.org for a whole domain; None if *text* is neither."""
    whole = text.strip()
    return whole if whole.startswith("@") and is_plausible(f"x{whole}") else address_in(whole)


def address_value(_context: click.Context, parameter: click.Parameter, text: str | None) -> str | None:
    """Callback of click: parse an option or argument that is an address."""
    return None if text is None else _address(text, parameter)


def addresses(_context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> tuple[str, ...]:
    """Callback of click: parse arguments that are addresses."""
    return tuple(_address(text, parameter) for text in texts)


def entries(_context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]) -> tuple[str, ...]:
    """Callback of click: parse arguments that are entries of the allow-list."""
    checked = []
    for text in texts:
        entry = entry_in(text)
        if entry is None:
            raise click.BadParameter(f"{text!r} is no mail address, nor a domain such as @example.org", param=parameter)
        checked.append(entry)
    return tuple(checked)


def entry(_context: click.Context, parameter: click.Parameter, text: str | None) -> str | None:
    """Callback of click: parse an option that is an entry of the allow-list."""
    return None if text is None else entries(_context, parameter, (text,))[0]


def _address(text: str, parameter: click.Parameter) -> str:
    address = address_in(text)
    if address is None:
        raise click.BadParameter(f"{text!r} is no mail address", param=parameter)
    return address
