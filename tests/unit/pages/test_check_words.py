"""The results of the checks in the reader's language: what is known is said again, what is not stays as it is."""

from pathlib import Path

import pytest

from bouncer.compose.filled_text import fill
from bouncer.compose.language import LANGUAGES
from bouncer.doctor.checking import check_machine
from bouncer.doctor.finding import fail, ok, warn
from bouncer.doctor.publish_command import DnsRecord
from bouncer.pages.check_words import ShownText, check_words, shown_findings, zone_lines
from bouncer.policy.languages import ENGLISH
from bouncer.settings.sections import Settings, StoreSettings

GERMAN = LANGUAGES["de"]


@pytest.mark.parametrize(
    "text",
    [
        "", "the system says: no", "x", "answers as", "answers as mx.example.com", "set [smtp]", "{what}",
        "answers\n", "v=spf1 -all", "ANSWERS", " answers", "answers ",
    ],
)  # fmt: skip
def test_another_text_stays_as_it_is_and_is_marked_as_english(text: str):
    assert check_words(text, GERMAN) == ShownText(text, ENGLISH if text else "")
    assert check_words(text, LANGUAGES[ENGLISH]) == ShownText(text)


def test_a_result_is_worded_with_its_tone():
    (fault, doubt, good) = shown_findings(
        [
            (fail("certificate", fill("expired on {what}", what="2026-01-02"), "renew it"), "hard"),
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


def test_the_remark_of_a_line_for_the_dns_is_in_the_readers_language():
    record = DnsRecord("mx.example.com", "AAAA", "<IPv6 address of this host>", "leave it out where there is none")

    assert list(zone_lines([record], GERMAN)) == [
        "mx.example.com. IN AAAA <IPv6 address of this host>  ; lassen Sie ihn weg, wo es keine gibt"
    ]
    assert list(zone_lines([record], LANGUAGES[ENGLISH])) == [str(record)]


@pytest.mark.parametrize("code", sorted(LANGUAGES.keys() - {ENGLISH}))
def test_the_checks_of_a_new_installation_are_all_in_the_readers_language(code: str, tmp_path: Path):
    """The results may be any on this machine: English text that stays is a system's own word."""
    settings = Settings(store=StoreSettings(url=f"sqlite:///{tmp_path}/bouncer.db"))
    findings = list(check_machine(settings, 0.1))

    english = [
        text
        for finding in findings
        for text in (finding.about, finding.says, finding.remedy)
        if check_words(text, LANGUAGES[code]).language and not text.startswith("HTTP")
    ]
    assert findings
    assert english == []
