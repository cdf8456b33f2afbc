"""From a reading to a record: what is written about a letter and who is told. One decision, all of it pure.

Nothing that is ours comes back out: a letter to the return path of our notices, one of our own notices, or a bounce of
one is recorded and told to nobody, so that no loop can begin.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from bouncer.mail.address import comparable
from bouncer.mail.letter import PathKind, ReturnPath
from bouncer.mail.returnpath import Signed
from bouncer.ndr.reading import Kind, Reading, Written
from bouncer.policy.believe import Credentials, is_overused
from bouncer.policy.blocking import warnings
from bouncer.policy.compared import NOTHING, Compared, compare
from bouncer.policy.history import History, HistoryQuery
from bouncer.policy.networks import is_within
from bouncer.policy.notifications import Notification, Subscription, mail_subscriptions, outbox_entries
from bouncer.policy.outcomes import RECORDED, Outcomes, outcomes
from bouncer.policy.owner_bounces import failing, warned
from bouncer.policy.preferences import topic
from bouncer.policy.records import NO_ACCOUNT, Belief, Bounce, Bucket, LetterState, ParcelKind, Record, Unread
from bouncer.policy.unread import shown_to, why_seen
from bouncer.verdict.verdict import Judgement

TOLD = frozenset({Kind.BOUNCE, Kind.DELAY, Kind.COMPLAINT})
"""Kinds that an account's owner is told of by a notice."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known about a letter beside what it says."""

    letter_id: int
    path: ReturnPath
    signed: Signed | None  # the return path's signature, where it is good
    owners: tuple[str, ...]  # of the account, as far as they are to be told
    operator: str | None
    now: dt.datetime
    mark: Signed | None = None  # the signature in the returned headers, where it is good
    flaw: str | None = None  # why one of them is not good
    peer: str = ""
    came_at: dt.datetime | None = None  # where that is not now
    notices: tuple[str, ...] = ()  # ids of mails that it is or returns, and that could be ours
    of_a_bouncer: bool = False  # its own header says that some bouncer wrote it
    written: Written | None = None  # how it looks to a person
    forwards: bool = True  # False: the account wants no mail at all
    compared: Compared = NOTHING
    subscriptions: tuple[Subscription, ...] = ()  # of the account, beside its owners

    @property
    def subscribers(self) -> tuple[Subscription, ...]:
        """Give all who may hear of it: the owners, the account's other subscriptions, the operator."""
        owners = mail_subscriptions(self.path.account or NO_ACCOUNT, self.owners) if self.path.account else ()
        operator = mail_subscriptions(NO_ACCOUNT, [self.operator] if self.operator else [])
        return (*owners, *self.subscriptions, *operator)


@dataclass(frozen=True, slots=True)
class RoutedLetter:
    """A letter to be decided on as soon as the past is known."""

    judgement: Judgement
    circumstances: Circumstances

    @property
    def letter_id(self) -> int:
        """Which letter."""
        return self.circumstances.letter_id

    @property
    def asks(self) -> HistoryQuery:
        """What of the past matters: the addresses that it names, the message that it returns."""
        reading, about = self.judgement.reading, self.circumstances
        if about.path.kind is PathKind.NOTICE and about.path.recipient is not None:
            return HistoryQuery(owner=comparable(about.path.recipient))
        if about.path.account is None or reading.kind not in RECORDED:
            return HistoryQuery(notices=about.notices)
        token = credentials(about, History()).token
        own = (token.recipient,) if token and token.recipient else ()
        return HistoryQuery(
            account=about.path.account,
            addresses=tuple(dict.fromkeys((*own, *about.compared.forms.values()))),
            token=token.mac if token else None,
            shared=token is not None and not token.names_one,
            message_id=reading.original.message_id,
            reference=token.reference if token else None,
            notices=about.notices,
        )

    def decide(self, past: History) -> Record:
        """Decide everything that follows from it."""
        return route(self.judgement, self.circumstances, past)


def compared(about: Circumstances, reading: Reading, forms: Mapping[str, str]) -> Circumstances:
    """Do all comparing that the decision on a letter needs; *forms* are those of the addresses that it names."""
    token = credentials(about, History()).token
    found = compare(reading, forms, token=token, signed=about.signed, mark=about.mark)
    return dataclasses.replace(about, compared=found)


def credentials(about: Circumstances, past: History) -> Credentials:
    """Give what the letter came with that may earn it belief."""
    own_server = is_within(about.peer, past.terms.servers)
    return Credentials(about.path, about.signed, about.mark, about.flaw, own_server, about.owners, about.compared)


