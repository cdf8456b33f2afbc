"""The sections of the settings, and the whole tree. Each field has its meaning, its bounds and its constraint."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bouncer.policy.languages import ENGLISH, LANGUAGE_CODES
from bouncer.settings.constraints import (
    DOMAIN_NAME,
    FIELD_NAME,
    FILE_MODE,
    FROM_FIELD,
    HOST_PORT,
    HTTP_URL,
    LISTENING_ADDRESS,
    MAIL_ADDRESS,
    NETWORK,
    SELECTOR,
    USER_GROUP,
    require_one_of,
)
from bouncer.settings.field import setting

FOREVER = 100_000
"""An upper bound in days, 270 years, for settings that need none."""

MAX_RECEIVED_OCTETS = 256 << 20
"""Octets of memory for all letters that are being received. A larger letter would get 452 for ever (``smtpd.memory``)."""

READING_AT_REST = 48 << 20
"""Octets of memory of the reading process before it reads: 32 MiB measured for program and tables, and half of it to spare."""

READING_OCTETS = 4
"""Octets of memory for each octet of a letter: 3.0 to 3.7 were measured with plain letters and reports of 8 to 40 MiB."""


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """[smtp]: the SMTP server that receives bounces."""

    listen: tuple[str, ...] = setting(
        ("127.0.0.1:2525",),
        "addresses to listen on, host:port; ignored when systemd hands over a socket",
        form=HOST_PORT,
    )
    hostname: str = setting(
        "localhost", "our name in the greeting, in Received and in our own Message-IDs", form=DOMAIN_NAME
    )
    domains: tuple[str, ...] = setting(
        ("rp.localhost",), "the return-path domains; mail for any other is refused", form=DOMAIN_NAME
    )
    max_message: int = setting(
        20 * 1024 * 1024,
        "octets of one letter (SIZE); reports that return whole messages are large; reading.memory says how large it may be",
        low=64 * 1024,
        high=MAX_RECEIVED_OCTETS,
    )
    client_daily_octets: int = setting(
        2 << 30,
        "octets that one client (IPv6: /64) may send in a day, UTC, then 452; ten times that to paths signed for one; 0: any",
        low=0,
        high=1 << 50,
    )
    alias_daily_octets: int = setting(
        4 << 30,
        "octets to the aliases and paths for several of one account in a day, UTC, then 452; 200,000 reports of 20 kB; 0: any",
        low=0,
        high=1 << 50,
    )
    path_daily_octets: int = setting(
        64 << 20,
        "octets to the paths signed for one recipient in a day, UTC, then 452; three of the largest letters; 0: any",
        low=0,
        high=1 << 50,
    )
    max_recipients: int = setting(
        100, "recipients of one letter with a sender (RFC 5321 asks for 100); null sender: one", low=1, high=10_000
    )
    max_connections: int = setting(
        1000,
        "connections in all; the next one gets 421. Over half of them, each has ten seconds from step to step of a letter",
        low=1,
        high=60_000,
    )
    max_connections_per_client: int = setting(
        50,
        "connections from one client (IPv6: /64); a fifth of that while over half of max_connections are open; equal to"
        " max_connections: no bound",
        low=1,
        high=60_000,
    )
    max_commands: int = setting(
        1000, "commands in one connection, so that no client stays for ever", low=10, high=1_000_000
    )
    max_errors: int = setting(10, "refused commands in one connection before it is closed", low=1, high=10_000)
    errors_per_second: int = setting(
        20, "refusals of one client (IPv6: /64) a second; 100 more come at once, others wait; 0: any", low=0, high=9999
    )
    idle_seconds: int = setting(
        300, "seconds of silence before closing (RFC 5321 4.5.3.2: five minutes)", low=1, high=3600
    )
    session_seconds: int = setting(1800, "seconds that one connection may last in all", low=1, high=86_400)
    drain_seconds: int = setting(
        30, "seconds that open connections get to finish their letter when the daemon stops", low=0, high=600
    )
    tls_certificate: Path | None = setting(None, "PEM file with the certificate chain; with it STARTTLS is offered")
    tls_key: Path | None = setting(None, "PEM file with the certificate's key")
    proxy_protocol: tuple[str, ...] = setting(
        (),
        "networks of trusted proxies that speak PROXY protocol v1 or v2, 10.0.0.0/8; all others are plain clients",
        form=NETWORK,
    )
    fronts: tuple[str, ...] = setting(
        (),
        "mail servers in front of this one, 127.0.0.1: they say who their client is (XFORWARD, XCLIENT, an address in EHLO)",
        form=NETWORK,
    )


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """[store]: the database of letters and records."""

    url: str = setting(
        "sqlite:///var/bouncer.db",
        "the store, sqlite:////var/lib/bouncer/bouncer.db or postgresql+psycopg://bouncer@/bouncer; made by bouncer init or serve",
    )
    busy_seconds: float = setting(
        5.0, "seconds to wait for another process's lock before a sender is told to try later", low=0, high=60
    )
    astray_seconds: float = setting(
        60.0,
        "seconds that the database's files may be moved away, removed or replaced before the daemon ends, to be started again",
        low=1,
        high=86_400,
    )


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """[tokens]: the keys of signed return paths."""

    keys: tuple[Path, ...] = setting(
        (),
        "files with master keys, which accounts' keys come from; the first signs, all verify: a new one goes in front",
    )
    expire_days: int = setting(
        30, "days that a return path is good for; slow servers report up to two weeks late", low=1, high=3650
    )


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """[reading]: time and memory limits of the process that reads letters."""

    seconds: float = setting(10.0, "seconds for one letter; one that takes longer is shunted", low=0.1, high=600)
    memory: int = setting(
        1 << 30,
        "octets of memory for the reading process; a letter that needs more is shunted. 48 MiB and four times max_message at least",
        low=128 << 20,
        high=1 << 40,
    )


@dataclass(frozen=True, slots=True)
class ForwardSettings:
    """[forward]: the delivery of notices."""

    courier: str = setting(
        "maildir:var/forwarded",
        "smtp://[user@]host[:port], smtps://..., sendmail:[path] or maildir:path; smtp:// uses STARTTLS where it is offered",
    )
    password: Path | None = setting(None, "file with the smarthost's password")
    starttls: str = setting(
        "offered",
        "offered: use it where the smarthost has it; required; never",
        form=require_one_of("offered", "required", "never"),
    )
    connections: int = setting(
        4,
        "mails that are handed over at a time, each over its own connection; many smarthosts allow ten",
        low=1,
        high=100,
    )
    per_minute: int = setting(
        0, "mails a minute to the smarthost, evenly; 0: as many as it takes", low=0, high=1_000_000
    )
    routes: tuple[str, ...] = setting(
        (),
        "couriers for owners of one domain, acme.example smtp://..., with own password=, starttls=, connections=, per_minute=",
    )
    channels: tuple[str, ...] = setting(
        (),
        "channels beside mail that accounts can be subscribed by; file FOLDER: events as JSON lines, in files of this folder",
    )
    webhook_networks: tuple[str, ...] = setting(
        (),
        "networks of your own that webhooks may be posted to, 10.1.2.0/24, also by http://; without it public addresses only",
        form=NETWORK,
    )
    from_: str = setting(
        "bouncer@localhost",
        "the From of our notices, with or without a name: Acme <bounces@example.com>",
        form=FROM_FIELD,
    )
    operator: str | None = setting(
        None,
        "gets the mail to postmaster@ and abuse@ of the return-path domains (RFC 2142); without it they are only kept",
        form=MAIL_ADDRESS,
    )
    operator_language: str = setting(
        ENGLISH,
        f"language of the mails to the operator: {', '.join(LANGUAGE_CODES)}",
        form=require_one_of(*LANGUAGE_CODES),
    )
    reverse_path: str = setting(
        "null",
        "envelope sender of notices: null for <>, signed for a return path of our own that is never forwarded",
        form=require_one_of("null", "signed"),
    )
    templates: Path | None = setting(
        None, "folder with accounts' own templates, ACCOUNT/notice.txt.j2 and so on; ours where one is missing or fails"
    )
    dkim_key: Path | None = setting(
        None, "PEM file with an RSA key; with it notices are signed for the domain in their From (RFC 6376)"
    )
    dkim_selector: str = setting("bouncer", "where the key is published: SELECTOR._domainkey.DOMAIN", form=SELECTOR)
    first_wait: int = setting(60, "seconds after the first failed try; doubles each time", low=1, high=86_400)
    longest_wait: int = setting(6 * 3600, "seconds between tries at most", low=1, high=7 * 86_400)
    give_up_days: float = setting(5, "days until a notice is given up (RFC 5321 4.5.4.1: four to five)", low=0, high=60)


@dataclass(frozen=True, slots=True)
class MilterSettings:
    """[milter]: the servers that the operator's own mail servers ask before a mail goes out."""

    listen: tuple[str, ...] = setting(
        (),
        "where the milter listens, 127.0.0.1:8825 or unix:/run/bouncer/milter; none: no milter. Its clients can sign mail",
        form=LISTENING_ADDRESS,
    )
    policy_listen: tuple[str, ...] = setting(
        (), "where Postfix's policy service listens, 127.0.0.1:8826 or unix:/run/bouncer/policy", form=LISTENING_ADDRESS
    )
    socketmap_listen: tuple[str, ...] = setting(
        (),
        "where the socketmap tables listen, 127.0.0.1:8827 or unix:/run/bouncer/table: return_paths for a server in front; "
        "an account's for submission alone",
        form=LISTENING_ADDRESS,
    )
    socket_mode: str = setting(
        "0660", "mode of the files of these sockets: a program that may write to one may connect", form=FILE_MODE
    )
    socket_group: str | None = setting(
        None, "group of these files, by name or number: the mail server's; empty: the daemon's own", form=USER_GROUP
    )
    networks: tuple[str, ...] = setting(
        ("127.0.0.0/8", "::1"),
        "clients whose mail is yours, besides those that log in (SASL): Postfix's mynetworks; other mail is left alone",
        form=NETWORK,
    )
    suppressed: str = setting(
        "refuse",
        "for accounts that choose nothing else: refuse says 550 at RCPT, and why; drop takes the address off and tells the owner",
        form=require_one_of("drop", "refuse"),
    )
    fails: str = setting(
        "closed",
        "while the store cannot answer: closed has the sender come again (451), open lets mail go, signed but not counted",
        form=require_one_of("closed", "open"),
    )
    account_header: str = setting(
        "X-Bouncer-Account",
        "header that names the account, where neither the login nor the sender's domain does",
        form=FIELD_NAME,
    )
    campaign_header: str = setting(
        "X-Campaign", "header with your own word for the mailing; counted by it", form=FIELD_NAME
    )
    stream_header: str = setting(
        "X-Stream", "header with your own word for the kind of mail, news or receipts", form=FIELD_NAME
    )
    max_connections: int = setting(
        1000,
        "connections to each of these listeners; a mail server opens one for each of its clients. Over half, silence ends sooner",
        low=1,
        high=60_000,
    )
    idle_seconds: int = setting(
        3700, "seconds of silence before closing: a mail server's client may be silent for an hour", low=1, high=86_400
    )


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """[http]: the HTTP server, by which programs ask and change what commands show and change."""

    listen: tuple[str, ...] = setting(
        (),
        "where API and web pages listen, 127.0.0.1:8080 or unix:/run/bouncer/http; none: no HTTP. Off loopback: TLS or proxies",
        form=LISTENING_ADDRESS,
    )
    tls_certificate: Path | None = setting(None, "PEM file with the certificate chain; with it every connection is TLS")
    tls_key: Path | None = setting(None, "PEM file with the certificate's key")
    proxies: tuple[str, ...] = setting(
        (),
        "reverse proxies that end TLS in front, 192.0.2.80 or 10.0.0.0/8: they say who their client is (X-Forwarded-For)",
        form=NETWORK,
    )
    url: str | None = setting(
        None,
        "where people's browsers find the web pages, https://bounces.acme.example; else the first address of listen",
        form=HTTP_URL,
    )
    country_file: Path | None = setting(
        None,
        "MMDB file with the countries of addresses, GeoLite2-Country.mmdb; without it a server's name tells its country",
    )
    per_minute: int = setting(
        600, "requests of one key in a minute, and at once; the next one gets 429", low=1, high=1_000_000
    )
    max_body: int = setting(
        4 << 20,
        "octets of a request's body: 10,000 addresses of the greatest length fit; read only for a valid key",
        low=64 * 1024,
        high=64 << 20,
    )
    max_connections: int = setting(
        500, "connections in all; the next one gets 503. Over half of them, silence ends sooner", low=1, high=60_000
    )
    max_connections_per_client: int = setting(
        100,
        "connections from one client (IPv6: /64); a fifth of that while over half of max_connections are open; the next one gets"
        " 429. Not counted: this machine and proxies; through these, requests count for the client that they name",
        low=1,
        high=60_000,
    )
    idle_seconds: int = setting(60, "seconds that a connection may be silent between requests", low=1, high=3600)
    request_seconds: int = setting(
        30, "seconds for a whole request to come, and for a client to take more of its answer", low=1, high=3600
    )


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """[retention]: the days after which letters and records are deleted."""

    letters_days: int = setting(90, "days until a raw letter is forgotten; its records stay", low=1, high=FOREVER)
    others_days: int = setting(
        7,
        "days until letters that are no report, and unproven reports, are cut to their first 64 kB",
        low=1,
        high=FOREVER,
    )
    records_days: int = setting(730, "days until records of bounces are forgotten", low=1, high=FOREVER)
    messages_days: int = setting(
        30, "days that sent messages are remembered, so that a report that returns one is known", low=1, high=FOREVER
    )
    hours_days: int = setting(
        14, "days that sends are counted by hour and domain; then by day, small domains together", low=1, high=FOREVER
    )


@dataclass(frozen=True, slots=True)
class LogSettings:
    """[log]: the format of the daemon's log."""

    format: str = setting(
        "text",
        "text: lines for people and grep; json: one JSON object a line, with the same facts as members",
        form=require_one_of("text", "json"),
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings: a tree of sections."""

    smtp: SmtpSettings = SmtpSettings()
    store: StoreSettings = StoreSettings()
    tokens: TokenSettings = TokenSettings()
    reading: ReadingSettings = ReadingSettings()
    forward: ForwardSettings = ForwardSettings()
    milter: MilterSettings = MilterSettings()
    http: HttpSettings = HttpSettings()
    retention: RetentionSettings = RetentionSettings()
    log: LogSettings = LogSettings()

    @property
    def outliving_days(self) -> int:
        """Days for which a return path is valid after the record of its message is deleted; negative: the record is kept longer."""
        return self.tokens.expire_days - self.retention.messages_days


def key_of(field: "dataclasses.Field[Any]") -> str:
    """Give the key that *field* has in the settings file, such as ``from`` for ``from_``."""
    return field.name.rstrip("_")
