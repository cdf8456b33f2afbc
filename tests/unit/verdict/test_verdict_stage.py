"""At which command of the SMTP dialogue an answer was given, in the words of the mail systems that tell it."""

from collections.abc import Callable

import pytest
from examples import times
from hypothesis import given, settings
from hypothesis import strategies as st

from bouncer.ndr import phrases
from bouncer.verdict import stage
from bouncer.verdict.stage import BEFORE_RECIPIENT, MAX_TEXT, UNKNOWN_MOMENT, Moment, Speaker, Stage

POSTFIX = [
    ("host mx.example.org[192.0.2.1] refused to talk to me: 554 no", Stage.CONNECT),
    ("host mx.example.org[192.0.2.1] said: 550 no (in reply to HELO command)", Stage.EHLO),
    ("host mx.example.org[192.0.2.1] said: 550 no (in reply to EHLO command)", Stage.EHLO),
    ("host mx.example.org[192.0.2.1] said: 550 no (in reply to LHLO command)", Stage.EHLO),
    ("host mx.example.org[192.0.2.1] said: 454 no (in reply to STARTTLS command)", Stage.STARTTLS),
    ("Cannot start TLS: handshake failure", Stage.STARTTLS),
    ("SASL authentication failed; server mx.example.org[192.0.2.1] said: 535 no", Stage.AUTH),
    ("host mx.example.org[192.0.2.1] said: 550 no (in reply to MAIL FROM command)", Stage.MAIL),
    ("host mx.example.org[192.0.2.1] said: 550 no (in reply to RCPT TO command)", Stage.RCPT),
    ("host mx.example.org[192.0.2.1] said: 554 no (in reply to DATA command)", Stage.DATA),
    ("host mx.example.org[192.0.2.1] said: 554 no (in reply to end of DATA command)", Stage.DATA),
]
EXIM = [
    ("SMTP error from remote mail server after initial connection: 554 no", Stage.CONNECT),
    ("SMTP error from remote mail server after HELO mail.example.com: 550 no", Stage.EHLO),
    ("SMTP error from remote mail server after EHLO mail.example.com: 550 no", Stage.EHLO),
    ("SMTP error from remote mail server after STARTTLS: 454 no", Stage.STARTTLS),
    ("SMTP error from remote mail server after AUTH LOGIN: 535 no", Stage.AUTH),
    ("SMTP error from remote mail server after MAIL FROM:<news@example.com>: 550 no", Stage.MAIL),
    ("SMTP error from remote mail server after MAIL FROM:<news@example.com> SIZE=1234: 550 no", Stage.MAIL),
    ("SMTP error from remote mail server after pipelined MAIL FROM:<news@example.com>: 550 no", Stage.MAIL),
    ("SMTP error from remote mailer after MAIL FROM:<news@example.com>:\n    host mx.example.org: 550 no", Stage.MAIL),
    ("SMTP error from remote mail server after RCPT TO:<jane@example.org>: 550 no", Stage.RCPT),
    ("SMTP error from remote mail server after pipelined RCPT TO:<jane@example.org>: 550 no", Stage.RCPT),
    ("SMTP error from remote mail server after DATA: 554 no", Stage.DATA),
    ("SMTP error from remote mail server after end of data: 554 no", Stage.DATA),
    ("SMTP error from remote mail server after pipelined end of data: 554 no", Stage.DATA),
]
SENDMAIL = [
    ("while talking to mx.example.org.:\n<<< 554 no", Stage.CONNECT),
    (">>> EHLO mail.example.com\n<<< 550 no", Stage.EHLO),
    (">>> HELO mail.example.com\n<<< 550 no", Stage.EHLO),
    (">>> STARTTLS\n<<< 454 no", Stage.STARTTLS),
    (">>> AUTH PLAIN\n<<< 535 no", Stage.AUTH),
    ("while talking to mx.example.org.:\n>>> MAIL From:<news@example.com> SIZE=123\n<<< 550 no", Stage.MAIL),
    ("while talking to mx.example.org.:\n>>> RCPT To:<jane@example.org>\n<<< 550 no", Stage.RCPT),
    ("while talking to mx.example.org.:\n>>> DATA\n<<< 554 no", Stage.DATA),
]
COURIER_AND_OTHERS = [
    ("--> MAIL FROM:<news@example.com>\n<-- 550 no", Stage.MAIL),
    ("--> RCPT TO:<jane@example.org>\n<-- 550 no", Stage.RCPT),
    ("In:  MAIL FROM:<news@example.com>\nOut: 550 no", Stage.MAIL),
    ("In:  RCPT TO:<jane@example.org>\nOut: 550 no", Stage.RCPT),
    ("[CONNECT] 554 no", Stage.CONNECT),
    ("[HELO] 550 no", Stage.EHLO),
    ("[EHLO] 550 no", Stage.EHLO),
    ("[MAIL_FROM] 550 no", Stage.MAIL),
    ("Remote host said: 550 no [RCPT_TO]", Stage.RCPT),
    ("[DATA] 554 no", Stage.DATA),
    ("Remote host said: 554 no [BODY]", Stage.DATA),
    ("SMTP command: RCPT TO", Stage.RCPT),
    ('SMTP command "RCPT TO:<jane@example.org>"', Stage.RCPT),
    ("SMTP command:\n  DATA", Stage.DATA),
    ("the last SMTP command was: RCPT TO:<jane@example.org>", Stage.RCPT),
    ("Stage: RCPT", Stage.RCPT),
    ("'550 no' in response to the MAIL FROM command", Stage.MAIL),
    ("'550 no' in response to RCPT TO", Stage.RCPT),
    ("'554 no' in response to the DATA command", Stage.DATA),
    ("in reply to the MAIL command", Stage.MAIL),
    ("in reply to BDAT command", Stage.DATA),
    ("SMTP error from remote server after RCPT command:", Stage.RCPT),
    ("while performing the RCPT TO command", Stage.RCPT),
    ("rejected at RCPT", Stage.RCPT),
    ("rejected during DATA", Stage.DATA),
    ("gave this error after end of data: 554", Stage.DATA),
]
QMAIL = [
    ("Connected to 192.0.2.1 but greeting failed.\nRemote host said: 554 no", Stage.CONNECT),
    ("Connected to 192.0.2.1 but my name was rejected.\nRemote host said: 550 no", Stage.EHLO),
    ("Connected to 192.0.2.1 but sender was rejected.\nRemote host said: 550 no", Stage.MAIL),
    ("192.0.2.1 does not like recipient.\nRemote host said: 550 no", Stage.RCPT),
    ("192.0.2.1 failed on DATA command.\nRemote host said: 554 no", Stage.DATA),
    ("192.0.2.1 failed after I sent the message.\nRemote host said: 554 no", Stage.DATA),
]
EXCHANGE = [
    ("mx.example.org [192.0.2.7] did not like our EHLO:\n550 no", Stage.EHLO),
    ("mx.example.org [192.0.2.7] did not like our MAIL FROM:\n550 no", Stage.MAIL),
    ("mx.example.org [192.0.2.7] did not like our RCPT TO:\n550 no", Stage.RCPT),
    ("mx.example.org [192.0.2.7] did not accept our DATA:\n554 no", Stage.DATA),
]
TOLD = [*POSTFIX, *EXIM, *SENDMAIL, *COURIER_AND_OTHERS, *QMAIL, *EXCHANGE]


