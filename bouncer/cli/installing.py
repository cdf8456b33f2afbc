"""The settings file, keys and database that ``bouncer init`` makes. Files that exist already stay as they are."""

import base64
import os
import pwd
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from bouncer.courier.choose import is_near, make_courier
from bouncer.courier.loops import refuse_loops
from bouncer.doctor import own_names
from bouncer.doctor.finding import Level
from bouncer.errors import BouncerError, ConfigError, collect_faults
from bouncer.installation import CREDENTIALS
from bouncer.settings.load import load
from bouncer.settings.sections import ForwardSettings, Settings
from bouncer.settings_file import Values, settings_file
from bouncer.store.engine.databases import file_of, place_of
from bouncer.store.sql import create_store

SECRETS = "secrets"
"""The folder of keys and passwords, in the folder of the settings file."""
TOKEN_KEY, PASSWORD, CHAIN, CHAIN_KEY = "token.key", "smarthost.password", "fullchain.pem", "privkey.pem"
PORT_OF_THE_UNIT = ("0.0.0.0:25", "[::]:25")
"""The addresses on which systemd/bouncer.socket listens."""
KEY_OCTETS = 32
"""Random octets of a key; as many as a hash of HMAC-SHA-256 has."""


@dataclass(frozen=True, slots=True)
class Installation:
    """The choices of the operator. *file* is the settings file; all paths are absolute."""

    file: Path
    state: Path
    hostname: str
    domains: tuple[str, ...]
    courier: str
    from_: str
    operator: str
    listen: tuple[str, ...]
    systemd: bool

    def secret(self, name: str) -> Path:
        """Give the path that the settings have for the secret file *name*."""
        return CREDENTIALS / f"secret_{name}" if self.systemd else self.file.parent / SECRETS / name

    @property
    def courier_has_user(self) -> bool:
        """Whether the url of the smarthost has a user name, so that it needs a password."""
        return urlsplit(self.courier).username is not None


def settings_text(installation: Installation) -> str:
    """Give the text of the settings file for *installation*; raises ConfigError with all faults of the choices."""
    text = settings_file(_values(installation), _suggest_values(installation))
    settings = load(text, {}, "init")
    collect_faults(
        lambda: _refuse_courier(settings.forward, installation.hostname),
        lambda: refuse_loops([installation.courier], installation.listen or PORT_OF_THE_UNIT, [installation.hostname]),
        lambda: _refuse_people(settings),
        lambda: _refuse_state(settings, installation.state),
    )
    return text


def _values(installation: Installation) -> Values:
    values: dict[tuple[str, str], Any] = {
        ("smtp", "hostname"): installation.hostname,
        ("smtp", "domains"): installation.domains,
        ("store", "url"): f"sqlite:///{installation.state / 'bouncer.db'}",
        ("tokens", "keys"): (installation.secret(TOKEN_KEY),),
        ("forward", "courier"): installation.courier,
        ("forward", "from"): installation.from_,
        ("forward", "operator"): installation.operator,
    }
    if not installation.systemd:
        values["smtp", "listen"] = installation.listen
    if installation.courier_has_user:
        values["forward", "password"] = installation.secret(PASSWORD)
        url = urlsplit(installation.courier)
        if url.scheme == "smtp" and not is_near(url.hostname or ""):
            values["forward", "starttls"] = "required"
    if all((installation.file.parent / SECRETS / name).exists() for name in (CHAIN, CHAIN_KEY)):
        values |= _certificate(installation)
    return values


def _suggest_values(installation: Installation) -> Values:
    """Give the values that comments suggest for settings whose default would be of no use."""
    return _certificate(installation)


def _certificate(installation: Installation) -> dict[tuple[str, str], Any]:
    return {
        ("smtp", "tls_certificate"): installation.secret(CHAIN),
        ("smtp", "tls_key"): installation.secret(CHAIN_KEY),
    }


def _refuse_courier(forward: ForwardSettings, hostname: str) -> None:
    """Raise ConfigError if the courier cannot be used. Its password is not checked: it may be written later."""
    url = urlsplit(forward.courier)
    if url.username is not None and url.password is None:
        user = url.netloc.rpartition("@")[0]
        forward = replace(forward, courier=forward.courier.replace(f"{user}@", "", 1), password=None)
    make_courier(forward, hostname=hostname)


def _refuse_people(settings: Settings) -> None:
    """Raise ConfigError if mail to the operator would come back to this server."""
    findings = own_names.people(settings.forward, settings.smtp.domains)
    if faults := [f"--{finding.about}: {finding.says}" for finding in findings if finding.level is Level.FAIL]:
        raise ConfigError(*faults)


def _refuse_state(settings: Settings, state: Path) -> None:
    """Raise ConfigError if the database's url does not mean a file in the folder *state*, because of signs in its name."""
    url = sa.make_url(settings.store.url)
    if url.query or Path(url.database or "").parent != state:
        raise ConfigError(f"--state {state}: the url of a database cannot carry this name; choose another")


def secret_file(file: Path, path: Path) -> Path:
    """Give the secret file that the settings in *file* name as *path*; the original, if systemd makes a copy of it."""
    if path.parent == CREDENTIALS:
        return file.parent / SECRETS / path.name.removeprefix("secret_")
    return path


def owner_of(name: str | None) -> tuple[int, int] | None:
    """Give the ids of the user *name* and of its group; None for no name. Raises BouncerError if there is no such user."""
    if name is None:
        return None
    try:
        user = pwd.getpwnam(name)
    except KeyError:
        raise BouncerError(f"--user {name}: there is no such user") from None
    return user.pw_uid, user.pw_gid


def make_file(path: Path, octets: bytes, *, mode: int, owner: tuple[int, int] | None = None) -> bool:
    """Make a file atomically and durably; False if it exists already. ``make_folder`` makes its folder."""
    if path.exists():
        return False
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(octets)
            file.flush()
            os.fchmod(descriptor, mode)  # the umask does not apply here
            if owner is not None:
                os.fchown(descriptor, *owner)
            os.fsync(descriptor)
        try:
            os.link(part, path)  # fails if another process made the file meanwhile
        except FileExistsError:
            return False
    finally:
        part.unlink()
    return True


def make_folder(path: Path, *, mode: int, owner: tuple[int, int] | None = None) -> None:
    """Make a folder for *owner* if it does not exist; missing parents are made, and everybody may enter them."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=mode)
    if owner is not None:
        os.chown(path, *owner)


def make_key(path: Path, owner: tuple[int, int] | None) -> bool:
    """Make the file of a master key, as ``openssl rand -base64 32`` does; False if it exists already."""
    make_folder(path.parent, mode=0o700, owner=owner)
    return make_file(path, base64.b64encode(secrets.token_bytes(KEY_OCTETS)) + b"\n", mode=0o600, owner=owner)


def database_of(settings: Settings) -> str:
    """Give the place of the store for people; raises ConfigError if the settings name none."""
    return place_of(settings.store)


def make_store(settings: Settings, owner: tuple[int, int] | None) -> bool:
    """Make the store; False if it exists already. Raises ConfigError if another program's is there, StoreError."""
    path = file_of(settings.store)
    if path is None:
        return create_store(settings.store)
    if not path.exists():
        make_folder(path.parent, mode=0o700, owner=owner)
    if not create_store(settings.store):
        return False
    if owner is not None:
        for file in path.parent.glob(f"{path.name}*"):  # the database and SQLite's -wal and -shm files
            os.chown(file, *owner)
    return True
