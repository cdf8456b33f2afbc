"""Postfix, as its own documentation would have it run in the foreground (postfix(1) start-fg, postconf(5))."""

from programs.private_root import Folder, Setup
from programs.world import LISTS_DOMAIN, World

MAIN_CF = """\
compatibility_level = 3.6
queue_directory = /var/spool/postfix
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
data_directory = /var/lib/postfix
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
myhostname = {hostname}
mydestination =
mynetworks = 127.0.0.0/8, 192.0.2.0/24
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
local_transport = error:5.1.1 no mailboxes here
transport_maps = texthash:/etc/postfix/transport
virtual_alias_domains = {lists_domain}
virtual_alias_maps = texthash:/etc/postfix/virtual
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = yes
smtpd_authorized_xclient_hosts = 127.0.0.0/8
smtputf8_enable = yes
smtp_tls_security_level = none
smtpd_tls_security_level = none
smtp_destination_concurrency_failed_cohort_limit = 0
queue_run_delay = {retry}s
minimal_backoff_time = {retry}s
maximal_backoff_time = {retry}s
delay_warning_time = {warn}s
maximal_queue_lifetime = {expire}s
bounce_queue_lifetime = {expire}s
{listeners}"""

LISTENERS = {
    "milter": "smtpd_milters = {place}\nnon_smtpd_milters = {place}\n",
    "policy": "smtpd_recipient_restrictions = check_policy_service {place}\n",
}
"""As the README has them, for main.cf."""

SUBMISSION = """\
submission inet n - y - - smtpd
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
  -o {{ smtpd_recipient_restrictions = check_recipient_access socketmap:{place}:acme }}
"""
"""As the README has it, for master.cf; the table is asked for the account acme."""

PROXIED = "127.0.0.1:{port} inet n - n - - smtpd -o smtpd_upstream_proxy_protocol=haproxy\n"
"""A service for master.cf that hears from a proxy who the client is (postconf(5), smtpd_upstream_proxy_protocol)."""

HOSTING = """\
relay_domains = {domains}
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{logins}
"""
"""For a server that takes the world's mail to *domains*, and its own users' mail to anybody (SASL_README)."""

FRONT = """\
relay_domains = rp.example.com
relay_recipient_maps = socketmap:inet:127.0.0.1:{table}:return_paths
transport_maps = inline:{{ {{ rp.example.com = bouncer:[127.0.0.1]:{port} }} }}
"""
FRONT_SERVICE = """\
bouncer   unix  -       -       y       -       -       smtp
  -o smtp_send_xforward_command=yes
"""
"""As the manual has them, for main.cf and master.cf of a Postfix in front of us."""

UNLISTED = r"regexp:{ { /@other\.example$$/ OK } }"
"""As the manual has it: in front of our table, for a domain that is relayed for without a list of its addresses."""

TAKING_FROM_ANYBODY = """\
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
mynetworks = 127.0.0.1
"""

MASTER_CF = """\
127.0.0.1:{port} inet n - {chroot} - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 1 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
local     unix  - n n - - local
virtual   unix  - n n - - virtual
lmtp      unix  - - n - - lmtp
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


SPOOL = "/var/spool/postfix"
QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace")
"""The folders that Postfix would make in its spool, by a script of hundreds of commands (postfix-files(5)); it leaves that out once
where the spool has a file that is called quick-start."""


def place(where: int | str) -> str:
    """Spell a port on 127.0.0.1, or what is a place already, as Postfix's settings do."""
    return where if isinstance(where, str) else f"inet:127.0.0.1:{where}"


def setup(world: World) -> Setup:
    """Answer what Postfix needs in order to run in this world."""
    main = MAIN_CF.format(
        hostname=world.hostname,
        lists_domain=LISTS_DOMAIN,
        retry=world.retry_every,
        warn=world.warn_after or 0,
        expire=world.expire_after,
        listeners="".join(
            LISTENERS[name].format(place=place(where)) for name, where in world.listeners.items() if name in LISTENERS
        ),
    )
    main += _front(world)
    if world.logins:
        main += HOSTING.format(domains=", ".join(world.routes), logins=world.logins)
    transport = "".join(f"{domain} smtp:[mx.{domain}]:{port}\n" for domain, port in world.routes.items())
    transport += "".join(f"{domain} lmtp:inet:127.0.0.1:{port}\n" for domain, port in world.mailboxes.items())
    return Setup(
        command="exec /usr/sbin/postfix -c /etc/postfix start-fg",
        users={"postfix": 901, "postdrop": 902},
        files={
            f"{SPOOL}/quick-start": "",
            "/etc/postfix/main.cf": main + world.also,
            "/etc/postfix/master.cf": MASTER_CF.format(port=world.port, chroot="y" if world.chroot else "n")
            + _submission(world)
            + (PROXIED.format(port=world.proxied) if world.proxied else "")
            + _front_service(world),
            "/etc/postfix/transport": transport,
            "/etc/postfix/virtual": "".join(f"{alias} {targets}\n" for alias, targets in world.aliases.items()),
        },
        folders=(
            Folder(SPOOL),
            Folder("/var/lib/postfix", owner="postfix", mode=0o700),
            *(Folder(f"{SPOOL}/{queue}", owner="postfix", mode=0o700) for queue in QUEUES),
            Folder(f"{SPOOL}/maildrop", owner="postfix", group="postdrop", mode=0o730),
            Folder(f"{SPOOL}/public", owner="postfix", group="postdrop", mode=0o710),
            Folder(f"{SPOOL}/pid"),
        ),
    )


def _submission(world: World) -> str:
    """The submission service, at a port of this world, and without a chroot: there is nothing in it here."""
    if not world.submission:
        return ""
    service = SUBMISSION.format(place=place(world.listeners["socketmap"]))
    return service.replace("submission inet n - y", f"127.0.0.1:{world.submission} inet n - n")


def _front(world: World) -> str:
    """The manual's lines, beside the routes that are there."""
    lines = ""
    for domain, port in world.behind.items():
        lines += FRONT.format(port=port, table=world.listeners["socketmap"]).replace("rp.example.com", domain)
        lines = lines.rstrip("\n") + ", texthash:/etc/postfix/transport\n" + TAKING_FROM_ANYBODY
    return lines


def _front_service(world: World) -> str:
    """The manual's service, without a chroot: there is nothing in it here."""
    return FRONT_SERVICE.replace("y       -       -       smtp", "n       -       -       smtp") if world.behind else ""
