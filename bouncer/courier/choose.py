"""Choosing the courier that the settings name, from one visible list of schemes."""

from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from bouncer.courier.loops import PORTS
from bouncer.courier.maildir import Maildir
from bouncer.courier.sendmail import Sendmail
from bouncer.courier.smtp import Smarthost, Smtp
from bouncer.errors import ConfigError
from bouncer.files import read_file
from bouncer.ports.delivery import Courier
from bouncer.settings.sections import ForwardSettings

SENDMAIL = Path("/usr/sbin/sendmail")
"""The place of sendmail in the Filesystem Hierarchy Standard."""
MAX_PASSWORD = 4096
"""Octets of a password file; a larger file is the wrong one."""


def make_courier(settings: ForwardSettings, *, hostname: str = "localhost") -> Courier:
    """Make the courier that *settings* name; *hostname* is our name in EHLO. Raises ConfigError with every fault."""
    scheme, _, target = settings.courier.partition(":")
    make = COURIERS.get(scheme)
    if make is None:
        raise ConfigError(f"[forward] courier: must begin with {', '.join(f'{name}:' for name in COURIERS)}")
    return make(settings, target, hostname)


def _maildir(settings: ForwardSettings, target: str, _hostname: str) -> Courier:
    _raise(_useless_password(settings))
    if not target or "\0" in target:
        raise ConfigError("[forward] courier: maildir:PATH needs the path of a folder")
    return Maildir(Path(target))


def _sendmail(settings: ForwardSettings, target: str, _hostname: str) -> Courier:
    program = Path(target) if target else SENDMAIL
    faults = _useless_password(settings)
    if not program.is_absolute() or "\0" in target:
        faults.append("[forward] courier: sendmail:PATH needs the whole path of the program")
    _raise(faults)
    return Sendmail(program)


def _smtp(settings: ForwardSettings, _target: str, hostname: str) -> Courier:
    faults: list[str] = []
    try:
        url = urlsplit(settings.courier)
        host, port = url.hostname or "", url.port or PORTS[url.scheme]
    except ValueError as error:
        raise ConfigError(f"[forward] courier: {error}") from None
    user = unquote(url.username) if url.username else None
    faults += _faults(settings, url, user, host)
    password = _password(settings.password, faults) if user and settings.password else None
    _raise(faults)
    smarthost = Smarthost(host, port, user, password, implicit_tls=url.scheme == "smtps", starttls=settings.starttls)
    return Smtp(smarthost, hostname=hostname, connections=settings.connections)


COURIERS: dict[str, Callable[[ForwardSettings, str, str], Courier]] = {
    "smtp": _smtp,
    "smtps": _smtp,
    "sendmail": _sendmail,
    "maildir": _maildir,
}


def _faults(settings: ForwardSettings, url: SplitResult, user: str | None, host: str) -> list[str]:
    faults = []
    if not host or any(character.isspace() for character in host):
        faults.append(f"[forward] courier: {url.scheme}://HOST needs the smarthost's name")
    if url.password is not None:
        faults.append("[forward] courier: a password does not belong here; put it into a file, [forward] password")
    if url.path.strip("/") or url.query or url.fragment:
        faults.append("[forward] courier: nothing may follow the smarthost's name and port")
    if user and settings.password is None:
        faults.append("[forward] password: the courier has a user, so a file with the password is needed")
    if user is None:
        faults += _useless_password(settings)
    if user and url.scheme == "smtp" and settings.starttls != "required" and not is_near(host):
        faults.append('[forward] starttls: a password is only sent with starttls = "required", or to smtps://')
    return faults


def _useless_password(settings: ForwardSettings) -> list[str]:
    return ["[forward] password: the courier has no user to log in"] if settings.password else []


def _password(path: Path, faults: list[str]) -> str | None:
    """Read the file's one line; adds its faults to *faults*."""
    try:
        password = read_file(path, MAX_PASSWORD).decode().rstrip("\r\n")
    except OSError as error:
        faults.append(f"[forward] password: {path}: {error.strerror}")
        return None
    except UnicodeError:
        faults.append(f"[forward] password: {path}: not a text in UTF-8")
        return None
    if not password.isprintable() or not password:
        faults.append(f"[forward] password: {path}: must hold one line, the password")
    return password


def is_near(host: str) -> bool:
    """Whether *host* is this machine, so that nobody can listen on the way to it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _raise(faults: list[str]) -> None:
    if faults:
        raise ConfigError(*faults)
