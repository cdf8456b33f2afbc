"""Settings: one frozen tree, read once from a TOML file and the environment; all faults are told at once.

Each section is a dataclass and each field carries its meaning and its bounds, so that the manual's table, the checks and
the code cannot disagree. Environment variables win over the file: ``BOUNCER_SMTP__LISTEN`` sets ``[smtp] listen``; lists
are comma-separated there. Secrets are never values here, only paths of files that hold them.
"""

import dataclasses
import re
import tomllib
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from bouncer.errors import ConfigError
from bouncer.mail.address import plausible
from bouncer.policy.languages import ENGLISH, LANGUAGE_CODES
from bouncer.policy.networks import is_network

PREFIX = "BOUNCER_"
"""What the names of our environment variables start with."""

FOREVER = 100_000
"""Days; an upper bound that is no bound (270 years)."""


MAX_PORT = 0xFFFF
"""TCP's last (RFC 9293 section 3.1)."""


MOST_RECEIVED = 256 << 20
"""Octets that letters on their way in may take together; one that is larger would be put off for ever (``smtpd.memory``)."""

READING_AT_REST = 48 << 20
"""Octets of the reading process before it reads: 32 MiB of program and tables, measured, and half of that to spare."""
READING_OCTETS = 4
"""Octets of memory for each octet of a letter: 3.0 to 3.7 were measured with plain letters and reports of 8 to 40 MiB."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a text must look like: in words, and how that is seen."""

    must: str
    holds: Callable[[str], bool]


def place(text: str, default_port: int | None = None) -> tuple[str, int]:
    """Read host:port or [IPv6]:port, or a host alone where there is a default port; raises ValueError."""
    host, colon, port = text.rpartition(":")
    if default_port is not None and (not colon or port.endswith("]") or (":" in host and host[0] != "[")):
        return text.strip("[]"), default_port
    if not (colon and port.isascii() and port.isdigit() and int(port) <= MAX_PORT):
        raise ValueError(f"{text!r} is not host:port")
    return host.removeprefix("[").removesuffix("]"), int(port)


def is_place(text: str) -> bool:
    """Whether *text* is host:port."""
    try:
        place(text)
    except ValueError:
        return False
    return True


UNIX = "unix:"
"""What a place in the file system begins with."""
MAX_SOCKET_PATH = 107
"""Octets; the kernel takes no longer one (unix(7), sun_path)."""


def socket_path(text: str) -> Path | None:
    """Read the path of a place in the file system, unix:/path; None for any other place. Raises ValueError."""
    if not text.startswith(UNIX):
        return None
    path = Path(text.removeprefix(UNIX))
    if not path.is_absolute() or "\0" in text:
        raise ValueError(f"{text!r} is not {UNIX} and an absolute path")
    if (octets := len(str(path).encode())) > MAX_SOCKET_PATH:
        raise ValueError(f"{text!r} has {octets} octets of path, and the kernel takes {MAX_SOCKET_PATH}")
    return path


def _is_door(text: str) -> bool:
    try:
        return socket_path(text) is not None or is_place(text)
    except ValueError:
        return False


_PLACE = Form("host:port", is_place)
_DOOR = Form(f"host:port, or {UNIX} and an absolute path of at most {MAX_SOCKET_PATH} octets", _is_door)
_MODE = Form("a mode in octal digits, 0660", lambda text: re.fullmatch(r"0?[0-7]{3}", text) is not None)
_GROUP = Form("the name or the number of a group", lambda text: re.fullmatch(r"[\w.-]+", text, re.ASCII) is not None)
_NETWORK = Form("an address or a network, 192.0.2.0/24", is_network)
_NAME = Form("a domain name", lambda text: re.fullmatch(r"[^\s@:/\\<>\"]+", text) is not None)
_ADDRESS = Form("a mail address", plausible)
_FROM = Form("a mail address, with or without a name in front", lambda text: plausible(parseaddr(text)[1]))
_HEADER = Form("the name of a header field", lambda text: re.fullmatch(r"[!-9;-~]+", text) is not None)
_LABELS = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*", re.IGNORECASE)
_SELECTOR = Form("letters, digits, - and dots between them", lambda text: _LABELS.fullmatch(text) is not None)


