"""Checking the health: which addresses are asked for a greeting, and what a store that cannot be read does to the result."""

import datetime as dt

import pytest

from bouncer.errors import BouncerError, ConfigError, StoreError
from bouncer.manage.health import Health, HealthReport, check_health
from bouncer.ports.standing import Standing, StoreLook
from bouncer.settings.sections import SmtpSettings

NOW = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
CALM = Standing(0, None, 0, 0, None, 0, None, None, 0, None, 0, 0, 0, None, 0)
LOOK = StoreLook("/var/lib/bouncer/bouncer.db", 4096, CALM)


def checked(*listen: str, answering: tuple[str, int], look: StoreLook | BouncerError = LOOK) -> HealthReport:
    def greet(host: str, port: int) -> str:
        if (host, port) != answering:
            raise ConnectionRefusedError(111, "Connection refused")
        return "220 mx.example.com ESMTP"

    def look_into_store() -> StoreLook:
        if isinstance(look, BouncerError):
            raise look
        return look

    smtp = SmtpSettings(hostname="mx.example.com", listen=listen)
    return check_health(smtp, greet, look_into_store, now=NOW)


@pytest.mark.parametrize(("listen", "host"), [("0.0.0.0:2525", "127.0.0.1"), ("[::]:2525", "::1"), ("mx:2525", "mx")])
def test_a_daemon_that_answers_is_well_whichever_address_it_listens_on(listen: str, host: str):
    report = checked(listen, answering=(host, 2525))

    assert (report.health, report.serves, report.store) == (Health.OK, True, LOOK)


def test_port_25_is_asked_where_no_address_answers_as_systemd_may_listen_there():
    report = checked("127.0.0.1:2525", answering=("localhost", 25))

    assert [(place.at, place.serves, place.greeting) for place in report.places] == [
        ("127.0.0.1:2525", False, "Connection refused"),
        ("localhost:25", True, "220 mx.example.com ESMTP"),
    ]


def test_a_port_that_the_system_chose_is_not_asked():
    assert [place.at for place in checked("127.0.0.1:0", answering=("localhost", 1)).places] == ["localhost:25"]


@pytest.mark.parametrize("error", [ConfigError("no url"), StoreError("there is none")])
def test_a_store_that_cannot_be_read_is_critical_though_the_daemon_answers(error: BouncerError):
    report = checked("127.0.0.1:25", answering=("127.0.0.1", 25), look=error)

    assert (report.health, report.store) == (Health.CRITICAL, None)
    assert report.why == (f"the store cannot be read: {error}",)
