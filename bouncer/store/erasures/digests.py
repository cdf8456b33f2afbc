"""Keyed digests of addresses: by its digest a suppression stays in force after the address is erased.

The secret is random, and the store has it. A person who has the store can ask whether an address that he knows was erased; nobody
can list the addresses.
"""

import hmac
from collections.abc import Sequence

import sqlalchemy as sa

from bouncer.mail.address import gmail_mailbox, split
from bouncer.store.engine.engine import insert
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.tables import erasure_secret

SECRET_OCTETS = 32
"""Octets of the secret: as many as SHA-256 gives."""

_SECRET = sa.select(erasure_secret.c.octets)


def secret_of(connection: sa.Connection) -> bytes | None:
    """Give the secret of the digests; None in a store in which no suppression was ever kept as a digest."""
    rows = fetch_rows(connection, _SECRET, {})
    return rows[0].octets if rows else None


def keep_secret(connection: sa.Connection, octets: bytes) -> bytes:
    """Make *octets* the secret, unless there is one; give the secret."""
    connection.execute(insert(connection, erasure_secret).values(id=1, octets=octets).on_conflict_do_nothing())
    current: bytes = connection.execute(_SECRET).scalar_one()
    return current


def digest(secret: bytes, account: str, form: str) -> str:
    """Give the digest of an address, or of ``@`` and a domain, in comparable form; another one for each account."""
    return hmac.digest(secret, f"{account}\0{form}".encode("utf-8", "replace"), "sha256").hex()


def digests_of(secret: bytes, account: str, form: str) -> dict[str, str | None]:
    """Give the digests of an address by column: of itself, of its mailbox at Gmail, of its domain."""
    mailbox = gmail_mailbox(form)
    return {
        "digest": digest(secret, account, form),
        "folded": digest(secret, account, mailbox) if mailbox else None,
        "domain": digest(secret, account, f"@{split(form)[1]}"),
    }


def all_digests(secret: bytes, account: str, forms: Sequence[str]) -> dict[str, str]:
    """Give forms by their digests."""
    return {digest(secret, account, form): form for form in forms}
