"""From notifications to entries of the outbox: each subscriber to an account's topics hears of them by its own channel. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bouncer.mail.address import ascii_domain, split
from bouncer.mail.letter import spell_id
from bouncer.policy.records import MAIL, Bucket, EntryKind, NewEntry


@dataclass(frozen=True, slots=True)
class Subscription:
    """One destination that gets an account's events through one channel, of some topics (``preferences.TOPICS``) or of all."""

    account: str  # NO_ACCOUNT: the operator's events
    channel: str
    destination: str
    topics: tuple[str, ...] = ()  # none: all
    at_once: bool = True  # False: each entry is scheduled by its reader's preferences

    def wants(self, topics: frozenset[str]) -> bool:
        """Whether the destination gets an event of one of *topics*; an event without a topic goes to all destinations."""
        return not self.topics or not topics or not topics.isdisjoint(self.topics)


@dataclass(frozen=True, slots=True)
class Notification:
    """An event that subscribers get."""

    kind: EntryKind
    topics: frozenset[str] = frozenset()
    account: str | None = None  # None: the letter's; NO_ACCOUNT: the operator's
    about: str | None = None  # facts beside the letter
    bucket: Bucket = Bucket.PROVEN
    to: str | None = None  # the address of the only person who gets it; None: the subscribers


def mail_subscriptions(account: str, addresses: Iterable[str]) -> tuple[Subscription, ...]:
    """Give the subscriptions of people: all topics by mail; when each mail leaves is scheduled by their preferences."""
    return tuple(Subscription(account, MAIL, address, at_once=False) for address in dict.fromkeys(addresses))


def outbox_entries(
    notifications: Iterable[Notification], subscriptions: Iterable[Subscription], account: str | None
) -> tuple[NewEntry, ...]:
    """Make the entries for the *notifications* of one letter of *account*: one for each event, channel and destination.

    Where two notifications tell a destination of one event, the first counts: an operator who is an owner hears as an owner.
    """
    subscription_list = tuple(subscriptions)
    entries: dict[tuple[EntryKind, str, str], NewEntry] = {}
    for notification in notifications:
        for entry in _entries(notification, subscription_list, account):
            entries.setdefault((entry.kind, entry.channel, entry.to), entry)
    return tuple(entries.values())


def _entries(
    notification: Notification, subscriptions: tuple[Subscription, ...], account: str | None
) -> Iterator[NewEntry]:
    kind, about, bucket = notification.kind, notification.about, notification.bucket
    billed = notification.account
    if notification.to is not None:
        yield NewEntry(kind, notification.to, about, billed, bucket)
        return
    subscribed = account if billed is None else billed
    for subscription in subscriptions:
        if subscription.account == subscribed and subscription.wants(notification.topics):
            destination, channel = subscription.destination, subscription.channel
            yield NewEntry(kind, destination, about, billed, bucket, channel, subscription.at_once)


def event_id(letter_id: int, kind: EntryKind) -> str:
    """Make the id of an event that follows from a letter, at most 32 characters of ASCII: the same at every attempt."""
    return f"{spell_id(letter_id)}.{kind.value}"


def lane_of(channel: str, destination: str) -> str:
    """Give the name of an entry's lane: a mail's domain, else the destination. A slow server delays its own lane only."""
    return ascii_domain(split(destination)[1]) if channel == MAIL else destination
