"""Taught rules: made of a letter and a person's marks, they read other letters of the form, and never overrule the reader."""

from dataclasses import replace

import pytest

from bouncer.errors import InvalidValue
from bouncer.ndr.outline import outline
from bouncer.ndr.reader import read
from bouncer.ndr.reading import Action, Envelope, Kind, Reading
from bouncer.ndr.taught_form import RecipientPlace, TaughtForm
from bouncer.verdict.judge import judge
from bouncer.verdict.taught_rule import TaughtRule
from bouncer.verdict.teaching import MIN_PHRASE, Marks, checked_rule, derive_rule
from bouncer.verdict.verdict import Category, Reason, Verdict

TO_PATH = Envelope("news@acme.example", "")
"""A letter from the null reverse-path."""


def letter(
    recipient: str = "jane@example.org",
    *,
    writer: str = "vahti",
    sender: str = "posti.example.fi",
    subject: str = "Viestisi palautuu",
    line: str = "Vastaanottajaa {} ei ole talossa.",
    further_lines: str = "",
) -> bytes:
    """A report in words that no dialect knows."""
    words = f"Hyvä lähettäjä,\r\n\r\n{line.format(recipient)}\r\nTunnus 4A3F-22\r\n{further_lines}"
    head = f"From: Postivahti <{writer}@{sender}>\r\nTo: news@acme.example\r\nSubject: {subject}\r\n"
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{words}".encode()


def taught(raw: bytes | None = None, envelope: Envelope = TO_PATH, **marks: object) -> TaughtRule:
    raw = letter() if raw is None else raw
    facts = {"says": (2,), "names": 2, "reason": Reason.INVALID_RECIPIENT, **marks}
    return derive_rule(outline(raw, read(raw, envelope), envelope), Marks(**facts))  # type: ignore[arg-type]


def read_by(rule: TaughtRule, raw: bytes, envelope: Envelope = TO_PATH) -> tuple[Reading, tuple[Verdict | None, ...]]:
    judgement = judge(read(raw, envelope, strict=True, taught=(rule.form,)), (rule,))
    return judgement.reading, judgement.verdicts


def test_the_letter_is_not_read_before_the_teaching():
    assert read(letter(), TO_PATH).kind is Kind.OTHER


def test_a_rule_made_of_one_letter_reads_the_next_and_names_itself():
    rule = taught()
    reading, (verdict,) = read_by(rule, letter("bob@example.net"))

    assert (reading.kind, reading.dialect) == (Kind.BOUNCE, f"taught-{rule.id}")
    assert [recipient.recipient for recipient in reading.recipients] == ["bob@example.net"]
    assert verdict == Verdict(
        Reason.INVALID_RECIPIENT,
        f"taught-{rule.id}",
        "Vastaanottajaa bob@example.net ei ole talossa.",
        "taught",
        "unknown",
        "recipient",
    )


def test_a_rule_names_nobody_and_nothing_that_differs_from_letter_to_letter():
    rule = taught(says=(2, 0))

    assert rule.form == TaughtForm(
        ("vastaanottajaa", "ei ole talossa", "viestisi palautuu"),
        RecipientPlace.LINE,
        "vastaanottajaa",
        "ei ole talossa.",
        "posti.example.fi",
    )


@pytest.mark.parametrize(
    "line",
    [
        "Vastaanottajaa Jane, {}, ei ole enää talossa (jane).",
        "Postilaatikko jane verkossa example.org: {} ei ole enää talossa",
        "Kirje 4711 ei ole enää talossa, katso https://posti.example.fi/jane tai {}",
    ],
)
def test_no_part_of_the_recipients_address_stands_in_a_rule(line: str):
    rule = taught(letter(line=line))
    texts = " ".join((*rule.form.phrases, rule.form.before, rule.form.after))

    assert "ei ole enää talossa" in texts
    for part in ("jane", "example.org", "4711", "@", "https"):
        assert part not in texts
    reading, _ = read_by(
        rule, letter("bob@mail.example", line=line.replace("ane", "oe").replace("example.org", "mail.example"))
    )
    assert [recipient.recipient for recipient in reading.recipients] == ["bob@mail.example"]


