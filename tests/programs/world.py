"""The circumstances a test puts a mail server into, the same words for every kind of server."""

from collections.abc import Mapping
from dataclasses import dataclass, field

LISTS_DOMAIN = "lists.example.net"


@dataclass(frozen=True, slots=True)
class World:
    """The addresses of each host, and how soon the server loses patience. Durations are in seconds."""

    port: int
    """Where the server listens on 127.0.0.1."""
    routes: Mapping[str, int]
    """Domain -> the port on 127.0.0.1 where ``mx.<domain>`` listens. Any other domain does not exist."""
    hostname: str = "mx.example.net"
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Address in ``lists.example.net`` -> the addresses (with commas) it stands for."""
    retry_every: int = 1
    warn_after: int | None = None
    """None: the sender hears nothing of a delay."""
    expire_after: int = 3600
    listeners: Mapping[str, int | str] = field(default_factory=dict)
    """Where our own servers listen: "milter", "policy", "socketmap" -> port on 127.0.0.1, or the place as the server spells it."""
    chroot: bool = False
    """Whether its SMTP server sees its queue directory as the root, as Debian has it; Postfix's alone."""
    logins: int = 0
    """Where a Dovecot says who may log in; the server then hosts the domains of ``routes``. Postfix's alone; 0: nobody may."""
    submission: int = 0
    """Where its submission service listens, which asks the server "socketmap"; Postfix's alone; 0: there is none."""
    proxied: int = 0
    """Where it takes mail through a proxy that names the client (PROXY protocol); Postfix's alone; 0: nowhere."""
    mailboxes: Mapping[str, int] = field(default_factory=dict)
    """Domain -> the port on 127.0.0.1 where its mailboxes are handed their mail by LMTP; Postfix's alone."""
    behind: Mapping[str, int] = field(default_factory=dict)
    """Return-path domain -> the port on 127.0.0.1 where we take its mail from this server, its MX; Postfix's and Exim's."""
    also: str = ""
    """Further lines of its settings, which win over those before; Postfix's main.cf alone."""
