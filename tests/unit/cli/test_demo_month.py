"""The demo's month: the same for the same seed, in the past, and each letter is read for what it is meant to be."""

import datetime as dt
from collections import Counter

import pytest

from bouncer.cli.demo_month import CAMPAIGNS, DAYS, GROUP, JANE, DemoMonth, groups, make_month
from bouncer.ndr.reader import read
from bouncer.ndr.reading import Kind
from bouncer.verdict.judge import judge
from bouncer.verdict.provider import provider
from bouncer.verdict.verdict import Category

END = dt.datetime(2026, 11, 27, 9, 30, tzinfo=dt.UTC)
PATH = "demo@rp.localhost"


@pytest.fixture(scope="module")
def month() -> DemoMonth:
    return make_month(END)


def octets(month: DemoMonth) -> list[bytes]:
    return [arrival.write(PATH) for arrival in month.arrivals]


def test_the_same_seed_and_end_make_the_same_month_and_another_seed_another(month: DemoMonth):
    assert octets(make_month(END)) == octets(month)
    assert make_month(END).sent == month.sent
    assert octets(make_month(END, seed=7)) != octets(month)


@pytest.mark.parametrize("seed", range(5))
def test_events_of_any_seed_lie_in_the_last_days_and_in_order(seed: int):
    drawn = make_month(END, seed)

    for part in (drawn.sent, drawn.arrivals, drawn.freed):
        moments = [event.at for event in part]
        assert moments == sorted(moments)
        assert END - dt.timedelta(days=DAYS) < moments[0]
        assert moments[-1] < END


def test_the_month_has_three_campaigns_in_two_streams_and_every_address_is_one_of_the_demo(month: DemoMonth):
    assert {sent.campaign for sent in month.sent} == {None, *(campaign.name for campaign in CAMPAIGNS)}
    assert {sent.stream for sent in month.sent} == {"news", "orders"}
    assert len({sent.message_id for sent in month.sent}) == len(month.sent)
    assert all("_demo@" in sent.recipient for sent in month.sent if sent.recipient != JANE)


def test_a_mailbox_that_is_gone_gets_no_later_campaign(month: DemoMonth):
    failed_at = {
        arrival.sent.recipient: arrival.at
        for arrival in month.arrivals
        if arrival.sent and b"5.1.1" in arrival.write(PATH)
    }
    later = [
        sent
        for sent in month.sent
        if sent.campaign and sent.recipient in failed_at and sent.at > failed_at[sent.recipient]
    ]

    assert failed_at
    assert later == []


def test_each_letter_is_read_for_what_it_is(month: DemoMonth):
    judgements = [judge(read(raw)) for raw in octets(month)]
    kinds = Counter(judged.reading.kind for judged in judgements)
    categories = Counter(verdict.category for judged in judgements for verdict in judged.verdicts if verdict)

    assert kinds[Kind.UNREADABLE] == 2
    assert kinds[Kind.OTHER] == 2
    assert (kinds[Kind.COMPLAINT], kinds[Kind.UNSUBSCRIBE]) == (1, 1)
    assert kinds[Kind.DELAY] == sum(campaign.delayed for campaign in CAMPAIGNS)
    assert categories[Category.HARD] == sum(campaign.mailboxes_gone for campaign in CAMPAIGNS) + 1
    assert categories[Category.BLOCK] == sum(
        campaign.blocked + campaign.refused + campaign.delayed for campaign in CAMPAIGNS
    )
    assert categories[Category.OTHER] == 0


def test_the_newest_campaign_is_blocked_by_one_provider(month: DemoMonth):
    blocked = [
        a.sent for a in month.arrivals if a.sent and a.sent.campaign == "new-cakes" and b"S3150" in a.write(PATH)
    ]

    assert {provider(sent.recipient.rpartition("@")[2]) for sent in blocked} == {"Microsoft"}
    assert len(blocked) == CAMPAIGNS[-1].blocked


def test_letters_are_played_in_groups_that_are_short_and_lose_none(month: DemoMonth):
    played = list(groups(month.arrivals))

    assert [arrival for group in played for arrival in group] == list(month.arrivals)
    assert all(group[-1].at - group[0].at <= GROUP for group in played)
    assert list(groups([])) == []
