"""Routes name a courier for the owners of a domain, or every fault in what they name."""

from pathlib import Path

import pytest

from bouncer.courier.maildir import Maildir
from bouncer.courier.routes import make_routes
from bouncer.courier.smtp import Smtp
from bouncer.errors import ConfigError
from bouncer.ports.outbox import Lane
from bouncer.settings.sections import ForwardSettings


def routed(*routes: str, **changed: object) -> ForwardSettings:
    return ForwardSettings(routes=routes, courier="smtp://mx.example", **changed)  # type: ignore[arg-type]


def test_without_routes_one_courier_takes_all() -> None:
    (route,) = make_routes(routed())

    assert (route.lane, type(route.courier)) == (Lane(), Smtp)


def test_a_route_takes_its_domain_and_the_courier_all_others() -> None:
    rest, acme = make_routes(routed("Acme.Example maildir:box"))

    assert rest.lane == Lane(excluded=frozenset({"acme.example"}))
    assert acme.lane == Lane(frozenset({"acme.example"}))
    assert isinstance(acme.courier, Maildir)


def test_a_domain_beyond_ascii_is_compared_in_a_labels() -> None:
    _, route = make_routes(routed("bücher.example maildir:box"))

    assert route.lane.included == {"xn--bcher-kva.example"}


def test_domains_of_the_same_courier_share_one_route() -> None:
    _, both, other = make_routes(routed("a.example maildir:box", "b.example  maildir:box", "c.example maildir:other"))

    assert both.lane.included == {"a.example", "b.example"}
    assert other.lane.included == {"c.example"}


def test_a_route_has_its_own_bounds_and_its_own_login(tmp_path: Path) -> None:
    (tmp_path / "word").write_text("s3cret\n")
    words = f"a.example smtp://ann@relay.example password={tmp_path}/word starttls=required connections=2 per_minute=30"

    rest, own = make_routes(routed(words, connections=8))

    assert (rest.settings.connections, rest.settings.per_minute, rest.settings.password) == (8, 0, None)
    assert (own.settings.connections, own.settings.per_minute) == (2, 30)
    assert own.settings.starttls == "required"


def test_the_courier_s_password_is_not_the_route_s(tmp_path: Path) -> None:
    (tmp_path / "word").write_text("s3cret\n")
    settings = ForwardSettings(
        courier="smtps://ann@mx.example", password=tmp_path / "word", routes=("a.example smtp://relay.example",)
    )

    assert make_routes(settings)[1].settings.password is None


@pytest.mark.parametrize(
    ("route", "fault"),
    [
        ("", "must begin with the domain"),
        ("smtp://mx.example", "must begin with the domain"),
        ("a.example", "the courier is missing"),
        ("a.example http://relay", "a.example: courier: must begin with smtp:"),
        ("a.example smtp://ann@relay", "a.example: password: the courier has a user"),
        ("a.example smtp://relay speed=9", "speed=9: there are password=, starttls="),
        ("a.example smtp://relay connections=many", "connections: must be a whole number"),
        ("a.example smtp://relay connections=0", "connections: must be between 1 and 100"),
        ("a.example smtp://relay starttls=perhaps", "starttls: 'perhaps' is not"),
    ],
)
def test_a_fault_of_a_route_is_told(route: str, fault: str) -> None:
    with pytest.raises(ConfigError) as refused:
        make_routes(routed(route))

    assert fault in refused.value.faults[0]


def test_a_domain_has_one_route() -> None:
    with pytest.raises(ConfigError, match="has a route already"):
        make_routes(routed("a.example maildir:box", "A.example smtp://relay"))


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as refused:
        make_routes(routed("a.example http://x", "b.example ftp://y"))

    assert len(refused.value.faults) == 2