def _one_of(*words: str) -> Form:
    return Form(f"{', '.join(words[:-1])} or {words[-1]}", lambda text: text in words)


def _setting(
    default: Any, says: str, *, low: float | None = None, high: float | None = None, form: Form | None = None
) -> Any:
    return field(default=default, metadata={"says": says, "low": low, "high": high, "form": form})


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """[smtp]: the door that bounces come through."""

    listen: tuple[str, ...] = _setting(
        ("127.0.0.1:2525",), "addresses to listen on, host:port; ignored when systemd hands over a socket", form=_PLACE
    )
    hostname: str = _setting(
        "localhost", "our name in the greeting, in Received and in our own Message-IDs", form=_NAME
    )
    domains: tuple[str, ...] = _setting(
        ("rp.localhost",), "the return-path domains; mail for any other is refused", form=_NAME
    )
    max_message: int = _setting(
        20 * 1024 * 1024,
        "octets of one letter (SIZE); reports that return whole messages are large; reading.memory says how large it may be",
        low=64 * 1024,
        high=MOST_RECEIVED,
    )
    client_daily_octets: int = _setting(
        2 << 30,
        "octets that one client (IPv6: /64) may send in a day, UTC, then 452; ten times that to paths signed for one; 0: any",
        low=0,
        high=1 << 50,
    )
    alias_daily_octets: int = _setting(
        4 << 30,
        "octets to the aliases and paths for several of one account in a day, UTC, then 452; 200,000 reports of 20 kB; 0: any",
        low=0,
        high=1 << 50,
    )
    path_daily_octets: int = _setting(
        64 << 20,
        "octets to the paths signed for one recipient in a day, UTC, then 452; three of the largest letters; 0: any",
        low=0,
        high=1 << 50,
    )
    max_recipients: int = _setting(
        100, "recipients of one letter with a sender (RFC 5321 asks for 100); null sender: one", low=1, high=10_000
    )
    max_connections: int = _setting(
        1000,
        "connections in all; the next one gets 421. Over half of them, each has ten seconds from step to step of a letter",
        low=1,
        high=60_000,
    )
    max_connections_per_client: int = _setting(
        50,
        "connections from one client address, and over half of max_connections a fifth of it; as many as those: no bound",
        low=1,
        high=60_000,
    )
    max_commands: int = _setting(
        1000, "commands in one connection, so that no client stays for ever", low=10, high=1_000_000
    )
    max_errors: int = _setting(10, "refused commands in one connection before it is closed", low=1, high=10_000)
    idle_seconds: int = _setting(
        300, "seconds of silence before closing (RFC 5321 4.5.3.2: five minutes)", low=1, high=3600
    )
    session_seconds: int = _setting(1800, "seconds that one connection may last in all", low=1, high=86_400)
    drain_seconds: int = _setting(
        30, "seconds that open connections get to finish their letter when the daemon stops", low=0, high=600
    )
    tls_certificate: Path | None = _setting(None, "PEM file with the certificate chain; with it STARTTLS is offered")
    tls_key: Path | None = _setting(None, "PEM file with its key")
    proxy_protocol: tuple[str, ...] = _setting(
        (),
        "networks of trusted proxies that speak PROXY protocol v1 or v2, 10.0.0.0/8; all others are plain clients",
        form=_NETWORK,
    )
    fronts: tuple[str, ...] = _setting(
        (),
        "mail servers in front of this one, 127.0.0.1: they say who their client is (XFORWARD, XCLIENT, an address in EHLO)",
        form=_NETWORK,
    )


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """[store]: where letters and records are kept."""

    url: str = _setting(
        "sqlite:///var/bouncer.db",
        "the database, sqlite:////var/lib/bouncer/bouncer.db; SQLite's file is made by bouncer init or serve",
    )
    busy_seconds: float = _setting(
        5.0, "seconds to wait for another process's lock before a sender is told to try later", low=0, high=60
    )
    astray_seconds: float = _setting(
        60.0,
        "seconds that the database's files may be moved away, removed or replaced before the daemon ends, to be started again",
        low=1,
        high=86_400,
    )


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """[tokens]: the keys of signed return paths."""

    keys: tuple[Path, ...] = _setting(
        (),
        "files with master keys, which accounts' keys come from; the first signs, all verify: a new one goes in front",
    )
    expire_days: int = _setting(
        30, "days that a return path is good for; slow servers report up to two weeks late", low=1, high=3650
    )


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """[reading]: bounds for the process that reads letters."""

    seconds: float = _setting(10.0, "seconds for one letter; one that takes longer is shunted", low=0.1, high=600)
    memory: int = _setting(
        1 << 30,
        "octets of memory for the reading process; a letter that needs more is shunted. 48 MiB and four times max_message at least",
        low=128 << 20,
        high=1 << 40,
    )


