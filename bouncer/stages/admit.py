"""Admit: decide at RCPT, before any octet of the letter is taken, whether a forward-path is one of our return paths.

The checks in order: the domain; postmaster and abuse, which are always admitted (RFC 5321 section 4.5.1, RFC 2142); the signature,
which needs no store; then aliases and Postfix's VERP form of them (``acme+jane=example.org``, postconf(5)
default_verp_delimiters). A path with a bad signature is refused, unless the account that it names quarantines such letters.
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

CACHE_SECONDS = 1.0
"""Seconds for which the cached accounts and aliases are not checked: the server knows of a command's change within a second."""

_log = logging.getLogger(__name__)


class Admit:
    """Recognizes return paths, by the domains, the keys, and a cache of the accounts and aliases that is a second old at most.

    The cache is read anew only after a change.
    """

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
        """The master keys; a reload replaces them."""
        self._today = today
        self._elapsed = elapsed
        self._directory: Directory | None = None
        self._looked_up_at = float("-inf")
        self._look_up_lock = asyncio.Lock()

    async def admit(self, address: str) -> ReturnPath:
        """Give *address* as a return path. Raises Refused when it is no return path, TryLater when the accounts are not known."""
        local, domain = split(address)
        if local.lower() == POSTMASTER and self._is_this_host(domain):
            return ReturnPath(address, PathKind.OPERATOR)
        if ascii_domain(domain) not in self._domains:
            raise Refused.foreign_domain()
        if local.lower() in OPERATOR_NAMES:
            return ReturnPath(address, PathKind.OPERATOR)
        directory = await self.directory()
        if not directory.accounts:  # not set up yet, or the wrong database: no bounce is refused for good
            raise TryLater.store("no-account")
        path = (
            self._signed_path(address, directory)
            or parse_alias(address, directory)
            or self._quarantine_path(address, directory)
        )
        if path is None:
            raise Refused.unknown_path(self._why_unknown(address, directory))
        return path

    def _why_unknown(self, address: str, directory: Directory) -> str:
        """Give the cause, for the operator's log, why *address* is no return path."""
        account = claimed_account(address)
        if account is None:
            return "no-such-path"
        if account not in directory.accounts and account != NOTICE_ACCOUNT:
            return "no-such-account"
        signed = verify(address, keys=self.keys, today=self._today(), generation_of=generation_lookup(directory))
        return "expired-path" if signed is Flaw.EXPIRED else "bad-signature"

    def _is_this_host(self, domain: str) -> bool:
        """Whether postmaster@*domain* is ours (RFC 5321 section 4.5.1): no domain, our host name, or any address literal.

        A proxy or address translation may be in front of us, so our public addresses are not known here. Any literal is taken for
        ours, since the client connected to us.
        """
        return not domain or is_literal(domain) or ascii_domain(domain) == self._hostname

    async def directory(self) -> Directory:
        """Give the accounts and aliases of the last second, or older ones while the store does not answer; TryLater without any."""
        if self._is_stale:
            async with self._look_up_lock:  # in a burst one task asks the store; the others wait and use its answer
                if self._is_stale:
                    await self._look_up()
        if self._directory is None:
            raise TryLater.store()
        return self._directory

    async def newest_directory(self) -> Directory:
        """Give the accounts and aliases as they are now, or older ones while the store does not answer; TryLater without any.

        Another process, which knew of a change already, may have admitted the letter that is read now.
        """
        self._looked_up_at = float("-inf")
        return await self.directory()

    @property
    def _is_stale(self) -> bool:
        return self._elapsed() - self._looked_up_at > CACHE_SECONDS

    async def _look_up(self) -> None:
        try:
            changed = await self._accounts.changed_directory(OPERATOR, self.cached_directory)
        except StoreError as error:
            _log.log(error.level(logging.WARNING), "the accounts cannot be looked up: %s", error)
        else:
            if changed is not None:
                self._directory = changed
        self._looked_up_at = self._elapsed()

    @property
    def cached_directory(self) -> Directory:
        """The cached accounts and aliases, however old, without waiting; empty before the first look-up."""
        return self._directory or Directory({}, {})

    @property
    def signing(self) -> Signing:
        """The domains, keys and day with which a path is signed today."""
        return Signing(tuple(self._domains), self.keys, self._today(), 0)

    def terms(self, account: str) -> AccountRules:
        """Give an account's rules from the cache; the default rules where the account is unknown."""
        existing = self.cached_directory.accounts.get(account)
        return existing.terms if existing else AccountRules()

    def _signed_path(self, address: str, directory: Directory) -> ReturnPath | None:
        signed = verify(address, keys=self.keys, today=self._today(), generation_of=generation_lookup(directory))
        if isinstance(signed, Flaw):
            return None
        if signed.account == NOTICE_ACCOUNT:
            return ReturnPath(address, PathKind.NOTICE, recipient=signed.recipient)
        return ReturnPath(address, PathKind.SIGNED, signed.account, signed.recipient, signed.recipient_hash)

    def _quarantine_path(self, address: str, directory: Directory) -> ReturnPath | None:
        """Give a path with a bad or expired signature, where the account that it names quarantines such letters; else None.

        A path that a removed account of the same name signed is not shown to the account that has the name now.
        """
        account = directory.accounts.get(claimed_account(address) or "")
        if account is None or account.terms.bad_paths is not BadPaths.QUARANTINE:
            return None
        if former_signing_generation(address, account, keys=self.keys) is not None:
            return None
        return ReturnPath(address, PathKind.QUARANTINE, account.name)


def former_signing_generation(address: str, account: Account, *, keys: tuple[Key, ...]) -> int | None:
    """Give the generation of the removed account, of the same name as *account*, that signed a path, expired or not; else None."""
    for number in range(1, account.generation.number):
        former = Generation(number, LAST_DAY if number == 1 else None)
        if isinstance(verify(address, keys=keys, today=0, generation_of=lambda _name: former), Signed):  # noqa: B023 -- called at once
            return number
    return None


def generation_lookup(directory: Directory) -> Callable[[str], Generation | None]:
    """Give a function from an account's name to its present generation, or None where no such account exists.

    The account of our own notices always exists.
    """

    def generation(name: str) -> Generation | None:
        if name != NOTICE_ACCOUNT:
            return directory.generation(name)
        ends = (account.generation.underived_until for account in directory.accounts.values())
        return Generation(underived_until=max((end for end in ends if end is not None), default=None))

    return generation


def parse_alias(address: str, directory: Directory) -> ReturnPath | None:
    """Give the return path where *address* is an alias, or Postfix's VERP form of an alias; else None."""
    local, domain = split(comparable(address))
    if account := directory.aliases.get(f"{local}@{domain}"):
        return ReturnPath(address, PathKind.ALIAS, account)
    name, plus, verp = local.partition("+")
    account = directory.aliases.get(f"{name}@{domain}") if plus else None
    if account is None:
        return None
    mailbox, equals, host = verp.rpartition("=")
    return ReturnPath(address, PathKind.VERP, account, f"{mailbox}@{host}" if equals and mailbox and host else None)
