"""The failed recipient of a report: never the sender whom a gateway wrote down, never a target that we did not write to."""

import sys

import pytest

from bouncer.ndr.reader import read
from bouncer.ndr.reading import Action, Envelope, Kind, Reading, Recipient

NEWS = "news@example.com"
JANE = "jane@example.org"


def block(
    final: str = "", *, original: str = "", diagnostic: str = "550 5.1.1 no such user", action: str = "failed"
) -> str:
    """The fields about one recipient."""
    fields = (
        ("Original-Recipient", original),
        ("Final-Recipient", final),
        ("Action", action),
        ("Status", "5.1.1"),
        ("Diagnostic-Code", f"smtp; {diagnostic}" if diagnostic else ""),
    )
    return "".join(f"{name}: {value}\n" for name, value in fields if value)


def report(*blocks: str, returned: str = f"To: {JANE}\n", words: str = "", head: str = "", to: str = NEWS) -> bytes:
    """A report from a mail system, with the header of a message from news@example.com where *returned* says whom it went to."""
    original = (
        f"--b\nContent-Type: message/rfc822\n\nFrom: {NEWS}\n{returned}Subject: June\n\nour news\n" if returned else ""
    )
    fields = "\n".join(("Reporting-MTA: dns; mx.example.net\n", *blocks))
    return (
        f"From: MAILER-DAEMON@mx.example.net\nTo: {to}\n{head}Subject: Undelivered Mail Returned to Sender\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\n\nYour message could not be delivered.\n\n{words}\n"
        f"--b\nContent-Type: message/delivery-status\n\n{fields}\n{original}--b--\n"
    ).encode()


def recipients_of(raw: bytes, envelope: Envelope | None = None) -> list[str]:
    return [recipient.recipient for recipient in recipients(raw, envelope)]


def recipients(raw: bytes, envelope: Envelope | None = None) -> tuple[Recipient, ...]:
    return reading(raw, envelope).recipients


def reading(raw: bytes, envelope: Envelope | None = None) -> Reading:
    return read(raw, envelope or Envelope(), strict=True)


def test_the_final_recipient_is_the_one_whom_an_ordinary_report_names():
    assert recipients_of(report(block(f"rfc822; {JANE}"))) == [JANE]


class TestTheSenderAsFinalRecipient:
    """Some gateways write the sender there; he is not the one that failed."""

    def test_the_address_that_the_answer_names_failed(self):
        assert recipients_of(report(block(f"rfc822; {NEWS}", diagnostic=f"550 5.1.1 <{JANE}>: no such user"))) == [JANE]

    def test_the_address_that_the_words_name_failed(self):
        raw = report(
            block(f"rfc822; {NEWS}"), words="<jane@example.org>: no such user\n", returned="To: all@example.net\n"
        )

        assert recipients_of(raw) == [JANE]

    def test_the_address_that_the_message_went_to_failed(self):
        assert recipients_of(report(block(f"rfc822; {NEWS}"))) == [JANE]

    def test_the_answer_is_believed_before_the_message(self):
        diagnostic = "550 5.1.1 <joe@example.org>: no such user"

        assert recipients_of(report(block(f"rfc822; {NEWS}", diagnostic=diagnostic))) == ["joe@example.org"]

    def test_the_case_of_letters_does_not_matter(self):
        finals = ("news@example.com", "NEWS@EXAMPLE.COM", "News@Example.com")

        assert [final for final in finals if recipients_of(report(block(f"rfc822; {final}"))) != [JANE]] == []

    @pytest.mark.parametrize(
        ("head", "to", "envelope"),
        [
            ("", "acme+token@rp.example.com", Envelope()),
            ("Delivered-To: acme+token@rp.example.com\n", NEWS, Envelope()),
            ("X-Original-To: acme+token@rp.example.com\n", NEWS, Envelope()),
            ("", NEWS, Envelope(return_path="acme+token@rp.example.com")),
        ],
        ids=["To", "Delivered-To", "X-Original-To", "envelope"],
    )
    def test_the_recipient_of_the_report_is_the_sender(self, head: str, to: str, envelope: Envelope):
        """A signed return path is in no field of the returned message."""
        raw = report(block("rfc822; acme+token@rp.example.com"), head=head, to=to)

        assert recipients_of(raw, envelope) == [JANE]

    def test_the_returned_header_names_the_sender_too(self):
        fields = ("Return-Path", "Sender", "Reply-To", "Errors-To")
        headers = {field: f"{field}: <owner@lists.example.com>\nTo: {JANE}\n" for field in fields}
        failed = {
            field: recipients_of(report(block("rfc822; owner@lists.example.com"), returned=returned))
            for field, returned in headers.items()
        }

        assert {field: named_instead for field, named_instead in failed.items() if named_instead != [JANE]} == {}

    def test_no_recipient_is_guessed_of_several_that_may_be_meant(self):
        raw = report(block(f"rfc822; {NEWS}", diagnostic=""), returned="To: jane@example.org, joe@example.org\n")

        assert NEWS not in recipients_of(raw)

    def test_a_sender_who_wrote_to_himself_may_have_failed(self):
        assert recipients_of(report(block(f"rfc822; {NEWS}"), returned=f"To: {NEWS}\n")) == [NEWS]
        assert recipients_of(report(block(f"rfc822; {NEWS}"), returned=f"To: {NEWS}, {JANE}\n")) == [NEWS]

    def test_without_the_message_he_may_have_written_to_himself(self):
        assert recipients_of(report(block(f"rfc822; {NEWS}", diagnostic="550 no"), returned="")) == [NEWS]


