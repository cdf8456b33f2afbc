"""Exim with one plain configuration file, in the foreground (Exim's specification, chapters 5, 14 and 31)."""

from programs.private_root import Folder, Setup
from programs.world import LISTS_DOMAIN, World

CONFIGURATION = """\
primary_hostname = {hostname}
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
disable_ipv6 = true
log_file_path = syslog
syslog_timestamp = false
keep_environment =
tls_advertise_hosts =
dsn_advertise_hosts = *
delay_warning = {warn}
{listener}
begin routers

{router}aliases:
  driver = redirect
  domains = {lists_domain}
  data = ${{lookup{{$local_part@$domain}}lsearch{{/etc/exim4/virtual}}}}

routes:
  driver = manualroute
  route_data = ${{lookup{{$domain}}lsearch{{/etc/exim4/routes}}}}
  self = send
  transport = remote

mail_exchangers:
  driver = dnslookup
  transport = remote
  no_more

begin transports

{transport}remote:
  driver = smtp
  allow_localhost
  hosts_try_fastopen =

begin retry

* * F,{expire}s,{retry}s
"""
FROM_ANYBODY = """\
acl_smtp_rcpt = accept
acl_smtp_data = accept
"""
CHECKED = """\
acl_smtp_rcpt = acl_check_rcpt
acl_smtp_data = accept

begin acl

acl_check_rcpt:
{front}
  accept hosts = 127.0.0.1
  deny message = relay not permitted
"""
FRONT_ACL = """\
  accept  domains = rp.example.com
          endpass
          verify  = recipient/callout=10s,no_cache
"""
FRONT_ROUTER = """\
bouncer:
  driver = manualroute
  domains = rp.example.com
  route_list = * 127.0.0.1::{port}
  self = send
  transport = bouncer
  no_more
"""
FRONT_TRANSPORT = r"""bouncer:
  driver = smtp
  allow_localhost
  connection_max_messages = 1
  helo_data = ${if def:sender_host_address\
    {[${if isip6{$sender_host_address}{IPv6:}}$sender_host_address]}\
    {$primary_hostname}}
"""
"""As the manual has them, for an Exim in front of us."""


def setup(world: World) -> Setup:
    """Answer what Exim needs in order to run in this world."""
    port = next(iter(world.behind.values()), 0)
    configuration = CONFIGURATION.format(
        listener=CHECKED.format(front=FRONT_ACL) if port else FROM_ANYBODY,
        router=FRONT_ROUTER.format(port=port) + "\n" if port else "",
        transport=FRONT_TRANSPORT + "\n" if port else "",
        hostname=world.hostname,
        port=world.port,
        lists_domain=LISTS_DOMAIN,
        warn=f"{world.warn_after}s" if world.warn_after else "0s",
        expire=world.expire_after,
        retry=world.retry_every,
    )
    return Setup(
        command=f"exec /usr/sbin/exim4 -bdf -q{world.retry_every}s",
        users={"Debian-exim": 901},
        files={
            "/etc/exim4/exim4.conf": configuration,
            "/etc/exim4/routes": "".join(f"{domain}: mx.{domain}::{port}\n" for domain, port in world.routes.items()),
            "/etc/exim4/virtual": "".join(f"{alias}: {targets}\n" for alias, targets in world.aliases.items()),
        },
        folders=(
            Folder("/var/spool/exim4", owner="Debian-exim", mode=0o750),
            Folder("/var/log/exim4", owner="Debian-exim", mode=0o750),
        ),
        setuid=("/usr/sbin/exim4",),
    )
