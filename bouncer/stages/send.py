"""Send: a mail of ours is about to go out. Those who are suppressed are dropped, the rest is counted, and the mail is signed.

Asked by the doors that mail servers ask through (milter, Postfix's policy service, socketmap). Where the store cannot
answer, the operator's choice decides: closed has the mail server come again, open lets the mail go, still signed where the
accounts are known, but not counted.
"""

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Mapping

from bouncer.errors import BouncerError, StoreError, TryLater
from bouncer.logs import tell
from bouncer.mail.address import comparable
from bouncer.mail.logged import nameless, unsigned
from bouncer.mail.returnpath import Flaw, claimed_account
from bouncer.policy.outgoing import (
    FIRST,
    Outgoing,
    OwnPath,
    Sending,
    Signing,
    account_of,
    hashed_name,
    prepare,
    signed_path,
)
from bouncer.policy.record import Suppression
from bouncer.policy.terms import Terms
from bouncer.ports import Directory, SendBook, Sent, SuppressionList
from bouncer.stages.admit import alias_of, generations
from bouncer.stages.drop import Drop

AT_ONCE = 25
"""Recipients that are looked up before the others of the event loop have their turn: each takes some tens of microseconds, and
up to a millisecond where its domain is beyond ASCII; together that is not to be felt."""

MOST_LINES = 20
"""Lines of the log about recipients of one message that get nothing: it may have fifty thousand."""

_log = logging.getLogger(__name__)


class Send:
    """Knows the accounts, the suppressions, the book of sends and the keys.

    ``directory()`` gives the accounts or raises TryLater; ``reference()`` gives a new one for each message; *closed* is
    the operator's choice.
    """

    def __init__(
        self,
        directory: Callable[[], Awaitable[Directory]],
        suppressions: SuppressionList,
        book: SendBook,
        *,
        signing: Callable[[], Signing],
        reference: Callable[[], str],
        now: Callable[[], dt.datetime],
        closed: bool,
    ) -> None:
        self._directory = directory
        self._drop = Drop(suppressions, terms=self._terms, now=now)
        self._book = book
        self._signing = signing
        self._reference = reference
        self._now = now
        self._closed = closed
        self._known = Directory({}, {})
        self._senders: dict[str, str] = {}

    async def send(self, mail: Outgoing) -> Sending | None:
        """Drop, count and sign *mail*; None where it is no account's. Raises TryLater where the mail has to wait."""
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
            generation=self._known.generation(account) or FIRST,
        )
        try:
            await self._book.count([self._sent(mail, sending, forms)])
        except StoreError as error:
            self._fail(error)
        self._tell(mail, sending, gone)
        return sending

    def _tell(self, mail: Outgoing, sending: Sending, gone: Mapping[str, Suppression]) -> None:
        """Log what becomes of the message; of very many recipients who get nothing, some."""
        if not _log.isEnabledFor(logging.INFO):
            return
        account, queue_id = sending.account, mail.queue_id
        for one in sending.dropped[:MOST_LINES]:
            who, cause = self._named(account, one), gone[one].reason
            tell(_log, logging.INFO, "dropped", account=account, recipient=who, cause=cause, queue_id=queue_id)
        if (more := len(sending.dropped) - MOST_LINES) > 0:
            tell(_log, logging.INFO, "dropped", account=account, more=more, queue_id=queue_id)
        count = len(sending.recipients)
        if count:
            only = self._named(account, sending.recipients[0]) if count == 1 else None
            event = "counted" if sending.reverse_path is None else "signed"
            tell(_log, logging.INFO, event, account=account, recipient=only, recipients=count, queue_id=queue_id)

    async def refuses(self, mail: Outgoing) -> bool:
        """Whether the one recipient of *mail* is suppressed, as far as its envelope tells."""
        account = self._account(mail, self._own(mail)) if await self._look() else None
        return account is not None and self._refused(account, mail.recipients[0], mail.queue_id)

    async def suppressed(self, account: str, address: str) -> bool:
        """Whether *account* sends nothing to *address* any more; an account that there is not sends to everybody."""
        if not await self._look():
            return False
        if account not in self._known.accounts:  # a misspelt name in a mail server's settings would show nowhere else
            _log.warning("asked about account=%.99a, which there is not: nobody is suppressed for it", account)
            return False
        return self._refused(account, address)

    def _refused(self, account: str, address: str, queue_id: str | None = None) -> bool:
        """Whether the address is suppressed."""
        found = self._gone(account, comparable(address))
        if found is None:
            return False
        who = self._named(account, address)
        tell(_log, logging.INFO, "refused", account=account, recipient=who, cause=found.reason, queue_id=queue_id)
        return True

    def _named(self, account: str, address: str) -> str:
        """Give a recipient as the account wants it to stand in the log."""
        if not self._terms(account).hash_paths:
            return address
        return hashed_name(account, address, self._signing(), self._known.generation(account) or FIRST)

    def _path(self, path: str) -> str:
        """Give a reverse-path in a domain of ours for the log."""
        return nameless(path) if self._terms(claimed_account(path) or "").hash_paths else unsigned(path)

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
            _log.info("reverse-path=%.400a is none of ours: %s", self._path(mail.reverse_path), found)
        return None

    def _account(self, mail: Outgoing, own: OwnPath | None) -> str | None:
        account = account_of(self._senders, self._known.accounts, mail, own)
        if own is not None and mail.login and account != own.account:
            _log.info(
                "reverse-path=%.400a is of account %s, and login=%.99a is not",
                self._path(mail.reverse_path),
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

    def _terms(self, account: str) -> Terms:
        known = self._known.accounts.get(account)
        return known.terms if known else Terms()

    def _sent(self, mail: Outgoing, sending: Sending, forms: Mapping[str, str]) -> Sent:
        return Sent(
            sending.account,
            self._now(),
            tuple(forms[one] for one in sending.recipients),
            message_id=mail.message_id,
            subject=mail.subject,
            campaign=mail.campaign,
            stream=mail.stream,
            reference=sending.reference,
            dropped=tuple(forms[one] for one in sending.dropped),
        )
