"""Whether an address that a report names is the mailbox that was written to, in the spelling of another system.

On its way a message's recipient is respelled: gateways put the whole address into a local part (RFC 1123 section 5.2.16 names the
percent sign), Exchange encapsulates it (IMCEA, [MS-OXCMAIL] section 2.1.3.3), Gmail leaves out dots and tags, hosts name
themselves in the domain, delivery agents see a local part only, and some leave xtext (RFC 3461 section 4) as it is. What is not
surely one of these is another mailbox: the same local part at a domain that is no part of the other one, too.
"""

import re

from bouncer.mail.address import MAX_PATH, fold, split

MAX_SPELLED = 2 * MAX_PATH
"""Characters of an address that is looked at: one that was put into another may be twice as long."""

_XTEXT = re.compile(r"\+([0-9a-f]{2})")
_IMCEA = re.compile(r"imcea[a-z0-9]{1,12}-")
_SIGNS = re.compile(r"[+%!=#@]|imcea")
"""One of these stands in every local part that holds an address."""
_BEGINNING = re.compile(r"[a-z0-9]++")
_GUEST = "#ext#"
"""What Exchange writes behind a guest's address, whose @ is an underscore in it."""
_ASTRAY = "%!=#"
"""Signs that stand for the @ of an address inside a local part; with ! the domain stands first (RFC 976)."""
_INTERNAL = frozenset({"localhost", "localdomain", "local", "lan", "internal", "intranet", "private", "corp", "home"})
"""Last labels of names that only one network knows (RFC 6761 section 6.3, RFC 6762 appendix G)."""


def is_same_mailbox(written: str, reported: str) -> bool:
    """Whether *reported* is *written* or another spelling of it; both are in comparable form."""
    if written == reported:
        return True
    begins = _BEGINNING.search(written)  # stands in every spelling
    if begins and begins[0] not in reported:
        return False
    return _agree(written, reported) or any(_agree(written, address) for address in inner(reported))


def inner(reported: str) -> tuple[str, ...]:
    """Give the addresses that may stand inside of *reported*, as gateways put them there; few, and none for what is too long."""
    local, domain = split(reported)
    local = local.strip('"')
    if len(reported) > MAX_SPELLED or not _SIGNS.search(local):
        return ()
    plain = _XTEXT.sub(_unhex, local)
    twice = _XTEXT.sub(_unhex, plain)
    found = [f"{plain}@{domain}", f"{twice}@{domain}"]
    guest, is_guest, _ = local.partition(_GUEST)
    for text in (plain, twice, _IMCEA.sub("", plain, count=1), guest):
        found += [text] if "@" in text else []
        found += [_with_at(text, sign) for sign in _ASTRAY if sign in text]
    found += ["@".join(guest.rsplit("_", 1))] if is_guest else []
    found += [_common_name(plain)] if _IMCEA.match(local) else []
    return tuple(dict.fromkeys(found))


def _agree(own: str, found: str) -> bool:
    if fold(own) == fold(found):
        return True
    own_local, own_domain = split(own)
    local, domain = split(found)
    return local in (own_local, _untagged(own_local)) and _is_part(domain, own_domain)


def _untagged(local: str) -> str:
    """Without the detail behind the plus (RFC 5233 section 1), which only the mailbox's own host knows."""
    return local.partition("+")[0] or local


def _is_part(domain: str, other: str) -> bool:
    """Whether one of two domains is the other, or a host in it; a local part alone has none, and an inner name is nobody else's."""
    if not domain or domain == other or domain.rpartition(".")[2] in _INTERNAL:
        return True
    return domain.endswith(f".{other}") or ("." in domain and other.endswith(f".{domain}"))


def _with_at(text: str, sign: str) -> str:
    before, _, after = text.rpartition(sign)
    return f"{after}@{before.rpartition(sign)[2]}" if sign == "!" else f"{before}@{after}"


def _common_name(directory_name: str) -> str:
    """The last name of an X.500 path, which for mailboxes is the alias, often behind a number: a local part."""
    return re.split(r"[_/]cn=", directory_name)[-1].rpartition("-")[2]


def _unhex(code: re.Match[str]) -> str:
    return chr(int(code[1], 16))
