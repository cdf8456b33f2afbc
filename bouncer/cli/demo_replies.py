"""The replies of mail servers in the demo's month: the providers' own words, for mail that they do not take.

Microsoft's block list and the other phrases are those that the rules of verdicts know.
"""

from collections.abc import Mapping
from dataclasses import dataclass

PERMANENT = 500
"""The first reply code of a permanent failure (RFC 5321 section 4.2.1)."""


@dataclass(frozen=True, slots=True)
class ServerReply:
    """The reply of *server*: *code* and *status*, then *words*, to the command *stage*; *address* is the server's."""

    server: str
    address: str
    code: int
    status: str
    words: str
    stage: str = "RCPT TO"

    @property
    def text(self) -> str:
        """The reply as one line."""
        return f"{self.code} {self.status} {self.words}"

    @property
    def is_temporary(self) -> bool:
        """Whether the server asks to try again."""
        return self.code < PERMANENT


DOMAINS: Mapping[str, int] = {
    "gmail.com": 27,
    "outlook.com": 11,
    "hotmail.com": 7,
    "yahoo.com": 8,
    "gmx.net": 8,
    "web.de": 6,
    "t-online.de": 5,
    "icloud.com": 5,
    "orange.fr": 4,
    "libero.it": 3,
    "example.org": 6,
    "example.com": 5,
    "museum.example": 3,
    "lakeside.example": 2,
}
"""Domain -> its part of the readers."""
BLOCKING = ("outlook.com", "hotmail.com")
"""The domains of the provider that blocks."""
_SERVERS = {
    "gmail.com": ("gmail-smtp-in.l.google.com", "142.250.27.26"),
    "outlook.com": ("outlook-com.olc.protection.outlook.com", "52.101.8.33"),
    "hotmail.com": ("hotmail-com.olc.protection.outlook.com", "52.101.8.34"),
    "yahoo.com": ("mta5.am0.yahoodns.net", "67.195.204.77"),
    "gmx.net": ("mx00.emig.gmx.net", "212.227.15.9"),
    "web.de": ("mx-ha02.web.de", "212.227.17.8"),
    "t-online.de": ("mx00.t-online.de", "194.25.134.8"),
    "icloud.com": ("mx01.mail.icloud.com", "17.57.155.25"),
    "orange.fr": ("smtp-in.orange.fr", "80.12.26.32"),
    "libero.it": ("smtp-in.libero.it", "213.209.1.129"),
}
_UNAVAILABLE = ("5.5.0", "Requested action not taken: mailbox unavailable (S2017062302).")
_UNKNOWN = ("5.1.1", "<{address}>: Recipient address rejected: User unknown")
_GONE = {
    "gmail.com": (
        "5.1.1",
        "The email account that you tried to reach does not exist. https://support.google.com/mail/?p=NoSuchUser",
    ),
    "outlook.com": _UNAVAILABLE,
    "hotmail.com": _UNAVAILABLE,
    "orange.fr": ("5.1.1", "Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]"),
}
_FULL = {
    "gmail.com": "The recipient's inbox is out of storage space. https://support.google.com/mail/?p=OverQuotaPerm",
    "gmx.net": "Requested mail action aborted: exceeded storage allocation. Quota exceeded",
}
_BLOCK = (
    "Unfortunately, messages from [192.0.2.80] weren't sent. Please contact your Internet service provider since part of "
    "their network is on our block list (S3150). You can also refer your provider to "
    "http://mail.live.com/mail/troubleshooting.aspx#errors."
)


def no_mailbox(address: str) -> ServerReply:
    """Reply that the mailbox does not exist."""
    return _reply(address, 550, *_GONE.get(_domain(address), _UNKNOWN))


def full_mailbox(address: str) -> ServerReply:
    """Reply that the mailbox is full."""
    return _reply(address, 552, "5.2.2", _FULL.get(_domain(address), "<{address}>: Mailbox is over its quota"))


def blocked_network(address: str) -> ServerReply:
    """Reply that the sender's network is on the provider's block list."""
    return _reply(address, 550, "5.7.1", _BLOCK, "MAIL FROM")


def spam_refusal(address: str) -> ServerReply:
    """Reply that the message is taken for spam."""
    return _reply(address, 554, "5.7.1", "Message rejected as spam by content filtering", "end of DATA")


def greylisting(address: str) -> ServerReply:
    """Reply that the mail is to come again later."""
    return _reply(address, 450, "4.2.0", "<{address}>: Recipient address rejected: Greylisted, try again later")


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def _reply(address: str, code: int, status: str, words: str, stage: str = "RCPT TO") -> ServerReply:
    domain = _domain(address)
    server, network_address = _SERVERS.get(domain, (f"mx.{domain}", "192.0.2.25"))
    return ServerReply(server, network_address, code, status, words.format(address=address), stage)