class TestForwards:
    """A forwarding host names only its target, which the sender never wrote to (RFC 5321 section 3.9.1)."""

    def failed(self, returned: str) -> list[str]:
        """The recipient of a report that names the target, by the header of the message."""
        return recipients_of(report(block("rfc822; jd@example.net"), returned=returned))

    def test_the_trace_of_the_message_tells_whom_it_was_written_to(self):
        traces = (
            "Received: from mail.example.com by mx.example.org for <jane@example.org>; Sat, 21 Nov 2026 10:00:00 +0000",
            "Delivered-To: jane@example.org",
            "X-Original-To: jane@example.org",
            "Delivered-To: Jane@Example.org",
        )

        assert [trace for trace in traces if self.failed(f"{trace}\nTo: {JANE}\n") != [JANE]] == []

    @pytest.mark.parametrize("field", ["X-Forwarded-For", "X-Forwarded-To"])
    def test_the_forwarding_hosts_own_field_tells_the_recipient(self, field: str):
        raw = report(block("rfc822; jd@example.net"), head=f"{field}: jane@example.org jd@example.net\n")

        assert recipients_of(raw) == [JANE]

    def test_the_target_stays_in_the_reading(self):
        (recipient,) = recipients(
            report(block("rfc822; jd@example.net"), returned=f"Delivered-To: {JANE}\nTo: {JANE}\n")
        )

        assert (recipient.recipient, recipient.final_recipient, recipient.action) == (
            JANE,
            "jd@example.net",
            Action.FAILED,
        )

    def test_a_forward_is_shown_by_a_trace_and_the_target_together(self):
        """A copy to somebody who does not stand in To is named as the report names it."""
        headers = {
            "no trace": f"To: {JANE}\n",
            "to the target": f"Received: by mx.example.org for <jd@example.net>\nTo: {JANE}\n",
            "both": f"Delivered-To: {JANE}\nDelivered-To: jd@example.net\nTo: {JANE}\n",
            "of another": f"Delivered-To: joe@example.org\nTo: {JANE}\n",
            "several in To": f"Delivered-To: {JANE}\nTo: {JANE}, joe@example.org\n",
            "no To": "Delivered-To: jane@example.org\n",
        }

        assert [trace for trace, returned in headers.items() if self.failed(returned) != ["jd@example.net"]] == []

    def test_a_field_that_names_another_pair_is_no_forward(self):
        raw = report(block("rfc822; jd@example.net"), head="X-Forwarded-For: joe@example.org joe@example.net\n")

        assert recipients_of(raw) == ["jd@example.net"]


class TestSeveralRecipients:
    """Each has a block of its own."""

    def test_each_of_several_recipients_is_named(self):
        raw = report(
            block(f"rfc822; {JANE}"), block("rfc822; joe@example.org"), returned=f"To: {JANE}, joe@example.org\n"
        )

        assert recipients_of(raw) == [JANE, "joe@example.org"]

    def test_none_of_several_is_taken_for_a_forward(self):
        """Nothing shows which of them the message's recipient has their mail sent on to."""
        raw = report(
            block("rfc822; jd@example.net"),
            block("rfc822; joe@example.net"),
            returned=f"Delivered-To: {JANE}\nTo: {JANE}\n",
        )

        assert recipients_of(raw) == ["jd@example.net", "joe@example.net"]

    def test_the_sender_among_them_is_left_out_where_the_others_are_named(self):
        raw = report(
            block(f"rfc822; {JANE}"),
            block(f"rfc822; {NEWS}", diagnostic="550 no"),
            returned=f"To: {JANE}\n",
        )

        assert recipients_of(raw) == [JANE]

    def test_a_recipient_that_failed_stands_beside_one_that_did_not(self):
        raw = report(
            block(f"rfc822; {JANE}"),
            block("rfc822; joe@example.org", action="delivered", diagnostic=""),
            returned=f"To: {JANE}, joe@example.org\n",
        )

        assert [(recipient.recipient, recipient.action) for recipient in recipients(raw)] == [
            (JANE, Action.FAILED),
            ("joe@example.org", Action.DELIVERED),
        ]
        assert reading(raw).kind is Kind.BOUNCE

    def test_the_same_recipient_twice_is_one(self):
        assert recipients_of(report(block(f"rfc822; {JANE}"), block("rfc822; Jane@Example.org"))) == [JANE]


