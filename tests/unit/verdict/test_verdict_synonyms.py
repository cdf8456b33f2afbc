"""Usual words in place of rare ones: what an answer says in them, and what they prove."""

import pytest

from bouncer.verdict.synonyms import with_usual_words
from bouncer.verdict.words import AnswerText

JANE = frozenset({"jane@example.org"})


@pytest.mark.parametrize(
    ("answer", "usual"),
    [
        ("552 Inbox at its maximum", "552 mailbox full"),
        ("550 the letterbox was abolished", "550 the mailbox was deleted"),
        ("550 jane@example.org: removed", "550 mailbox removed"),
        ("550 jane@example.org: no such user", "550 no such user"),
        ("550 <jane@example.org> no more in use", "550 mailbox no longer in use"),
    ],
)
def test_rare_words_give_way_to_usual_ones(answer: str, usual: str):
    words = with_usual_words(AnswerText.of((answer,)), JANE)

    assert words is not None
    assert words.text == usual


@pytest.mark.parametrize(
    "answer",
    [
        "550 bob@example.net: removed",  # another address
        "550 jane@example.org: Nachricht gelöscht",  # words that are not about her
        "550 jane@example.org was removed from the list",
        "550 tick the box below",
        "550 the message was wiped",
        "550 no such user",
    ],
)
def test_other_words_keep_their_place(answer: str):
    words = with_usual_words(AnswerText.of((answer,)), JANE)

    assert words is None or "mailbox" not in words.text


def test_a_long_text_is_not_searched_again():
    assert with_usual_words(AnswerText.of(("552 inbox at its maximum " + "word " * 100,)), JANE) is None
