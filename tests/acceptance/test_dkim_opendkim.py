"""An independent verifier, OpenDKIM, finds our signatures good, in every language, and bad when a word has changed."""

import datetime as dt
import subprocess
from pathlib import Path

import pytest
from real.parts import find

from bouncer.ndr.reading import Action, Kind
from bouncer.notify.dkim import Signer, read_signer
from bouncer.policy.compose import Digest, DigestRow, Notice, NoticeRecipient, Tally, compose, compose_digest
from bouncer.policy.compose.language import LANGUAGES
from bouncer.policy.record import Belief
from bouncer.policy.verdict import Reason
from bouncer.settings import ForwardSettings

pytestmark = pytest.mark.real("opendkim")

FROM = "Zustellung Zürich <bounces@example.com>"
AT = dt.datetime(2026, 3, 3, 10, 12, tzinfo=dt.UTC)
LETTER = b"Content-Type: message/rfc822\r\n\r\nSubject: news\r\nMessage-ID: <1@acme.example>\r\n\r\nbody\r\n"


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    made = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, check=True)
    (tmp_path / "dkim.pem").write_bytes(made.stdout)
    signer = read_signer(ForwardSettings(from_=FROM, dkim_key=tmp_path / "dkim.pem"))
    assert signer is not None
    return signer


def verdict(octets: bytes, signer: Signer, folder: Path) -> str:
    """What OpenDKIM says of a mail, with the key published as `check` prints it."""
    part = find("opendkim")
    assert part is not None
    (folder / "keys").write_text(f"{signer.name} {signer.record}\n")
    (folder / "conf").write_text(f"Mode v\nTestPublicKeys {folder}/keys\nBackground no\nSyslog no\n")
    (folder / "mail").write_bytes(octets)
    command = [*part.command, "-x", str(folder / "conf"), "-vv", "-t", str(folder / "mail")]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout


def notice(code: str) -> bytes:
    who = NoticeRecipient("jane@example.org", Action.FAILED, Reason.INVALID_RECIPIENT, belief=Belief.PROVEN)
    told = Notice(
        to="ann@acme.example",
        message_id="38g0n6damk02s.1@mx.example.com",
        made_at=AT,
        kind=Kind.BOUNCE,
        recipients=(who,),
        account="acme",
        arrived_at=AT,
        original_message_id="1@acme.example",
        letter=LETTER,
        language=code,
    )
    return compose(told, from_=FROM, reverse_path="").octets


@pytest.mark.parametrize("code", LANGUAGES)
def test_opendkim_finds_every_notice_well_signed(code: str, signer: Signer, tmp_path: Path):
    said = verdict(signer.sign(notice(code)), signer, tmp_path)

    assert "dkim=pass" in said, said


def test_opendkim_finds_a_digest_well_signed(signer: Signer, tmp_path: Path):
    tally = Tally()
    tally.add(DigestRow(AT, "jane@example.org", Kind.BOUNCE, Action.FAILED, Reason.MAILBOX_FULL))
    told = Digest("ann@acme.example", "38g0n6damk02s.2@mx.example.com", AT, tally, "acme", "fr")

    assert "dkim=pass" in verdict(
        signer.sign(compose_digest(told, from_=FROM, reverse_path="").octets), signer, tmp_path
    )


def test_opendkim_finds_a_changed_word(signer: Signer, tmp_path: Path):
    changed = signer.sign(notice("en")).replace(b"jane@example.org", b"joan@example.org")

    assert "dkim=fail" in verdict(changed, signer, tmp_path)