@dataclass(frozen=True, slots=True)
class ForwardSettings:
    """[forward]: how the notices leave."""

    courier: str = _setting(
        "maildir:var/forwarded",
        "smtp://[user@]host[:port], smtps://..., sendmail:[path] or maildir:path; smtp:// uses STARTTLS where it is offered",
    )
    password: Path | None = _setting(None, "file with the smarthost's password")
    starttls: str = _setting(
        "offered",
        "offered: use it where the smarthost has it; required; never",
        form=_one_of("offered", "required", "never"),
    )
    connections: int = _setting(
        4,
        "mails that are handed over at a time, each over its own connection; many smarthosts allow ten",
        low=1,
        high=100,
    )
    per_minute: int = _setting(
        0, "mails a minute to the smarthost, evenly; 0: as many as it takes", low=0, high=1_000_000
    )
    routes: tuple[str, ...] = _setting(
        (),
        "couriers for owners of one domain, acme.example smtp://..., with own password=, starttls=, connections=, per_minute=",
    )
    channels: tuple[str, ...] = _setting(
        (),
        "channels beside mail that accounts can be subscribed by; file FOLDER: events as JSON lines, in files of this folder",
    )
    from_: str = _setting(
        "bouncer@localhost", "the From of our notices, with or without a name: Acme <bounces@example.com>", form=_FROM
    )
    operator: str | None = _setting(
        None,
        "gets the mail to postmaster@ and abuse@ of the return-path domains (RFC 2142); without it they are only kept",
        form=_ADDRESS,
    )
    operator_language: str = _setting(
        ENGLISH, f"of the mails to the operator: {', '.join(LANGUAGE_CODES)}", form=_one_of(*LANGUAGE_CODES)
    )
    reverse_path: str = _setting(
        "null",
        "envelope sender of notices: null for <>, signed for a return path of our own that is never forwarded",
        form=_one_of("null", "signed"),
    )
    templates: Path | None = _setting(
        None, "folder with accounts' own templates, ACCOUNT/notice.txt.j2 and so on; ours where one is missing or fails"
    )
    dkim_key: Path | None = _setting(
        None, "PEM file with an RSA key; with it notices are signed for the domain in their From (RFC 6376)"
    )
    dkim_selector: str = _setting("bouncer", "where the key is published: SELECTOR._domainkey.DOMAIN", form=_SELECTOR)
    first_wait: int = _setting(60, "seconds after the first failed try; doubles each time", low=1, high=86_400)
    longest_wait: int = _setting(6 * 3600, "seconds between tries at most", low=1, high=7 * 86_400)
    give_up_days: float = _setting(
        5, "days until a notice is given up (RFC 5321 4.5.4.1: four to five)", low=0, high=60
    )