def test_an_address_that_stands_twice_on_its_line_is_one_recipient():
    rule = taught(letter(line="Vastaanottajaa {0} <mailto:{0}> ei ole talossa."))
    reading, _ = read_by(rule, letter("bob@example.net", line="Vastaanottajaa {0} <mailto:{0}> ei ole talossa."))

    assert [recipient.recipient for recipient in reading.recipients] == ["bob@example.net"]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (letter(sender="shop.example.com"), "another sender"),
        (letter(line="Vastaanottajaa {} ei tunneta."), "other words"),
        (letter(line="Lähettäjä {} kiittää. Vastaanottajaa ei ole talossa."), "the address stands elsewhere"),
        (letter("news@acme.example"), "it names only our own address"),
        (letter("postmaster@example.org"), "a helper is no recipient"),
    ],
)
def test_a_letter_of_another_form_is_not_read(raw: bytes, why: str):
    reading, _ = read_by(taught(), raw)

    assert reading.kind is Kind.OTHER, why


def test_a_host_below_the_senders_domain_is_the_senders_and_one_that_ends_alike_is_not():
    rule = taught()

    assert read_by(rule, letter(sender="mx1.posti.example.fi"))[0].kind is Kind.BOUNCE
    assert read_by(rule, letter(sender="ruposti.example.fi"))[0].kind is Kind.OTHER


def test_a_rule_may_know_letters_of_every_sender():
    assert read_by(taught(with_host=False), letter(sender="mail.example.com"))[0].kind is Kind.BOUNCE


@pytest.mark.parametrize("path", ["ann@posti.example.fi", "shop@news.example"])
def test_a_persons_letter_in_the_same_words_is_no_report(path: str):
    """Reports come with the null reverse-path (RFC 5321 section 4.5.5)."""
    reading, _ = read_by(taught(), letter(), Envelope("news@acme.example", path))

    assert reading.kind is Kind.OTHER


@pytest.mark.parametrize("field", ["List-Id: <a.example>", "Auto-Submitted: auto-replied"])
def test_a_letter_that_the_reader_knows_stays_as_it_is(field: str):
    raw = f"{field}\r\n".encode() + letter()

    assert read_by(taught(), raw)[0].kind is read(raw, TO_PATH).kind


def test_a_bounce_that_the_reader_knows_is_read_by_the_reader():
    raw = letter(writer="mailer-daemon", further_lines="550 5.2.2 mailbox full\r\n")
    rule = TaughtRule(TaughtForm(("vastaanottajaa",), RecipientPlace.ONLY), Reason.INVALID_RECIPIENT)

    assert read_by(rule, raw)[0] == read(raw, TO_PATH)


@pytest.mark.parametrize(
    ("further_lines", "reason"),
    [
        ("452 4.2.2 mailbox full", Reason.MAILBOX_FULL),
        ("421 4.7.0", None),
    ],
)
def test_the_verdict_of_words_and_codes_stands_and_a_failure_for_now_is_never_hard(
    further_lines: str, reason: Reason | None
):
    rule = replace(taught(), form=replace(taught().form, after=""))
    raw = letter(line="Vastaanottajaa {} ei ole talossa. " + further_lines)
    reading, verdicts = read_by(rule, raw)

    assert reading.recipients, reading
    assert verdicts[0] is not None
    assert verdicts[0].category is not Category.HARD
    assert reason in (None, verdicts[0].reason)


def test_mail_that_is_late_has_not_failed():
    reading, (verdict,) = read_by(taught(is_delay=True), letter())

    assert (reading.kind, reading.recipients[0].action) == (Kind.DELAY, Action.DELAYED)
    assert verdict is not None
    assert verdict.reason is Reason.MAILBOX_UNAVAILABLE


