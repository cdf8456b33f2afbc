"""Outgoing mail in the milter: whose it is, which recipients are dropped, which return path it carries.

A mail with one recipient carries that recipient's return path. A mail with several carries a path for the message, recognized by
its reference, and the signed header field. A null reverse-path stays null (RFC 5321 section 4.5.5). A return path that the sender
made for this account and these recipients stays too; one made for another account or recipient is replaced: a bounce to it
would be reported to the wrong owner, or about the wrong address.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from bouncer.mail.address import ascii_domain, comparable, split
from bouncer.mail.letter import NOTICE_ACCOUNT
from bouncer.mail.returnpath import Flaw, Generation, Key, Signed, sign, verify
from bouncer.mail.signed_header import make_header
from bouncer.policy.records import Suppression

MAX_TEXT = 998
"""Characters of a header's value that are stored: one line may hold as many (RFC 5322 section 2.1.1)."""


NOT_SHOWN = "(not shown)"
"""Written to the log in place of an address that has no hashed name."""
FIRST = Generation()
"""The generation of an account if no account of its name was removed."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as the mail server describes it before it goes out; recipients and texts are unchanged."""

    reverse_path: str
    recipients: tuple[str, ...]
    login: str = ""
    """The name that the sender authenticated as (SASL); empty without authentication."""
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
    """The signing material: return-path domains in ASCII and master keys (the first of each signs), and the validity in days."""

    domains: tuple[str, ...]
    keys: tuple[Key, ...]
    today: int
    days: int


@dataclass(frozen=True, slots=True)
class Sending:
    """The changes to one message; ``recipients`` are those that remain, and without any it is discarded."""

    account: str
    recipients: tuple[str, ...]
    dropped: tuple[str, ...] = ()
    reverse_path: str | None = None
    """The new reverse-path; None to leave it unchanged."""
    mark: tuple[str, str] | None = None
    """A header field to add."""
    reference: str | None = None
    """The reference in the return path."""
    path_day: int | None = None
    """The last day of a path for several that the sender's program signed, since 1970-01-01: until then it may use it again."""
    refused: Suppression | None = None
    """The cause of refusing the message as a whole: no recipient remains, and the sender is to learn why."""


@dataclass(frozen=True, slots=True)
class OwnPath:
    """The reverse-path of a mail, if it is one of our return paths."""

    account: str
    signed: Signed | None = None
    """The path's signature; None for an alias."""
    mailbox: str | None = None
    """The recipient that an alias in VERP form names, in comparable form."""

    def fits(self, account: str, mailboxes: Collection[str]) -> bool:
        """Whether a report to this path would be about a mail of *account* to *mailboxes*, in comparable form."""
        if self.account != account:
            return False
        if self.signed is not None and self.signed.is_for_one_recipient:
            return len(mailboxes) == 1 and all(map(self.signed.is_for, mailboxes))
        return self.mailbox is None or set(mailboxes) == {self.mailbox}


def account_of(
    senders: Mapping[str, str], names: Collection[str], mail: Outgoing, own_path: OwnPath | None = None
) -> str | None:
    """Find the account of *mail*: by its login; without one by return path, the sender's address or domain, or the header.

    *own_path*: the reverse-path, if it is a return path of ours; *senders* maps a login, address or domain in comparable form to
    an account; *names* are those of all accounts. After authentication only the login counts: a login of no account gives None,
    whatever sender and header claim. A login in the form of an address also counts for its domain, as senders do.
    """
    if mail.login:
        return _account_by(senders, mail.login)
    if own_path is not None:  # the return path of our own notices belongs to no account
        return own_path.account if own_path.account in names else None
    if account := _account_by(senders, mail.reverse_path):
        return account
    account_name = mail.account.strip().lower()
    return account_name if account_name in names else None


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
    own_path: OwnPath | None = None,
    generation: Generation = FIRST,
) -> Sending:
    """Decide the changes to *mail* of *account*; *suppressed* are those of its recipients that must get no mail.

    *forms* gives the comparable form of each recipient: two spellings of one mailbox are one recipient.
    *reference* is for this message alone, 1 to 12 of a-z 0-9; with *hashed*, return paths contain no address.
    *own_path* describes the reverse-path, where it is a return path of ours.
    """
    staying = tuple(recipient for recipient in mail.recipients if recipient not in suppressed)
    dropped = tuple(recipient for recipient in mail.recipients if recipient in suppressed)
    mailboxes = {forms[recipient] for recipient in staying}
    if own_path is not None and (own_path.account == NOTICE_ACCOUNT or own_path.fits(account, mailboxes)):
        signed = own_path.signed
        reused = signed.day if signed and not signed.is_for_one_recipient else None
        return Sending(account, staying, dropped, reference=signed.reference if signed else None, path_day=reused)
    if not staying or not mail.reverse_path:
        return Sending(account, staying, dropped)
    only = staying[0] if len(mailboxes) == 1 else None
    path = sign(
        account,
        only,
        domain=signing.domains[0],
        key=signing.keys[0].derive(account, generation.number),
        today=signing.today,
        days=signing.days,
        hashed=hashed,
        reference=reference,
    )
    return Sending(account, staying, dropped, path, None if only else make_header(path), reference)


def hashed_name(account: str, address: str, signing: Signing, generation: Generation = FIRST) -> str:
    """Give the hash of *address* in the hashed return paths of *account*, for logs; NOT_SHOWN without a key."""
    if not signing.keys:
        return NOT_SHOWN
    key, day = signing.keys[0].derive(account, generation.number), signing.today
    path = sign(account, address, domain=signing.domains[0], key=key, today=day, days=signing.days, hashed=True)
    signed = verify(path, keys=signing.keys[:1], today=day, generation_of=lambda _: generation)
    return NOT_SHOWN if isinstance(signed, Flaw) else f"={signed.recipient_hash}"


def signed_path(
    reverse_path: str, signing: Signing, generation_of: Callable[[str], Generation | None]
) -> Signed | Flaw | None:
    """Verify a reverse-path in a return-path domain of ours (see ``mail.returnpath.verify``); None for any other domain."""
    if ascii_domain(split(reverse_path)[1]) not in signing.domains:
        return None
    return verify(reverse_path, keys=signing.keys, today=signing.today, generation_of=generation_of)
