"""Send: handle a mail on its way out: refuse or drop suppressed recipients, count the others, and sign the mail's reverse-path.

The servers for mail servers (milter, Postfix's policy service, socketmap) call it. If the store does not answer, the operator's
setting decides: "closed" makes the mail server retry later; "open" lets the mail go, signed where the accounts are
known, but not counted.
"""

import asyncio
import dataclasses
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
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
from bouncer.stages.admit import generation_lookup, parse_alias
from bouncer.stages.outgoing_log import OutgoingLog

RECIPIENTS_PER_TURN = 25
"""Recipients that are put in comparable form before other tasks of the event loop have their turn: each takes up to a millisecond
where its domain is not ASCII."""

_FIRST_DAY = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

_log = logging.getLogger(__name__)


class Send:
    """Checks outgoing mail against the suppressions, counts it in *book*, and signs it.

    ``directory()`` gives the accounts or raises TryLater; ``reference()`` gives a new reference for each message; *closed*: mail
    waits while the store does not answer; *suppressed* is the treatment of suppressed recipients where their account chooses none.
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
        self._suppressions = suppressions
        self._send_counts = book
        self._signing = signing
        self._reference = reference
        self._now = now
        self._closed = closed
        self._suppressed = suppressed
        self._outgoing_log = OutgoingLog(_log, terms=self._terms, generation=self._generation, signing=signing)
        self._cached_directory = Directory({}, {})
        self._senders: dict[str, str] = {}

    async def send(self, mail: Outgoing, *, can_refuse: bool = True) -> Sending | None:
        """Drop, count and sign *mail*; None where it belongs to no account. Raises TryLater where the mail has to wait.

        *can_refuse*: the client gets the reply, so a mail to suppressed addresses only can be refused as a whole.
        """
        if not await self._refresh():
            return None
        own_path = self._own_path(mail)
        account = self._account(mail, own_path)
        if account is None:
            return None
        forms, suppressed = await self._look_up(account, mail)
        sending = prepare(
            mail,
            account,
            suppressed,
            self._signing(),
            self._reference(),
            forms=forms,
            hashed=self._terms(account).hash_paths,
            own_path=own_path,
            generation=self._generation(account),
        )
        if can_refuse and sending.dropped and not sending.recipients and self._refuses(account):
            sending = dataclasses.replace(sending, refused=suppressed[sending.dropped[0]])
        try:
            await self._send_counts.count(OPERATOR, [self._counted_send(mail, sending, forms, suppressed)])
        except StoreError as error:
            self._fail(error)
        self._outgoing_log.log_sending(mail, sending, suppressed)
        return sending

    async def refusal(self, mail: Outgoing, *, can_drop: bool) -> Suppression | None:
        """Give the suppression for which the only recipient of *mail* is refused, judged by the envelope alone.

        *can_drop*: ``send`` is called for the whole mail later, and drops the recipient there, if its account prefers that.
        """
        if not await self._refresh():
            return None
        account = self._account(mail, self._own_path(mail), logged_later=can_drop)
        if account is None or (can_drop and not self._refuses(account)):
            return None
        return await self._refuse(account, mail.recipients[0], mail.queue_id)

    async def suppression(self, account: str, address: str) -> Suppression | None:
        """Give the suppression for which *account* sends nothing to *address*; None for an unknown account, which is logged."""
        if not await self._refresh():
            return None
        if (
            account not in self._cached_directory.accounts
        ):  # a misspelt name in a mail server's settings shows nowhere else
            _log.warning("asked about account=%.99a, which there is not: nobody is suppressed for it", account)
            return None
        return await self._refuse(account, address)

    def _refuses(self, account: str) -> bool:
        """Whether mail of the account to suppressed addresses is refused, where refusing is possible, and not dropped."""
        chosen = self._terms(account).suppressed
        return (self._suppressed if chosen is SuppressedMail.DEFAULT else chosen) is SuppressedMail.REFUSE

    async def _refuse(self, account: str, address: str, queue_id: str | None = None) -> Suppression | None:
        """Give the suppression of an address, and log and count the refusal; None where it has none."""
        form = comparable(address)
        suppression = (await self._suppressions_of(account, [form])).get(form)
        if suppression is None:
            return None
        self._outgoing_log.log_refusal(suppression, account, address, queue_id)
        try:
            refused = Sent(account, self._now(), (), refused=(form,), refusal_causes=(suppression,))
            await self._send_counts.count(OPERATOR, [refused])
        except StoreError as error:  # the suppression is known, so the recipient is refused all the same
            _log.log(error.level(logging.WARNING), "a refusal is not counted: %s", error)
        return suppression

    async def _look_up(self, account: str, mail: Outgoing) -> tuple[dict[str, str], dict[str, Suppression]]:
        """Give the comparable form of each recipient, and the suppressions of the recipients that have one."""
        forms = dict[str, str]()
        for number, recipient in enumerate(dict.fromkeys(mail.recipients), 1):
            forms[recipient] = comparable(recipient)
            if number % RECIPIENTS_PER_TURN == 0:
                await asyncio.sleep(0)
        suppressed = await self._suppressions_of(account, list(forms.values()), mail.stream)
        return forms, {recipient: suppressed[form] for recipient, form in forms.items() if form in suppressed}

    async def _suppressions_of(
        self, account: str, forms: Sequence[str], stream: str | None = None
    ) -> Mapping[str, Suppression]:
        """Give the suppressions that stop a mail (of *stream*) to addresses in comparable form; all in one call of the store."""
        try:
            return await self._suppressions.suppressions_of(
                OPERATOR, account, forms, now=self._now(), stream=stream or ""
            )
        except StoreError as error:
            self._fail(error)
            return {}

    def _fail(self, error: BouncerError) -> None:
        _log.warning("outgoing mail %s: %s", "has to wait" if self._closed else "goes on", error)
        if self._closed:
            raise TryLater.store() from error

    def _own_path(self, mail: Outgoing) -> OwnPath | None:
        """Give the return path of ours that the mail has already; a badly signed or expired path counts as a stranger's address."""
        signed = signed_path(mail.reverse_path, self._signing(), generation_lookup(self._cached_directory))
        if signed is None:
            return None
        if not isinstance(signed, Flaw):
            return OwnPath(signed.account, signed)
        alias = parse_alias(mail.reverse_path, self._cached_directory)
        if alias is not None and alias.account is not None:
            return OwnPath(alias.account, mailbox=alias.recipient)
        if signed is not Flaw.FORM:
            _log.info("reverse-path=%.400a is none of ours: %s", self._outgoing_log.path(mail.reverse_path), signed)
        return None

    def _account(self, mail: Outgoing, own_path: OwnPath | None, *, logged_later: bool = False) -> str | None:
        """Give the account that *mail* belongs to; log a surprising login, unless a later call logs it (*logged_later*)."""
        account = account_of(self._senders, self._cached_directory.accounts, mail, own_path)
        if logged_later:
            return account
        if own_path is not None and mail.login and account != own_path.account:
            _log.info(
                "reverse-path=%.400a is of account %s, and login=%.99a is not",
                self._outgoing_log.path(mail.reverse_path),
                own_path.account,
                mail.login,
            )
        if account is None and mail.login:  # the operator may expect that the sender's address decides
            _log.info("login=%.99a is of no account: its mail goes as it is", mail.login)
        return account

    async def _refresh(self) -> bool:
        """Refresh the known accounts; False where they are not known and mail goes on all the same. Raises TryLater."""
        try:
            directory = await self._directory()
        except TryLater as error:
            self._fail(error)
            return False
        if directory is not self._cached_directory:
            self._cached_directory = directory
            self._senders = directory.whose_senders()
        return True

    def _generation(self, account: str) -> Generation:
        return self._cached_directory.generation(account) or FIRST

    def _terms(self, account: str) -> AccountRules:
        existing = self._cached_directory.accounts.get(account)
        return existing.terms if existing else AccountRules()

    def _counted_send(
        self, mail: Outgoing, sending: Sending, forms: Mapping[str, str], suppressed: Mapping[str, Suppression]
    ) -> Sent:
        return Sent(
            sending.account,
            self._now(),
            tuple(forms[recipient] for recipient in sending.recipients),
            message_id=mail.message_id,
            subject=mail.subject,
            campaign=mail.campaign,
            stream=mail.stream,
            reference=sending.reference,
            path_until=_end_of(sending.path_day),
            **self._group_undelivered(sending, forms, suppressed),
        )

    def _group_undelivered(
        self, sending: Sending, forms: Mapping[str, str], suppressed: Mapping[str, Suppression]
    ) -> dict[str, tuple[Any, ...]]:
        """Give the recipients without mail: refused (the client hears it), or dropped (the owners are told, with the cause)."""
        addresses = tuple(forms[address] for address in sending.dropped)
        causes = tuple(suppressed[address] for address in sending.dropped)
        if sending.refused:
            return {"refused": addresses, "refusal_causes": causes}
        return {"dropped": addresses, "causes": causes}


def _end_of(day: int | None) -> dt.datetime | None:
    """Give the end of a day that is numbered since 1970-01-01."""
    return None if day is None else _FIRST_DAY + dt.timedelta(days=day + 1)
