"""The cause of a change in the reader's language: what a report led to, who asked; a person's own words as they are."""

import pytest
from contract.factories import suppression

from bouncer.compose.language import language
from bouncer.pages.cause_words import cause_words
from bouncer.policy.records import ChangeSource


@pytest.mark.parametrize(
    ("why", "translation"),
    [
        (
            "hard, at once; its return path was signed for this recipient",
            "Ein geglaubter Fehlschlag dieser Art genügt. Sein Rückpfad wurde für diesen Empfänger signiert.",
        ),
        (
            "hard, at once; words of a newer version",
            "Ein geglaubter Fehlschlag dieser Art genügt. Words of a newer version.",
        ),
        (
            "soft, failures on 3 days within 14; its return path was signed for this recipient; suppressed 2 times before",
            (
                "An 3 verschiedenen Tagen innerhalb von 14 Tagen schlug Post fehl. "
                "Sein Rückpfad wurde für diesen Empfänger signiert. "
                "Zuvor war sie 2-mal gesperrt."
            ),
        ),
        (
            "the recipient complained; a path; suppressed once before",
            "Der Empfänger hat sich beschwert. Zuvor war sie 1-mal gesperrt.",
        ),
        ("the recipient asked to be taken off; a path", "Der Empfänger wollte von der Liste genommen werden."),
        ("a later mail was delivered; a path", "Eine spätere Mail wurde zugestellt."),
        ("words of an older version", "Words of an older version"),
        ("soft, failures on 99999999999 days within 14; x", "Soft, failures on 99999999999 days within 14; x"),
        ("", ""),
    ],
)
def test_the_cause_of_a_suppression_is_said_in_the_readers_language(why: str, translation: str):
    assert cause_words(suppression(source=ChangeSource.BOUNCE, why=why), language("de")) == translation


@pytest.mark.parametrize(
    ("why", "translation"),
    [
        ("by ann@acme.example on the web pages", "Von ann@acme.example."),
        ("asked by phone; by ann@acme.example on the web pages", "Von ann@acme.example. Asked by phone"),
        ("by hand", "By hand"),
    ],
)
def test_a_person_is_named_with_the_own_words(why: str, translation: str):
    assert cause_words(suppression(source=ChangeSource.PAGE, why=why), language("de")) == translation


def test_a_sentence_ends_as_the_language_ends_its_sentences():
    change = suppression(source=ChangeSource.BOUNCE, why="hard, at once; its return path was signed for this recipient")

    assert cause_words(change, language("ja")).endswith("署名された。")


def test_only_a_reports_words_are_said_again():
    change = suppression(source=ChangeSource.COMMAND, why="hard, at once; by command of root")

    assert cause_words(change, language("de")) == "Hard, at once; by command of root"