@dataclass(frozen=True, slots=True)
class MilterSettings:
    """[milter]: the doors that your own mail servers ask through before a mail goes out."""

    listen: tuple[str, ...] = _setting(
        (),
        "where the milter listens, 127.0.0.1:8825 or unix:/run/bouncer/milter; none: no milter. Who reaches it can sign mail",
        form=_DOOR,
    )
    policy_listen: tuple[str, ...] = _setting(
        (), "where Postfix's policy service listens, 127.0.0.1:8826 or unix:/run/bouncer/policy", form=_DOOR
    )
    socketmap_listen: tuple[str, ...] = _setting(
        (),
        "where the socketmap tables listen, 127.0.0.1:8827 or unix:/run/bouncer/table: return_paths for a server in front; "
        "an account's for submission alone",
        form=_DOOR,
    )
    socket_mode: str = _setting(
        "0660", "mode of the files of these sockets: who may write to one may connect", form=_MODE
    )
    socket_group: str | None = _setting(
        None, "group of these files, by name or number: the mail server's; empty: the daemon's own", form=_GROUP
    )
    networks: tuple[str, ...] = _setting(
        ("127.0.0.0/8", "::1"),
        "clients whose mail is yours, besides those that log in (SASL): Postfix's mynetworks; other mail is left alone",
        form=_NETWORK,
    )
    suppressed: str = _setting(
        "refuse",
        "for accounts that choose nothing else: refuse says 550 at RCPT, and why; drop takes the address off and tells the owner",
        form=_one_of("drop", "refuse"),
    )
    fails: str = _setting(
        "closed",
        "while the store cannot answer: closed has the sender come again (451), open lets mail go, signed but not counted",
        form=_one_of("closed", "open"),
    )
    account_header: str = _setting(
        "X-Bouncer-Account",
        "header that names the account, where neither the login nor the sender's domain does",
        form=_HEADER,
    )
    campaign_header: str = _setting(
        "X-Campaign", "header with your own word for the mailing; counted by it", form=_HEADER
    )
    stream_header: str = _setting(
        "X-Stream", "header with your own word for the kind of mail, news or receipts", form=_HEADER
    )
    max_connections: int = _setting(
        1000,
        "connections to each of these doors; a mail server opens one for each of its clients. Over half, silence ends sooner",
        low=1,
        high=60_000,
    )
    idle_seconds: int = _setting(
        3700, "seconds of silence before closing: a mail server's client may be silent for an hour", low=1, high=86_400
    )


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """[retention]: when what is kept is forgotten."""

    letters_days: int = _setting(90, "days until a raw letter is forgotten; its records stay", low=1, high=FOREVER)
    others_days: int = _setting(
        7,
        "days until of a letter that is no report, or an unproven one, only the first 64 kB are left",
        low=1,
        high=FOREVER,
    )
    records_days: int = _setting(730, "days until records of bounces are forgotten", low=1, high=FOREVER)
    messages_days: int = _setting(
        30, "days that sent messages are remembered, so that a report that returns one is known", low=1, high=FOREVER
    )
    hours_days: int = _setting(
        14, "days that sends are counted by hour and domain; then by day, small domains together", low=1, high=FOREVER
    )


