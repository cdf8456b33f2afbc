"""Sendmail, configured with its own m4 macros (cf/README of its distribution), in the foreground (-bD)."""

from programs.private_root import Folder, Setup
from programs.world import LISTS_DOMAIN, World

CONFIGURATION = """\
divert(-1)dnl
include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(`debian')dnl
define(`confQUEUE_LA', `1000')dnl
define(`confREFUSE_LA', `1000')dnl
define(`confDOMAIN_NAME', `{hostname}')dnl
define(`ALIAS_FILE', `')dnl
define(`STATUS_FILE', `')dnl
define(`confHOST_STATUS_DIRECTORY', `')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
define(`confDOUBLE_BOUNCE_ADDRESS', `')dnl
define(`confMIN_QUEUE_AGE', `0')dnl
define(`confTO_HOSTSTATUS', `0s')dnl
define(`confTO_QUEUERETURN', `{expire}s')dnl
define(`confTO_QUEUEWARN', `{warn}')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`nocanonify')dnl
FEATURE(`promiscuous_relay')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`mailertable', `text -o -k0 -v1 /etc/mail/mailertable')dnl
FEATURE(`virtusertable', `text -o -k0 -v1 /etc/mail/virtusertable')dnl
VIRTUSER_DOMAIN(`{lists_domain}')dnl
DAEMON_OPTIONS(`Name=MTA, Family=inet, Addr=127.0.0.1, Port={port}')dnl
{listeners}MAILER(`local')dnl
MAILER(`smtp')dnl
MAILER_DEFINITIONS
{mailers}
"""

MILTER = "INPUT_MAIL_FILTER(`bouncer', `S={place}, F=T')dnl\n"

# As cf/mailer/smtp.m4 defines ``esmtp``, with a port of its own.
MAILER = """\
M{name}, P=[IPC], F=mDFMuXa, S=EnvFromSMTP/HdrFromSMTP, R=EnvToSMTP, E=\\r\\n, L=990,
\tT=DNS/RFC822/SMTP, A=TCP $h {port}
"""

COMPILE = "m4 /etc/mail/sendmail.mc > /etc/mail/sendmail.cf"


def place(where: int | str) -> str:
    """Spell a port on 127.0.0.1, or what is a place already, as Sendmail's macros do."""
    return where if isinstance(where, str) else f"inet:{where}@127.0.0.1"


def setup(world: World) -> Setup:
    """Answer what Sendmail needs in order to run in this world."""
    mailers = {domain: f"route{number}" for number, domain in enumerate(world.routes)}
    configuration = CONFIGURATION.format(
        hostname=world.hostname,
        port=world.port,
        lists_domain=LISTS_DOMAIN,
        warn=f"{world.warn_after}s" if world.warn_after else "0",
        expire=world.expire_after,
        listeners=MILTER.format(place=place(world.listeners["milter"])) if "milter" in world.listeners else "",
        mailers="".join(MAILER.format(name=mailers[domain], port=port) for domain, port in world.routes.items()),
    )
    return Setup(
        command=f"{COMPILE} && exec /usr/libexec/sendmail/sendmail -C /etc/mail/sendmail.cf -bD -q{world.retry_every}s",
        users={"smmta": 901, "smmsp": 902},
        files={
            "/etc/mail/sendmail.mc": configuration,
            "/etc/mail/mailertable": "".join(f"{domain} {name}:[mx.{domain}]\n" for domain, name in mailers.items()),
            "/etc/mail/virtusertable": "".join(f"{alias} {target}\n" for alias, target in world.aliases.items()),
            "/etc/mail/local-host-names": "",
        },
        folders=(
            Folder("/var/spool/mqueue", mode=0o700),
            Folder("/run/sendmail/mta"),
        ),
    )
