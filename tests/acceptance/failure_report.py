"""A report of a failure with a status and words of choice."""

REPORT = """\
From: MAILER-DAEMON@mx.example.net
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {recipient}
Action: failed
Status: {status}
Diagnostic-Code: smtp; 550 {status} {words}

--b--
"""


def report(recipient: str, status: str = "5.1.1", words: str = "User unknown") -> bytes:
    return REPORT.format(recipient=recipient, status=status, words=words).replace("\n", "\r\n").encode()
