"""What becomes of a mail on its way out: whose it is, who no longer gets it, which return path it carries.

A mail with one recipient carries that recipient's return path; one with several a path for the message, known again by its
reference, and the mark in its headers. A null reverse-path stays null (RFC 5321 section 4.5.5), and one that is ours already
stays as its sender made it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bouncer.mail.address import ascii_domain, comparable, split
from bouncer.mail.marker import mark
from bouncer.mail.returnpath import Flaw, Key, sign, verify

MAX_TEXT = 998
"""Characters of a header's value that are remembered: what one line may hold (RFC 5322 section 2.1.1)."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as the mail server tells of it before it goes out; recipients and texts as they came."""

    reverse_path: str
    recipients: tuple[str, ...]
    login: str = ""
    """The name that the sender proved (SASL); empty where it proved none."""
    account: str = ""
    """The account that a header names."""
    message_id: str | None = None
    subject: str | None = None
    campaign: str | None = None
    stream: str | None = None


@dataclass(frozen=True, slots=True)
class Signing:
    """What it takes to sign: the return-path domains in ASCII and the keys, the first of each; how long a path is good."""

    domains: tuple[str, ...]
    keys: tuple[Key, ...]
    today: int
    days: int


@dataclass(frozen=True, slots=True)
class Sending:
    """What is done to one message; ``recipients`` is who still gets it, and with none of them it goes nowhere."""

    account: str
    recipients: tuple[str, ...]
    dropped: tuple[str, ...] = ()
    reverse_path: str | None = None
    """The new one; None to leave it as it is."""
    mark: tuple[str, str] | None = None
    """A header field to add."""
    reference: str | None = None
    """What stands in its return path."""


def account_of(senders: Mapping[str, str], names: Collection[str], mail: Outgoing) -> str | None:
    """Say whose *mail* is: by the login where one was proven, else by the sender's address or domain, else by the header.

    *senders* gives the account of a login, address or domain in comparable form; *names* are those of all accounts. Who proved
    who he is says nothing else: a login that no account knows is nobody's, whatever sender and header claim. One in the form of
    an address is of its domain, too, as senders are.
    """
    if mail.login:
        return _account_by(senders, mail.login)
    if account := _account_by(senders, mail.reverse_path):
        return account
    named = mail.account.strip().lower()
    return named if named in names else None


def _account_by(senders: Mapping[str, str], name: str) -> str | None:
    whole = comparable(name)
    return senders.get(whole) or senders.get(split(whole)[1])


def prepare(
    mail: Outgoing,
    account: str,
    suppressed: Collection[str],
    signing: Signing,
    reference: str,
    *,
    forms: Mapping[str, str],
    hashed: bool = False,
) -> Sending:
    """Say what is done to *mail* of *account*; *suppressed* are those of its recipients that get nothing any more.

    *forms* gives the comparable form of each recipient: two spellings of one mailbox are one recipient.
    *reference* is for this message alone, 1 to 12 of a-z 0-9; with *hashed* the account wants no address in a return path.
    """
    staying = tuple(one for one in mail.recipients if one not in suppressed)
    dropped = tuple(one for one in mail.recipients if one in suppressed)
    if not staying or not mail.reverse_path or _ours(mail.reverse_path, signing.domains):
        return Sending(account, staying, dropped, reference=_reference(mail.reverse_path, signing))
    mailboxes = {forms[one] for one in staying}
    only = staying[0] if len(mailboxes) == 1 else None
    path = sign(
        account,
        only,
        domain=signing.domains[0],
        key=signing.keys[0],
        today=signing.today,
        days=signing.days,
        hashed=hashed,
        reference=reference,
    )
    return Sending(account, staying, dropped, path, None if only else mark(path), reference)


def hashed_name(account: str, address: str, signing: Signing) -> str:
    """Give the name that *address* has in the hashed return paths of *account*, for logs; without a key, none at all."""
    if not signing.keys:
        return "(not shown)"
    key, day = signing.keys[0], signing.today
    path = sign(account, address, domain=signing.domains[0], key=key, today=day, days=signing.days, hashed=True)
    signed = verify(path, keys=(key,), today=day)
    return "(not shown)" if isinstance(signed, Flaw) else f"={signed.recipient_hash}"


def _reference(reverse_path: str, signing: Signing) -> str | None:
    signed = verify(reverse_path, keys=signing.keys, today=signing.today)
    return None if isinstance(signed, Flaw) else signed.reference


def _ours(reverse_path: str, domains: Collection[str]) -> bool:
    return ascii_domain(split(reverse_path)[1]) in domains
