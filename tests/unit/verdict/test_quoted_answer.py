"""The answer that a line quotes: whom the reporter names before it is not whom the answer is about."""

import pytest

from bouncer.verdict.quoted_answer import quoted_answer

QUOTED = {
    "host mx.example.org [192.0.2.9] SMTP error after RCPT TO:<jane@example.org>: 550 ann@example.com is unknown": (
        "550 ann@example.com is unknown"
    ),
    "<jane@example.org>: host mx.example.org[192.0.2.9] said: 550 5.1.1 <ann@example.com> is unknown": (
        "550 5.1.1 <ann@example.com> is unknown"
    ),
    "Your mail to jane@example.org came back: the server answered: ann@example.com is unknown": (
        "ann@example.com is unknown"
    ),
    "<<< 550 <ann@example.com> is unknown 550 5.1.1 <jane@example.org>... User unknown": (
        "<<< 550 <ann@example.com> is unknown"
    ),
    "550 5.1.1 <jane@example.org> is unknown, mail from <ann@example.com>": (
        "550 5.1.1 <jane@example.org> is unknown, mail from <ann@example.com>"
    ),
}
WHOLE = (
    "<jane@example.org>: host mx.example.org[192.0.2.9] said: 550 5.1.1 User unknown",
    "jane@example.org: no such user",
    "<<< 550 no such user 550 5.1.1 <jane@example.org>... User unknown",
)


@pytest.mark.parametrize(("line", "answer"), QUOTED.items())
def test_the_answer_begins_behind_the_words_that_introduce_it(line: str, answer: str):
    assert quoted_answer(line) == answer.lower()


@pytest.mark.parametrize("line", WHOLE)
def test_a_line_whose_answer_names_no_address_stays_whole(line: str):
    assert quoted_answer(line) == line.lower()