@dataclass(frozen=True, slots=True)
class LogSettings:
    """[log]: how the daemon tells what it does."""

    format: str = _setting(
        "text",
        "text: lines for people and grep; json: one JSON object a line, with the same facts as members",
        form=_one_of("text", "json"),
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole tree."""

    smtp: SmtpSettings = SmtpSettings()
    store: StoreSettings = StoreSettings()
    tokens: TokenSettings = TokenSettings()
    reading: ReadingSettings = ReadingSettings()
    forward: ForwardSettings = ForwardSettings()
    milter: MilterSettings = MilterSettings()
    retention: RetentionSettings = RetentionSettings()
    log: LogSettings = LogSettings()


@dataclass(frozen=True, slots=True)
class Described:
    """One setting as the documentation shows it."""

    section: str
    key: str
    default: Any
    says: str


def described() -> Iterator[Described]:
    """All settings in order, for the manual's table and ``bouncer check``."""
    tree = Settings()
    for section in dataclasses.fields(tree):
        for one in dataclasses.fields(getattr(tree, section.name)):
            yield Described(section.name, _key(one), one.default, one.metadata["says"])


def load(text: str, environment: Mapping[str, str], source: str = "settings") -> Settings:
    """Make the tree from TOML *text* and the *environment*; raises ConfigError with every fault, each naming *source*."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}: not TOML: {error}") from None
    faults: list[str] = []
    for name, (section, key) in environed(environment).items():
        _lay_over(document, section, key, environment[name])
    sections: dict[str, Any] = {}
    known = {one.name: one.default for one in dataclasses.fields(Settings)}
    for name in sorted(document.keys() - known.keys()):
        faults.append(f"{source}: [{name}] unknown section")
    for name, default in known.items():
        table = document.get(name, {})
        if not isinstance(table, dict):
            faults.append(f"{source}: {name} must be a section, [{name}]")
            continue
        sections[name] = _section(type(default), name, table, source, faults)
    faults += [f"{source}: {fault}" for fault in _contradictions(document)]
    tree = Settings(**sections)
    faults += [f"{source}: {fault}" for fault in _too_large_to_read(tree)]
    if faults:
        raise ConfigError(*faults)
    return tree


def placed(settings: Settings, folder: Path) -> Settings:
    """Give *settings* with every relative path begun at *folder*.

    These are files, folders, SQLite's file, a Maildir, sockets (unix:), passwords of routes.
    So it does not matter where a command is called. Raises ConfigError for a route that cannot be written with such a path.
    """
    sections = {}
    for section in dataclasses.fields(settings):
        found = getattr(settings, section.name)
        paths = {one.name: _from(getattr(found, one.name), folder) for one in dataclasses.fields(found)}
        sections[section.name] = dataclasses.replace(found, **paths)
    forward = settings.forward
    sections["forward"] = dataclasses.replace(
        sections["forward"],
        courier=_maildir_from(forward.courier, folder),
        routes=tuple(_route_from(route, folder) for route in forward.routes),
    )
    sections["store"] = dataclasses.replace(settings.store, url=_sqlite_from(settings.store.url, folder))
    return Settings(**sections)


def _from(value: Any, folder: Path) -> Any:
    if isinstance(value, tuple):
        return tuple(_from(one, folder) for one in value)
    if isinstance(value, str) and value.startswith("unix:"):
        return f"unix:{folder / value.removeprefix('unix:')}"
    return folder / value if isinstance(value, Path) else value


def _maildir_from(courier: str, folder: Path) -> str:
    scheme, colon, path = courier.partition(":")
    return f"{scheme}{colon}{folder / path}" if scheme == "maildir" and path else courier


def _sqlite_from(url: str, folder: Path) -> str:
    head, slashes, path = url.partition("sqlite:///")
    is_file = not head and path and path != ":memory:" and not path.startswith("file:")
    return f"{slashes}{folder / path}" if is_file else url


def _route_from(route: str, folder: Path) -> str:
    """Begin the paths of a route at *folder*; its words are apart by white space, so that no folder with any fits."""
    domain, *words = route.split() or [""]
    begun = [_password_from(_maildir_from(word, folder), folder) for word in words]
    if begun != words and len(str(folder).split()) != 1:
        raise ConfigError(
            f"[forward] routes: {route}: a relative path begins at {folder}, which has a space: name another"
        )
    return " ".join([domain, *begun])


def _password_from(word: str, folder: Path) -> str:
    key, equals, path = word.partition("=")
    return f"{key}{equals}{folder / path}" if key == "password" and path else word


def read_setting(kind: Any, key: str, text: str) -> Any:
    """Read one setting of section *kind* out of a text, as the environment gives it; ValueError says what is wrong."""
    one = next(one for one in dataclasses.fields(kind) if _key(one) == key)
    return _held(_typed(_Environed(text), typing.get_type_hints(kind)[one.name]), one)


def _key(one: "dataclasses.Field[Any]") -> str:
    return one.name.rstrip("_")


def environed(environment: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Give the names in *environment* that set something, each with its section and key; of two for one key the later wins."""
    return {
        name: (section, key)
        for name in sorted(environment)
        for section, parted, key in [name.removeprefix(PREFIX).lower().partition("__")]
        if name.startswith(PREFIX) and parted
    }


def _lay_over(document: dict[str, Any], section: str, key: str, value: str) -> None:
    table = document.setdefault(section, {})
    if isinstance(table, dict):
        table[key] = _Environed(value)


class _Environed(str):
    """A text out of the environment, to be read as the type that its setting has."""

    __slots__ = ()


def _section(kind: Any, name: str, table: dict[str, Any], source: str, faults: list[str]) -> Any:
    fields = {_key(one): one for one in dataclasses.fields(kind)}
    faults += [f"{source}: [{name}] {key}: unknown key" for key in sorted(table.keys() - fields.keys())]
    types_of = typing.get_type_hints(kind)
    values = {}
    for key, one in fields.items():
        if key not in table:
            continue
        try:
            values[one.name] = _held(_typed(table[key], types_of[one.name]), one)
        except ValueError as error:
            where = (
                f"{PREFIX}{name}__{key}".upper() if isinstance(table[key], _Environed) else f"{source}: [{name}] {key}"
            )
            faults.append(f"{where}: {error}")
    return kind(**values)


def _typed(value: Any, wanted: Any) -> Any:
    if isinstance(wanted, types.UnionType):
        if value == "":
            return None
        wanted = next(one for one in typing.get_args(wanted) if one is not types.NoneType)
    if typing.get_origin(wanted) is tuple:
        return _several(value, typing.get_args(wanted)[0])
    if isinstance(value, _Environed) and wanted in (int, float):
        return _number(value, wanted)
    if wanted is float and type(value) is int:
        return float(value)
    if wanted in (str, Path) and isinstance(value, str):
        return wanted(value)
    if type(value) is wanted:
        return value
    raise ValueError(f"must be {_NAMES[wanted]}")


def _several(value: Any, wanted: Any) -> Any:
    if isinstance(value, _Environed):
        value = [_Environed(one.strip()) for one in value.split(",") if one.strip()]
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise ValueError(f"must be a list, each {_NAMES[wanted]}")
    return tuple(_typed(one, wanted) for one in value)


def _number(text: str, wanted: Any) -> Any:
    try:
        return wanted(str(text))
    except ValueError:
        raise ValueError(f"must be {_NAMES[wanted]}") from None


def _held(value: Any, one: "dataclasses.Field[Any]") -> Any:
    """Hold *value* to the bounds and the form of its setting."""
    low, high, form = (one.metadata[fact] for fact in ("low", "high", "form"))
    if low is not None and not low <= value <= high:
        raise ValueError(f"must be between {_figure(low)} and {_figure(high)}")
    for text in (value if isinstance(value, tuple) else (value,)) if form and value is not None else ():
        if not form.holds(text):
            raise ValueError(f"{text!r} is not {form.must}")
    return value


def _figure(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"


_NAMES = {int: "a whole number", float: "a number", str: "a text", Path: "the path of a file"}


def _contradictions(document: Mapping[str, Any]) -> Iterator[str]:
    sections = {name: table for name, table in document.items() if isinstance(table, dict)}
    smtp = sections.get("smtp", {})
    if bool(smtp.get("tls_certificate")) != bool(smtp.get("tls_key")):
        yield "[smtp] tls_certificate and tls_key: set both or neither"
    if smtp.get("domains") == []:
        yield "[smtp] domains: name at least one return-path domain"
    if sections.get("milter", {}).get("listen") and not sections.get("tokens", {}).get("keys"):
        yield "[milter] listen: signing needs [tokens] keys"


def _too_large_to_read(tree: Settings) -> Iterator[str]:
    most, memory = tree.smtp.max_message, tree.reading.memory
    needed = READING_AT_REST + READING_OCTETS * most
    if memory < needed:
        fitting = (memory - READING_AT_REST) // READING_OCTETS
        yield (
            f"[reading] memory: {memory} octets are too few to read a letter of [smtp] max_message, {most}: "
            f"make it {needed} at least, or max_message {fitting} at most"
        )
