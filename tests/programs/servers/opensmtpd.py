"""OpenSMTPD in the foreground (smtpd(8) -F, smtpd.conf(5))."""

from programs.private_root import Folder, Setup
from programs.world import LISTS_DOMAIN, World


def setup(world: World) -> Setup:
    """Answer what OpenSMTPD needs in order to run in this world.

    How soon it tries again cannot be set; delay notices and expiry do not wait for that.
    """
    lines = [
        f"listen on 127.0.0.1 port {world.port} hostname {world.hostname}",
        f"queue ttl {world.expire_after}s",
        *([f"bounce warn-interval {world.warn_after}s"] if world.warn_after else []),
        "table lists file:/etc/lists",
        'action "lists" forward-only virtual <lists>',
        f'match from any for domain "{LISTS_DOMAIN}" action "lists"',
    ]
    for number, (domain, port) in enumerate(world.routes.items()):
        lines += [
            f'action "route{number}" relay host smtp://mx.{domain}:{port}',
            f'match from any for domain "{domain}" action "route{number}"',
        ]
    lines += ['action "mail exchangers" relay', 'match from any for any action "mail exchangers"']
    return Setup(
        command="exec /usr/sbin/smtpd -F",
        users={"opensmtpd": 901, "opensmtpq": 902},
        files={
            "/etc/smtpd.conf": "\n".join(lines) + "\n",
            "/etc/lists": "".join(f"{alias} {targets}\n" for alias, targets in world.aliases.items()),
        },
        folders=(
            Folder("/var/lib/opensmtpd/empty", mode=0o711),
            Folder("/var/spool/smtpd", mode=0o711),
        ),
    )
