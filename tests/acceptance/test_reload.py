"""SIGHUP: certificate, keys and what of the settings can change are put in force while the daemon runs, and told in one line."""

import os
import signal
import smtplib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from programs.certificate import write_certificate
from programs.ours import DOMAIN, Ours

RECIPIENT = "jane@example.org"


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    folder = tmp_path / "ours"
    folder.mkdir()
    write_certificate(folder / "tls.pem", "before.example")
    tls = f'tls_certificate = "{folder}/tls.pem"\ntls_key = "{folder}/tls.pem"\nmax_errors = 10'
    with Ours(folder, smtp=tls) as daemon:
        daemon.command("account", "add", "acme", "--owner", "ann@acme.example")
        yield daemon


def reload(ours: Ours) -> str:
    """Send SIGHUP; answer the one line that is said of it."""

    def reload_lines() -> list[str]:
        return ours.lines("reloaded") + ours.lines("not-reloaded")

    before = len(reload_lines())
    os.kill(ours.pid, signal.SIGHUP)
    ours.until(lambda: len(reload_lines()) > before)
    assert len(reload_lines()) == before + 1
    text = ours.log.read_text()
    return max(reload_lines(), key=text.rindex)


def shown_certificate(ours: Ours) -> str:
    """The name in the certificate that a client is shown."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP("127.0.0.1", ours.port, timeout=30) as client:
        client.ehlo("client.example.net")
        client.starttls(context=context)
        assert isinstance(client.sock, ssl.SSLSocket)
        certificate = client.sock.getpeercert(binary_form=True)
    assert certificate
    (name,) = x509.load_der_x509_certificate(certificate).subject
    return str(name.value)


def rcpt(ours: Ours, path: str) -> int:
    with smtplib.SMTP("127.0.0.1", ours.port, timeout=30) as client:
        client.ehlo("client.example.net")
        client.mail("")
        return client.rcpt(path)[0]


def test_a_new_certificate_is_shown_and_nobody_is_cut_off(ours: Ours):
    with smtplib.SMTP("127.0.0.1", ours.port, timeout=30) as open_before:
        open_before.ehlo("client.example.net")
        assert shown_certificate(ours) == "before.example"
        write_certificate(ours.folder / "tls.pem", "after.example")

        assert reload(ours) == "reloaded said='keys, certificate'"
        assert shown_certificate(ours) == "after.example"
        assert open_before.mail("")[0] == 250
        assert open_before.rcpt(f"acme@{DOMAIN}")[0] == 250


def test_new_keys_sign_and_old_ones_are_good_as_long_as_they_are_named(ours: Ours):
    old = ours.command("token", "sign", "acme", RECIPIENT).stdout.strip()
    (ours.folder / "2027.key").write_text("another secret for tests, and for tests only\n")
    text = ours.settings.read_text()
    both = f'keys = ["{ours.folder}/2027.key", "{ours.folder}/2026.key"]'
    ours.settings.write_text(text.replace(f'keys = ["{ours.folder}/2026.key"]', both))
    new = ours.command("token", "sign", "acme", RECIPIENT).stdout.strip()
    before = [rcpt(ours, old), rcpt(ours, new)]

    assert "tokens.keys" in reload(ours)
    assert (before, [rcpt(ours, old), rcpt(ours, new)]) == ([250, 550], [250, 250])

    ours.settings.write_text(ours.settings.read_text().replace(f', "{ours.folder}/2026.key"', ""))
    reload(ours)
    assert [rcpt(ours, old), rcpt(ours, new)] == [550, 250]


def test_limits_change_and_what_cannot_is_named(ours: Ours):
    text = ours.settings.read_text().replace("max_errors = 10", "max_errors = 2")
    ours.settings.write_text(
        text.replace('from = "bounces@', 'from = "other@').replace("mx.example.com", "mx2.example.com")
    )

    line = reload(ours)

    assert line == ("reloaded said='keys, certificate, smtp.max_errors' needs_restart='smtp.hostname, forward.from'")
    assert f" WARNING bouncer.daemon.reloading {line}\n" in ours.log.read_text()
    client = smtplib.SMTP("127.0.0.1", ours.port, timeout=30)
    assert [client.docmd("WHAT")[0], client.docmd("WHAT")[0], client.getreply()[0]] == [500, 500, 421]
    client.close()


@pytest.mark.parametrize("fault", ["settings", "certificate", "key", "no keys", "not there"])
def test_a_fault_leaves_the_old_in_force_and_is_told(ours: Ours, fault: str):
    text = ours.settings.read_text().replace("max_errors = 10", "max_errors = 2")
    if fault == "settings":
        text = text.replace("max_errors", "most_errors")
    elif fault == "certificate":
        (ours.folder / "tls.pem").write_text("half a fi")
    elif fault == "key":
        (ours.folder / "2026.key").write_text("short")
    elif fault == "no keys":
        text = text.replace(f'keys = ["{ours.folder}/2026.key"]', "keys = []")
    path = (
        ours.command("token", "sign", "acme", RECIPIENT).stdout.strip() if fault == "certificate" else f"acme@{DOMAIN}"
    )
    ours.settings.write_text(text)
    if fault == "not there":
        ours.settings.unlink()

    line = reload(ours)

    assert line.startswith("not-reloaded said=")
    assert "Traceback" not in ours.log.read_text()
    assert shown_certificate(ours) == "before.example"
    assert rcpt(ours, path) == 250
    with smtplib.SMTP("127.0.0.1", ours.port, timeout=30) as client:
        assert [client.docmd("WHAT")[0] for _ in range(3)] == [500, 500, 500]


def test_the_log_changes_its_form(ours: Ours):
    ours.settings.write_text(f'{ours.settings.read_text()}\nformat = "json"\n')

    os.kill(ours.pid, signal.SIGHUP)
    ours.until(lambda: ours.lines("reloaded"))
    rcpt(ours, f"ghost@{DOMAIN}")

    ours.until(lambda: '"event": "refused"' in ours.log.read_text())


def test_many_signals_at_once_end_nothing(ours: Ours):
    for _ in range(50):
        os.kill(ours.pid, signal.SIGHUP)

    ours.until(lambda: ours.lines("reloaded"))
    assert rcpt(ours, f"acme@{DOMAIN}") == 250
    assert ours.stop() == 0
