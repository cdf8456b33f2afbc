"""Addresses that can be in an envelope: on an SMTP command line and in a program's arguments (RFC 5321 section 4.1.2)."""

import re

from bouncer.mail.address import ascii_domain, is_plausible, split

NOT_AN_ADDRESS = "not an address that an envelope can carry"
"""A courier's reason for refusing a mail because of its envelope."""

# Dot-string only, with RFC 6531's letters. A quoted local part is legal, but sendmail programs read their arguments as
# lists of addresses with comments, and no owner has such an address.
_LOCAL_PART = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_DOMAIN = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[a-z0-9:.]+\]")


def envelope_address(address: str) -> str | None:
    """Give *address* in its form for an envelope, the domain in A-labels; empty stays empty; None where that is impossible."""
    if not address:
        return ""
    local, domain = split(address)
    domain = ascii_domain(domain)
    sound = is_plausible(address) and _LOCAL_PART.fullmatch(local) and _DOMAIN.fullmatch(domain)
    return f"{local}@{domain}" if sound and not local.startswith("-") else None
