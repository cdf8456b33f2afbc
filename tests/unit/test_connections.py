"""Open connections: one client, or one site, does not take the place of others."""

import pytest

from bouncer.connections import ClientConnections, Connection
from bouncer.mail.host import client_of, site_of


def count_all(connections: ClientConnections[Connection], clients: list[str]) -> int:
    """Open a connection for each client; give the number of those that were taken."""
    taken_count = 0
    for client in clients:
        connection = Connection()
        if connections.add(connection):
            if connections.count(client_of(client)):
                taken_count += 1
            else:
                connections.remove(connection)
    return taken_count


@pytest.mark.parametrize(
    ("site", "other"),
    [
        ([f"192.0.2.{number}" for number in range(1, 255)], "198.51.100.7"),
        ([f"2001:db8:1:{number:x}::1" for number in range(254)], "2001:db8:2::1"),
    ],
)
def test_a_whole_network_leaves_half_of_the_connections_to_others(site: list[str], other: str):
    connections = ClientConnections[Connection](1000, most_per_client=50)

    assert count_all(connections, site * 6) == 500
    assert count_all(connections, [other]) == 1


def test_a_site_comes_back_to_a_fifth_while_the_others_take_the_rest():
    connections = ClientConnections[Connection](1000, most_per_client=50)
    count_all(connections, [f"203.0.{number // 5}.{number % 5}" for number in range(501)])

    assert count_all(connections, [f"192.0.2.{number}" for number in range(1, 255)]) == 200
    connections.discount("192.0.2.1")
    assert count_all(connections, ["192.0.2.1", "192.0.2.1"]) == 1


def test_a_client_that_may_have_all_connections_is_no_site():
    connections = ClientConnections[Connection](100, most_per_client=100)

    assert count_all(connections, ["192.0.2.7"] * 101) == 100


def test_a_client_without_connections_is_not_kept():
    connections = ClientConnections[Connection](10, most_per_client=5)
    connections.count("192.0.2.7")
    connections.discount("192.0.2.7")

    assert not connections.clients
    assert not connections.sites


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("unix:", "unix:"),
    ],
)
def test_a_site_is_a_network_that_one_party_has(address: str, site: str):
    assert site_of(client_of(address)) == site
