"""Decide whether an address that a report names is the message's recipient in another system's spelling.

Systems on the way respell a message's recipient: gateways put the whole address into a local part (RFC 1123 section 5.2.16 names
the percent sign), Exchange encapsulates it (IMCEA, [MS-OXCMAIL] section 2.1.3.3), Gmail leaves out dots and tags, hosts name
themselves in the domain, delivery agents see a local part only, and some do not decode xtext (RFC 3461 section 4). Any other
difference makes another mailbox: also the same local part at an unrelated domain.
"""

import re

from bouncer.mail.address import MAX_PATH, fold_comparable, split

MAX_SPELLED = 2 * MAX_PATH
"""Characters of an address that is examined: an address inside another may make it twice as long as usual."""

_XTEXT = re.compile(r"\+([0-9a-f]{2})")
_IMCEA = re.compile(r"imcea[a-z0-9]{1,12}-")
_SIGNS = re.compile(r"[+%!=#@]|imcea")
"""Every local part that holds an address contains one of these."""
_BEGINNING = re.compile(r"[a-z0-9]++")
_GUEST = "#ext#"
"""Exchange writes this after a guest's address, in which an underscore replaces the @."""
_ASTRAY = "%!=#"
"""Signs that replace the @ of an address inside a local part; with ! the domain comes first (RFC 976)."""
_INTERNAL = frozenset({"localhost", "localdomain", "local", "lan", "internal", "intranet", "private", "corp", "home"})
"""Last labels of names that only one network knows (RFC 6761 section 6.3, RFC 6762 appendix G)."""


def is_same_mailbox(written: str, reported: str) -> bool:
    """Whether *reported* is *written* or another spelling of it; both are in comparable form."""
    if written == reported:
        return True
    begins = _BEGINNING.search(written)  # every spelling contains it
    if begins and begins[0] not in reported:
        return False
    return _agree(written, reported) or any(_agree(written, address) for address in embedded_addresses(reported))


def embedded_addresses(reported: str) -> tuple[str, ...]:
    """Give the addresses, a few, that a gateway may have put inside *reported*; none where it is longer than MAX_SPELLED."""
    local, domain = split(reported)
    local = local.strip('"')
    if len(reported) > MAX_SPELLED or not _SIGNS.search(local):
        return ()
    plain = _XTEXT.sub(_unhex, local)
    decoded = _XTEXT.sub(_unhex, plain)
    candidates = [f"{plain}@{domain}", f"{decoded}@{domain}"]
    guest, is_guest, _ = local.partition(_GUEST)
    for text in (plain, decoded, _IMCEA.sub("", plain, count=1), guest):
        candidates += [text] if "@" in text else []
        candidates += [_with_at(text, sign) for sign in _ASTRAY if sign in text]
    candidates += ["@".join(guest.rsplit("_", 1))] if is_guest else []
    candidates += [_common_name(plain)] if _IMCEA.match(local) else []
    return tuple(dict.fromkeys(candidates))


def _agree(own_address: str, reported: str) -> bool:
    if fold_comparable(own_address) == fold_comparable(reported):
        return True
    own_local, own_domain = split(own_address)
    local, domain = split(reported)
    return local in (own_local, _cut_tag(own_local)) and _is_part(domain, own_domain)


def _cut_tag(local: str) -> str:
    """Cut off the detail after the plus sign (RFC 5233 section 1), which only the mailbox's own host knows."""
    return local.partition("+")[0] or local


def _is_part(domain: str, reported: str) -> bool:
    """Whether one domain is the other or a host in it; an empty domain or one of an internal network fits any other."""
    if not domain or domain == reported or domain.rpartition(".")[2] in _INTERNAL:
        return True
    return domain.endswith(f".{reported}") or ("." in domain and reported.endswith(f".{domain}"))


def _with_at(text: str, sign: str) -> str:
    before, _, after = text.rpartition(sign)
    return f"{after}@{before.rpartition(sign)[2]}" if sign == "!" else f"{before}@{after}"


def _common_name(directory_name: str) -> str:
    """Give the last name of an X.500 path, without the number that often precedes it: for mailboxes, the local part."""
    return re.split(r"[_/]cn=", directory_name)[-1].rpartition("-")[2]


def _unhex(code: re.Match[str]) -> str:
    return chr(int(code[1], 16))
