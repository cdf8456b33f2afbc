"""The manual's ways to send with signed return paths, run as they stand there."""

import base64
import email
import hashlib
import hmac
import importlib
import json
import re
import sys
import threading
import urllib.request
from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage
from email.policy import default
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from manual import MANUAL
from programs.peers import Peer

from bouncer.mail.returnpath import AccountKey, Key, Signed, sign, verify

SNIPPETS = dict(re.findall(r"```python\n# (\w+)\.py\n(.*?)```", MANUAL, re.DOTALL))
SECRET = b"a secret of at least sixteen octets"
JANE, JOE = "jane@example.org", "joe@example.org"


@pytest.fixture
def snippets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The snippets as modules, with the key where a test may have one."""
    (tmp_path / "acme.key").write_text(f"{Key(SECRET).derive('acme').spell()}\n")
    for name, code in SNIPPETS.items():
        (tmp_path / f"{name}.py").write_text(code.replace("/etc/bouncer/", f"{tmp_path}/"))
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in SNIPPETS:
        sys.modules.pop(name, None)


@pytest.fixture
def server() -> Iterator[Peer]:
    with Peer("mx.example.org") as peer:
        yield peer


def load(name: str) -> ModuleType:
    return importlib.import_module(name)


def signed_for(server: Peer) -> dict[str, str | None]:
    """By recipient: whom the envelope sender was signed for."""
    paths = {}
    for letter in server.letters():
        signed = verify(letter.reverse_path, keys=(Key(SECRET),), today=20_000)
        assert isinstance(signed, Signed)
        (recipient,) = letter.recipients
        paths[recipient] = signed.recipient
    return paths


def base32(octets: bytes) -> str:
    return base64.b32encode(octets[:10]).decode().lower()


@pytest.mark.parametrize("reference", [None, "spring26"])
@pytest.mark.parametrize("recipient", ["jane=example.org", "=", ""])
def test_paths_are_made_as_the_readme_says_for_other_languages(recipient: str, reference: str | None):
    """Written after its description, with the standard library and nothing of ours."""
    info, alphabet, nul = b"bouncer account key\0acme\x001", "abcdefghijklmnopqrstuvwxyz234567", "\0"
    secret = hmac.digest(hmac.digest(bytes(32), SECRET, "sha256"), info + b"\1", "sha256")
    text = "acme:" + base64.urlsafe_b64encode(secret).decode().replace("=", "")
    if recipient == "=":
        recipient += base32(hmac.digest(secret, f"recipient{nul}acme{nul}{JANE}".encode(), "sha256"))
    number = 20_030 - (date(2020, 1, 1) - date(1970, 1, 1)).days
    day = "".join(alphabet[number >> shift & 31] for shift in (10, 5, 0))
    mark = f".{reference}" if reference else ""
    mac = base32(hmac.digest(secret, nul.join(("path", "acme", day, mark, recipient)).encode(), "sha256"))
    name = alphabet[hashlib.sha256(b"bouncer key id\0" + secret).digest()[0] & 31]
    path = f"acme-{name}{day}{mac}{mark}{'-' if recipient else ''}{recipient}@rp.example.com"

    key, hashed = AccountKey.read(text), recipient.startswith("=")
    options = {"domain": "rp.example.com", "today": 20_000, "days": 30, "hashed": hashed, "reference": reference}
    assert path == sign("acme", JANE if recipient else None, key=key, **options)  # type: ignore[arg-type]
    assert isinstance(verify(path, keys=(Key(SECRET),), today=20_030), Signed)


def test_a_mail_by_smtplib_carries_a_return_path(snippets: Path, server: Peer):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Acme <news@acme.example>", "readers:;", "News"
    message.set_content("We open on Monday.\n")

    load("newsletter").send(message, [JANE, JOE], "127.0.0.1", server.port)

    assert signed_for(server) == {JANE: JANE, JOE: JOE}


PERSON = {"uuid": "b2", "email": JANE, "name": "Jane", "attribs": {}, "status": "enabled"}
CAMPAIGN: dict[str, Any] = {
    "from_email": "Acme <spring@acme.example>",
    "uuid": "a1",
    "name": "spring",
    "headers": [{"X-Shop": "42"}, {"Reply-To": "shop@acme.example"}],
    "tags": ["news"],
}
PUSHED: dict[str, Any] = {
    "subject": "News",
    "content_type": "richtext",
    "body": "<p>We open on Monday.</p>",
    "recipients": [PERSON],
    "campaign": CAMPAIGN,
    "attachments": None,
}
"""The members of a post of listmonk to a messenger: those of its type ``postback``, and those inside, in their order."""
FILE = {"name": "plan.pdf", "header": {"Content-Type": ["application/pdf; name=plan.pdf"]}, "content": "JVBERg=="}


def handed_in(server: Peer, pushed: dict[str, Any]) -> EmailMessage:
    """The mail that a mail server gets when listmonk posts *pushed* to the messenger."""
    messenger = load("messenger")
    messenger.SMTP = ("127.0.0.1", server.port)
    web = ThreadingHTTPServer(("127.0.0.1", 0), messenger.Messenger)
    threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    request = urllib.request.Request(f"http://127.0.0.1:{web.server_address[1]}/", json.dumps(pushed).encode())
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 -- as above
            assert answer.status == 200
    finally:
        web.shutdown()
        web.server_close()
    assert signed_for(server) == {JANE: JANE}
    (letter,) = server.letters()
    mail = email.message_from_bytes(letter.octets, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_listmonk_sends_as_the_manual_says(snippets: Path, server: Peer):
    mail = handed_in(server, PUSHED)

    assert (mail["From"], mail["Subject"], mail["X-Campaign"]) == ("Acme <spring@acme.example>", "News", "spring")
    assert (mail["X-Shop"], mail["Reply-To"]) == ("42", "shop@acme.example")
    assert mail["List-Unsubscribe"] == "<https://listmonk.acme.example/subscription/a1/b2>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.get_content_type() == "text/html"


@pytest.mark.parametrize("without", [{"campaign": None}, {}], ids=["null", "absent"])
def test_listmonks_transactional_mails_have_no_campaign(snippets: Path, server: Peer, without: dict[str, None]):
    transactional = {name: value for name, value in PUSHED.items() if name not in ("campaign", "attachments")}

    mail = handed_in(server, {**transactional, **without, "content_type": "plain"})

    assert (mail["From"], mail["X-Campaign"], mail["List-Unsubscribe"]) == ("Acme <news@acme.example>", None, None)
    assert mail.get_content_type() == "text/plain"


def test_listmonks_campaign_says_how_to_unsubscribe_where_it_wants_to(snippets: Path, server: Peer):
    own = [{"List-Unsubscribe": "<mailto:off@acme.example>"}, {"List-Id": "<news.acme.example>"}]

    mail = handed_in(server, {**PUSHED, "campaign": {**CAMPAIGN, "headers": own}})

    assert mail.get_all("List-Unsubscribe") == ["<mailto:off@acme.example>"]
    assert mail["List-Unsubscribe-Post"] is None
    assert mail["List-Id"] == "<news.acme.example>"


def test_listmonk_sends_without_headers_of_the_campaign_too(snippets: Path, server: Peer):
    mail = handed_in(server, {**PUSHED, "campaign": {**CAMPAIGN, "headers": None, "from_email": ""}})

    assert (mail["From"], mail["X-Campaign"]) == ("Acme <news@acme.example>", "spring")


def test_attachments_of_listmonk_arrive(snippets: Path, server: Peer):
    mail = handed_in(server, {**PUSHED, "attachments": [FILE, {**FILE, "header": None, "name": "b.bin"}]})

    (first, second) = mail.iter_attachments()
    assert (first.get_content_type(), first.get_filename(), first.get_content()) == (
        "application/pdf",
        "plan.pdf",
        b"%PDF",
    )
    assert (second.get_content_type(), second.get_filename()) == ("application/octet-stream", "b.bin")
    body = mail.get_body()
    assert body
    assert "Monday" in body.get_content()


def test_django_sends_as_the_manual_says(snippets: Path, server: Peer):
    """With the real Django, where it is installed."""
    settings = pytest.importorskip("django.conf").settings
    from django.core.mail import EmailMessage as DjangoMessage  # noqa: PLC0415 -- not everywhere

    settings.configure(
        EMAIL_BACKEND="signing_backend.SigningBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=server.port, USE_I18N=False
    )
    DjangoMessage("News", "We open on Monday.", "Acme <news@acme.example>", [JANE]).send()

    assert signed_for(server) == {JANE: JANE}
    (letter,) = server.letters()
    assert b"\nFrom: Acme <news@acme.example>\r\n" in letter.octets