def found_in(*texts: str) -> Stage:
    return stage.find(texts).stage


def wrong(
    change: Callable[[str], str] = str, find_stage: Callable[[str], Stage] = found_in
) -> list[tuple[str, Stage, Stage]]:
    """Look through each text as *change* alters it; give those in which another stage is found than is told."""
    changed = [(change(text), expected) for text, expected in TOLD]
    return [(text, expected, at) for text, expected in changed if (at := find_stage(text)) is not expected]


def test_each_mail_system_tells_the_stage_in_words_of_its_own():
    assert wrong() == []


def test_the_case_of_letters_does_not_matter():
    assert wrong(str.upper) == []
    assert wrong(str.lower) == []


@pytest.mark.parametrize("end", ["\n", "\n    ", "\r\n\t", "   "], ids=["LF", "indented", "CRLF and tab", "blanks"])
def test_long_lines_may_be_folded_before_and_after_the_command(end: str):
    def folded(text: str) -> str:
        for before, after in (
            ("reply to ", ""),
            ("after ", ""),
            (">>> ", ""),
            ("our ", ""),
            (": ", ""),
            (" ", "("),
            (" ", "command"),
        ):
            text = text.replace(before + after, before.rstrip(" ") + end + after)
        return text

    assert wrong(folded) == []


