"""Naming: how addresses stand in the log. In plain words, except those of an account that wants no address there.

What nobody knows, an account that was removed or accounts that were never looked up, is treated as if it wanted that.
"""

import contextlib

from bouncer.errors import TryLater
from bouncer.mail.logged import nameless, unsigned, without_mailboxes
from bouncer.mail.returnpath import claimed_account
from bouncer.policy.outgoing import NOT_SHOWN, hashed_name
from bouncer.stages.admit import Admit, alias_of


class Naming:
    """Words addresses for the log, by what *admit* knows of the accounts."""

    def __init__(self, admit: Admit) -> None:
        self._admit = admit

    async def look_up(self) -> None:
        """Learn of accounts that were added or changed since; while the store is away what was known stays."""
        with contextlib.suppress(TryLater):
            await self._admit.directory()

    def hides(self, account: str | None) -> bool:
        """Whether no address stands in the log for *account*; None, the operator's own mail, hides nothing."""
        if account is None:
            return False
        found = self._admit.seen.accounts.get(account)
        return found is None or found.terms.hash_paths

    def recipient(self, account: str | None, address: str) -> str:
        """Give *address*, or the name that it has in the hashed return paths of *account*."""
        if account is None or not self.hides(account):
            return address
        generation = self._admit.seen.generation(account)
        if generation is None:  # nobody knows by which key its paths were made
            return NOT_SHOWN
        return hashed_name(account, address, self._admit.signing, generation)

    def words(self, account: str | None, text: str | None) -> str | None:
        """Give what a mail server said; the local parts of addresses are cut out where they are to be hidden."""
        return without_mailboxes(text) if text and self.hides(account) else text

    def shown(self, address: str, return_path: str) -> str:
        """Give *address*, forward-path or reverse-path of a letter to *return_path*, unsigned and as its account wants it."""
        if not self.hides(self._account(return_path)):
            return unsigned(address)
        return nameless(address) if address == return_path else without_mailboxes(unsigned(address))

    def _account(self, path: str) -> str | None:
        """Whose the return path is, or would be if it were signed well."""
        alias = alias_of(path, self._admit.seen)
        return alias.account if alias else claimed_account(path)
