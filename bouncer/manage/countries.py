"""Countries of the servers that refuse mail: by address, from a file of the operator's, else by the ending of the name."""

import asyncio
import datetime as dt
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from bouncer.files import require_regular_file
from bouncer.manage.scopes import recorded_scope
from bouncer.policy.country import address_in, answering_server, country_of_name
from bouncer.ports.record_lists import ServerRefusals
from bouncer.ports.scope import Scope
from bouncer.ports.store import Store

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)
MOST_READ = 1000
"""Reports of the last day, and of the week before, that are read, the newest: some hundredths of a second."""
SHORTEST = dt.timedelta(minutes=1)
"""The shortest period by which a number of reports is divided: a thousand may come in one moment."""
CODE_LENGTH = 2
IPV4 = 4

_log = logging.getLogger(__name__)


class KnownBy(StrEnum):
    """The source from which a server's country is known."""

    ADDRESS = "address"
    NAME = "name"
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class CountryLine:
    """The failures by servers of one country (ISO 3166-1; empty where it is not known), and their most frequent reason."""

    country: str
    known_by: KnownBy
    failed: int
    reason: str
    rate: float  # failures a day, in the time of which reports were read
    usual: float  # failures a day in the week before


@dataclass(frozen=True, slots=True)
class CountryCounts:
    """Countries, most failures first; *is_cut*: older reports were not read; *is_unreadable*: the file cannot be read."""

    lines: tuple[CountryLine, ...]
    is_cut: bool
    is_unreadable: bool

    @property
    def known_total(self) -> int:
        """The failures by servers whose country is known."""
        return sum(line.failed for line in self.lines if line.country)


async def count_countries(
    store: Store, scope: Scope, name: str | None, file: Path | None, *, now: dt.datetime
) -> CountryCounts:
    """Count the proven failures of the last 24 hours and of the week before by country; *file* is an MMDB file, or None.

    Counts those of the account *name*, or with None all inside *scope*. Raises NotFound.
    """
    scope_of_account, yesterday = await recorded_scope(store, scope, name), now - DAY
    day = await _read(store, scope_of_account, yesterday, None, now)
    week = await _read(store, scope_of_account, yesterday - WEEK, yesterday, yesterday)
    addresses = {server.address for _, server in (*day.failed, *week.failed) if server.address}
    countries = await asyncio.to_thread(look_up, file, addresses) if file and addresses else {}
    reasons, earlier_counts = day.count_by_country(countries or {}), week.count_by_country(countries or {})
    lines = []
    for country_known, counted in sorted(reasons.items()):
        total, usual = counted.total(), earlier_counts[country_known].total() / week.days
        lines.append(CountryLine(*country_known, total, counted.most_common(1)[0][0], total / day.days, usual))
    most_first = sorted(lines, key=lambda line: (not line.country, -line.failed))
    return CountryCounts(tuple(most_first), day.is_cut or week.is_cut, countries is None)


@dataclass(frozen=True, slots=True)
class _Period:
    """The failures of a period, the newest, each with its server; *days*: the length of the part that was read."""

    failed: Sequence[tuple[ServerRefusals, "_Server"]]
    is_cut: bool
    days: float

    def count_by_country(self, countries: Mapping[str, str]) -> Mapping[tuple[str, KnownBy], Counter[str]]:
        """Count the reasons of each country."""
        reasons = defaultdict[tuple[str, KnownBy], Counter[str]](Counter)
        for refusal, server in self.failed:
            reasons[_country(server, countries)][refusal.reason or ""] += refusal.count
        return reasons


async def _read(
    store: Store, scope: Scope, since: dt.datetime, before: dt.datetime | None, end: dt.datetime
) -> _Period:
    """Read the newest failures of a period that ends then."""
    refusals = await store.refusals(scope, since, before, limit=MOST_READ)
    is_cut = refusals.examined == MOST_READ
    begin = refusals.oldest if is_cut and refusals.oldest else since
    failed = [(refusal, _server(refusal)) for refusal in refusals.rows]
    return _Period(failed, is_cut, max(end - begin, SHORTEST) / DAY)


@dataclass(frozen=True, slots=True)
class _Server:
    """The server that refused, as a report names it: its address, and the country of its name; empty where none is known."""

    address: str
    country: str


def _server(refusal: ServerRefusals) -> _Server:
    """Read the report's field for the server, and where that is not enough the words in front of its answer."""
    field = refusal.remote_mta or ""
    address, country = address_in(field), country_of_name(field)
    for answer in (refusal.diagnostic_code, refusal.evidence):
        if (address and country) or not answer:
            continue
        server = answering_server(answer)
        address, country = address or address_in(server), country or country_of_name(server)
    return _Server(address or "", country or "")


def _country(server: _Server, countries: Mapping[str, str]) -> tuple[str, KnownBy]:
    if country := countries.get(server.address):
        return country, KnownBy.ADDRESS
    return (server.country, KnownBy.NAME) if server.country else ("", KnownBy.NOTHING)


def look_up(file: Path, addresses: Iterable[str]) -> Mapping[str, str] | None:
    """Give the countries of *addresses* out of an MMDB file, those that it has; None, and a warning, where it cannot be read.

    The file is read piece by piece, so that its size does not matter, and a file that is cut off meanwhile ends nothing.
    """
    try:
        import maxminddb  # noqa: PLC0415 -- an optional package, for those who have such a file

        require_regular_file(file)
        with maxminddb.open_database(file, maxminddb.MODE_FILE) as database:
            is_old = database.metadata().ip_version == IPV4  # such a file has no IPv6 addresses
            readable = [address for address in addresses if not (is_old and ":" in address)]
            codes = {address: _code(database.get(address)) for address in readable}
    except Exception as error:  # noqa: BLE001 -- a broken file raises errors of many kinds, and a missing package one
        _log.warning("[http] country_file: %s: %s: %s", file, type(error).__name__, error)
        return None
    return {address: code for address, code in codes.items() if code}


def _code(entry: Any) -> str | None:
    """Give the code in an entry of GeoLite2-Country, -City, DB-IP and their like; None where it has another form."""
    for member in ("country", "registered_country"):
        country = entry.get(member) if isinstance(entry, dict) else None
        code = country.get("iso_code") if isinstance(country, dict) else None
        if isinstance(code, str) and len(code) == CODE_LENGTH and code.isascii() and code.isalpha():
            return code.upper()
    return None
