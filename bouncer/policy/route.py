"""Routing: from the reading of a letter to its record, which holds all outcomes and notifications. Pure.

No notice leads to another notice: a letter to the return path of our notices, a notice of ours, and a bounce of one
are recorded, and no notice about them is sent, so that no mail loop can begin.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from bouncer.mail.address import comparable
from bouncer.mail.letter import PathKind
from bouncer.ndr.reading import Kind, Reading
from bouncer.policy.address_match import compare
from bouncer.policy.believe import Credentials, is_overused, is_partly_forgotten
from bouncer.policy.blocking import warnings_of_blocks
from bouncer.policy.circumstances import Circumstances
from bouncer.policy.history import History, HistoryQuery
from bouncer.policy.letter_events import letter_events
from bouncer.policy.networks import is_within
from bouncer.policy.notifications import Notification, outbox_entries
from bouncer.policy.outcomes import RECORDED, Outcomes, outcomes
from bouncer.policy.owner_bounces import newly_failing, warnings_of_failing
from bouncer.policy.preferences import topic_of
from bouncer.policy.records import Belief, Bounce, Bucket, EntryKind, FailingOwner, LetterState, Record, Unread
from bouncer.policy.unread import mails_about, reason_to_show
from bouncer.verdict.verdict import Judgement

NOTICE_KINDS = frozenset({Kind.BOUNCE, Kind.DELAY, Kind.COMPLAINT})
"""Kinds of letters about which an account's owners get a notice."""


@dataclass(frozen=True, slots=True)
class RoutedLetter:
    """A letter that is to be decided on as soon as its history is known."""

    judgement: Judgement
    circumstances: Circumstances

    @property
    def letter_id(self) -> int:
        """The id of the letter in the store."""
        return self.circumstances.letter_id

    @property
    def query(self) -> HistoryQuery:
        """The query for the history that the decision needs: the letter's addresses, and the message that it returns."""
        reading, circumstances = self.judgement.reading, self.circumstances
        if circumstances.path.kind is PathKind.NOTICE and circumstances.path.recipient is not None:
            return HistoryQuery(owner=comparable(circumstances.path.recipient))
        if circumstances.path.account is None or reading.kind not in RECORDED:
            return HistoryQuery(notices=circumstances.notices)
        token = credentials(circumstances, History()).token
        token_recipients = (token.recipient,) if token and token.recipient else ()
        return HistoryQuery(
            account=circumstances.path.account,
            addresses=tuple(dict.fromkeys((*token_recipients, *circumstances.compared.forms.values()))),
            token=token.mac if token else None,
            is_shared=token is not None and not token.is_for_one_recipient,
            peer=circumstances.peer,
            message_id=reading.original.message_id,
            reference=token.reference if token else None,
            notices=circumstances.notices,
            is_partly_forgotten=is_partly_forgotten(token, circumstances.outliving_days, circumstances.now),
        )

    def decide(self, history: History) -> Record:
        """Give the record with all consequences of the letter."""
        return route(self.judgement, self.circumstances, history)


def with_comparison(circumstances: Circumstances, reading: Reading, forms: Mapping[str, str]) -> Circumstances:
    """Give *circumstances* with the comparison for the decision; *forms* are the comparable forms of the letter's addresses."""
    token = credentials(circumstances, History()).token
    comparison = compare(reading, forms, token=token, signed=circumstances.signed, mark=circumstances.mark)
    return dataclasses.replace(circumstances, compared=comparison)


def credentials(circumstances: Circumstances, history: History) -> Credentials:
    """Give the credentials of the letter, which may earn it belief."""
    own_server = is_within(circumstances.peer, history.rules.servers)
    return Credentials(
        circumstances.path,
        circumstances.signed,
        circumstances.mark,
        circumstances.flaw,
        own_server,
        circumstances.owners,
        circumstances.compared,
    )


def route(judgement: Judgement, circumstances: Circumstances, history: History | None = None) -> Record:
    """Decide on a letter, and give the record with all consequences."""
    history = history or History()
    reading, by = judgement.reading, credentials(circumstances, history)
    results = outcomes(
        judgement,
        by,
        history,
        letter_id=circumstances.letter_id,
        came_at=circumstances.came_at or circumstances.now,
        now=circumstances.now,
        is_our_own=history.is_our_own,
    )
    notifications, note = _notifications(reading, results.bounces, circumstances, by, history)
    unread = _why_unread(reading, results.bounces, circumstances, history)
    if unread:
        notifications = (*notifications, *_unread_notifications(circumstances))
    failing_owners = _failing_owners(reading, circumstances, history)
    notifications += (
        *_warnings(results, circumstances, history),
        *warnings_of_failing(failing_owners, history.owned, circumstances.operator),
    )
    is_silent = _reason_for_silence(circumstances, history) is not None
    shunted = reading.kind is Kind.UNREADABLE and circumstances.path.kind is not PathKind.OPERATOR
    return Record(
        letter_id=circumstances.letter_id,
        state=LetterState.SHUNTED if shunted else LetterState.READ,
        kind=reading.kind,
        account=circumstances.path.account,
        reading=reading,
        bounces=results.bounces,
        suppressions=results.suppressions,
        releases=results.releases,
        entries=(
            *outbox_entries(notifications, circumstances.subscribers, circumstances.path.account),
            *letter_events(reading.kind, circumstances, results, notifications, unread, is_silent=is_silent),
        ),
        failing=failing_owners,
        counts=results.counts,
        token=by.token.mac if by.token and reading.kind in RECORDED else None,
        is_of_own_server=by.from_own_server,
        reported_addresses=results.reported_addresses,
        blocked=results.blocked,
        note=note or reading.why,
        unread=unread,
        written=circumstances.extract if unread else None,
    )


