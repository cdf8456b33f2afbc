"""Strangers' text in a report that is not proven becomes no link by itself in any mail, and a person can still read it."""

import datetime as dt
import html
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from examples import times
from hypothesis import example, given, settings
from hypothesis import strategies as st
from programs.mails import subject_of, texts_of

from bouncer.compose.block_warning import BlockWarning, compose_warning
from bouncer.compose.digest import Digest
from bouncer.compose.inert import make_inert
from bouncer.compose.notice import Notice, NoticeRecipient
from bouncer.compose.operator import FailingOwnerMail, ForwardedMail, compose_failing, compose_forwarded
from bouncer.compose.owner_mails import compose, compose_digest
from bouncer.compose.tally import DigestRow, DigestTally
from bouncer.mail.outgoing import OutgoingMail
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.blocking import Blocked, Blocking
from bouncer.policy.records import Belief
from bouncer.verdict.verdict import Reason

AT = dt.datetime(2026, 3, 3, 10, 12, tzinfo=dt.UTC)
FROM = {"from_": "b@localhost", "reverse_path": ""}
DOUBTED = [Belief.UNPROVEN, Belief.PLAUSIBLE, Belief.CONTRADICTED]

PLAIN_ADDRESS = re.compile(r"[\w+=.-]{1,64}@[\w.-]{1,255}")
LINKS = re.compile(
    r"\b[a-z][a-z0-9+.-]*:[/\\]"  # any scheme that has a path
    r"|\b(?:mailto|tel|sms|callto|skype|news|file|javascript|data|outlook):\S"
    r"|\bwww\d{0,3}[.\u3002\uff0e\uff61]\S"
    r"|[\w-][.\u3002\uff0e\uff61](?=[^\W\d_])"  # a name and a top-level domain; an address's domain, too
    r"|(?<![\[\]/\\])[/\\]{2,}\w",  # //host, and \\host\share as Outlook has it
    re.IGNORECASE,
)
"""Texts that mail programs make links of: the rules of linkify-it, Gmail, Outlook and Apple Mail, and somewhat more."""

LURES = [
    "https://evil.example/login?x=1",
    "HTTP://EVIL.EXAMPLE",
    "hTTps:\\\\evil.example",
    "ftp://evil.example/a.exe",
    "mailto:boss@evil.example?subject=x",
    "www.evil.example",
    "WWW2.1und1.de",
    "evil.example/path",
    "evil\u3002example",
    "evil\uff0ecom",
    "\u0437\u043b\u043e.\u0440\u0444",
    "xn--e1aybc.xn--p1ai",
    "\\\\evil\\share",
    "//evil.example",
    "file:///c:/x",
    "tel:+4912345",
    "javascript:alert(1)",
    "call me at boss@evil.example",
    "a.b.c.d.evil.co.uk:8080/x",
    "(https://evil.example)",
    "<https://evil.example>",
    "user:pw@evil.example",
    "http://192.0.2.1/x",
    "http:evil.example",
    "steam://run/1",
    "5.1.1https://evil.example",
]

pieces = st.sampled_from(
    [
        *LURES,
        "http",
        "s",
        "://",
        ":",
        "/",
        "\\",
        ".",
        "www",
        "evil",
        "com",
        "@",
        " ",
        "[",
        "]",
        "hxxp",
        "5.1.1",
        "\u3002",
        "mailto",
    ]
)
texts = st.lists(pieces, max_size=12).map("".join)

short = texts.map(lambda text: text[:24])
"""Fits into a line with its brackets: a word that is cut for its length is none that is looked for here."""


def links(text: str) -> list[str]:
    return [match[0] for match in LINKS.finditer(text)]


def forms(mail: OutgoingMail) -> Iterator[str]:
    """Subject, text and HTML as a person sees them."""
    yield subject_of(mail.octets)
    for content_type, text in texts_of(mail.octets):
        if content_type == "text/plain":
            yield text
        else:
            page = re.sub(r"<style.*?</style>|<!--.*?-->", "", text, flags=re.DOTALL)
            yield html.unescape(re.sub("<[^>]*>", "\n", page))


def all_mails(text: str, belief: Belief, recipient: str = "someone") -> Iterator[OutgoingMail]:
    """Every mail of ours, with *text* wherever a stranger's stands."""
    proven = belief is Belief.PROVEN
    envelope: Any = {"to": "ann@localhost", "message_id": "1@localhost", "made_at": AT}
    reason = {"diagnostic_code": text, "remote_mta": text, "belief": belief, "belief_why": text, "status": text}
    about = (NoticeRecipient(recipient, Action.FAILED, Reason.BAD_REPUTATION, **reason),)
    facts = {"reporting_mta": text, "subject": text, "campaign": text, "original_message_id": text}
    for kind, recipients in ((Kind.BOUNCE, about), (Kind.COMPLAINT, about), (Kind.OTHER, ())):
        letter = f"Subject: x\r\n\r\n------ This is a copy of the message.\r\n\r\nSubject: {text}\r\nDate: {text}\r\n".encode()
        yield compose(Notice(kind=kind, recipients=recipients, letter=letter, **envelope, **facts), **FROM)
    tally = DigestTally()
    row = {"diagnostic_code": text, "remote_mta": text, "subject": text, "message_id": text, "belief": belief}
    tally.add(DigestRow(AT, f"a b@{text}", Kind.BOUNCE, Action.FAILED, Reason.BAD_REPUTATION, **row))
    tally.add(DigestRow(AT, recipient, Kind.BOUNCE, Action.FAILED, Reason.INVALID_RECIPIENT, **row))
    yield compose_digest(Digest(**envelope, tally=tally, account="acme"), **FROM)
    yield compose_warning(
        BlockWarning(
            **envelope, account="acme", blocking=Blocking((Blocked(text, 10),)), replies=(text,), proven=proven
        ),
        **FROM,
    )
    yield compose_failing(
        FailingOwnerMail(**envelope, accounts=("acme",), owner="ann", replies=(text,), proven=proven), **FROM
    )
    raw = f"Subject: {text}\r\n\r\nhello\r\n".encode()
    yield compose_forwarded(
        ForwardedMail(
            **envelope, came_to="postmaster", reverse_path=text, peer="::1", arrived_at=AT, report="38g", letter=raw
        ),
        **FROM,
    )


