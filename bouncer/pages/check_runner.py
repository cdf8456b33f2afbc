"""The checks of an installation beside the server: in a thread of their own, one run at a time, kept until they are old.

A check may wait for ports, name servers and processes, so no request runs one: a page shows the last results, and how old they are.
"""

import asyncio
import datetime as dt
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from bouncer.doctor.finding import Finding, Level, fail
from bouncer.doctor.publish_command import DnsRecord
from bouncer.settings.sections import Settings

FRESH = dt.timedelta(minutes=1)
"""The age up to which results are shown without another run."""
ANSWER_SECONDS = 2.0
"""The time for each answer of a server: somebody looks at the page, so less than the command's own."""
PAGE_SECONDS = 3.0
"""The longest that a page waits for a run that it began; later it shows what is known, and that the run goes on."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The results of one run, and the DNS records that the installation needs."""

    at: dt.datetime
    findings: tuple[Finding, ...]
    records: tuple[DnsRecord, ...]


Examine = Callable[[Settings], tuple[tuple[Finding, ...], tuple[DnsRecord, ...]]]
"""Runs all checks and gives their results; it may take a minute, and is called in a thread."""


def examine(settings: Settings) -> tuple[tuple[Finding, ...], tuple[DnsRecord, ...]]:
    """Run the checks of ``bouncer check`` with the system's name server."""
    from bouncer.doctor.checking import check_dns, check_machine  # noqa: PLC0415 -- most daemons show no page for long
    from bouncer.doctor.dns_records import records_of_installation  # noqa: PLC0415 -- as above
    from bouncer.doctor.resolver import Resolver  # noqa: PLC0415 -- as above

    try:
        look = Resolver(None, ANSWER_SECONDS)
    except OSError:  # this system names no DNS server
        look = None
    findings = (*check_machine(settings, ANSWER_SECONDS), *check_dns(settings, look))
    return findings, tuple(records_of_installation(settings, look))


class CheckRunner:
    """Runs *examining*, and keeps the last results; ``now()`` is the time in UTC, *settings* gives those in force."""

    def __init__(self, settings: Callable[[], Settings], now: Callable[[], dt.datetime], examining: Examine) -> None:
        self._settings = settings
        self._now = now
        self._examining = examining
        self._last: CheckReport | None = None
        self._run: asyncio.Future[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether a run is under way."""
        return self._run is not None

    @property
    def faults(self) -> int:
        """The number of faults that the last run found, however old it is; zero where none ran yet."""
        findings = self._last.findings if self._last else ()
        return sum(finding.level is Level.FAIL for finding in findings)

    async def report(self) -> CheckReport | None:
        """Give the last results; where they are old or missing, begin a run and wait a little for it. None: the run goes on."""
        if self._last is None or self._now() - self._last.at > FRESH:
            self.renew()
        if self._run is not None:
            await asyncio.wait([self._run], timeout=PAGE_SECONDS)
        return self._last

    def renew(self) -> None:
        """Begin a run, unless one is under way."""
        if self._run is not None:
            return
        loop = asyncio.get_running_loop()
        self._run = loop.create_future()
        # a thread that no end of the daemon waits for
        threading.Thread(target=self._work, args=(loop, self._settings()), name="checks", daemon=True).start()

    def _work(self, loop: asyncio.AbstractEventLoop, settings: Settings) -> None:
        try:
            findings, records = self._examining(settings)
        except Exception:  # noqa: BLE001 -- a bug in one check must not leave the page waiting for ever
            _log.exception("the checks of the page Setup broke off")
            findings, records = (fail("checks", "broke off", "our log has the cause"),), ()
        report = CheckReport(self._now(), findings, records)
        try:
            loop.call_soon_threadsafe(self._finish, report)
        except RuntimeError:  # the loop is closed: the daemon has ended
            return

    def _finish(self, report: CheckReport) -> None:
        self._last = report
        run, self._run = self._run, None
        if run is not None and not run.done():
            run.set_result(None)