def _failing_owners(reading: Reading, circumstances: Circumstances, history: History) -> tuple[FailingOwner, ...]:
    """Give the owners whose notice the letter reports as failed; none for a letter to any other path than that of notices."""
    if circumstances.path.kind is not PathKind.NOTICE:
        return ()
    return newly_failing(reading, circumstances.path.recipient, history.owned)


def _why_unread(
    reading: Reading, bounces: tuple[Bounce, ...], circumstances: Circumstances, history: History
) -> Unread | None:
    """Give why a person has to see the letter; None for letters that could loop, or are passed on or listed anyway."""
    if circumstances.path.kind is PathKind.OPERATOR:
        return None
    if (
        circumstances.path.kind is PathKind.NOTICE
        and reading.kind is Kind.UNREADABLE
        and not circumstances.is_from_bouncer
    ):
        return Unread.UNREADABLE  # a notice's owner is not told of its bounces; only so the operator learns of it
    return (
        None
        if _reason_for_silence(circumstances, history)
        else reason_to_show(reading.kind, circumstances.extract, bounces)
    )


def _unread_notifications(circumstances: Circumstances) -> tuple[Notification, ...]:
    if circumstances.path.kind is not PathKind.NOTICE:
        return mails_about(circumstances.owners, forwards=circumstances.forwards)
    to, operator = circumstances.path.recipient, circumstances.operator
    may_be_operators = to is None or operator is None or comparable(to) == comparable(operator)
    return () if may_be_operators else mails_about((), forwards=True)


def _warnings(results: Outcomes, circumstances: Circumstances, history: History) -> tuple[Notification, ...]:
    if not results.blocked or circumstances.path.account is None or _reason_for_silence(circumstances, history):
        return ()
    return warnings_of_blocks(results.blocked, history, account=circumstances.path.account, now=circumstances.now)


def _notifications(
    reading: Reading, bounces: tuple[Bounce, ...], circumstances: Circumstances, by: Credentials, history: History
) -> tuple[tuple[Notification, ...], str | None]:
    if why := _reason_for_silence(circumstances, history):
        return (), f"{why}; told to nobody"
    if circumstances.path.kind is PathKind.OPERATOR:
        return _to_operator(circumstances.operator)
    if reading.kind not in NOTICE_KINDS:  # nothing failed
        return (), None
    bucket, note = _bucket(bounces, by, history)
    # a removed account has no subscriptions: its records can be listed only
    return (Notification(EntryKind.NOTICE, _topics(reading, bounces), bucket=bucket),), note


def _topics(reading: Reading, bounces: tuple[Bounce, ...]) -> frozenset[str]:
    """Give the topics of a report, by its recipients."""
    categories = [bounce.verdict.category if bounce.verdict else None for bounce in bounces] or [None]
    return frozenset(topic_of(reading.kind, category) for category in categories)


def _bucket(bounces: tuple[Bounce, ...], by: Credentials, history: History) -> tuple[Bucket, str | None]:
    """Give the token bucket (rate limit) of the notice, and a note: forged reports use none of the tokens of proven ones."""
    if by.token is not None and is_overused(history):
        return Bucket.DIGEST, f"its return path has already been used {history.uses} times today; told in a digest only"
    proven = any(bounce.believed.belief is Belief.PROVEN for bounce in bounces)
    return Bucket.PROVEN if proven else Bucket.UNPROVEN, None


def _reason_for_silence(circumstances: Circumstances, history: History) -> str | None:
    """Give the reason for which no notice is sent; None where one is sent, in a digest at least."""
    if circumstances.path.kind is PathKind.NOTICE:  # it would come back again; ``policy.owner_bounces`` tells others
        return "came back for one of our own notices"
    if history.is_our_own:  # a loop: a notice about it would come back in the same way
        return "one of our own notices, or a bounce of one"
    if circumstances.is_from_bouncer:  # a loop between two bouncers
        return "the mail of another bouncer"
    if circumstances.path.kind is PathKind.QUARANTINE:  # the account wants such letters listed, not refused
        return f"in quarantine: its return path is {circumstances.flaw or 'not in order'}"
    return None


def _to_operator(operator: str | None) -> tuple[tuple[Notification, ...], str | None]:
    if operator is None:  # the settings name none; such letters are listed
        return (), "no operator is set; kept only"
    return (Notification(EntryKind.OPERATOR, to=operator, bucket=Bucket.OPERATOR),), None
