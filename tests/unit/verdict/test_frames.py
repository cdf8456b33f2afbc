"""An answer means the same in whatever words the reporting server sets it."""

import pytest

from bouncer.ndr.reader import read
from bouncer.verdict.judge import judge
from bouncer.verdict.verdict import Category, Reason

FRAMES = {
    "Exim": (
        "  jane@example.org\r\n    host mx.example.org [192.0.2.9]\r\n"
        "    SMTP error from remote mail server after RCPT TO:<jane@example.org>:\r\n    {}"
    ),
    "Postfix": "<jane@example.org>: host mx.example.org[192.0.2.9] said: {} (in reply to RCPT TO command)",
    "Gmail": (
        "Delivery to the following recipient failed permanently:\r\n\r\n     jane@example.org\r\n\r\n"
        "Technical details of permanent failure:\r\nGoogle tried to deliver your message, but it was rejected by the server for the"
        " recipient domain example.org by mx.example.org. [192.0.2.9].\r\n\r\nThe error that the other server returned was:\r\n{}"
    ),
    "Exchange": (
        "Delivery has failed to these recipients or groups:\r\n\r\njane@example.org\r\n\r\nRemote Server returned '{}'"
    ),
    "a transcript": "Delivery failed.\r\n\r\n>>> RCPT TO:<jane@example.org>\r\n<<< {}",
}
ANSWERS = {
    "550 5.1.1 User unknown": Reason.INVALID_RECIPIENT,
    "550 Benutzer unbekannt": Reason.INVALID_RECIPIENT,
    "550 Utente sconosciuto": Reason.INVALID_RECIPIENT,
    "550 Due to restructuring this mailbox has been removed permanently": Reason.CLOSED_ACCOUNT,
    "550 Nach dem Umzug wurde das Postfach gelöscht": Reason.CLOSED_ACCOUNT,
    "550 Retired mailbox": Reason.INVALID_RECIPIENT,
    "550 The account gets no mail any more": Reason.INVALID_RECIPIENT,
    "550 La casella di posta del destinatario e' piena": Reason.MAILBOX_FULL,
    "552 5.2.2 The mailbox is full": Reason.MAILBOX_FULL,
    "451 4.3.0 Mail server temporarily rejected message.": Reason.RECEIVER_ERROR,
    "554 5.4.6 Too many hops": Reason.ROUTING_LOOP,
    "550 news@shop.example does not exist": Reason.SENDER_REJECTED,
    "550 5.1.1 <news-7f3a@rp.example.com> was deleted": Reason.SENDER_REJECTED,
    "553 rp.example.com does not exist": Reason.SENDER_REJECTED,
}


def reported(frame: str, answer: str) -> bytes:
    return (
        "From: MAILER-DAEMON@out.example.net\r\nTo: news-7f3a@rp.example.com\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n\r\n"
        f"{FRAMES[frame].format(answer)}\r\n\r\n--- Below this line is a copy of the message.\r\n\r\n"
        "From: news@shop.example\r\nTo: jane@example.org\r\nSubject: News\r\n\r\nHello\r\n"
    ).encode()


@pytest.mark.parametrize("frame", FRAMES)
def test_an_answer_means_the_same_in_each_frame(frame: str):
    verdicts = {answer: judge(read(reported(frame, answer))).verdicts[0] for answer in ANSWERS}

    assert {answer: verdict and verdict.reason for answer, verdict in verdicts.items()} == ANSWERS


@pytest.mark.parametrize("frame", FRAMES)
def test_an_absence_of_somebody_else_is_hard_in_no_frame(frame: str):
    """The frame names the recipient, and the answer the sender, or what another server said once."""
    for answer in (
        "550 mailbox news@shop.example has been closed",
        "550 The account news-7f3a@rp.example.com is gone",
        '550 5.7.1 Your message quotes "550 user unknown" and looks like spam',
    ):
        (verdict,) = judge(read(reported(frame, answer))).verdicts

        assert verdict is not None
        assert verdict.category is not Category.HARD, answer
