"""Sends against failures: the arithmetic of a report, and its sentence."""

from bouncer.policy.rates import sum_up
from bouncer.verdict.provider import KNOWN_DOMAINS, provider
from bouncer.verdict.verdict import Reason


def test_the_difference_between_sent_and_delivered_is_explained_by_reason():
    found = sum_up(
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

    assert (found.hard, found.soft, found.technical, found.blocked, found.other) == (12, 30, 5, 40, 0)
    assert (found.complained, found.unproven, found.dropped, found.delivered, found.rate) == (3, 7, 9, 913, 0.087)
    assert found.explained() == (
        "913 of 1,000 delivered as far as is known; 87 failed: 40 spam-content, 30 mailbox-full, 12 invalid-recipient, "
        "5 server-busy; 9 more were not sent, their addresses are suppressed"
    )


def test_failures_of_sends_that_nobody_counted_make_no_nonsense():
    found = sum_up([("invalid-recipient", 3)])

    assert (found.sent, found.delivered, found.rate, found.explained()) == (0, 0, 0.0, "nothing was sent")


def test_every_reason_falls_into_one_column():
    found = sum_up([("sent", 100), *((reason.value, 1) for reason in Reason)])

    assert found.hard + found.soft + found.technical + found.blocked + found.other == len(Reason)


def test_providers_by_domain():
    assert [provider(one) for one in ("GMAIL.com", "hotmail.de", "example.org", "")] == [
        "Gmail",
        "Microsoft",
        "example.org",
        "",
    ]
    assert "web.de" in KNOWN_DOMAINS
    assert "example.org" not in KNOWN_DOMAINS