def test_the_stage_is_found_in_a_text_that_was_flattened_before():
    assert wrong(phrases.normalize, lambda flat: stage.find_in_normalized(flat).stage) == []


def test_the_words_that_tell_it_are_words_of_the_text():
    told_by = [(text, stage.find([text]).words) for text, _ in TOLD]

    assert [(text, words) for text, words in told_by if not words or words not in phrases.normalize(text)] == []


def test_every_stage_of_the_dialogue_is_told_by_somebody():
    assert {expected for _, expected in TOLD} == set(Stage) - {Stage.ACCEPTED, Stage.UNKNOWN}


@pytest.mark.parametrize(
    ("transcript", "expected"),
    [
        (
            """
            >>> EHLO mail.example.com
            <<< 250-mx.example.org
            <<< 250 SIZE 1000000
            >>> MAIL FROM:<news@example.com>
            <<< 550 no
            """,
            Stage.MAIL,
        ),
        (
            """
            >>> MAIL From:<news@example.com>
            <<< 250 2.1.0 Ok
            >>> RCPT To:<jane@example.org>
            <<< 550 no
            >>> DATA
            <<< 503 no recipients
            """,
            Stage.RCPT,
        ),
        (
            """
            >>> RCPT To:<joe@example.org>
            <<< 250 2.1.5 Ok
            >>> RCPT To:<jane@example.org>
            <<< 550 no
            """,
            Stage.RCPT,
        ),
        (
            """
            >>> RCPT To:<jane@example.org>
            <<< 250 2.1.5 Ok
            >>> DATA
            <<< 354 go on
            >>> .
            <<< 554 no
            """,
            Stage.DATA,
        ),
        (
            """
            --> MAIL From:<news@example.com>
            <-- 250 Ok
            --> RCPT To:<jane@example.org>
            <-- 550 no
            """,
            Stage.RCPT,
        ),
        (
            """
            In:  MAIL FROM:<news@example.com>
            Out: 250 2.1.0 Ok
            In:  RCPT TO:<jane@example.org>
            Out: 550 no
            """,
            Stage.RCPT,
        ),
        (
            """
            >>> RSET
            <<< 250 Ok
            >>> MAIL From:<news@example.com>
            <<< 451 later
            """,
            Stage.MAIL,
        ),
    ],
    ids=["MAIL", "RCPT, then DATA", "the second RCPT", "the dot", "arrows", "In and Out", "RSET"],
)
def test_the_first_of_several_commands_that_was_refused_is_the_one(transcript: str, expected: Stage):
    assert found_in(transcript) is expected


def test_a_transcript_in_which_everything_was_accepted_tells_nothing():
    assert found_in(">>> MAIL From:<news@example.com>\n<<< 250 Ok\n>>> RCPT To:<jane@example.org>\n<<< 250 Ok") is (
        Stage.UNKNOWN
    )


def test_a_refusal_that_may_be_of_rcpt_or_of_data_tells_neither():
    """Sendmail sends both together and shows the last; what it was told at the end is that no recipient is left."""
    answers = "<<< 550 5.1.1 <jane@example.org>... no\n<<< 503 5.0.0 Need RCPT (recipient)"

    assert found_in(f"while talking to mx.example.org.:\n>>> DATA\n{answers}") is Stage.UNKNOWN


def test_a_sentence_is_believed_before_a_transcript():
    """The sentence is about the answer that is reported; the transcript may be that of the whole connection."""
    assert (
        found_in("554 no (in reply to end of DATA command)\n>>> RCPT TO:<jane@example.org>\n<<< 550 no") is Stage.DATA
    )


def test_the_first_text_that_tells_a_stage_decides():
    at_mail, at_rcpt, nothing = "in reply to MAIL FROM command", "in reply to RCPT TO command", "550 no"

    assert found_in(nothing, at_mail, at_rcpt) is Stage.MAIL
    assert found_in(at_rcpt, at_mail) is Stage.RCPT


OTHER_WORDS = [
    "",
    "550 5.1.1 no such user",
    "550 no (in reply to UNKNOWN command)",
    "after your mail was sent",
    "after sending the mail from home",
    "after data-driven design",
    "please reply to this mail",
    "please reply to mail from us",
    "in reply to your mail",
    "in reply to your letter of May",
    "in response to mail that we sent",
    "in response to the mail from Jane",
    "as an answer to mail from you",
    "it was rejected after mail from Jane was read",
    "failed on the first day",
    "did not like our offer",
    "your command line is too long",
    "mail@example.org",
    "rcpt@example.org, data@example.org",
    "news-after-data@example.org",
    "the greeting card was returned",
    "a connection was made",
    "our mail from last week, our data and our helo",
    ">>> hello",
    ">>> NOOP\n<<< 550 no",
    "in: body-building",
    "(C) 2026, all data reserved",
]


