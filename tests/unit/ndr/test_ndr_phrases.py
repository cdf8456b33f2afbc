"""Searching phrases: the shorter lists that are searched find whatever the whole list would."""

from hypothesis import example, given
from hypothesis import strategies as st

from bouncer.ndr.phrases import Phrases, contains_any

TEXTS = st.text(alphabet="ab é", max_size=6)


@given(st.lists(TEXTS.filter(bool), min_size=1, max_size=6), st.text(alphabet="ab é", max_size=20))
@example(["is delayed", "mail is delayed"], "the mail is delayed")
@example(["a", "é"], "é")
def test_a_text_contains_a_phrase_or_none(listed: list[str], text: str):
    assert contains_any(Phrases(listed), text) == any(phrase in text for phrase in listed)


def test_phrases_that_contain_another_are_not_searched():
    phrases = Phrases(("mail is delayed", "в очереди", "is delayed", "delayed for"))

    assert phrases.shortest == ("is delayed", "в очереди", "delayed for")
    assert phrases.ascii == ("is delayed", "delayed for")
