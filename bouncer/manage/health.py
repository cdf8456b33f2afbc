"""Health: whether a daemon serves, and which letters and notices wait too long, judged for monitoring programs."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from bouncer.errors import ConfigError, StoreError
from bouncer.ports.standing import Standing, StoreLook
from bouncer.settings.addresses import ANY_HOST, SMTP_PORT, host_port
from bouncer.settings.sections import SmtpSettings

UNREAD_FOR = dt.timedelta(minutes=10)
"""The age at which a letter that waits is a warning. Letters are read within seconds: no process reads, or very many wait."""
WAITING_FOR = dt.timedelta(hours=1)
"""The time after which a notice that is due, or that a mail server defers, is a warning."""


Greet = Callable[[str, int], str]
"""Gives the greeting of the mail server at a host and port; raises OSError where none answers."""
LookIntoStore = Callable[[], StoreLook]
"""Looks into the store; raises ConfigError or StoreError where it cannot be read."""


class Health(IntEnum):
    """The health of an installation, as the exit status of monitoring plugins (Nagios, Icinga)."""

    OK = 0
    WARNING = 1
    CRITICAL = 2


@dataclass(frozen=True, slots=True)
class GreetingPlace:
    """An address where the daemon may answer, and its greeting, or the reason why there was none."""

    at: str
    serves: bool
    greeting: str = field(metadata={"shown": "heard"})


@dataclass(frozen=True, slots=True)
class HealthReport:
    """The health, the reasons why it is not OK, and the facts behind it; *store* is None where it cannot be read."""

    health: Health
    why: tuple[str, ...]
    places: tuple[GreetingPlace, ...]
    store: StoreLook | None
    http: tuple[GreetingPlace, ...] = ()

    @property
    def serves(self) -> bool:
        """Whether a daemon answers."""
        return any(place.serves for place in self.places)


def check_health(
    smtp: SmtpSettings,
    greet: Greet,
    look_into_store: LookIntoStore,
    *,
    now: dt.datetime,
    http: Sequence[GreetingPlace] = (),
) -> HealthReport:
    """Ask the daemon that *smtp* describes for its greeting, look into the store, and judge both.

    *http*: the answers at the addresses of the HTTP API.
    """
    places = _places(smtp, greet)
    try:
        return judge_health(places, look_into_store(), now=now, http=http)
    except (ConfigError, StoreError) as error:
        return judge_health(places, str(error), now=now, http=http)


def _places(smtp: SmtpSettings, greet: Greet) -> list[GreetingPlace]:
    """Ask at each address of [smtp] listen, and at the port on which systemd may listen for the daemon.

    A port that the system chose (0) is not known.
    """
    addresses = [(ANY_HOST.get(host, host), port) for host, port in map(host_port, smtp.listen) if port]
    places = [_ask(host, port, smtp.hostname, greet) for host, port in addresses]
    if not any(place.serves for place in places) and SMTP_PORT not in [port for _, port in addresses]:
        places.append(_ask("localhost", SMTP_PORT, smtp.hostname, greet))
    return places


def _ask(host: str, port: int, hostname: str, greet: Greet) -> GreetingPlace:
    at = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        greeting = greet(host, port)
    except OSError as error:
        return GreetingPlace(at, serves=False, greeting=str(error.strerror or error))
    return GreetingPlace(at, serves=greeting.split()[:2] == ["220", hostname], greeting=greeting)


def judge_health(
    places: Sequence[GreetingPlace],
    store: StoreLook | str,
    *,
    now: dt.datetime,
    http: Sequence[GreetingPlace] = (),
) -> HealthReport:
    """Judge by the greetings, by *http*, and by the *store*, or by the reason why it cannot be read. Pure."""
    problems = [] if any(place.serves for place in places) else [(Health.CRITICAL, "no daemon answers")]
    problems += [(Health.WARNING, f"{place.at}: {place.greeting}") for place in http if not place.serves]
    if isinstance(store, str):
        problems.append((Health.CRITICAL, f"the store cannot be read: {store}"))
    else:
        problems += ((Health.WARNING, why) for why in _list_overdue(store.standing, now))
    health = max((health for health, _ in problems), default=Health.OK)
    look = None if isinstance(store, str) else store
    return HealthReport(health, tuple(why for _, why in problems), tuple(places), look, tuple(http))


def _list_overdue(standing: Standing, now: dt.datetime) -> Iterator[str]:
    """Give the reasons for a warning, in words."""
    if standing.oldest_unread and standing.oldest_unread < now - UNREAD_FOR:
        yield f"{standing.unread_letters:,} letters wait to be read"
    late_since = now - WAITING_FOR
    if any(moment and moment < late_since for moment in (standing.oldest_due, standing.oldest_deferred)):
        waiting = f"{standing.waiting_notices:,} notices wait, some for more than an hour"
        yield f"{waiting}; {standing.deferred_notices:,} were put off"
    if standing.given_up_lately:
        yield f"{standing.given_up_lately:,} notices were given up in the last day"
    if standing.shunted_lately:
        yield f"{standing.shunted_lately:,} letters of the last day could not be read"
