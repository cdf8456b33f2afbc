"""The cases that are played against every mail server: who refuses what, and which reports must come of it."""

from dataclasses import dataclass

from programs.peers import Refusal

RETURN_DOMAIN = "rp.example.com"

# Replies of the recipients' server. The words are ours; their shapes are those that receivers use.
REFUSALS = {
    "unknown@example.org": Refusal("550 5.1.1 <unknown@example.org>: Recipient address rejected: User unknown"),
    "retired@example.org": Refusal("550 5.1.1 <retired@example.org>: Recipient address rejected: User unknown"),
    "über@example.org": Refusal("550 5.1.1 <über@example.org>: no such mailbox"),
    "overquota@example.org": Refusal("552 5.2.2 <overquota@example.org>: Mailbox is over its quota"),
    "full@example.org": Refusal("452 4.2.2 <full@example.org>: Mailbox full, try again later"),
    "terse@example.org": Refusal("550 sorry, no mailbox here by that name"),
    "moved@example.org": Refusal(
        "550-5.1.6 The person you are writing to has left example.org.\n"
        "550-5.1.6 Please look at https://www.example.org/people\n"
        "550 5.1.6 for the new address."
    ),
    "filtered@example.org": Refusal("554 5.7.1 Message rejected as spam by content filtering", after_data=True),
    "strict@example.org": Refusal(
        "550-5.7.26 This mail has been blocked because the sender is unauthenticated.\n"
        "550-5.7.26 Neither SPF nor DKIM of example.com passed, and its DMARC policy says reject.\n"
        "550 5.7.26 See https://mail.example.org/authentication",
        after_data=True,
    ),
    "closing@example.org": Refusal("421 4.3.2 mx.example.org is shutting down, closing transmission channel"),
    "dropped@example.org": Refusal(),
}

# Inside the sending system: an address that stands for another one.
ALIASES = {"readers@lists.example.net": "retired@example.org"}

LETTER = """\
From: Acme News <news@example.com>
To: {to}
Subject: =?utf-8?q?Our_caf=C3=A9_opens_on_Monday?=
Date: Sat, 21 Nov 2026 09:30:00 +0000
Message-ID: <{slug}@news.example.com>
List-Unsubscribe: <https://www.example.com/unsubscribe>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Dear reader,

our caf=C3=A9 opens on Monday at nine.

Acme
"""


FAILED = r"^Action: *failed\b"
DELAYED = r"^Action: *delayed\b"
HANDED_ON = r"^Action: *(relayed|delivered)\b"
GIVEN_UP = rf"{FAILED}|: Envelope expired"  # OpenSMTPD says "Action: delayed" even when it gives up


@dataclass(frozen=True, slots=True)
class Report:
    """A report that must come, known by a sign in its text: the Action (RFC 3464 section 2.3.3) that it speaks of."""

    slug: str
    why: str
    """The reason for which the report is worth keeping."""
    sign: str = FAILED


@dataclass(frozen=True, slots=True)
class Case:
    """One letter sent, and the reports that come of it."""

    reports: tuple[Report, ...]
    recipients: tuple[str, ...]
    slow: bool = False
    """The server must lose patience first."""
    mail_options: tuple[str, ...] = ()
    rcpt_options: tuple[str, ...] = ()
    not_from: tuple[str, ...] = ()
    """Servers that do not write such a report."""

    @property
    def return_path(self) -> str:
        """The alias ``acme`` with the case's own name in it, so that its reports are told from others."""
        return f"acme+{self.reports[0].slug}@{RETURN_DOMAIN}"

    def letter(self) -> bytes:
        """Compose the letter that is sent."""
        text = LETTER.format(to=", ".join(self.recipients), slug=self.reports[0].slug)
        return text.replace("\n", "\r\n").encode()


CASES = (
    Case(
        reports=(Report("unknown-user", "the plainest report: one recipient, refused at RCPT with 550 5.1.1"),),
        recipients=("unknown@example.org",),
    ),
    Case(
        reports=(
            Report(
                "mixed-recipients",
                "three of four recipients refused, for three reasons, at RCPT; the fourth was delivered",
            ),
        ),
        recipients=("unknown@example.org", "overquota@example.org", "jane@example.org", "terse@example.org"),
    ),
    Case(
        reports=(Report("unknown-domain", "the recipient's domain does not exist, so no server said anything"),),
        recipients=("jane@nowhere.example",),
    ),
    Case(
        reports=(Report("over-quota", "552 5.2.2: full, but said as permanent"),),
        recipients=("overquota@example.org",),
    ),
    Case(
        reports=(Report("multi-line", "a reply of three lines, each with its enhanced code"),),
        recipients=("moved@example.org",),
    ),
    Case(
        reports=(
            Report(
                "no-enhanced-code", "a reply without enhanced status code: the status is the sending server's guess"
            ),
        ),
        recipients=("terse@example.org",),
    ),
    Case(
        reports=(Report("spam", "refused for its content, after DATA"),),
        recipients=("filtered@example.org",),
    ),
    Case(
        reports=(
            Report("unauthenticated", "refused after DATA in several lines because SPF, DKIM and DMARC did not pass"),
        ),
        recipients=("strict@example.org",),
    ),
    Case(
        reports=(Report("expanded-alias", "sent to an alias, failed at the address that it stands for"),),
        recipients=("readers@lists.example.net",),
    ),
    Case(
        reports=(
            Report("headers-only", "RET=HDRS, ENVID and ORCPT were asked for (RFC 3461): only headers come back"),
        ),
        recipients=("unknown@example.org",),
        mail_options=("RET=HDRS", "ENVID=acme-4711"),
        rcpt_options=("NOTIFY=FAILURE", "ORCPT=rfc822;Unknown@example.org"),
    ),
    Case(
        reports=(Report("success", "NOTIFY=SUCCESS: the letter was handed to a server that knows no DSN", HANDED_ON),),
        recipients=("jane@example.org",),
        rcpt_options=("NOTIFY=SUCCESS",),
    ),
    Case(
        reports=(Report("smtputf8", "an internationalized address (RFC 6531), so a report in UTF-8 (RFC 6533)"),),
        recipients=("über@example.org",),
        mail_options=("SMTPUTF8",),
        not_from=("sendmail", "opensmtpd"),
    ),
    Case(
        reports=(
            Report("delay", "452 4.2.2 for a while: not failed yet, the server keeps trying", DELAYED),
            Report("expiry", "452 4.2.2 until the server gave up", GIVEN_UP),
        ),
        recipients=("full@example.org",),
        slow=True,
    ),
    Case(
        reports=(
            Report(
                "delay-dropped-connection",
                "the recipient's server hangs up without a word: a delay without any reply code",
                DELAYED,
            ),
            Report("expiry-dropped-connection", "the same, given up: no server ever said why", GIVEN_UP),
        ),
        recipients=("dropped@example.org",),
        slow=True,
    ),
    Case(
        reports=(
            Report("delay-closing", "421 4.3.2 at RCPT: the recipient's server was shutting down", DELAYED),
            Report("expiry-closing", "421 4.3.2 until the server gave up", GIVEN_UP),
        ),
        recipients=("closing@example.org",),
        slow=True,
    ),
)
