"""A fault of one message says nothing of its address: three large mails cost nobody the next, small one."""

from pathlib import Path

from programs.ours import Ours

REPORT = """\
From: MAILER-DAEMON@mx.example.org
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {address}
Action: failed
Status: {status}
Diagnostic-Code: smtp; {said}

--b--
"""
FAILURES = {
    "large@example.org": "552 5.3.4 Message size exceeds fixed limit",
    "larger@example.org": "552 5.2.3 Message length exceeds administrative limit",
    "odd@example.org": "554 5.6.0 Message is not RFC 5322 compliant",
    "full@example.org": "452 4.2.2 The mailbox is full",
}


def test_only_the_full_mailbox_is_suppressed(tmp_path: Path):
    """One failure is enough here, in place of three days."""
    with Ours(tmp_path) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example", "--soft-failures", "1")
        ours.command("account", "set", "acme", "--technical-failures", "1")
        for address, answer in FAILURES.items():
            report = REPORT.format(address=address, said=answer, status=answer.split()[1])
            ours.send(ours.path("acme", address), report.replace("\n", "\r\n").encode())
        ours.until(lambda: len(ours.lines("recorded")) == len(FAILURES))
        suppressed = [row["address"] for row in ours.rows("suppressions", "list")]
        bounces = {row["recipient"]: row["reason"] for row in ours.rows("bounces")}
        story = ours.command("suppressions", "explain", "--account", "acme", "large@example.org").stdout

    assert bounces == {
        "large@example.org": "message-too-large",
        "larger@example.org": "message-too-large",
        "odd@example.org": "format-error",
        "full@example.org": "mailbox-full",
    }
    assert suppressed == ["full@example.org"]
    assert "It never suppresses: the fault is not the address's." in " ".join(story.split())
