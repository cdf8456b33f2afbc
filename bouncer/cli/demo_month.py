"""A month of the demo's account, made up out of a seed: three campaigns, the orders of each day, and the letters that came back.

The same seed and the same end give the same month. It holds what an owner meets in such a time: mailboxes that are gone and that
are full, a provider that blocks, delays, a complaint, a wish to get no more, answers of people, and letters that no program reads.
"""

import datetime as dt
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bouncer.cli import demo_replies
from bouncer.cli.demo_replies import BLOCKING, DOMAINS, ServerReply
from bouncer.cli.demo_reports import SentMail, complaint, exim_report, mail, postfix_report

SEED = 20_261_122
DAYS = 28
"""Days of the month: return paths are good for 30 by default."""
READERS = 640
"""Recipients of a campaign."""
ORDERS_A_DAY = 40
SECONDS_APART = 70
"""Seconds between two mails of a campaign: the last one leaves after half a day."""
PART_OF_EXIM = 0.3
"""Reports that Exim writes; Postfix writes the others."""
JANE = "jane@example.com"
"""The reader whom the manual looks for."""
GROUP = dt.timedelta(minutes=20)
"""The span of time whose letters are played together, so that the month is played within seconds."""
_HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DemoCampaign:
    """A mailing: how many days before the end it went out, and how many of its mails failed in which way."""

    name: str
    subject: str
    days_ago: float
    mailboxes_gone: int
    full: int
    delayed: int
    blocked: int
    refused: int


