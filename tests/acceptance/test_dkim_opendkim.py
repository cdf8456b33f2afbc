"""An independent verifier, OpenDKIM, finds our signatures good, in every language, and bad when a word has changed."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from programs.mails import every
from programs.opendkim import make_key, signer, verdict

from bouncer.compose.language import LANGUAGES
from bouncer.mail.outgoing import OutgoingMail
from bouncer.notify.dkim import Signer

pytestmark = pytest.mark.real("opendkim")

FROM = "Zustellung Zürich <bounces@example.com>"
KINDS = ("invalid-recipient", "many recipients", "report attached", "digest", "warning", "passed on")
"""One of each form: texts of the same form differ in words only."""
NAMES = [f"{kind}, {code}" for code in LANGUAGES for kind in KINDS]


@cache
def mails() -> Mapping[str, OutgoingMail]:
    """Made when the first test asks, not in each process that only collects the tests."""
    return {f"{kind}, {code}": mail for code, kind, mail in every(from_=FROM) if kind in KINDS}


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return signer(FROM, make_key(tmp_path_factory.mktemp("dkim") / "dkim.pem"))


def test_each_form_is_there_in_each_language():
    assert set(NAMES) == mails().keys()


@pytest.mark.parametrize("name", NAMES)
def test_opendkim_finds_every_mail_well_signed(name: str, ours: Signer, tmp_path: Path):
    judgement = verdict(ours.sign(mails()[name].octets), ours, tmp_path)

    assert "dkim=pass" in judgement, judgement


def test_opendkim_finds_a_changed_word(ours: Signer, tmp_path: Path):
    changed = ours.sign(mails()["invalid-recipient, en"].octets).replace(b"jane@example.org", b"joan@example.org")

    assert "dkim=fail" in verdict(changed, ours, tmp_path)
