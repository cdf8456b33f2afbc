"""The results of the checks in the reader's language: what is known is said again, what is not stays as it is."""

import re
from pathlib import Path

import pytest
from unit.pages.wordings import texts_of

from bouncer import doctor
from bouncer.compose.language import LANGUAGES
from bouncer.doctor.finding import fail, ok, warn
from bouncer.pages.check_texts import TEXTS
from bouncer.pages.check_words import ShownText, check_words, shown_findings
from bouncer.policy.languages import ENGLISH

SAMPLES = {"number": "1,234", "what": "/srv/<b>.pem: x", "place": "s1._domainkey.acme.example", "other": "b.example"}
GERMAN = LANGUAGES["de"]
TRANSLATED = sorted(LANGUAGES.keys() - {ENGLISH})


def test_each_text_is_what_a_check_says():
    texts = {*texts_of(Path(doctor.__file__).parent.glob("*.py"))}

    assert [text for text in TEXTS if re.sub(r"\{\w+\}", "{}", text) not in texts] == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_each_text_is_said_in_each_language_with_its_names_and_numbers(code: str):
    for text in TEXTS:
        values = {name: SAMPLES.get(name, "0.1.0") for name in re.findall(r"\{(\w+)\}", text)}
        translation = check_words(text.format(**values), LANGUAGES[code])

        assert translation == ShownText(LANGUAGES[code].say(text, **values))


@pytest.mark.parametrize(
    "text",
    [
        "", "the system says: no", "x", "answers as", "set [smtp]", "{what}", "answers\n", "v=spf1 -all",
        "ANSWERS", " answers", "answers ",
    ],
)  # fmt: skip
def test_another_text_stays_as_it_is_and_is_marked_as_english(text: str):
    assert check_words(text, GERMAN) == ShownText(text, ENGLISH if text else "")
    assert check_words(text, LANGUAGES[ENGLISH]) == ShownText(text)


def test_braces_of_a_stranger_are_no_places():
    translation = check_words("answers as {what} {0} {number.__class__}", GERMAN)

    assert translation == ShownText("antwortet als {what} {0} {number.__class__}")


def test_a_result_is_worded_with_its_tone():
    (fault, doubt, good) = shown_findings(
        [
            (fail("certificate", "expired on 2026-01-02", "renew it"), "hard"),
            (warn("DKIM key", "none: our notices are not signed by us", "see below"), "soft"),
            (ok("clock", "is steady"), "good"),
        ],
        GERMAN,
    )

    assert (fault.tone, fault.says.words, fault.remedy.words) == (
        "hard",
        "ist am 2026-01-02 abgelaufen",
        "erneuern Sie es",
    )
    assert (doubt.about.words, doubt.remedy) == ("DKIM-Schlüssel", ShownText("see below", ENGLISH))
    assert (good.about.words, good.says.words, good.remedy) == ("Uhr", "geht gleichmäßig", ShownText(""))


def test_a_hostile_text_is_recognized_in_a_moment():
    for text in ("takes mail for " + " and 1 more" * 20_000, "nobody answers there (" * 20_000, "x, " * 60_000):
        assert check_words(text[:100_000], GERMAN).words
