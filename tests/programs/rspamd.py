"""rspamd as Debian ships it, asked over HTTP what it makes of a mail (rspamd's "Protocol documentation").

It asks no name server but the one that it is given, so that nothing leaves the machine, and it has learned nothing:
no Redis is there, hence no Bayes, no history, no greylist.
"""

import contextlib
import json
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from programs.names import LOOPBACK
from programs.parts import find, free_port, why_absent
from programs.private_root import Folder, Place, Setup, inhabit

PATIENCE_SECONDS = 60.0
SUFFIXES = "usr/share/rspamd/effective_tld_names.dat"
ASKING = ("rbl", "asn", "fuzzy_check")
"""Modules that ask lists of the world's about a mail; nobody would answer here."""
OPTIONS = """\
dns {{
  nameserver = ["{nameserver}"];
}}
url_tld = "/etc/rspamd/top-level-domains";
"""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Rspamd's judgement of one mail."""

    score: float
    symbols: Mapping[str, float] = field(default_factory=dict)
    """Rule -> its part of the score."""


@dataclass(frozen=True, slots=True)
class Judge:
    """A running rspamd."""

    place: Place

    def judge(self, octets: bytes, **envelope: str) -> Judgement:
        """Ask about a mail that came by *envelope*: ip, helo, hostname, from_, rcpt."""
        headers = {name.rstrip("_").capitalize(): value for name, value in envelope.items()}
        request = urllib.request.Request(f"http://{LOOPBACK}:{self.place.port}/checkv2", octets, headers)
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 -- our own loopback
            verdict: dict[str, Any] = json.load(answer)
        return Judgement(verdict["score"], {name: symbol["score"] for name, symbol in verdict["symbols"].items()})


@contextlib.contextmanager
def rspamd(nameserver: tuple[str, int]) -> Iterator[Judge]:
    """Run rspamd until the block ends; its questions go to *nameserver*."""
    part = find("rspamd")
    if part is None:
        raise LookupError(why_absent("rspamd"))
    host, port = nameserver
    here = free_port()
    setup = Setup(
        command="exec /usr/bin/rspamd -f -i -u _rspamd -g _rspamd -c /etc/rspamd/rspamd.conf",
        users={"_rspamd": 901},
        files={
            "/etc/rspamd/local.d/options.inc": OPTIONS.format(nameserver=f"{host}:{port}"),
            "/etc/rspamd/top-level-domains": _top_level_domains(part.root),
            "/etc/rspamd/local.d/logging.inc": 'type = "console";\n',
            "/etc/rspamd/local.d/worker-normal.inc": f'bind_socket = "{LOOPBACK}:{here}";\ncount = 2;\n',
            **{f"/etc/rspamd/local.d/{module}.conf": "enabled = false;\n" for module in ASKING},
            "/etc/rspamd/override.d/worker-controller.inc": "count = -1;\n",
            "/etc/rspamd/override.d/worker-proxy.inc": "count = -1;\n",
        },
        folders=tuple(Folder(path, owner="_rspamd") for path in ("/var/lib/rspamd", "/run/rspamd", "/var/log/rspamd")),
        greeting=b"",
    )
    with inhabit(part.root, setup, hostname="mx.acme.example", port=here, nameserver=host) as place:
        yield Judge(place)


def _top_level_domains(root: Path) -> str:
    """The top of Debian's list of public suffixes: it takes ten seconds to read the whole, and no mail of ours has the rest."""
    every = (root / SUFFIXES).read_text("utf-8").splitlines()
    return "".join(f"{suffix}\n" for suffix in every if suffix.isalnum())
