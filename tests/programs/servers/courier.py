"""Courier's mail server: its queue manager (courier(8)) beside its SMTP listener (couriertcpd(1)) in the foreground."""

from programs.private_root import Folder, Setup
from programs.world import World

START = """\
makealiases
set -a
. /etc/courier/courierd
/usr/lib/courier/courier/courierd &
. /etc/courier/esmtpd
exec couriertcpd -address=127.0.0.1 -user=courier -group=courier -maxprocs=40 -maxperc=40 -maxperip=40 \
    -noidentlookup -stderrlogger=/usr/sbin/courierlogger {port} /usr/sbin/courieresmtpd
"""

# A client on this machine may relay, and reports go out by SMTP although nobody logged in.
COURIERD = """\
SHELL=/bin/sh
DYNAMICDELIVERIES=0
DEFAULTDELIVERY=./Maildir
ESMTP_BLOCKBACKSCATTER=
ESMTP_USE_STARTTLS=0
ESMTP_PREFER_IPV6_MX=0
"""

ESMTPD = """\
RELAYCLIENT=
BOFHCHECKDNS=0
TARPIT=0
ESMTPAUTH=
COURIERTLS=
"""


def setup(world: World) -> Setup:
    """Answer what Courier needs in order to run in this world."""
    patience = {
        "queuetime": f"{world.expire_after}s",
        "warntime": f"{world.warn_after or 0}s",
        "retryalpha": f"{world.retry_every}s",
        "retrybeta": "1",
        "retrygamma": f"{world.retry_every}s",
        "retrymaxdelta": "0",
        "esmtpdelay": "0s",
    }
    return Setup(
        command=START.format(port=world.port),
        users={"courier": 901},
        files={
            "/etc/courier/courierd": COURIERD,
            "/etc/courier/esmtpd": ESMTPD,
            "/etc/courier/me": world.hostname + "\n",
            "/etc/courier/locals": "localhost\n",
            "/etc/courier/esmtproutes": "".join(f"{name}:mx.{name},{port}\n" for name, port in world.routes.items()),
            "/etc/courier/aliases/system": "".join(f"{alias}: {target}\n" for alias, target in world.aliases.items()),
            "/etc/courier/enablefiltering": "",
            **{f"/etc/courier/{name}": value + "\n" for name, value in patience.items()},
        },
        folders=tuple(
            Folder(path, owner="courier", mode=0o770)
            for path in (
                "/run/courier",
                "/var/lib/courier",
                *(f"/var/lib/courier/{name}" for name in ("allfilters", "filters", "msgq", "msgs", "tmp", "track")),
            )
        ),
    )
