"""The form in which addresses are logged: as they are, but hidden for an account that wants none in the log.

The addresses of an unknown account are hidden, too: one that was removed, or any before the first look-up of the accounts.
"""

import contextlib

from bouncer.errors import TryLater
from bouncer.mail.logged import without_mailboxes, without_recipient, without_signature
from bouncer.mail.returnpath import claimed_account
from bouncer.policy.outgoing import NOT_SHOWN, hashed_name
from bouncer.stages.admit import Admit, parse_alias


class LoggedAddresses:
    """Writes addresses for the log, hidden where their account wants that; *admit* has the rules of the accounts."""

    def __init__(self, admit: Admit) -> None:
        self._admit = admit

    async def look_up(self) -> None:
        """Refresh the known accounts; while the store does not answer, the last state stays."""
        with contextlib.suppress(TryLater):
            await self._admit.directory()

    def hides(self, account: str | None) -> bool:
        """Whether the log shows no address of *account*; for None, the operator's own mail, it shows them."""
        if account is None:
            return False
        existing = self._admit.cached_directory.accounts.get(account)
        return existing is None or existing.terms.hash_paths

    def recipient(self, account: str | None, address: str) -> str:
        """Give *address*, or the name that it has in the hashed return paths of *account*."""
        if account is None or not self.hides(account):
            return address
        generation = self._admit.cached_directory.generation(account)
        if generation is None:  # the key of the account's paths is not known
            return NOT_SHOWN
        return hashed_name(account, address, self._admit.signing, generation)

    def words(self, account: str | None, text: str | None) -> str | None:
        """Give the text of a mail server, without the local parts of addresses where they are hidden."""
        return without_mailboxes(text) if text and self.hides(account) else text

    def path(self, address: str, return_path: str) -> str:
        """Give *address*, a path of a letter to *return_path*, without its signature and hidden where the account wants it."""
        if not self.hides(self._account_of(return_path)):
            return without_signature(address)
        return without_recipient(address) if address == return_path else without_mailboxes(without_signature(address))

    def _account_of(self, path: str) -> str | None:
        """Give the account of a return path, whether its signature is good or not."""
        alias = parse_alias(path, self._admit.cached_directory)
        return alias.account if alias else claimed_account(path)
