"""Admit: is this forward-path one of our return paths? Asked at RCPT, before any of the letter is taken.

Domain first, then the signature, which needs no store; then aliases and Postfix's VERP form of them
(``acme+jane=example.org``, postconf(5) default_verp_delimiters); a bad signature is refused unless its account wants
those in quarantine; postmaster and abuse always (RFC 5321 section 4.5.1, RFC 2142).
"""

import asyncio
import logging
from collections.abc import Callable

from bouncer.errors import Refused, StoreError, TryLater
from bouncer.mail.address import ascii_domain, comparable, split
from bouncer.mail.host import is_literal
from bouncer.mail.letter import NOTICE_ACCOUNT, OPERATOR_NAMES, POSTMASTER, PathKind, ReturnPath
from bouncer.mail.returnpath import LAST_DAY, Flaw, Generation, Key, Signed, claimed_account, verify
from bouncer.policy.account_rules import AccountRules, BadPaths
from bouncer.policy.outgoing import Signing
from bouncer.ports.accounts import Account, Accounts, Directory
from bouncer.ports.scope import OPERATOR

FRESH_SECONDS = 1.0
"""How old our view of accounts and aliases may be: a command's change is known at the door within a second."""

_log = logging.getLogger(__name__)


class Admit:
    """Knows the domains, the keys and, a second old at most, the accounts and aliases."""

    def __init__(
        self,
        accounts: Accounts,
        *,
        domains: tuple[str, ...],
        hostname: str = "",
        keys: tuple[Key, ...],
        today: Callable[[], int],
        elapsed: Callable[[], float],
    ) -> None:
        self._accounts = accounts
        self._domains = frozenset(map(ascii_domain, domains))
        self._hostname = ascii_domain(hostname)
        self.keys = keys
        """The master keys; a reload puts others in their place."""
        self._today = today
        self._elapsed = elapsed
        self._directory: Directory | None = None
        self._seen = float("-inf")
        self._looking_up = asyncio.Lock()

    async def admit(self, address: str) -> ReturnPath:
        """Give the return path that *address* is; raises Refused when it is none, TryLater when nobody can say."""
        local, domain = split(address)
        if local.lower() == POSTMASTER and self._is_this_host(domain):
            return ReturnPath(address, PathKind.OPERATOR)
        if ascii_domain(domain) not in self._domains:
            raise Refused.foreign_domain()
        if local.lower() in OPERATOR_NAMES:
            return ReturnPath(address, PathKind.OPERATOR)
        directory = await self.directory()
        if not directory.accounts:  # nobody is here yet, or the database is another: no bounce is refused for good
            raise TryLater.store("no-account")
        found = (
            self._signed(address, directory) or alias_of(address, directory) or self._quarantined(address, directory)
        )
        if found is None:
            raise Refused.unknown_path(self._why_unknown(address, directory))
        return found

    def _why_unknown(self, address: str, directory: Directory) -> str:
        """Say why *address* is no return path, for the operator's log."""
        account = claimed_account(address)
        if account is None:
            return "no-such-path"
        if account not in directory.accounts and account != NOTICE_ACCOUNT:
            return "no-such-account"
        found = verify(address, keys=self.keys, today=self._today(), whose=generations(directory))
        return "expired-path" if found is Flaw.EXPIRED else "bad-signature"

    def _is_this_host(self, domain: str) -> bool:
        """Whether postmaster@*domain* is ours (RFC 5321 section 4.5.1): no domain at all, our host name, or an address.

        Which addresses are ours from outside, a proxy or translation in between, nobody here knows: who wrote one connected to us.
        """
        return not domain or is_literal(domain) or ascii_domain(domain) == self._hostname

    async def directory(self) -> Directory:
        """Give the accounts and aliases as they were within the last second, or while the store is away, before that."""
        if self._stale:
            async with self._looking_up:  # of a burst at the start one asks, the others wait for what it hears
                if self._stale:
                    await self._look_up()
        if self._directory is None:
            raise TryLater.store()
        return self._directory

    @property
    def _stale(self) -> bool:
        return self._elapsed() - self._seen > FRESH_SECONDS

    async def _look_up(self) -> None:
        try:
            self._directory = await self._accounts.directory(OPERATOR)
        except StoreError as error:
            _log.log(error.level(logging.WARNING), "the accounts cannot be looked up: %s", error)
        self._seen = self._elapsed()

    @property
    def seen(self) -> Directory:
        """The accounts and aliases as they were last seen, at once; none, before anybody asked."""
        return self._directory or Directory({}, {})

    @property
    def signing(self) -> Signing:
        """What it takes to sign a path that is good for today."""
        return Signing(tuple(self._domains), self.keys, self._today(), 0)

    def terms(self, account: str) -> AccountRules:
        """Give an account's terms as they were last seen; the default ones where it is unknown."""
        known = self._directory.accounts.get(account) if self._directory else None
        return known.terms if known else AccountRules()

    def _signed(self, address: str, directory: Directory) -> ReturnPath | None:
        signed = verify(address, keys=self.keys, today=self._today(), whose=generations(directory))
        if isinstance(signed, Flaw):
            return None
        if signed.account == NOTICE_ACCOUNT:
            return ReturnPath(address, PathKind.NOTICE, recipient=signed.recipient)
        return ReturnPath(address, PathKind.SIGNED, signed.account, signed.recipient, signed.recipient_hash)

    def _quarantined(self, address: str, directory: Directory) -> ReturnPath | None:
        """A path that is signed badly or no longer, where the account that it names wants to see those.

        What a removed account of that name signed is none of its business.
        """
        account = directory.accounts.get(claimed_account(address) or "")
        if account is None or account.terms.bad_paths is not BadPaths.QUARANTINE:
            return None
        if former_signer(address, account, keys=self.keys) is not None:
            return None
        return ReturnPath(address, PathKind.QUARANTINE, account.name)


def former_signer(address: str, account: Account, *, keys: tuple[Key, ...]) -> int | None:
    """Give the generation of the removed account of *account*'s name that signed a path, expired or not; None where none did."""
    for number in range(1, account.generation.number):
        was = Generation(number, LAST_DAY if number == 1 else None)
        if isinstance(verify(address, keys=keys, today=0, whose=lambda _name: was), Signed):  # noqa: B023 -- called at once
            return number
    return None


def generations(directory: Directory) -> Callable[[str], Generation | None]:
    """Give what tells which account of a name is there now; our own notices have an account that is always there."""

    def generation(name: str) -> Generation | None:
        if name != NOTICE_ACCOUNT:
            return directory.generation(name)
        ends = (one.generation.underived_until for one in directory.accounts.values())
        return Generation(underived_until=max((end for end in ends if end is not None), default=None))

    return generation


def alias_of(address: str, directory: Directory) -> ReturnPath | None:
    """Give the alias, or Postfix's VERP form of one, that *address* is; None where it is none."""
    local, domain = split(comparable(address))
    if account := directory.aliases.get(f"{local}@{domain}"):
        return ReturnPath(address, PathKind.ALIAS, account)
    name, plus, verp = local.partition("+")
    account = directory.aliases.get(f"{name}@{domain}") if plus else None
    if account is None:
        return None
    mailbox, equals, host = verp.rpartition("=")
    return ReturnPath(address, PathKind.VERP, account, f"{mailbox}@{host}" if equals and mailbox and host else None)