@pytest.mark.parametrize("lure", LURES)
@pytest.mark.parametrize("belief", DOUBTED)
def test_no_lure_is_a_link_in_any_mail(lure: str, belief: Belief):
    for mail in all_mails(f"Please see {lure} at once", belief, recipient=f"see {lure}"):
        assert [link for form in forms(mail) for link in links(form)] == []


@settings(max_examples=times(40), deadline=None)
@given(short, st.sampled_from(DOUBTED))
@example("зло.рфзло.рф@evil.exampl", Belief.UNPROVEN)
def test_no_text_of_a_stranger_is_a_link_in_any_mail(text: str, belief: Belief):
    whole = f"<{text}>" if PLAIN_ADDRESS.fullmatch(text) else "<>"  # stands as it is, so that it can be copied
    for mail in all_mails(text, belief):
        assert [link for form in forms(mail) for link in links(form.replace(whole, "<>"))] == []


@settings(max_examples=times(400), deadline=None)
@given(st.one_of(texts, st.text(max_size=40)))
def test_nothing_inert_matches_what_makes_links(text: str):
    assert links(make_inert(text)) == []


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("https://evil.example/a.b?c=d.e", "hxxps[:]//evil[.]example/a[.]b?c=d[.]e"),
        ("FTP://evil.example", "FTP[:]//evil[.]example"),
        ("see www.evil.example.", "see www[.]evil[.]example."),
        ("mailto:a@b.example", "mailto[:]a@b[.]example"),
        ("\\\\evil\\share", "[\\\\]evil\\share"),
        ("550 5.1.1 <jane@example.org>: no such user", "550 5.1.1 <jane@example[.]org>: no such user"),
        (
            "550-5.7.26 rejected by 192.0.2.1 at 10:30. Try later.",
            "550-5.7.26 rejected by 192.0.2.1 at 10:30. Try later.",
        ),
        ("fe80::1, 100.5 %, e. g. this... and/or that", "fe80::1, 100.5 %, e. g. this... and/or that"),
    ],
)
def test_an_inert_text_can_still_be_read_by_a_person(text: str, visible: str):
    assert make_inert(text) == visible


@pytest.mark.parametrize(
    ("recipient", "visible"),
    [
        ("jane+a@example.org", "jane+a@example.org"),
        ("J\u00f6rg@b\u00fccher.example", "J\u00f6rg@b\u00fccher.example"),
        ("https://evil.example/@x.example", "hxxps[:]//evil[.]example/@x[.]example"),
        ("www.evil.example@x.example", "www[.]evil[.]example@x[.]example"),
        ("evil.example", "evil[.]example"),
        ("visit evil.example/@x.example", "visit evil[.]example/@x[.]example"),
    ],
)
def test_an_address_stands_whole_where_it_is_a_plain_one(recipient: str, visible: str):
    """A person has to find the address and copy it."""
    mails = list(all_mails("x", Belief.UNPROVEN, recipient=recipient))

    assert str(message_from_bytes(mails[0].octets, policy=default)["Subject"]).startswith(
        f"Reported as not delivered: {visible} "
    )
    assert visible in next(form for form in list(forms(mails[3]))[1:])


def test_proven_text_stays_as_it_is():
    """The recipient's own server says where to look; and so does the rest that is for machines."""
    text = "550 5.7.1 see https://help.example/why"

    for mail in list(all_mails(text, Belief.PROVEN))[:2]:
        _, plain, page = forms(mail)
        assert text in " ".join(plain.replace("|", " ").split())
        assert text in page


@pytest.mark.parametrize("belief", DOUBTED)
def test_fields_for_machines_stay_exact(belief: Belief):
    lure = "https://evil.example/a"
    about = (NoticeRecipient("jane@example.org", Action.FAILED, Reason.POLICY, diagnostic_code=lure, belief=belief),)
    notice = Notice(
        "a@localhost", "1@localhost", AT, Kind.BOUNCE, about, data=f'[{{"diagnostic_code": "{lure}"}}]'.encode()
    )
    message = message_from_bytes(compose(notice, **FROM).octets, policy=default)
    assert isinstance(message, EmailMessage)

    (data,) = (part for part in message.walk() if part.get_filename() == "bounces.json")
    assert lure in data.get_content().decode()
    assert message["X-Bounce-Recipient"] == "jane@example.org"
