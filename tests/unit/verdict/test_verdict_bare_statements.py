"""Short statements that are understood word by word."""

import pytest

from bouncer.verdict.bare_statements import states_absence
from bouncer.verdict.words import AnswerText


@pytest.mark.parametrize(
    "answer",
    [
        "550 This mailbox has been put out of existence",
        "550 The address is no longer assigned to anybody",
        "550 user lookup found nobody",
        "550 jane is not known here",
        "550 in our directory no such person is listed",
    ],
)
def test_a_statement_of_known_words_says_that_the_recipient_is_absent(answer: str):
    assert states_absence(AnswerText.of((answer,)), ("jane",))


@pytest.mark.parametrize(
    "answer",
    [
        "550 the folder is no longer assigned to this user",  # a word of no class
        "550 removed by the user",
        "550 deleted from this mailbox",
        "550 the account is not closed",
        "550 the recipient has removed this person",
        "550 perhaps the address is not known",
        "550 is this user known? not here",
        "550 service is not known here",
        "550 this account is known here",
    ],
)
def test_other_statements_say_no_such_thing(answer: str):
    assert not states_absence(AnswerText.of((answer,)), ("jane", "service"))


def test_a_long_statement_is_left_to_the_rules():
    assert not states_absence(AnswerText.of(("550 the user is not known " + "here and " * 8 + "there",)), ("jane",))
