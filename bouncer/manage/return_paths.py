"""Signed return paths, made and checked for people and programs."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from bouncer.errors import Conflict, InvalidValue
from bouncer.mail.address import ascii_domain, is_plausible, split
from bouncer.mail.returnpath import LAST_DAY, Flaw, Generation, Key, claimed_account, sign, verify
from bouncer.manage.scopes import known_account
from bouncer.ports.scope import OPERATOR, Scope
from bouncer.ports.store import Store
from bouncer.settings.sections import SmtpSettings

NO_GENERATION = Generation(underived_until=LAST_DAY)
"""The generation of an account that does not exist, so that its signature can be checked all the same."""
_VALID = (True, None)
_DAY_ZERO = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class PathOrder:
    """Options of return paths that are to be made: good for *days*; *domain* None: the first of the settings.

    With *hashed*, or where the account's rules say so, no path contains a recipient's address.
    """

    days: int
    domain: str | None = None
    reference: str | None = None
    hashed: bool = False


@dataclass(frozen=True, slots=True)
class VerifiedPath:
    """Whether a return path is a valid one of ours: whose, for whom and until which day, or else *why* not."""

    path: str
    valid: bool
    why: str | None = None
    account: str | None = None
    recipient: str | None = None
    recipient_hash: str | None = None
    reference: str | None = None
    expires: str | None = None


async def sign_paths(
    store: Store,
    scope: Scope,
    name: str,
    recipients: Sequence[str],
    order: PathOrder,
    smtp: SmtpSettings,
    keys: tuple[Key, ...],
    *,
    today: int,
) -> list[str]:
    """Give a return path for one mail of the account *name* to each of *recipients*; *today* is in days since 1970.

    Raises NotFound for an unknown account, InvalidValue for a malformed address, a foreign domain and a bad reference, Conflict
    where no key is set.
    """
    account = await known_account(store, scope, name)
    if not keys:
        raise Conflict("no key of return paths is set ([tokens] keys)")
    _require_signable(recipients, order, smtp)
    key, hashed = keys[0].derive(name, account.generation.number), order.hashed or account.terms.hash_paths
    domain = order.domain or smtp.domains[0]
    try:
        return [
            sign(
                name,
                recipient,
                domain=domain,
                key=key,
                today=today,
                days=order.days,
                hashed=hashed,
                reference=order.reference,
            )
            for recipient in recipients
        ]
    except ValueError as error:
        raise InvalidValue(str(error), field="reference") from None


def _require_signable(recipients: Sequence[str], order: PathOrder, smtp: SmtpSettings) -> None:
    """Raise InvalidValue where the domain of *order* is not ours, or a recipient is no address."""
    if order.domain is not None and (why := foreign_domain(order.domain, smtp)):
        raise InvalidValue(why, field="domain")
    for recipient in recipients:
        if not is_plausible(recipient):
            raise InvalidValue(f"{recipient!r} is no mail address", field="recipients")


async def verify_paths(
    store: Store, scope: Scope, paths: Sequence[str], smtp: SmtpSettings, keys: tuple[Key, ...], *, today: int
) -> list[VerifiedPath]:
    """Say of each of *paths* whether it is a valid one of an account inside *scope*; *today* is in days since 1970.

    A path of an account outside *scope* gets the answer of one that nobody here signed.
    """
    directory = await store.directory(OPERATOR)

    def generation_of(name: str) -> Generation | None:
        return directory.generation(name) or NO_GENERATION

    def verify_path(path: str) -> VerifiedPath:
        if (domain := split(path)[1].removesuffix(">")) and (why := foreign_domain(domain, smtp)):
            return VerifiedPath(path, valid=False, why=why)
        signed = verify(path, keys=keys, today=today, generation_of=generation_of)
        if isinstance(signed, Flaw):
            is_foreign = signed is Flaw.EXPIRED and not scope.covers(claimed_account(path))
            return VerifiedPath(path, valid=False, why=(Flaw.MAC if is_foreign else signed).value)
        if not scope.covers(signed.account):
            return VerifiedPath(path, valid=False, why=Flaw.MAC.value)
        if signed.account not in directory.accounts:
            why = f"there is no account {signed.account!r}: what comes to its paths is refused"
            return VerifiedPath(path, valid=False, why=why)
        expires = (_DAY_ZERO + dt.timedelta(signed.day)).isoformat()
        facts = (signed.account, signed.recipient, signed.recipient_hash, signed.reference, expires)
        return VerifiedPath(path, *_VALID, *facts)

    return [verify_path(path) for path in paths]


def foreign_domain(domain: str, smtp: SmtpSettings) -> str:
    """Say why *domain* is none of our return-path domains; an empty text if it is one."""
    is_ours = ascii_domain(domain) in map(ascii_domain, smtp.domains)
    return "" if is_ours else f"{domain} is none of the return-path domains: {', '.join(smtp.domains)}"
