"""Notices are signed: a verifier finds the signature good by the record that `check` prints, and bad when a word changes."""

from email import message_from_bytes
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bouncer.doctor.dns_answers import Answer, AnswerKind
from bouncer.doctor.finding import Level
from bouncer.doctor.notices import notice_records, notices, signing
from bouncer.errors import ConfigError
from bouncer.notify.dkim import SIGNED_FIELDS, read_signer
from bouncer.settings.sections import ForwardSettings

KEY = rsa.generate_private_key(65537, 2048)
MAIL = (
    b"From: bounces@example.com\r\nTo: ann@acme.example\r\nSubject: Not delivered\r\n\r\nGr\xc3\xbc\xc3\x9fe  \r\n\r\n"
)


def pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey, form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    return key.private_bytes(Encoding.PEM, form, NoEncryption())


@pytest.fixture
def settings(tmp_path: Path) -> ForwardSettings:
    (tmp_path / "dkim.pem").write_bytes(pem(KEY))
    return ForwardSettings(from_="Mail <bounces@example.com>", dkim_key=tmp_path / "dkim.pem")


def signed(settings: ForwardSettings) -> bytes:
    signer = read_signer(settings)
    assert signer is not None
    return signer.sign(MAIL)


def is_good(octets: bytes, settings: ForwardSettings) -> bool:
    signer = read_signer(settings)
    assert signer is not None
    published = {f"{signer.name}.".encode(): signer.record.encode()}
    return bool(dkim.verify(octets, dnsfunc=lambda name, timeout=5: published.get(name)))  # noqa: ARG005 -- dkimpy's signature


def test_a_signed_notice_verifies_by_the_published_record(settings: ForwardSettings):
    assert is_good(signed(settings), settings)


def test_a_changed_word_does_not(settings: ForwardSettings):
    assert not is_good(signed(settings).replace(b"Not delivered", b"Delivered"), settings)
    assert not is_good(signed(settings).replace(b"Gr", b"gr"), settings)


def test_nobody_can_add_a_second_subject(settings: ForwardSettings):
    assert not is_good(signed(settings).replace(b"Subject:", b"Subject: another\r\nSubject:", 1), settings)


def test_the_signature_is_the_domains_of_the_from(settings: ForwardSettings):
    written = "".join(str(message_from_bytes(signed(settings))["DKIM-Signature"]).split())

    assert "d=example.com;" in written
    assert "s=bouncer;" in written
    assert "h=" + ":".join(SIGNED_FIELDS) in written


def test_a_key_in_either_form_of_pem_signs(settings: ForwardSettings):
    assert settings.dkim_key is not None
    settings.dkim_key.write_bytes(pem(KEY, PrivateFormat.TraditionalOpenSSL))

    assert is_good(signed(settings), settings)


def test_without_a_key_nothing_is_signed():
    assert read_signer(ForwardSettings()) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"no key", pem(KEY)[:200], pem(ed25519.Ed25519PrivateKey.generate())],
    ids=["empty", "text", "cut", "ed25519"],
)
def test_a_file_without_a_key_is_a_fault_of_the_settings(settings: ForwardSettings, content: bytes):
    assert settings.dkim_key is not None
    settings.dkim_key.write_bytes(content)

    with pytest.raises(ConfigError, match="dkim_key"):
        read_signer(settings)


def test_a_file_that_is_not_there_is_a_fault_of_the_settings(tmp_path: Path):
    with pytest.raises(ConfigError, match="No such file"):
        read_signer(ForwardSettings(dkim_key=tmp_path / "none"))


def zone(**records: str):
    names = {name.replace("__", "."): text for name, text in records.items()}

    def look(name: str, kind: str) -> Answer:
        assert kind == "TXT"
        records = names.get(name.removesuffix(".example.com") if name != "example.com" else "here")
        return Answer(AnswerKind.FOUND, (records,)) if records else Answer(AnswerKind.NO_NAME)

    return look


def levels(settings: ForwardSettings, return_path: str = "", **records: str) -> dict[str, Level]:
    findings = notices(settings, zone(**records), return_path=return_path)
    return {finding.about.split()[0]: finding.level for finding in findings}


def test_check_finds_all_three_good(settings: ForwardSettings):
    signer = read_signer(settings)
    assert signer is not None

    levels_found = levels(settings, bouncer___domainkey=signer.record, here="v=spf1 -all", _dmarc="v=DMARC1; p=reject")

    assert levels_found == {"DKIM": Level.OK, "SPF": Level.OK, "DMARC": Level.OK}


def test_check_finds_what_is_missing(settings: ForwardSettings):
    assert levels(settings) == {"DKIM": Level.FAIL, "SPF": Level.WARN, "DMARC": Level.WARN}
    assert levels(settings, bouncer___domainkey="v=DKIM1; p=AAAA")["DKIM"] is Level.FAIL


@pytest.mark.parametrize(
    ("return_path", "policy", "level"),
    [("", "reject", Level.FAIL), ("", "none", Level.WARN), ("rp.example.com", "reject", Level.OK)],
)
def test_unsigned_notices_pass_by_an_aligned_return_path_only(return_path: str, policy: str, level: Level):
    unsigned = ForwardSettings(from_="bounces@example.com")

    assert levels(unsigned, return_path, _dmarc=f"v=DMARC1; p={policy}")["DMARC"] is level


def test_check_prints_the_records(settings: ForwardSettings):
    printed = [str(record) for record in notice_records(settings, None)]

    assert printed[0].startswith('bouncer._domainkey.example.com. IN TXT "v=DKIM1; k=rsa; p=')
    assert printed[1].startswith('_dmarc.example.com. IN TXT "v=DMARC1; p=none"')
    assert [record.name for record in notice_records(settings, zone(_dmarc="v=DMARC1; p=none"))] == [
        "bouncer._domainkey.example.com"
    ]


def test_check_looks_at_the_key(settings: ForwardSettings, tmp_path: Path):
    assert [finding.level for finding in signing(settings)] == [Level.OK]
    assert [finding.level for finding in signing(ForwardSettings())] == [Level.WARN]
    assert [finding.level for finding in signing(ForwardSettings(dkim_key=tmp_path / "none"))] == [Level.FAIL]
