"""An owner asks on the sign-in page of a running daemon, reads her mail, and is signed in."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from programs.ours import Ours
from wire.pages_client import fields_of

OWNER = "ann@acme.example"


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    with Ours(tmp_path, http='listen = ["127.0.0.1:0"]\nurl = "https://bounces.acme.example"') as daemon:
        daemon.command("account", "add", "acme", "--owner", OWNER, "--prefer", "language=de")
        yield daemon


def test_a_link_comes_by_mail_and_signs_her_in_once(ours: Ours):
    base = f"http://127.0.0.1:{ours.listeners['http']}"
    with httpx2.Client(base_url=base, trust_env=False, timeout=30) as browser:
        page = browser.get("/sign-in").text
        for address in ("nobody@acme.example", "ANN@acme.example"):
            answer = browser.post("/sign-in/mail", data={**fields_of(page, "/sign-in/mail"), "email": address})
            assert "Look into your mailbox." in answer.text
        (mail,) = ours.until(lambda: ours.notices() or None)
        assert (mail["To"], mail["Subject"]) == (OWNER, "Anmelden bei acme")
        text = mail.get_body(("plain",)).get_content()
        link = re.search(r"https://bounces\.acme\.example(/sign-in\?link=[\w-]+)", text)
        assert link
        form = fields_of(browser.get(link[1]).text, "/sign-in")
        assert browser.post("/sign-in", data=form).status_code == 303
        assert OWNER in browser.get("/setup").text

    assert link[1].partition("=")[2] not in ours.log.read_text()
    assert link[1].partition("=")[2] not in ours.command("queue", "list", "--json").stdout
