"""Send: a mail of ours is about to go out. Who is suppressed is refused or dropped, the rest is counted, and the mail is signed.

Asked by the doors that mail servers ask through (milter, Postfix's policy service, socketmap). Where the store cannot
answer, the operator's choice decides: closed has the mail server come again, open lets the mail go, still signed where the
accounts are known, but not counted.
"""

import asyncio
import dataclasses
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bouncer.errors import BouncerError, StoreError, TryLater
from bouncer.mail.address import comparable
from bouncer.mail.returnpath import Flaw, Generation
from bouncer.policy.account_rules import AccountRules, SuppressedMail
from bouncer.policy.outgoing import (
    FIRST,
    Outgoing,
    OwnPath,
    Sending,
    Signing,
    account_of,
    prepare,
    signed_path,
)
from bouncer.policy.records import Suppression
from bouncer.ports.accounts import Directory
from bouncer.ports.scope import OPERATOR
from bouncer.ports.sends import SendCounts, Sent
from bouncer.ports.suppressions import SuppressionList
from bouncer.stages.admit import alias_of, generations
from bouncer.stages.drop import Drop
from bouncer.stages.outgoing_log import OutgoingLog

AT_ONCE = 25
"""Recipients that are looked up before the others of the event loop have their turn: each takes some tens of microseconds, and
up to a millisecond where its domain is beyond ASCII; together that is not to be felt."""

_log = logging.getLogger(__name__)