CAMPAIGNS = (
    DemoCampaign(
        "welcome-back", "Welcome back to the bakery", 26.2, mailboxes_gone=17, full=5, delayed=4, blocked=0, refused=2
    ),
    DemoCampaign(
        "open-days", "Open days: see how we bake", 12.6, mailboxes_gone=8, full=6, delayed=3, blocked=4, refused=2
    ),
    DemoCampaign(
        "new-cakes", "New cakes, from Friday on", 0.95, mailboxes_gone=5, full=4, delayed=3, blocked=23, refused=1
    ),
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A letter that arrives at the time *at*, to the return path of the mail *sent*; *write* gives its octets for that path.

    With *sent* None it comes to the account's alias, which is no message's own path.
    """

    at: dt.datetime
    sent: SentMail | None
    write: Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Freed:
    """A person frees an address."""

    at: dt.datetime
    address: str
    why: str


@dataclass(frozen=True, slots=True)
class DemoMonth:
    """The mails that were sent, the letters that came, and the addresses that were freed, each list in the order of time."""

    sent: Sequence[SentMail]
    arrivals: Sequence[Arrival]
    freed: Sequence[Freed]


def make_month(end: dt.datetime, seed: int = SEED) -> DemoMonth:
    """Make the month that ends at *end*."""
    return _Maker(random.Random(seed), end).make()  # noqa: S311 -- a story, no secret


_NAMES = ("anna", "ben", "carla", "david", "emma", "finn", "greta", "hugo", "ida", "jonas", "kim", "lea", "max", "nora")


class _Maker:
    """Draws the month from *chance*, so that the same seed makes the same one."""

    def __init__(self, chance: random.Random, end: dt.datetime) -> None:
        self._chance = chance
        self._end = end
        self._sent: list[SentMail] = []
        self._arrivals: list[Arrival] = []
        self._freed: list[Freed] = []
        self._lost_readers: set[str] = set()
        domains, weights = list(DOMAINS), list(DOMAINS.values())
        self._readers = [
            f"{chance.choice(_NAMES)}.{number}_demo@{domain}"
            for number, domain in enumerate(chance.choices(domains, weights, k=READERS), 101)
        ]

    def make(self) -> DemoMonth:
        for campaign in CAMPAIGNS:
            self._send_campaign(campaign)
        for days_ago in range(DAYS - 1, -1, -1):
            self._send_orders(self._end - dt.timedelta(days=days_ago, hours=3))
        self._free_three_addresses()
        return DemoMonth(
            sorted(self._sent, key=lambda sent: sent.at),
            sorted(self._arrivals, key=lambda arrival: arrival.at),
            sorted(self._freed, key=lambda freed: freed.at),
        )

    def _send_campaign(self, campaign: DemoCampaign) -> None:
        begin = self._end - dt.timedelta(days=campaign.days_ago)
        listed = [*self._readers, JANE] if campaign is CAMPAIGNS[1] else self._readers
        mails = {
            reader: self._send(
                begin + number * SECONDS_APART * _HOUR / 3600, reader, campaign.subject, "news", campaign.name
            )
            for number, reader in enumerate(address for address in listed if address not in self._lost_readers)
        }
        for reader in self._draw_recipients(mails, campaign.blocked, BLOCKING):
            self._report_failure(mails[reader], demo_replies.blocked_network(reader))
        for reader in self._draw_recipients(mails, campaign.mailboxes_gone):
            self._report_gone_mailbox(mails[reader])
        if campaign is CAMPAIGNS[1]:
            self._report_gone_mailbox(mails[JANE])
            self._send_letters_of_people(mails)
            self._send_unreadable_report(mails, "lakeside.example", *_KEY)
        if campaign is CAMPAIGNS[2]:
            self._send_unreadable_report(mails, "museum.example", *_SHELF)
        for reader in self._draw_recipients(mails, campaign.full):
            self._report_failure(mails[reader], demo_replies.full_mailbox(reader))
        for reader in self._draw_recipients(mails, campaign.delayed):
            self._report_failure(mails[reader], demo_replies.greylisting(reader))
        for reader in self._draw_recipients(mails, campaign.refused):
            self._report_failure(mails[reader], demo_replies.spam_refusal(reader))

    def _draw_recipients(self, mails: dict[str, SentMail], count: int, domains: Sequence[str] = ()) -> list[str]:
        """Draw recipients, of *domains* only where some are named."""
        candidates = [reader for reader in mails if not domains or reader.rpartition("@")[2] in domains]
        return self._chance.sample(sorted(set(candidates) - self._lost_readers), count)

    def _send_orders(self, day: dt.datetime) -> None:
        """Send the orders of a day; the mailboxes of two regular customers have been full for two weeks."""
        for number in range(ORDERS_A_DAY):
            customer = self._chance.choice(self._readers)
            at = day + self._chance.random() * 2 * _HOUR
            self._send(at, customer, f"Your order {day:%j}{number:02}", "orders")
        regular = [reader for reader in self._readers if reader.endswith("@gmx.net")][:2]
        if (self._end - day).days in (11, 8, 4, 1):
            for customer in regular:
                sent = self._send(day, customer, f"Your weekly box of {day:%d %B}", "orders")
                self._report_failure(sent, demo_replies.full_mailbox(customer))

    def _send(self, at: dt.datetime, to: str, subject: str, stream: str, campaign: str | None = None) -> SentMail:
        message_id = f"{len(self._sent) + 1:05}.{at:%Y%m%d}@mail.demo.example"
        self._sent.append(SentMail(at, to, subject, message_id, stream, campaign))
        return self._sent[-1]

    def _report_gone_mailbox(self, sent: SentMail) -> None:
        """Make a report that the mailbox is gone."""
        self._report_failure(sent, demo_replies.no_mailbox(sent.recipient))
        self._lost_readers.add(sent.recipient)

    def _report_failure(self, sent: SentMail, reply: ServerReply) -> None:
        """Make a report that comes minutes or hours later."""
        wait_hours = 4.0 if reply.is_temporary else self._chance.choice((0.1, 0.4, 1, 2.5, 4, 7))
        at = min(sent.at + (wait_hours + self._chance.random() / 10) * _HOUR, self._end - _HOUR / 12)
        is_exim = not reply.is_temporary and self._chance.random() < PART_OF_EXIM
        write = exim_report if is_exim else postfix_report
        self._arrivals.append(Arrival(at, sent, lambda path: write(sent, reply, at, path)))

    def _send_letters_of_people(self, mails: dict[str, SentMail]) -> None:
        """Make the letters of people about the open days: a complaint, a wish to get no more, two answers."""
        complaint_mail, wish_mail, answered_mail, question = (
            mails[reader] for reader in self._draw_recipients(mails, 4)
        )
        self._add_arrival(complaint_mail, 20, lambda at, path: complaint(complaint_mail, at, path))
        self._add_arrival(
            wish_mail, 5, lambda at, path: mail(at, path, wish_mail.recipient, "unsubscribe", "unsubscribe")
        )
        self._add_arrival(
            answered_mail,
            9,
            lambda at, path: mail(at, path, answered_mail.recipient, f"Re: {answered_mail.subject}", _PRAISE),
        )
        self._add_arrival(
            question,
            30,
            lambda at, path: mail(at, path, question.recipient, "Re: visit", "Is there parking?"),
        )
        self._lost_readers |= {complaint_mail.recipient, wish_mail.recipient}

    def _send_unreadable_report(self, mails: dict[str, SentMail], server: str, *lines: str) -> None:
        """Make a report that no program can read."""
        (reader,) = self._draw_recipients(mails, 1)
        robot, subject = f"Mail robot <MAILER-DAEMON@{server}>", f"Mail returned: {mails[reader].subject}"
        at = mails[reader].at + 8 * _HOUR
        self._arrivals.append(Arrival(at, None, lambda path: mail(at, path, robot, subject, *lines)))

    def _free_three_addresses(self) -> None:
        """Make a person free three addresses of the first campaign."""
        failed_mails = [
            sent for sent in self._sent if sent.recipient in self._lost_readers and sent.campaign == CAMPAIGNS[0].name
        ]
        for sent, why in zip(self._chance.sample(failed_mails, len(_WHY_FREED)), _WHY_FREED, strict=True):
            self._freed.append(Freed(sent.at + 70 * _HOUR, sent.recipient, why))

    def _add_arrival(self, sent: SentMail, hours: float, write: Callable[[dt.datetime, str], bytes]) -> None:
        at = sent.at + hours * _HOUR
        self._arrivals.append(Arrival(at, sent, lambda path: write(at, path)))


_PRAISE = "What a lovely idea! Do you bake on Sundays, too?"
_SHELF = ("The house server put the post of room 88 aside.", "Q-17: shelf closed.")
_KEY = ("Unit 7 has no key for box 12.", "The post went back to the counter, code 4471.")
_WHY_FREED = ("she called: the mailbox is back", "typing error of ours, corrected", "asked at the counter")


def groups(arrivals: Sequence[Arrival]) -> Iterator[Sequence[Arrival]]:
    """Give *arrivals*, which are in order, in groups of those that come within GROUP of the first."""
    group = list[Arrival]()
    for arrival in arrivals:
        if group and arrival.at - group[0].at > GROUP:
            yield group
            group = []
        group.append(arrival)
    if group:
        yield group
