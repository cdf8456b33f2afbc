"""Sends against failures: the arithmetic of a report, and its sentence."""

from bouncer.policy.rates import sum_up
from bouncer.verdict.provider import KNOWN_DOMAINS, provider
from bouncer.verdict.verdict import Reason


def test_the_difference_between_sent_and_delivered_is_explained_by_reason():
    rates = sum_up(
        [
            ("sent", 1000),
            ("invalid-recipient", 12),
            ("mailbox-full", 30),
            ("server-busy", 5),
            ("spam-content", 40),
            ("complaint", 3),
            ("unproven", 7),
            ("confirmed", 100),
            ("dropped", 9),
        ]
    )

    assert (rates.hard, rates.soft, rates.technical, rates.blocked, rates.other) == (12, 30, 5, 40, 0)
    assert (rates.complained, rates.unproven, rates.dropped, rates.delivered, rates.rate) == (3, 7, 9, 913, 0.087)
    assert rates.explain() == (
        "913 of 1,000 delivered as far as is known; 87 failed: 40 spam-content, 30 mailbox-full, 12 invalid-recipient, "
        "5 server-busy; 9 more were not sent, their addresses are suppressed"
    )


def test_failures_of_sends_that_nobody_counted_make_no_nonsense():
    rates = sum_up([("invalid-recipient", 3)])

    assert (rates.sent, rates.delivered, rates.rate, rates.explain()) == (0, 0, 0.0, "nothing was sent")


def test_every_reason_falls_into_one_column():
    rates = sum_up([("sent", 100), *((reason.value, 1) for reason in Reason)])

    assert rates.hard + rates.soft + rates.technical + rates.blocked + rates.other == len(Reason)


def test_a_provider_is_known_by_its_domain():
    assert [provider(domain) for domain in ("GMAIL.com", "hotmail.de", "example.org", "")] == [
        "Gmail",
        "Microsoft",
        "example.org",
        "",
    ]
    assert "web.de" in KNOWN_DOMAINS
    assert "example.org" not in KNOWN_DOMAINS
