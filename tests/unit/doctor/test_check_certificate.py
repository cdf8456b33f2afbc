"""The results of ``bouncer check`` about the certificate for STARTTLS: key, dates, names."""

import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bouncer.doctor.certificate import certificate, covers
from bouncer.doctor.finding import Finding, Level
from bouncer.settings.sections import SmtpSettings

NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def certificate_pem(
    key: ec.EllipticCurvePrivateKey,
    *names: str,
    begins: dt.datetime = NOW - HOUR,
    ends: dt.datetime = NOW + dt.timedelta(days=60),
    usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.SERVER_AUTH,
) -> bytes:
    common = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mx.example.com")])
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority that is not in the file")])
    builder = x509.CertificateBuilder(issuer, common, key.public_key(), x509.random_serial_number(), begins, ends)
    builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False
        )
    return builder.sign(new_key(), hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def key_pem(
    key: ec.EllipticCurvePrivateKey,
    encryption: serialization.KeySerializationEncryption | None = None,
) -> bytes:
    encryption = encryption or serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def findings_of(folder: Path, chain: bytes, key: bytes, *, mode: int = 0o600, now: dt.datetime = NOW) -> list[Finding]:
    (folder / "chain.pem").write_bytes(chain)
    (folder / "key.pem").write_bytes(key)
    (folder / "key.pem").chmod(mode)
    settings = SmtpSettings(hostname="mx.example.com", tls_certificate=folder / "chain.pem", tls_key=folder / "key.pem")
    return list(certificate(settings, now))


def levels(findings: list[Finding]) -> set[Level]:
    return {finding.level for finding in findings}


def failures(findings: list[Finding]) -> str:
    return "\n".join(finding.says for finding in findings if finding.level is Level.FAIL)


def test_a_good_certificate_is_good(tmp_path: Path) -> None:
    key = new_key()
    findings = findings_of(tmp_path, certificate_pem(key, "mx.example.com"), key_pem(key))

    assert [finding.says for finding in findings] == ["fits its key, valid until 2026-06-30", "is for mx.example.com"]
    assert levels(findings) == {Level.OK}


def test_without_a_certificate_it_says_what_that_means() -> None:
    (finding,) = certificate(SmtpSettings(), NOW)

    assert finding.level is Level.WARN
    assert "STARTTLS is not offered" in finding.says


def test_an_expired_certificate_fails_with_its_date(tmp_path: Path) -> None:
    key = new_key()
    chain = certificate_pem(key, "mx.example.com")

    assert "expired on 2026-06-30" in failures(
        findings_of(tmp_path, chain, key_pem(key), now=NOW + dt.timedelta(days=61))
    )


def test_a_certificate_of_tomorrow_fails(tmp_path: Path) -> None:
    key = new_key()
    chain = certificate_pem(key, "mx.example.com", begins=NOW + HOUR)

    assert "not valid before 2026-05-01 13:00 UTC" in failures(findings_of(tmp_path, chain, key_pem(key)))


def test_a_certificate_that_was_not_renewed_in_time_warns(tmp_path: Path) -> None:
    key = new_key()
    chain = certificate_pem(key, "mx.example.com", ends=NOW + dt.timedelta(days=13))
    findings = findings_of(tmp_path, chain, key_pem(key))

    assert "expires on 2026-05-14, in 13 days" in [finding.says for finding in findings if finding.level is Level.WARN]


@pytest.mark.parametrize(("names", "listed"), [(("mail.example.com",), "mail.example.com"), ((), "no name")])
def test_a_certificate_for_another_name_fails(tmp_path: Path, names: tuple[str, ...], listed: str) -> None:
    """The certificate's common name is ours, and no client looks at that any more."""
    key = new_key()

    assert f"is for {listed}, not for mx.example.com" in failures(
        findings_of(tmp_path, certificate_pem(key, *names), key_pem(key))
    )


def test_another_certificates_key_fails(tmp_path: Path) -> None:
    chain = certificate_pem(new_key(), "mx.example.com")

    assert "the key is not this certificate's" in failures(findings_of(tmp_path, chain, key_pem(new_key())))


def test_an_encrypted_key_fails_without_asking_for_its_password(tmp_path: Path) -> None:
    key = new_key()
    encrypted = key_pem(key, serialization.BestAvailableEncryption(b"secret"))

    assert "cannot be read" in failures(findings_of(tmp_path, certificate_pem(key, "mx.example.com"), encrypted))


def test_a_certificate_for_clients_fails(tmp_path: Path) -> None:
    key = new_key()
    chain = certificate_pem(key, "mx.example.com", usage=ExtendedKeyUsageOID.CLIENT_AUTH)

    assert "unsuitable certificate purpose" in failures(findings_of(tmp_path, chain, key_pem(key)))


@pytest.mark.parametrize("octets", [b"", b"-----BEGIN CERTIFICATE-----\n", b"\0\xff" * 1000])
def test_a_file_that_holds_no_certificate_fails(tmp_path: Path, octets: bytes) -> None:
    assert "cannot be read" in failures(findings_of(tmp_path, octets, key_pem(new_key())))


def test_files_that_are_not_there_fail(tmp_path: Path) -> None:
    settings = SmtpSettings(tls_certificate=tmp_path / "none.pem", tls_key=tmp_path / "none.key")

    assert "No such file or directory" in failures(list(certificate(settings, NOW)))


def test_a_key_that_everyone_can_read_fails(tmp_path: Path) -> None:
    key = new_key()

    assert "can be read by everyone" in failures(
        findings_of(tmp_path, certificate_pem(key, "mx.example.com"), key_pem(key), mode=0o644)
    )


@pytest.mark.parametrize(
    ("name", "hostname", "stands"),
    [
        ("mx.example.com", "MX.Example.com.", True),
        ("*.example.com", "mx.example.com", True),
        ("*.example.com", "mx.rp.example.com", False),
        ("*.example.com", "example.com", False),
        ("*.com", "example.org", False),
        ("mx.example.com.evil.example", "mx.example.com", False),
        ("*", "mx", False),
    ],
)
def test_a_wildcard_stands_for_one_label(name: str, hostname: str, stands: bool) -> None:
    assert covers(name, hostname) is stands