def route(judgement: Judgement, about: Circumstances, past: History | None = None) -> Record:
    """Decide everything that follows from a letter."""
    past = past or History()
    reading, by = judgement.reading, credentials(about, past)
    found = outcomes(
        judgement,
        by,
        past,
        letter_id=about.letter_id,
        came_at=about.came_at or about.now,
        now=about.now,
        powerless=past.ours,
    )
    notifications, note = _notifications(reading, found.bounces, about, by, past)
    unread = _unread(reading, found.bounces, about, past)
    if unread:
        notifications = (*notifications, *_shown(about))
    came_back = failing(reading, about.path.recipient, past.owned) if about.path.kind is PathKind.NOTICE else ()
    notifications += (*_warnings(found, about, past), *warned(came_back, past.owned, about.operator))
    shunted = reading.kind is Kind.UNREADABLE and about.path.kind is not PathKind.OPERATOR
    return Record(
        letter_id=about.letter_id,
        state=LetterState.SHUNTED if shunted else LetterState.READ,
        kind=reading.kind,
        account=about.path.account,
        reading=reading,
        bounces=found.bounces,
        suppressions=found.suppressions,
        releases=found.releases,
        parcels=outbox_entries(notifications, about.subscribers, about.path.account),
        failing=came_back,
        tallies=found.tallies,
        token=by.token.mac if by.token and reading.kind in RECORDED else None,
        told_of=found.told_of,
        blocked=found.blocked,
        note=note or reading.why,
        unread=unread,
        written=about.written if unread else None,
    )


def _unread(reading: Reading, bounces: tuple[Bounce, ...], about: Circumstances, past: History) -> Unread | None:
    """Say why a person has to see the letter; nothing of what could come back for ever, or is passed on or listed as it is."""
    if about.path.kind is PathKind.OPERATOR:
        return None
    if about.path.kind is PathKind.NOTICE and reading.kind is Kind.UNREADABLE and not about.of_a_bouncer:
        return Unread.UNREADABLE  # the owner does not hear of bounces, and by this alone the operator learns it
    return None if _untold(about, past) else why_seen(reading.kind, about.written, bounces)


def _shown(about: Circumstances) -> tuple[Notification, ...]:
    if about.path.kind is not PathKind.NOTICE:
        return shown_to(about.owners, forwards=about.forwards)
    to, operator = about.path.recipient, about.operator
    may_be_operators = to is None or operator is None or comparable(to) == comparable(operator)
    return () if may_be_operators else shown_to((), forwards=True)


def _warnings(found: Outcomes, about: Circumstances, past: History) -> tuple[Notification, ...]:
    if not found.blocked or about.path.account is None or _untold(about, past):
        return ()
    return warnings(found.blocked, past, account=about.path.account, now=about.now)


def _notifications(
    reading: Reading, bounces: tuple[Bounce, ...], about: Circumstances, by: Credentials, past: History
) -> tuple[tuple[Notification, ...], str | None]:
    if why := _untold(about, past):
        return (), f"{why}; told to nobody"
    if about.path.kind is PathKind.OPERATOR:
        return _to_operator(about.operator)
    if reading.kind not in TOLD:  # nothing failed
        return (), None
    bucket, note = _bucket(bounces, by, past)
    # nobody subscribes where the account is gone: its records are listed and can be asked for
    return (Notification(ParcelKind.NOTICE, _topics(reading, bounces), bucket=bucket),), note


def _topics(reading: Reading, bounces: tuple[Bounce, ...]) -> frozenset[str]:
    """Give the topics that a report's recipients fall under."""
    categories = [bounce.verdict.category if bounce.verdict else None for bounce in bounces] or [None]
    return frozenset(topic(reading.kind, category) for category in categories)


def _bucket(bounces: tuple[Bounce, ...], by: Credentials, past: History) -> tuple[Bucket, str | None]:
    """Say from which bucket the notice is taken: what anyone may have made up takes no room from what is proven."""
    if by.token is not None and is_overused(past):
        return Bucket.DIGEST, f"its return path has already been used {past.uses} times today; told in a digest only"
    proven = any(bounce.believed.belief is Belief.PROVEN for bounce in bounces)
    return Bucket.PROVEN if proven else Bucket.UNPROVEN, None


def _untold(about: Circumstances, past: History) -> str | None:
    """Say why nobody is told by a notice, where nobody is; every other report of a failure is told, in a digest at least."""
    if about.path.kind is PathKind.NOTICE:  # it would come back again; others are told (``policy.owner_bounces``)
        return "came back for one of our own notices"
    if past.ours:  # a loop: what is written about it would come the same way
        return "one of our own notices, or a bounce of one"
    if about.of_a_bouncer:  # a loop between two
        return "the mail of another bouncer"
    if about.path.kind is PathKind.QUARANTINE:  # the account wants such letters listed, which otherwise are refused
        return f"in quarantine: its return path is {about.flaw or 'not in order'}"
    return None


def _to_operator(operator: str | None) -> tuple[tuple[Notification, ...], str | None]:
    if operator is None:  # as the settings have it; such letters are listed
        return (), "no operator is set; kept only"
    return (Notification(ParcelKind.OPERATOR, to=operator, bucket=Bucket.OPERATOR),), None