class TestTheOriginalRecipient:
    """The original recipient is the address that was written to, and decides (RFC 3464 section 2.3.1)."""

    def test_the_original_recipient_is_named_before_the_final_one(self):
        (recipient,) = recipients(report(block("rfc822; jd@example.net", original=f"rfc822; {JANE}")))

        assert (recipient.recipient, recipient.original_recipient, recipient.final_recipient) == (
            JANE,
            JANE,
            "jd@example.net",
        )

    def test_the_original_recipient_is_named_where_the_message_was_written_to_somebody_else(self):
        raw = report(
            block("rfc822; jd@example.net", original=f"rfc822; {JANE}"),
            returned="Delivered-To: all@example.net\nTo: all@example.net\n",
        )

        assert recipients_of(raw) == [JANE]

    def test_an_alias_stands_for_all_that_it_was_expanded_to(self):
        raw = report(
            block("rfc822; jane@example.net", original="rfc822; team@example.org"),
            returned="Delivered-To: team@example.org\nTo: team@example.org\n",
        )

        assert recipients_of(raw) == ["team@example.org"]

    def test_xtext_in_it_is_decoded(self):
        """RFC 3461 section 4: the sender's server encodes the plus and the equals sign, and some forget to decode them."""
        rows = [
            ("plus", "rfc822; jane+2Bnews@example.org", "jane+news@example.org"),
            ("equals sign", "rfc822; jane+3Dnews@example.org", "jane=news@example.org"),
            ("both", "rfc822; a+2Bb+3Dc@example.org", "a+b=c@example.org"),
            ("type in capitals", "RFC822;jane+2Bnews@example.org", "jane+news@example.org"),
            ("brackets", "rfc822; <jane+2Bnews@example.org>", "jane+news@example.org"),
            ("a tag of digits", "rfc822; jane+42@example.org", "jane+42@example.org"),
            ("a tag", "rfc822; jane+news@example.org", "jane+news@example.org"),
            ("plain", "rfc822; jane@example.org", "jane@example.org"),
            ("no type", "jane@example.org", "jane@example.org"),
            ("RFC 6533", "utf-8; jan\\x{E9}@example.org", "jané@example.org"),
        ]

        def intended(written: str, meant: str) -> list[tuple[str, str | None]]:
            raw = report(block("rfc822; jd@example.net", original=written), returned=f"To: {meant}\n")
            return [(recipient.recipient, recipient.original_recipient) for recipient in recipients(raw)]

        assert [row for row in rows if intended(*row[1:]) != [(row[2], row[2])]] == []

    def test_an_original_recipient_that_is_no_address_is_passed_over(self):
        others = ("rfc822; unknown", "rfc822;", "x-unix; |/usr/bin/filter", "rfc822; jane")

        assert [
            original
            for original in others
            if recipients_of(report(block(f"rfc822; {JANE}", original=original))) != [JANE]
        ] == []

    def test_an_original_recipient_alone_is_enough(self):
        assert recipients_of(report(block(original=f"rfc822; {JANE}"))) == [JANE]


class TestLocalNames:
    """A mail system may name a mailbox without its domain, or the program that the mail was piped to."""

    def test_the_message_completes_a_local_part(self):
        assert recipients_of(report(block("rfc822; jane"))) == [JANE]
        assert recipients_of(report(block("rfc822; jane"), returned=f"To: joe@example.org, {JANE}\n")) == [JANE]

    def test_the_only_recipient_of_the_message_stands_for_a_program(self):
        assert recipients_of(report(block("x-unix; |/usr/local/bin/filter"))) == [JANE]


def test_a_notice_in_words_names_the_address_that_an_alias_was_written_to():
    raw = (
        f"From: MAILER-DAEMON@mx.example.net\nTo: {NEWS}\nSubject: Undelivered Mail Returned to Sender\n\n"
        "Your message could not be delivered.\n\n"
        "<jd@example.net> (expanded from <jane@example.org>): host mx.example.net said:\n"
        "    550 5.1.1 no such user (in reply to RCPT TO command)\n"
    ).encode()

    assert recipients_of(raw) == [JANE]


def test_a_supplement_of_digits_only_is_read_where_no_diagnostic_stands_beside_it():
    raw = report(block(f"rfc822; {JANE}", diagnostic="") + "X-Supplementary-Info: <mx.example.org #550>\n")

    assert [(recipient.recipient, recipient.diagnostic_code) for recipient in recipients(raw)] == [(JANE, "550")]


def lowered(count: int, to: str) -> int:
    """How often a text is made lower case while a report about *count* recipients is read that returns *to*."""
    calls = 0

    def note(_frame: object, event: str, called: object) -> None:
        nonlocal calls
        calls += event == "c_call" and getattr(called, "__name__", "") == "lower"

    raw = report(*(block(f"r{n}@evil.example") for n in range(count)), returned=f"To: {to}\n")
    sys.setprofile(note)
    try:
        assert len(read(raw).recipients) == count
    finally:
        sys.setprofile(None)
    return calls


def test_recipients_are_not_compared_with_each_of_to():
    """Hundreds fail and hundreds stand in To: what is done for each pair of them is most of what the letter costs."""
    few, many = (", ".join(f"t{n}@" + "\u00e9." * 90 + "example" for n in range(to)) for to in (10, 90))
    more_to = lowered(200, many) - lowered(200, few)

    assert more_to < 200
