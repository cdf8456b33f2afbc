"""What becomes of a mail on its way out: whose it is, who no longer gets it, which return path it carries.

A mail with one recipient carries that recipient's return path; one with several a path for the message, known again by its
reference, and the mark in its headers. A null reverse-path stays null (RFC 5321 section 4.5.5). A return path that the sender
made for this account and these recipients stays, too; one that was made for another account or another recipient does not:
what comes back to it would be told to the wrong owner, or of the wrong address.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from bouncer.mail.address import ascii_domain, comparable, split
from bouncer.mail.letter import NOTICE_ACCOUNT
from bouncer.mail.returnpath import Flaw, Generation, Key, Signed, sign, verify
from bouncer.mail.signed_header import mark
from bouncer.policy.records import Suppression

MAX_TEXT = 998
"""Characters of a header's value that are remembered: what one line may hold (RFC 5322 section 2.1.1)."""


NOT_SHOWN = "(not shown)"
"""Stands in the log for an address that has no name there."""
FIRST = Generation()
"""Of an account of whose name none was removed."""


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
    queue_id: str | None = None
    """The message's name in the mail server's own log."""


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
    refused: Suppression | None = None
    """Why the message is refused as a whole: nobody would get it, and whoever sends it is to hear so."""


@dataclass(frozen=True, slots=True)
class OwnPath:
    """A return path of ours that a mail has as its reverse-path."""

    account: str
    signed: Signed | None = None
    """Its signature; None of an alias."""
    mailbox: str | None = None
    """The recipient that an alias in VERP form names, in comparable form."""

    def fits(self, account: str, mailboxes: Collection[str]) -> bool:
        """Whether a report that comes to it is about a mail of *account* to *mailboxes*, in comparable form."""
        if self.account != account:
            return False
        if self.signed is not None and self.signed.names_one:
            return len(mailboxes) == 1 and all(map(self.signed.is_for, mailboxes))
        return self.mailbox is None or set(mailboxes) == {self.mailbox}


def account_of(
    senders: Mapping[str, str], names: Collection[str], mail: Outgoing, own: OwnPath | None = None
) -> str | None:
    """Say whose *mail* is: by login, where one was proven; else by return path, the sender's address or domain, or the header.

    *own* is the return path of ours that it has; *senders* gives the account of a login, address or domain in comparable form;
    *names* are those of all accounts. Who proved who he is says nothing else: a login that no account knows is nobody's, whatever
    sender and header claim. One in the form of an address is of its domain, too, as senders are.
    """
    if mail.login:
        return _account_by(senders, mail.login)
    if own is not None:  # our own notices' is no account's
        return own.account if own.account in names else None
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
    own: OwnPath | None = None,
    generation: Generation = FIRST,
) -> Sending:
    """Say what is done to *mail* of *account*; *suppressed* are those of its recipients that get nothing any more.

    *forms* gives the comparable form of each recipient: two spellings of one mailbox are one recipient.
    *reference* is for this message alone, 1 to 12 of a-z 0-9; with *hashed* the account wants no address in a return path.
    *own* is what the reverse-path is, where it is a return path of ours.
    """
    staying = tuple(one for one in mail.recipients if one not in suppressed)
    dropped = tuple(one for one in mail.recipients if one in suppressed)
    mailboxes = {forms[one] for one in staying}
    if own is not None and (own.account == NOTICE_ACCOUNT or own.fits(account, mailboxes)):
        return Sending(account, staying, dropped, reference=own.signed.reference if own.signed else None)
    if not staying or not mail.reverse_path:
        return Sending(account, staying, dropped)
    only = staying[0] if len(mailboxes) == 1 else None
    path = sign(
        account,
        only,
        domain=signing.domains[0],
        key=signing.keys[0].of(account, generation.number),
        today=signing.today,
        days=signing.days,
        hashed=hashed,
        reference=reference,
    )
    return Sending(account, staying, dropped, path, None if only else mark(path), reference)


def hashed_name(account: str, address: str, signing: Signing, generation: Generation = FIRST) -> str:
    """Give the name that *address* has in the hashed return paths of *account*, for logs; without a key, none at all."""
    if not signing.keys:
        return NOT_SHOWN
    key, day = signing.keys[0].of(account, generation.number), signing.today
    path = sign(account, address, domain=signing.domains[0], key=key, today=day, days=signing.days, hashed=True)
    signed = verify(path, keys=signing.keys[:1], today=day, whose=lambda _: generation)
    return NOT_SHOWN if isinstance(signed, Flaw) else f"={signed.recipient_hash}"


def signed_path(reverse_path: str, signing: Signing, whose: Callable[[str], Generation | None]) -> Signed | Flaw | None:
    """Check a reverse-path in a return-path domain of ours as ``mail.returnpath.verify`` does; None for one in any other domain."""
    if ascii_domain(split(reverse_path)[1]) not in signing.domains:
        return None
    return verify(reverse_path, keys=signing.keys, today=signing.today, whose=whose)
