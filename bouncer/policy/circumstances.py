"""The circumstances of a letter: the facts about it beside its content. Pure."""

import datetime as dt
from dataclasses import dataclass

from bouncer.mail.letter import ReturnPath
from bouncer.mail.returnpath import Signed
from bouncer.ndr.reading import Written
from bouncer.policy.address_match import NO_COMPARISON, Comparison
from bouncer.policy.notifications import Subscription, mail_subscriptions
from bouncer.policy.records import NO_ACCOUNT
from bouncer.policy.webhooks import Endpoint


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The facts about a letter beside its content."""

    letter_id: int
    path: ReturnPath
    signed: Signed | None  # the return path's signature, where it is good
    owners: tuple[str, ...]  # of the account; none where it wants no mail
    operator: str | None
    now: dt.datetime
    mark: Signed | None = None  # the signature in the returned headers, where it is good
    flaw: str | None = None  # why one of the two signatures is not good
    peer: str = ""
    came_at: dt.datetime | None = None  # None: now
    notices: tuple[str, ...] = ()  # ids of the letter, and of mails that it returns, that may be notices of ours
    is_from_bouncer: bool = False  # its header says that a bouncer wrote it
    extract: Written | None = None  # an extract for a person to read
    forwards: bool = True  # False: the account wants no mail at all
    compared: Comparison = NO_COMPARISON
    subscriptions: tuple[Subscription, ...] = ()  # of the account, beside its owners
    endpoints: tuple[Endpoint, ...] = ()  # of the account's webhooks
    outliving_days: int = 0  # days by which return paths outlive what is remembered of the messages that carried them

    @property
    def subscribers(self) -> tuple[Subscription, ...]:
        """Give all subscriptions for the letter: the owners, the account's other subscriptions, the operator."""
        owners = mail_subscriptions(self.path.account or NO_ACCOUNT, self.owners) if self.path.account else ()
        operator = mail_subscriptions(NO_ACCOUNT, [self.operator] if self.operator else [])
        return (*owners, *self.subscriptions, *operator)
