"""The events of one letter for its account's webhooks. Pure."""

from collections.abc import Iterable, Iterator

from bouncer.mail.address import comparable
from bouncer.mail.letter import PathKind
from bouncer.ndr.reading import Kind
from bouncer.policy.account_events import (
    AccountEvent,
    account_entries,
    auto_reply_event,
    blocking_event,
    unread_event,
)
from bouncer.policy.circumstances import Circumstances
from bouncer.policy.notifications import Notification
from bouncer.policy.outcomes import Outcomes
from bouncer.policy.records import EntryKind, NewEntry, Unread
from bouncer.policy.webhooks import MAX_EVENTS, webhook_entries


def letter_events(
    kind: Kind,
    circumstances: Circumstances,
    results: Outcomes,
    notifications: Iterable[Notification],
    unread: Unread | None,
    *,
    is_silent: bool,
) -> Iterator[NewEntry]:
    """Make the outbox entries for webhooks.

    With *is_silent*, mail about the letter could loop: nobody is told of its outcomes, but endpoints get changes of suppressions.
    """
    account, endpoints = circumstances.path.account, circumstances.endpoints
    if not endpoints or account is None:
        return
    if not is_silent and circumstances.path.kind is not PathKind.OPERATOR:
        yield from webhook_entries(endpoints, kind, results.bounces)
    changes = [change.event for change in results.changes[:MAX_EVENTS]]
    others = _events(kind, circumstances, notifications, unread, is_silent=is_silent)
    yield from account_entries(endpoints, [*changes, *others], account)


def _events(
    kind: Kind,
    circumstances: Circumstances,
    notifications: Iterable[Notification],
    unread: Unread | None,
    *,
    is_silent: bool,
) -> Iterator[AccountEvent]:
    now, letter_id = circumstances.now, circumstances.letter_id
    if unread:
        yield unread_event(now, letter_id, unread, circumstances.extract)
    for notification in notifications:
        if notification.kind is EntryKind.WARNING and notification.account is None and notification.about:
            yield blocking_event(now, notification.about)
    if kind is Kind.AUTO_REPLY and not is_silent:
        key, is_signed = comparable(circumstances.path.recipient or ""), circumstances.signed is not None
        yield auto_reply_event(now, letter_id, key, is_signed=is_signed)