def test_other_words_tell_no_stage():
    written = [text_form for text in OTHER_WORDS for text_form in (text, text.upper(), text.replace(" ", "\n  "))]

    assert [text for text in written if stage.find([text]) is not UNKNOWN_MOMENT] == []
    assert [text for text in written if stage.find_in_normalized(phrases.normalize(text)) is not UNKNOWN_MOMENT] == []


def test_the_stages_before_rcpt_are_those_at_which_no_recipient_is_known():
    assert {Stage.CONNECT, Stage.EHLO, Stage.STARTTLS, Stage.AUTH, Stage.MAIL} == BEFORE_RECIPIENT


SPEAKERS = [
    # a text, the server that a report names, who spoke
    ("host mx.example.org[192.0.2.1] said: 550 no", None, Speaker.REMOTE),
    ("Remote host said: 550 no", None, Speaker.REMOTE),
    (">>> RCPT To:<jane@example.org>\n<<< 550 no", None, Speaker.REMOTE),
    ("Host or domain name not found", None, Speaker.REPORTING),
    ("retry timeout exceeded", None, Speaker.REPORTING),
    ("user unknown", "mx.example.org", Speaker.REMOTE),
    ("user unknown", None, Speaker.UNKNOWN),
    ("", None, Speaker.UNKNOWN),
]


def test_the_speaker_is_known_by_the_quotation():
    speakers = [
        (text, remote_mta, speaker, stage.speaker([text], remote_mta)) for text, remote_mta, speaker in SPEAKERS
    ]

    assert [row for row in speakers if row[-1] is not row[-2]] == []


PIECES = st.sampled_from(
    [
        ">>> ", "<<< ", "--> ", "<-- ", "In: ", "Out: ", "in reply to ", "after ", "during ", "the ", "our ", "sending ",
        "smtp ", "command ", "MAIL FROM:", "RCPT TO:", "DATA", ".", "EHLO", "STARTTLS", "AUTH", "connection", "banner",
        "end of data", "250 ", "550 ", "354 ", "while talking to ", "did not like our ", "<jane@example.org>", "[DATA]",
        "\n", " ", '"', "(", "rejected at ", "\u0130", "\x00",
    ]
)  # fmt: skip


@settings(max_examples=times(50), deadline=None)
@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_text_gives_a_moment(texts: list[str]):
    assert isinstance(stage.find(texts), Moment)
    assert isinstance(stage.find_in_normalized(phrases.normalize(" ".join(texts))), Moment)
    assert isinstance(stage.speaker(texts, None), Speaker)


@settings(max_examples=times(50), deadline=None)
@given(st.lists(PIECES, max_size=60))
def test_any_mixture_of_the_words_gives_a_moment(pieces: list[str]):
    text = "".join(pieces)

    assert isinstance(stage.find([text]), Moment)
    assert isinstance(stage.find_in_normalized(phrases.normalize(text)), Moment)


REPEATED = [
    "after the ", "after ", "the our sending ", ">>> DATA ", ">>> ", "in: . ", "<<< 250 ", "command ", "while talking to ",
    "smtp command: ", "in reply to the ", "a", " ", "(in reply to the end of ", ">>> mail from:<<< 4",
]  # fmt: skip


def test_a_long_text_gives_a_moment_too():
    """The text goes on and on, in words that nearly tell a stage; text that is flat already was cut before."""
    without_end = {piece: piece * (200_000 // len(piece)) for piece in REPEATED}
    flat = {piece: phrases.normalize(piece * (MAX_TEXT // len(piece))) for piece in REPEATED}

    assert [piece for piece, text in without_end.items() if not isinstance(stage.find([text]), Moment)] == []
    assert [piece for piece, text in flat.items() if not isinstance(stage.find_in_normalized(text), Moment)] == []


def test_text_beyond_the_limit_is_not_looked_at():
    assert found_in("x " * MAX_TEXT + "in reply to DATA command") is Stage.UNKNOWN
