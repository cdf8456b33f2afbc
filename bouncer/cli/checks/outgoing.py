"""Looks at the way out: can the courier hand notices over."""

import os
import shutil
import smtplib
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bouncer.cli.checks.finding import Finding, fail, ok
from bouncer.cli.checks.secret_files import readable_by_all
from bouncer.courier.choose import MAX_PASSWORD, SENDMAIL
from bouncer.courier.routes import make_routes
from bouncer.errors import ConfigError
from bouncer.files import barred, read_file
from bouncer.settings import ForwardSettings, Settings


def courier(settings: Settings, seconds: float) -> Iterator[Finding]:
    """Look whether each courier could take a notice now; nothing is sent. *seconds* is for each step with a smarthost."""
    try:
        for route in make_routes(settings.forward, hostname=settings.smtp.hostname):
            yield from _courier(route.settings, settings.smtp.hostname, seconds)
    except ConfigError as error:
        for fault in error.faults:
            yield fail("courier", fault, "put the setting right")


def _courier(forward: ForwardSettings, hostname: str, seconds: float) -> Iterator[Finding]:
    if forward.password is not None and readable_by_all(forward.password):
        yield fail(
            "courier", f"{forward.password} can be read by everyone", f"chmod o= {forward.password}, and change it"
        )
    scheme, _, rest = forward.courier.partition(":")
    if scheme == "maildir":
        yield _maildir(Path(rest))
    elif scheme == "sendmail":
        yield _sendmail(Path(rest) if rest else SENDMAIL)
    else:
        yield _smarthost(forward, hostname, seconds)


def _maildir(path: Path) -> Finding:
    about = f"courier maildir {path}"
    try:
        place = path if path.exists() else next(folder for folder in path.absolute().parents if folder.exists())
    except PermissionError:
        return fail(about, f"this user may not enter {barred(path)}", "run this as root or as the daemon's user")
    if not place.is_dir():
        return fail(about, f"{place} is no folder", "name a folder, or one that can be made")
    if not os.access(place, os.W_OK | os.X_OK):
        return fail(about, f"{place} cannot be written to by this user", "let the daemon's user write there")
    return ok(about, "can be written to" if place == path else f"will be made in {place}")


def _sendmail(program: Path) -> Finding:
    about = f"courier {program}"
    if shutil.which(program) is None:
        return fail(
            about,
            "no program that this user may start",
            "install a mail system that has one, or name its path: sendmail:PATH",
        )
    return ok(about, "can be started")


def _smarthost(forward: ForwardSettings, hostname: str, seconds: float) -> Finding:
    url = urlsplit(forward.courier)
    about = f"courier {url.scheme}://{url.hostname}:{url.port or ''}".rstrip(":")
    try:
        with _connected(forward, hostname, seconds) as connection:
            if url.username and forward.password:
                connection.login(
                    unquote(url.username), read_file(forward.password, MAX_PASSWORD).decode().rstrip("\r\n")
                )
            return ok(about, "took our login" if url.username else "answers")
    except smtplib.SMTPAuthenticationError as error:
        return fail(
            about,
            f"refused our login: {_words(error.smtp_error)}",
            "see the user in [forward] courier and the password file",
        )
    except smtplib.SMTPNotSupportedError as error:
        return fail(about, str(error), "ask for another port (587, 465), or change [forward] starttls")
    except ssl.SSLError as error:
        remedy = "name the smarthost as its certificate does, or see who answers there"
        return fail(about, getattr(error, "verify_message", "") or error.reason or "TLS failed", remedy)
    except smtplib.SMTPResponseException as error:
        return fail(about, f"{error.smtp_code} {_words(error.smtp_error)}", "ask who runs the smarthost")
    except (OSError, smtplib.SMTPException) as error:
        return fail(about, str(error) or type(error).__name__, "see name, port and firewall; notices wait meanwhile")


def _connected(forward: ForwardSettings, hostname: str, seconds: float) -> smtplib.SMTP:
    url = urlsplit(forward.courier)
    host = url.hostname or ""
    trusting = ssl.create_default_context()
    if url.scheme == "smtps":
        return smtplib.SMTP_SSL(host, url.port or 465, hostname, timeout=seconds, context=trusting)
    connection = smtplib.SMTP(host, url.port or 25, hostname, timeout=seconds)
    try:
        connection.ehlo_or_helo_if_needed()
        if forward.starttls == "required":
            connection.starttls(context=trusting)
    except BaseException:
        connection.close()
        raise
    return connection


def _words(said: bytes | str) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else said