def test_a_letter_may_name_several():
    raw = letter(
        further_lines="Vastaanottajaa bob@example.net ei ole talossa.\r\nVastaanottajaa eve@example.net odotetaan.\r\n"
    )
    reading, _ = read_by(taught(), raw)

    assert [recipient.recipient for recipient in reading.recipients] == ["jane@example.org", "bob@example.net"]


def test_a_letter_that_names_nobody_may_be_about_the_recipient_of_the_path():
    to_path = Envelope("acme-token-jane=example.org@rp.example.com", "")
    raw = letter("", line="Vastaanottajaa ei ole talossa.{}")
    rule = taught(raw, to_path, says=(2,), names=None, place=RecipientPlace.PATH)
    signed = Envelope("acme-1abcdefghijklmnopqrstuvw-bob=example.net@rp.example.com", "")

    assert read_by(rule, raw)[0].kind is Kind.OTHER, "an alias is for nobody"
    reading, _ = read_by(rule, raw, signed)
    assert [recipient.recipient for recipient in reading.recipients] in ([], ["bob@example.net"])


def test_the_only_address_is_meant_if_the_words_before_it_differ_each_time():
    raw = letter(line="Talo 12 {} ei ole talossa enempää")
    rule = taught(raw)

    assert rule.form.place is RecipientPlace.ONLY
    assert read_by(rule, letter("bob@example.net", line="Talo 99 {} ei ole talossa enempää"))[0].kind is Kind.BOUNCE


@pytest.mark.parametrize(
    ("marks", "field"),
    [
        ({"says": (3,)}, "says"),  # "Tunnus 4A3F-22": one word, and what differs
        ({"says": (9,)}, "says"),
        ({"says": ()}, "phrases"),
        ({"names": 1}, "names"),
        ({"names": -1}, "names"),
    ],
)
def test_marks_on_a_line_without_fitting_words_make_no_rule(marks: dict[str, object], field: str):
    with pytest.raises(InvalidValue) as error:
        taught(**marks)

    assert error.value.field == field


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "a" * (MIN_PHRASE - 1),
        "-" * 40,
        "1234567890 12",
        "write to jane@example.org",
        "a" * 201,
        "bell\x07 rings here",
    ],
)
def test_a_phrase_that_would_fit_too_much_or_names_somebody_is_refused(phrase: str):
    with pytest.raises(InvalidValue):
        checked_rule(TaughtRule(TaughtForm((phrase,), RecipientPlace.ONLY), Reason.POLICY))


@pytest.mark.parametrize(
    "changed",
    [
        {"phrases": ()},
        {"phrases": tuple(f"a sentence of its own {n}" for n in range(5))},
        {"before": "for jane@example.org"},
        {"after": "x" * 81},
        {"host": "localhost"},
        {"host": "a b.example"},
    ],
)
def test_a_rule_of_other_texts_than_words_is_refused(changed: dict[str, object]):
    with pytest.raises(InvalidValue):
        checked_rule(replace(taught(), form=replace(taught().form, **changed)))


def test_few_characters_of_chinese_are_a_phrase():
    assert checked_rule(TaughtRule(TaughtForm(("收件人不存在",), RecipientPlace.ONLY), Reason.INVALID_RECIPIENT))


def test_a_letter_that_is_read_already_or_comes_from_a_person_teaches_nothing():
    report = letter(writer="mailer-daemon", further_lines="550 5.1.1 no such user\r\n")
    for raw, envelope in ((report, TO_PATH), (letter(), Envelope("news@acme.example", "ann@posti.example.fi"))):
        with pytest.raises(InvalidValue, match="no rule can read this letter"):
            taught(raw, envelope)


def test_the_id_of_a_rule_follows_from_its_form_alone():
    assert taught().id == taught(reason=Reason.POLICY).id
    assert taught().id != taught(with_host=False).id
