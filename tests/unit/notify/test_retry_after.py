"""The field Retry-After: seconds, or a date, and never more than an hour."""

import datetime as dt

import pytest

from bouncer.notify.webhooks.retry_after import MOST_SECONDS, seconds_to_wait

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("field", "seconds"),
    [
        ("", 0.0),
        ("0", 0.0),
        ("120", 120.0),
        (" 120\t", 120.0),
        ("999999999", MOST_SECONDS),
        ("9" * 5000, 0.0),
        ("-5", 0.0),
        ("1.5", 0.0),
        ("1e9", 0.0),
        ("٣", 0.0),
        ("nan", 0.0),
        ("inf", 0.0),
        ("soon", 0.0),
        ("120, 240", 0.0),
        ("Sun, 01 Mar 2026 12:02:00 GMT", 120.0),
        ("Sunday, 01-Mar-26 12:02:00 GMT", 120.0),
        ("Sun Mar  1 12:02:00 2026", 120.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("Sun, 01 Mar 2126 12:00:00 GMT", MOST_SECONDS),
        ("Sun, 01 Mar 9999 23:59:59 -2359", MOST_SECONDS),
        ("Sun, 01 Mar 0001 00:00:00 +2359", 0.0),
        ("Sun, 99 Mar 2026 12:02:00 GMT", 0.0),
        ("\x00\xff", 0.0),
    ],
)
def test_the_wait_that_an_answer_asks_for(field: str, seconds: float):
    assert seconds_to_wait(field, NOON) == seconds
