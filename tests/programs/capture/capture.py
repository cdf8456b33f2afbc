"""Capture delivery reports as real mail servers write them: ``python tests/programs/capture/capture.py [postfix ...]``.

Each server is given letters to addresses that a second server refuses (unknown user, mailbox full, dropped connection ...)
and returns its reports to a return path, where they are collected, octet for octet, into
``fixtures/ndr/<server>/NN-slug.eml``. Beside each lies ``NN-slug.json`` with ``source`` and ``why``; what else that file
says (the expected reading) is kept. Letters that are there stay: to capture one anew, delete its .eml first, and then
correct the dates in its reading.
"""

import contextlib
import json
import platform
import re
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[2]))  # `from programs import ...`, as the tests say it

from programs.capture.cases import ALIASES, CASES, REFUSALS, RETURN_DOMAIN, Case, Report
from programs.parts import SERVERS, find, mail_server, why_absent
from programs.peers import Collected, Peer, submit
from programs.private_root import Place

PROJECT = HERE.parents[3]
FIXTURES = PROJECT / "fixtures" / "ndr"

# Seconds of a server's patience: enough to tell a delay notice from the expiry that follows, and short enough to wait for.
WARN_SECONDS = 3
EXPIRE_SECONDS = 10
PATIENCE_SECONDS = 120.0
PROPER_NAMES = {"opensmtpd": "OpenSMTPD"}


def main(names: Sequence[str]) -> int:
    """Capture from the named servers, from all when none is named; answer the exit status."""
    faults = 0
    for name in names or SERVERS:
        if find(name) is None:
            print(f"{name}: {why_absent(name)}", file=sys.stderr)
            faults += 1
            continue
        for report in capture(name):
            print(report.relative_to(PROJECT))
    return 1 if faults else 0


def capture(name: str) -> Iterator[Path]:
    """Capture every report of one kind of server that is not there yet; yield the files as they are written."""
    folder = FIXTURES / name
    folder.mkdir(parents=True, exist_ok=True)
    missing = [case for case in CASES if name not in case.not_from and not is_captured(folder, case)]
    for slow in (False, True):
        cases = [case for case in missing if case.slow == slow]
        for report, letter in collected(name, cases, slow=slow) if cases else ():
            yield write(folder, report, letter, source(name))


def is_captured(folder: Path, case: Case) -> bool:
    """Tell whether every report of the case is there."""
    return all(list(folder.glob(f"[0-9][0-9]-{report.slug}.eml")) for report in case.reports)


def collected(name: str, cases: Sequence[Case], *, slow: bool) -> list[tuple[Report, Collected]]:
    """Play the cases against one running server; answer the reports that came of them."""
    patience = {"warn_after": WARN_SECONDS, "expire_after": EXPIRE_SECONDS} if slow else {}
    with (
        Peer(f"mx.{RETURN_DOMAIN}") as sink,
        Peer("mx.example.org", REFUSALS) as refuser,
        mail_server(
            name, {RETURN_DOMAIN: sink.port, "example.org": refuser.port}, aliases=ALIASES, **patience
        ) as server,
        its_log_when_it_fails(server),
    ):
        for case in cases:
            submit(
                server.port,
                case.return_path,
                case.recipients,
                case.letter(),
                mail_options=case.mail_options,
                rcpt_options=case.rcpt_options,
            )
        reports = [(report, await_report(sink, case, report)) for case in cases for report in case.reports]
        for _, letter in reports:
            refuse_traces_of_this_machine(letter, server)
        return reports


def await_report(sink: Peer, case: Case, report: Report) -> Collected:
    """Wait until the case's report with that sign comes."""
    sign = re.compile(report.sign.encode(), re.MULTILINE | re.IGNORECASE)
    return sink.wait_for(
        lambda letter: letter.recipients == (case.return_path,) and bool(sign.search(letter.octets)), PATIENCE_SECONDS
    )


@contextlib.contextmanager
def its_log_when_it_fails(server: Place) -> Iterator[None]:
    """Show what the server says of the matter when a report does not come."""
    try:
        yield
    except TimeoutError:
        print(server.log(), file=sys.stderr)
        raise


def refuse_traces_of_this_machine(letter: Collected, server: Place) -> None:
    """Raise ValueError when the report would show the world this machine's name or one of its folders."""
    for trace in (socket.gethostname(), str(server.folder), str(PROJECT)):
        if trace not in ("", "localhost") and re.search(
            rf"(?<![\w.-]){re.escape(trace)}(?![\w-])".encode(), letter.octets
        ):
            raise ValueError(f"a report of {server.hostname} shows {trace!r}")


def write(folder: Path, report: Report, letter: Collected, source: str) -> Path:
    """Write the letter and its story; what else the story says stays."""
    stories = sorted(folder.glob(f"[0-9][0-9]-{report.slug}.json"))
    story = stories[0] if stories else folder / f"{len(list(folder.glob('*.json'))) + 1:02}-{report.slug}.json"
    file = story.with_suffix(".eml")
    file.write_bytes(letter.octets)
    facts = json.loads(story.read_text("utf-8")) if stories else {}
    facts = {"why": report.why} | facts | {"source": source}
    story.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return file


def source(name: str) -> str:
    """Say which program, of which system, wrote the report."""
    part = find(name)
    assert part
    system = platform.freedesktop_os_release()
    version = part.version.rpartition("-")[0]
    program = PROPER_NAMES.get(name, name.title())
    by = HERE.relative_to(PROJECT)
    return f"captured from {program} {version} ({system['NAME'].split()[0]} {system.get('VERSION_ID', '')}) by {by}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