class Send:
    """Knows the accounts, the suppressions, the book of sends and the keys.

    ``directory()`` gives the accounts or raises TryLater; ``reference()`` gives a new one for each message; *closed* is
    the operator's choice; *suppressed* is what becomes of suppressed recipients where their account chooses nothing.
    """

    def __init__(
        self,
        directory: Callable[[], Awaitable[Directory]],
        suppressions: SuppressionList,
        book: SendCounts,
        *,
        signing: Callable[[], Signing],
        reference: Callable[[], str],
        now: Callable[[], dt.datetime],
        closed: bool,
        suppressed: SuppressedMail = SuppressedMail.REFUSE,
    ) -> None:
        self._directory = directory
        self._drop = Drop(suppressions, terms=self._terms, now=now)
        self._book = book
        self._signing = signing
        self._reference = reference
        self._now = now
        self._closed = closed
        self._suppressed = suppressed
        self._said = OutgoingLog(_log, terms=self._terms, generation=self._generation, signing=signing)
        self._known = Directory({}, {})
        self._senders: dict[str, str] = {}

    async def send(self, mail: Outgoing, *, can_refuse: bool = True) -> Sending | None:
        """Drop, count and sign *mail*; None where it is no account's. Raises TryLater where the mail has to wait.

        *can_refuse*: whether anybody would hear that the mail is refused as a whole, where it is to suppressed addresses only.
        """
        if not await self._look():
            return None
        own = self._own(mail)
        account = self._account(mail, own)
        if account is None:
            return None
        forms, gone = await self._look_up(account, mail)
        sending = prepare(
            mail,
            account,
            gone,
            self._signing(),
            self._reference(),
            forms=forms,
            hashed=self._terms(account).hash_paths,
            own=own,
            generation=self._generation(account),
        )
        if can_refuse and sending.dropped and not sending.recipients and self._refuses(account):
            sending = dataclasses.replace(sending, refused=gone[sending.dropped[0]])
        try:
            await self._book.count(OPERATOR, [self._sent(mail, sending, forms, gone)])
        except StoreError as error:
            self._fail(error)
        self._said.sending(mail, sending, gone)
        return sending

    async def refusal(self, mail: Outgoing, *, can_drop: bool) -> Suppression | None:
        """Give the suppression for which the one recipient of *mail* is refused, as far as its envelope tells.

        *can_drop*: ``send`` is asked about the whole mail later, and drops the recipient there, if its account prefers that.
        """
        if not await self._look():
            return None
        account = self._account(mail, self._own(mail), told_later=can_drop)
        if account is None or (can_drop and not self._refuses(account)):
            return None
        return await self._refused(account, mail.recipients[0], mail.queue_id)

    async def suppression(self, account: str, address: str) -> Suppression | None:
        """Give the suppression for which *account* sends nothing to *address*; an account that there is not sends to everybody."""
        if not await self._look():
            return None
        if account not in self._known.accounts:  # a misspelt name in a mail server's settings would show nowhere else
            _log.warning("asked about account=%.99a, which there is not: nobody is suppressed for it", account)
            return None
        return await self._refused(account, address)

    def _refuses(self, account: str) -> bool:
        """Whether mail of the account to suppressed addresses is refused where it can be."""
        chosen = self._terms(account).suppressed
        return (self._suppressed if chosen is SuppressedMail.DEFAULT else chosen) is SuppressedMail.REFUSE

    async def _refused(self, account: str, address: str, queue_id: str | None = None) -> Suppression | None:
        """Give the suppression of an address, logged and counted as refused."""
        form = comparable(address)
        found = self._gone(account, form)
        if found is None:
            return None
        self._said.refused(found, account, address, queue_id)
        try:
            await self._book.count(OPERATOR, [Sent(account, self._now(), (), refused=(form,))])
        except StoreError as error:  # it is refused all the same: that much is known
            _log.log(error.level(logging.WARNING), "a refusal is not counted: %s", error)
        return found

    async def _look_up(self, account: str, mail: Outgoing) -> tuple[dict[str, str], dict[str, Suppression]]:
        """Make each recipient comparable, once; give the forms, and the suppressions of the recipients that have one."""
        forms, gone = dict[str, str](), dict[str, Suppression]()
        for number, one in enumerate(dict.fromkeys(mail.recipients), 1):
            forms[one] = comparable(one)
            if found := self._gone(account, forms[one], mail.stream):
                gone[one] = found
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        return forms, gone

    def _gone(self, account: str, form: str, stream: str | None = None) -> Suppression | None:
        try:
            return self._drop.suppressed_now(account, form, stream)
        except StoreError as error:
            self._fail(error)
            return None

    def _fail(self, error: BouncerError) -> None:
        _log.warning("outgoing mail %s: %s", "has to wait" if self._closed else "goes on", error)
        if self._closed:
            raise TryLater.store() from error

    def _own(self, mail: Outgoing) -> OwnPath | None:
        """Say which return path of ours the mail has already; one that is signed badly or no longer is a stranger's address."""
        found = signed_path(mail.reverse_path, self._signing(), generations(self._known))
        if found is None:
            return None
        if not isinstance(found, Flaw):
            return OwnPath(found.account, found)
        alias = alias_of(mail.reverse_path, self._known)
        if alias is not None and alias.account is not None:
            return OwnPath(alias.account, mailbox=alias.recipient)
        if found is not Flaw.FORM:
            _log.info("reverse-path=%.400a is none of ours: %s", self._said.path(mail.reverse_path), found)
        return None

    def _account(self, mail: Outgoing, own: OwnPath | None, *, told_later: bool = False) -> str | None:
        """Say whose *mail* is, and log what may surprise its sender, unless that is *told_later*."""
        account = account_of(self._senders, self._known.accounts, mail, own)
        if told_later:
            return account
        if own is not None and mail.login and account != own.account:
            _log.info(
                "reverse-path=%.400a is of account %s, and login=%.99a is not",
                self._said.path(mail.reverse_path),
                own.account,
                mail.login,
            )
        if account is None and mail.login:  # whoever set this up may think that the sender's address decides
            _log.info("login=%.99a is of no account: its mail goes as it is", mail.login)
        return account

    async def _look(self) -> bool:
        """See who the accounts are; False where nobody knows and mail goes on all the same."""
        try:
            directory = await self._directory()
        except TryLater as error:
            self._fail(error)
            return False
        if directory is not self._known:
            self._known = directory
            self._senders = directory.whose_senders()
        return True

    def _generation(self, account: str) -> Generation:
        return self._known.generation(account) or FIRST

    def _terms(self, account: str) -> AccountRules:
        known = self._known.accounts.get(account)
        return known.terms if known else AccountRules()

    def _sent(
        self, mail: Outgoing, sending: Sending, forms: Mapping[str, str], gone: Mapping[str, Suppression]
    ) -> Sent:
        return Sent(
            sending.account,
            self._now(),
            tuple(forms[one] for one in sending.recipients),
            message_id=mail.message_id,
            subject=mail.subject,
            campaign=mail.campaign,
            stream=mail.stream,
            reference=sending.reference,
            **self._unsent(sending, forms, gone),
        )

    def _unsent(
        self, sending: Sending, forms: Mapping[str, str], gone: Mapping[str, Suppression]
    ) -> dict[str, tuple[Any, ...]]:
        """Give who gets nothing: heard by whoever sends it, or else to be told to the owners, with the cause."""
        addresses = tuple(forms[address] for address in sending.dropped)
        if sending.refused:
            return {"refused": addresses}
        return {"dropped": addresses, "causes": tuple(gone[address] for address in sending.dropped)}
