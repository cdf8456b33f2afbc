"""Checks the certificate of STARTTLS as clients see it: whether the key fits, whose name it has, how long it is valid.

OpenSSL parses it: in a TLS handshake in memory, with our own certificate as the only one that the client trusts.
"""

import datetime as dt
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bouncer.compose.filled_text import FilledText, fill
from bouncer.doctor.finding import Finding, fail, ok, warn
from bouncer.doctor.secret_files import NOT_COPIED, is_not_copied, readable_by_all
from bouncer.files import require_regular_file
from bouncer.settings.sections import SmtpSettings

RENEW_BEFORE = dt.timedelta(days=14)
"""Certificates of 90 days are renewed when 30 are left: if less than this is left, the renewal has failed."""

_ABOUT = "certificate"
_NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME: the check judges the dates itself


def certificate(settings: SmtpSettings, now: dt.datetime) -> Iterator[Finding]:
    """Check [smtp] tls_certificate and tls_key."""
    if settings.tls_certificate is None or settings.tls_key is None:
        remedy = "set [smtp] tls_certificate and tls_key, else bounces travel in the clear"
        yield warn(_ABOUT, "none: STARTTLS is not offered", remedy)
        return
    try:
        certificate = present(settings.tls_certificate, settings.tls_key)
    except (OSError, ssl.SSLError) as error:
        yield _fail_unusable(settings.tls_certificate, settings.tls_key, error)
        return
    if readable_by_all(settings.tls_key):
        yield fail(
            _ABOUT,
            fill("{what} can be read by everyone", what=settings.tls_key),
            fill("chmod o= {what}, and get a new one", what=settings.tls_key),
        )
    yield from judge(certificate, settings.hostname, now)


def present(certificate: Path, key: Path) -> Mapping[str, Any]:
    """Give the certificate as SSLSocket.getpeercert() does; raises OSError or SSLError when a file cannot be used."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for file in (certificate, key):
        require_regular_file(file)
    server.load_cert_chain(certificate, key, password=lambda: "")  # without it OpenSSL would ask the terminal
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.load_verify_locations(certificate)
    client.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    client.verify_flags |= _NO_CHECK_TIME
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client_side = client.wrap_bio(to_client, to_server)
    server_side = server.wrap_bio(to_server, to_client, server_side=True)
    for end in (client_side, server_side, client_side):  # hello; certificate; verified
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return client_side.getpeercert() or {}


def judge(certificate: Mapping[str, Any], hostname: str, now: dt.datetime) -> Iterator[Finding]:
    """Judge the dates and the names of a certificate."""
    begins, ends = (_moment(certificate[name]) for name in ("notBefore", "notAfter"))
    if now < begins:
        yield fail(
            _ABOUT,
            fill("not valid before {what} UTC", what=f"{begins:%Y-%m-%d %H:%M}"),
            "see whether this host's clock is right",
        )
    elif ends <= now:
        yield fail(_ABOUT, fill("expired on {what}", what=f"{ends:%Y-%m-%d}"), "renew it")
    elif ends - now < RENEW_BEFORE:
        yield warn(_ABOUT, _expiry(ends, (ends - now).days), "see why it was not renewed yet")
    else:
        yield ok(_ABOUT, fill("fits its key, valid until {what}", what=f"{ends:%Y-%m-%d}"))
    names = [value for kind, value in certificate.get("subjectAltName", ()) if kind == "DNS"]
    if any(covers(name, hostname) for name in names):
        yield ok(_ABOUT, fill("is for {what}", what=hostname))
    else:
        says = fill("is for {what}, not for {other}", what=", ".join(names) or fill("no name"), other=hostname)
        yield fail(
            _ABOUT,
            says,
            "get one for [smtp] hostname: clients that check names (MTA-STS, DANE) keep their bounces back",
        )


def _expiry(ends: dt.datetime, days: int) -> FilledText:
    if days <= 1:
        return fill("expires on {what}, in less than two days", what=f"{ends:%Y-%m-%d}")
    return fill("expires on {what}, in {number} days", what=f"{ends:%Y-%m-%d}", number=days)


def covers(name: str, hostname: str) -> bool:
    """Whether a certificate's *name* covers *hostname*; a wildcard covers one label (RFC 6125 section 6.4.3)."""
    name, hostname = name.lower().rstrip("."), hostname.lower().rstrip(".")
    return name == hostname or (name.startswith("*.") and name[1:] == "." + hostname.partition(".")[2])


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromtimestamp(ssl.cert_time_to_seconds(text), dt.UTC)


def _fail_unusable(certificate: Path, key: Path, error: OSError) -> Finding:
    files = f"{certificate}, {key}"
    if isinstance(error, ssl.SSLError) and error.reason == "KEY_VALUES_MISMATCH":
        return fail(
            _ABOUT,
            fill("the key is not this certificate's: {what}", what=files),
            "name the two files that belong together",
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return fail(_ABOUT, f"{certificate}: {error.verify_message}", "get a certificate for a server")
    if isinstance(error, ssl.SSLError):
        remedy = "name PEM files: the chain with the host's own certificate first, and a key that is not encrypted"
        return fail(_ABOUT, fill("cannot be read by OpenSSL: {what}", what=files), remedy)
    remedy = NOT_COPIED if is_not_copied(certificate) else "name files that exist and that the daemon may read"
    return fail(_ABOUT, f"{files}: {error.strerror}", remedy)
