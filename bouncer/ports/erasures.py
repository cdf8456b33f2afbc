"""Erasing all that is stored about addresses, and the port that does it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bouncer.policy.records import ChangeSource
from bouncer.ports.scope import Scope


@dataclass(frozen=True, slots=True)
class Erasure:
    """The result of an erasure, in rows; it names nobody."""

    bounces: int = 0
    letters: int = 0
    """Letters whose octets were deleted."""
    notices: int = 0
    """Notices and events, also those that have left."""
    messages: int = 0
    """Registered messages from which the address was taken, or that went with it."""
    changes: int = 0
    """Entries of the audit trail."""
    allowed: int = 0
    """Entries of the allow-list."""
    texts: int = 0
    """Rows about others whose texts named the address and were emptied, and kept answers, links and saved filters that named it."""
    suppressions: int = 0
    """Suppressions that are over."""
    kept_suppressions: int = 0
    """Suppressions that stay in force without the address."""
    waiting_letters: int = 0
    """Letters that name the address and are not read yet: they stay, and a later erasure finds what they say."""
    left_names: int = 0
    """Names that people of the account gave and that name the address, as labels, URLs, campaigns, aliases: they stay."""


@dataclass(frozen=True, slots=True)
class ErasureOrder:
    """An order to erase all that names one of *addresses*; *words* say who ordered it, for the audit trail.

    With *keeps_suppressions* a suppression in force stays, as a keyed digest of the address. *words* must name nobody.
    """

    addresses: Sequence[str]
    source: ChangeSource
    words: str
    at: dt.datetime
    keeps_suppressions: bool = True


class Erasures(Protocol):
    """Erases addresses."""

    async def erase(self, scope: Scope, order: ErasureOrder) -> Erasure:
        """Delete all that names an address, inside *scope*: bounces, letters, notices, messages, trail, lists.

        At Gmail all spellings of a mailbox are one address; and a gateway's address with that address inside is the same person's.
        Many short commits, between which others write; an error leaves
        those before it in force. Idempotent: a second call goes on where the first one ended. The audit trail of each account that
        it changed gets an entry without the address.
        """
        ...
