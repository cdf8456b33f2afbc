"""The manual's ways to send with signed return paths, run as they stand there."""

import base64
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
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest
from manual import MANUAL
from real.peers import Peer

from bouncer.mail.returnpath import AccountKey, Key, Signed, sign, verify

SNIPPETS = dict(re.findall(r"```python\n# (\w+)\.py\n(.*?)```", MANUAL, re.DOTALL))
SECRET = b"a secret of at least sixteen octets"
JANE, JOE = "jane@example.org", "joe@example.org"


@pytest.fixture
def snippets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The snippets as modules, with the key where a test may have one."""
    (tmp_path / "acme.key").write_text(f"{Key(SECRET).of('acme').spell()}\n")
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
    found = {}
    for letter in server.letters():
        signed = verify(letter.reverse_path, keys=(Key(SECRET),), today=20_000)
        assert isinstance(signed, Signed)
        (recipient,) = letter.recipients
        found[recipient] = signed.recipient
    return found


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
    more = {"domain": "rp.example.com", "today": 20_000, "days": 30, "hashed": hashed, "reference": reference}
    assert path == sign("acme", JANE if recipient else None, key=key, **more)  # type: ignore[arg-type]
    assert isinstance(verify(path, keys=(Key(SECRET),), today=20_030), Signed)


def test_smtplib(snippets: Path, server: Peer):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Acme <news@acme.example>", "readers:;", "News"
    message.set_content("We open on Monday.\n")

    load("newsletter").send(message, [JANE, JOE], "127.0.0.1", server.port)

    assert signed_for(server) == {JANE: JANE, JOE: JOE}


def test_listmonk(snippets: Path, server: Peer):
    """What listmonk posts to a messenger, as its documentation shows it."""
    messenger = load("messenger")
    messenger.SMTP = ("127.0.0.1", server.port)
    pushed = {
        "subject": "News",
        "body": "<p>We open on Monday.</p>",
        "content_type": "richtext",
        "recipients": [{"uuid": "1", "email": JANE, "name": "Jane", "attribs": {}, "status": "enabled"}],
        "campaign": {"uuid": "2", "name": "spring", "tags": []},
    }
    web = ThreadingHTTPServer(("127.0.0.1", 0), messenger.Messenger)
    threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    request = urllib.request.Request(f"http://127.0.0.1:{web.server_address[1]}/", json.dumps(pushed).encode())
    with urllib.request.urlopen(request) as answer:  # noqa: S310 -- as above
        assert answer.status == 200
    web.shutdown()
    web.server_close()

    assert signed_for(server) == {JANE: JANE}


def test_django(snippets: Path, server: Peer):
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
