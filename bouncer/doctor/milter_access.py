"""Checks the servers for outgoing mail: whether each server that is on listens where strangers cannot reach it. Pure."""

from collections.abc import Iterator

from bouncer.doctor.finding import Finding, ok, warn
from bouncer.settings.sections import MilterSettings


def check_access(milter: MilterSettings) -> Iterator[Finding]:
    """Check [milter] policy_listen and socketmap_listen."""
    if milter.policy_listen:
        yield ok("policy service", "knows client, login and sender: it refuses no mail but the accounts' own")
    if milter.socketmap_listen:
        yield warn(
            "socketmap",
            "an account's table knows neither client nor sender: whoever may ask learns who is suppressed, and is refused",
            "ask it in a submission service only, behind the login (docs/milter.md, The table); else use [milter] policy_listen; "
            "return_paths, for a mail server in front, may be asked for anybody",
        )
