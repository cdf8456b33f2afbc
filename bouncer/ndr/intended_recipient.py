"""The address that a message was written to, where a report names another as failed.

A gateway may write the sender into Final-Recipient. A forwarding host names only the target that it forwards to (RFC 5321 section
3.9.1), an address that the sender does not know.
"""

import re
from functools import lru_cache

from bouncer.ndr import addresses, fallback, parties, phrases
from bouncer.ndr.letter import Letter
from bouncer.ndr.notice_text import NEVER

MAX_ANSWER = 1_000
"""Characters at an answer's beginning that are searched for the address that it is about."""
_ANSWERED_FOR = re.compile(
    r"(?:\brcpt to: ?|\b[45]\d\d[ -] {0,3}(?:#?[45]\.\d{1,3}\.\d{1,3}:? {1,3})?)<?(" + addresses.ADDRESS + ")",
    re.IGNORECASE,
)
_FORWARDED = ("x-forwarded-for", "x-forwarded-to")
"""Fields of forwarding hosts: the address that was written to, then the target."""


def original_address(reported: str, final: str, original: str, diagnostic: str, letter: Letter, *, alone: bool) -> str:
    """Give the address that the message was written to, for a report that names *reported*.

    *final* is its Final-Recipient; *original* its Original-Recipient, which decides where it is a different address.
    *diagnostic* is the answer, which may name the failed address; *alone* tells whether the report is about one recipient only.

    Empty where only the sender is named and the returned message was not written to him. Without a returned message, he may have
    written to himself.
    """
    lower = reported.lower()
    to = letter.original.to
    if lower in _lower_case(to):
        return reported
    if lower in parties.senders_as_written(letter.addressed_to, letter.returned) and lower in _senders(letter):
        return _other_than_sender(final, diagnostic, letter) or ("" if letter.returned else reported)
    if (original and original.lower() != final.lower()) or not alone or len(to) != 1:
        return reported
    return to[0] if _is_forwarded(to[0], reported, letter) and not _is_own_list(to[0], letter) else reported


def complete_address(name: str, letter: Letter) -> str:
    """Give the address that the returned message went to, where the report has a local part, an X.400 name or a program."""
    if not name or "@" in name:
        return name
    to = letter.original.to
    return _index_local_parts(to).get(name.lower(), to[0] if len(to) == 1 else name)


@lru_cache(maxsize=1)
def _index_local_parts(to: tuple[str, ...]) -> dict[str, str]:
    """Give the first of the addresses *to* by each local part; both may be hundreds."""
    return {address.lower().partition("@")[0]: address for address in reversed(to) if "@" in address}


def failed_address(final: str, diagnostic: str, declared: str, letter: Letter) -> str | None:
    """Give the failed address where it differs from *final*: a member of an alias who has left, for example.

    *declared* is Sendmail's X-Actual-Recipient, *diagnostic* the server's answer: an address right after its code is the one that
    the server was asked about, unless it is the sender's.
    """
    answered = _ANSWERED_FOR.findall(diagnostic[:MAX_ANSWER]) if "@" in diagnostic else ()
    final_form = final.lower()
    for address in (declared, *map(addresses.strip_address, answered)):
        if "@" not in address or address.lower() == final_form:
            continue
        if not NEVER.match(address) and address.lower() not in _senders(letter):
            return address
    return None


@lru_cache(maxsize=1)
def _lower_case(to: tuple[str, ...]) -> frozenset[str]:
    """The addresses of a To in lower case, cached for the letter: hundreds may have failed, and To may hold hundreds."""
    return frozenset(address.lower() for address in to)


def _senders(letter: Letter) -> frozenset[str]:
    return parties.senders(letter.addressed_to, letter.returned)


def _other_than_sender(final: str, diagnostic: str, letter: Letter) -> str:
    """Give the only address that can have failed: named in the answer, else in the words, as *final*, in the returned To."""
    senders = _senders(letter)
    in_words = letter.mention_index.addresses
    guessed = letter.original.to if fallback.from_return_path(letter) is None else ()  # our path needs no guess
    candidates = (tuple(addresses.find(diagnostic)), in_words, tuple(addresses.find(final)), guessed)
    return next((only for group in candidates if (only := _only_stranger(group, senders))), "")


@lru_cache(maxsize=4)
def _only_stranger(candidates: tuple[str, ...], senders: frozenset[str]) -> str:
    """Give the only one of the *candidates* who is none of the *senders*, else nothing; a letter has the same for hundreds."""
    strangers = {address.lower(): address for address in candidates if address.lower() not in senders}
    return strangers.popitem()[1] if len(strangers) == 1 else ""


def _is_own_list(address: str, letter: Letter) -> bool:
    """Whether *address* is the sender's own list, ``staff@`` for ``staff-bounces@``: then the named address is a member's."""
    local, _, domain = address.lower().rpartition("@")
    return any(
        sender.startswith((f"{local}-", f"{local}+")) and sender.endswith(f"@{domain}") for sender in _senders(letter)
    )


def _is_forwarded(address: str, target: str, letter: Letter) -> bool:
    """Whether the letter shows that mail to *address* is forwarded to *target*."""
    forwarded = " ".join(letter.headers.raw(name) for name in _FORWARDED).lower()
    if address.lower() in forwarded and target.lower() in forwarded:
        return True
    return _went_through(address.lower(), target.lower(), letter.trace)


def _went_through(address: str, target: str, trace: str) -> bool:
    """Whether *trace* names *address* as an envelope recipient, and *target* nowhere but in a forwarding host's fields."""
    for field in (f"x-forwarded-to: {target}", f"x-forwarded-for: {address} {target}"):
        trace = trace.replace(field, "")
    fields = f"for <{address}>", f"delivered-to: {address}", f"x-original-to: {address}"
    return target not in trace and phrases.contains_any(fields, trace)
