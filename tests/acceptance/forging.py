"""Forged reports in every form, and how they are sent and read."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

from acceptance.inline_reader import InlineReader

from bouncer.errors import Refused
from bouncer.mail.letter import Received
from bouncer.mail.returnpath import Key, sign
from bouncer.mail.signed_header import make_header
from bouncer.ports.accounts import Account, Alias
from bouncer.ports.scope import OPERATOR
from bouncer.ports.sends import Sent
from bouncer.ports.store import Store
from bouncer.stages.admit import Admit
from bouncer.stages.keep import Keep
from bouncer.stages.read import Read

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


TODAY = int(NOW.timestamp()) // 86_400


DOMAIN = "rp.example.com"


KEY, RETIRED = Key(b"a secret of at least sixteen octets"), Key(b"the secret of the year before")


EACH = 770
"""Letters of each form; there are thirteen forms."""


MALLORY = "mallory@example.net"


ACME_PATH = f"acme@{DOMAIN}"


Letter = tuple[str, bytes]  # return path, octets


def victim(n: int) -> str:
    """Somebody whom we write to; each attack means another one."""
    return f"victim{n}@example.org"


def path(
    recipient: str | None, account: str = "acme", key: Key = KEY, days: int = 30, ago: int = 0, **options: str
) -> str:
    """A signed return path, as it was made *ago* days ago."""
    return sign(account, recipient, domain=DOMAIN, key=key, today=TODAY - ago, days=days, **options)


def failure(*recipients: str, returned: Sequence[str] = ()) -> bytes:
    """A perfect report of hard failures, as any mail server writes it."""
    blocks = (f"Final-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.1.1\n" for address in recipients)
    reported = "\n".join(f"{group}Diagnostic-Code: smtp; 550 5.1.1 no such user\n" for group in blocks)
    return report_of("delivery-status", f"Reporting-MTA: dns; mx.example.net\n\n{reported}", returned)


def complaint(recipient: str, returned: Sequence[str] = ()) -> bytes:
    """A feedback report (RFC 5965)."""
    fields = f"Feedback-Type: abuse\nUser-Agent: fbl/1\nVersion: 1\nOriginal-Rcpt-To: {recipient}\n"
    return report_of("feedback-report", fields, returned)


def report_of(kind: str, fields: str, returned: Sequence[str]) -> bytes:
    lines = (
        "From: MAILER-DAEMON@mx.example.net",
        "Subject: Undelivered Mail Returned to Sender",
        "MIME-Version: 1.0",
        f"Content-Type: multipart/report; report-type={kind}; boundary=b",
        "",
        f"--b\nContent-Type: message/{kind}\n\n{fields}",
        "--b\nContent-Type: text/rfc822-headers\n",
        *(returned or ("Subject: news",)),
        "\n--b--\n",
    )
    return "\n".join(lines).replace("\n", "\r\n").encode()


def vacation() -> bytes:
    """An automatic answer that talks like a failure."""
    text = "I am away. Your mail to victim1@example.org was not delivered: 550 5.1.1 user unknown"
    return f"From: {MALLORY}\r\nAuto-Submitted: auto-replied\r\nSubject: Away\r\n\r\n{text}\r\n".encode()


def altered(n: int) -> str:
    """A good path with one bit turned over, bit by bit; not the one that makes a capital of a letter: that is no other path."""
    local = path(victim(n)).partition("@")[0]
    turned = ((place, chr(ord(character) ^ 1 << bit)) for place, character in enumerate(local) for bit in range(8))
    others = [(place, other) for place, other in turned if other.lower() != local[place]]
    place, other = others[n % len(others)]
    return f"{local[:place]}{other}{local[place + 1 :]}@{DOMAIN}"


def field(name_and_value: tuple[str, str]) -> str:
    return ": ".join(name_and_value)


FORMS: dict[str, Callable[[int], Letter]] = {
    "no token": lambda n: (f"acme@{DOMAIN}", failure(victim(n))),
    "token of another account, its name altered": lambda n: (
        path(victim(n), "evil").replace("evil-", "acme-", 1),
        failure(victim(n)),
    ),
    "token of another recipient": lambda n: (path(MALLORY, reference=f"a{n}"), failure(victim(n))),
    "token of another recipient, hashed": lambda n: (path(MALLORY, reference=f"b{n}", hashed=True), failure(victim(n))),
    "expired": lambda n: (path(victim(n), ago=40), failure(victim(n))),
    "replayed": lambda _: (path("replayed@example.net"), failure("replayed@example.net")),
    "altered bit by bit": lambda n: (altered(n), failure(victim(n))),
    "upper-cased, of another recipient": lambda n: (path(MALLORY, reference=f"c{n}").upper(), failure(victim(n))),
    "signed with a retired key": lambda n: (path(victim(n), key=RETIRED), failure(victim(n))),
    "right token, wrong recipient inside": lambda n: (
        path(f"own{n}@example.net"),
        failure(f"own{n}@example.net", victim(n)),
    ),
    "vacation reply to a signed path": lambda n: (path(victim(n)), vacation()),
    "complaint with a forged token": lambda n: (
        f"acme@{DOMAIN}",
        complaint(
            victim(n), [field(make_header(path(victim(n), key=RETIRED) if n % 2 else path(MALLORY, reference=f"d{n}")))]
        ),
    ),
    "path of a message to several, another message named": lambda n: (
        path(None, reference="toseveral"),
        failure(victim(n), returned=("Message-ID: <newsletter@acme.example>", "Subject: news")),
    ),
}
"""By the words of the table: the n-th letter of a form."""


async def add_accounts_and_mailings(store: Store) -> None:
    """Two accounts, and the mailings that reports may speak of."""
    for name in ("acme", "evil"):
        await store.add_account(OPERATOR, Account(name, (f"owner@{name}.example",)), now=NOW)
        await store.add_alias(OPERATOR, Alias(f"{name}@{DOMAIN}", name), now=NOW)
    several = (MALLORY, "friend@example.net")
    await store.count(OPERATOR, [Sent("acme", NOW, several, "<m2@acme.example>", "hello", reference="toseveral")])
    everybody = tuple(victim(n) for n in range(900))
    await store.count(OPERATOR, [Sent("acme", NOW, everybody, "<newsletter@acme.example>", "news")])


async def send(store: Store, admit: Admit, letters: Iterator[Letter]) -> int:
    """Send *letters*; gives how many were refused at RCPT."""
    keep, refused = Keep(store, wake=lambda: None), 0
    for address, raw in letters:
        try:
            admitted = await admit.admit(address)
        except Refused:
            refused += 1
            continue
        await keep.keep([Received(admitted, "", "198.51.100.7", "mx.example.net", None, False, NOW, raw)])  # noqa: FBT003 -- SMTPUTF8's place
    return refused


async def read_all(store: Store, admit: Admit) -> None:
    reading = Read(store, InlineReader(), admit, keys=(KEY,), operator=None, now=lambda: NOW, wake=lambda: None)
    while await reading.run_once():
        pass


OWN = {"replayed@example.net", MALLORY, *(f"own{n}@example.net" for n in range(EACH))}
"""Recipients of tokens, who report their own failure or complaint, whomever they name: the only ones whom this may suppress."""
