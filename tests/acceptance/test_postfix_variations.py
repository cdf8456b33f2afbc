"""A real Postfix that asks us, in the ways that mail takes beside the plain one: pipelined, in UTF-8, to many, through a proxy.

Each is tried by the milter and by the policy service where both see it.
"""

import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from real.mailing import NEWS
from real.ours import LISTENERS, Ours
from real.parts import postfix
from real.peers import Peer
from real.private_root import Place

pytestmark = [pytest.mark.real("postfix"), pytest.mark.timeout(240)]

JANE, JOE, GONE, NOBODY = (f"{name}@example.org" for name in ("jane", "joe", "gone", "nobody"))
UMLAUTS, IN_ASCII = "gone@bücher.example", "gone@xn--bcher-kva.example"
REFUSES_NOBODY = (
    f"smtpd_relay_restrictions = check_recipient_access inline:{{ {{ {NOBODY} = 550 5.1.1 no such user }} }}, permit_mynetworks, reject\n"
)
"""A line of main.cf: Postfix itself knows that this address is not there, and takes the rest."""
BEHIND_A_PROXY = "smtpd_upstream_proxy_protocol = haproxy\n"
TEXT = "Subject: We open\r\n\r\nOn Monday.\r\n.\r\n"
DOORS = ["milter", "policy"]
MANY, SUPPRESSED = 300, 7


@pytest.fixture(params=["refuse", "drop"])
def ours(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ours]:
    with Ours(tmp_path, milter=f'{LISTENERS}\nsuppressed = "{request.param}"') as daemon:
        daemon.command("account", "add", "acme", "--owner", "a@acme.example", "--sender", "acme.example")
        daemon.command("account", "add", "zoo", "--owner", "z@zoo.example", "--sender", "zoo-login")
        daemon.command("suppressions", "add", "--account", "acme", GONE, UMLAUTS)
        yield daemon


@pytest.fixture
def world() -> Iterator[Peer]:
    with Peer("mx.example.org") as peer:
        yield peer


def refuses(ours: Ours, door: str = "milter") -> bool:
    """The policy service cannot drop, and refuses always."""
    return door == "policy" or 'suppressed = "refuse"' in (ours.folder / "bouncer.toml").read_text()


def pipelined(server: Place, *commands: str, first: str = "") -> list[str]:
    """Say everything in one packet (RFC 2920), and give the replies, without the greeting and EHLO's; *first* goes before all."""
    said = "".join(f"{command}\r\n" for command in ("EHLO client.example", *commands, "DATA")) + TEXT + "QUIT\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as client:
        client.sendall((first + said).encode())
        answer = b""
        while part := client.recv(65_536):
            answer += part
    return [line for line in answer.decode().split("\r\n")[1:] if line and not line.startswith("250-")][1:-1]


def mail(*recipients: str, sender: str = NEWS, options: str = "") -> Sequence[str]:
    return f"MAIL FROM:<{sender}>{options}", *(f"RCPT TO:<{address}>" for address in recipients)


def counts(ours: Ours) -> dict[str, tuple[int, int, int]]:
    """By account: mails that were sent, dropped, refused."""
    return {row["account"]: (row["sent"], row["dropped"], row["refused"]) for row in ours.rows("sends", "report")}


def test_recipients_that_postfix_or_we_refuse_are_no_recipients_of_a_pipelined_mail(ours: Ours, world: Peer):
    """Who is left is one recipient, so the mail carries a path of her own; and she alone is counted."""
    with postfix(
        {"example.org": world.port}, listeners={"milter": ours.listeners["milter"]}, also=REFUSES_NOBODY
    ) as server:
        replies = pipelined(server, *mail(NOBODY, JANE, GONE, JANE, GONE.upper()))
        letter = world.wait_for(lambda _: True)

    suppressed = "550" if refuses(ours) else "250"
    assert [reply[:3] for reply in replies] == ["250", "550", "250", suppressed, "250", suppressed, "354", "250"]
    assert letter.recipients == (JANE,)
    assert letter.reverse_path.startswith("acme-")
    assert "jane=example.org" in letter.reverse_path
    assert b"X-Bouncer" not in letter.octets
    sent, dropped, refused = counts(ours)["acme"]
    assert (sent, dropped + refused > 0) == (1, True)


def test_a_mail_of_refused_recipients_only_goes_nowhere(ours: Ours, world: Peer):
    with postfix(
        {"example.org": world.port}, listeners={"milter": ours.listeners["milter"]}, also=REFUSES_NOBODY
    ) as server:
        pipelined(server, *mail(NOBODY, GONE))
        pipelined(server, *mail(JANE))
        world.wait_for(lambda _: True)

    assert [letter.recipients for letter in world.letters()] == [(JANE,)]
    assert counts(ours)["acme"][0] == 1


@pytest.mark.parametrize("door", DOORS)
def test_an_address_in_utf8_is_refused_as_its_ascii_form_is(ours: Ours, world: Peer, door: str):
    """Both forms are one mailbox; and the mail of a client that asked for no UTF-8 gets none in a reply."""
    with postfix({"example.org": world.port}, listeners={door: ours.listeners[door]}) as server:
        in_utf8 = pipelined(server, *mail(JANE, UMLAUTS, options=" SMTPUTF8"))
        in_ascii = pipelined(server, *mail(JANE, IN_ASCII))

    code = "550" if refuses(ours, door) else "250"
    assert (in_utf8[2][:3], in_ascii[2][:3]) == (code, code)
    assert "".join(in_ascii).isascii()


def test_a_recipient_in_utf8_gets_a_path_in_ascii(ours: Ours, world: Peer):
    zoe = "zoë@example.org"
    with postfix({"example.org": world.port}, listeners={"milter": ours.listeners["milter"]}) as server:
        pipelined(server, *mail(zoe, options=" SMTPUTF8"))
        letter = world.wait_for(lambda _: True)

    assert letter.recipients == (zoe,)
    assert letter.reverse_path.isascii()
    assert letter.reverse_path.startswith("acme-")


def test_of_a_mail_to_hundreds_the_suppressed_ones_alone_get_none(ours: Ours, world: Peer):
    """And Postfix hands it over in parts, all under one path, with our mark."""
    everybody = [f"r{number}@example.org" for number in range(MANY)]
    gone = everybody[3 :: MANY // SUPPRESSED][:SUPPRESSED]
    ours.command("suppressions", "add", "--account", "acme", *gone)
    with postfix({"example.org": world.port}, listeners={"milter": ours.listeners["milter"]}) as server:
        replies = pipelined(server, *mail(*everybody))
        ours.until(lambda: sum(len(letter.recipients) for letter in world.letters()) >= MANY - SUPPRESSED)

    reached = [address for letter in world.letters() for address in letter.recipients]
    assert sorted(reached) == sorted(set(everybody) - set(gone))
    assert len({letter.reverse_path for letter in world.letters()}) == 1
    assert all(b"X-Bouncer-Path" in letter.octets for letter in world.letters())
    assert sum(reply.startswith("550") for reply in replies) == (SUPPRESSED if refuses(ours) else 0)
    assert counts(ours)["acme"][0] == MANY - SUPPRESSED


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("client", ["192.0.2.9", "127.0.0.1"])
def test_behind_a_proxy_the_client_is_the_one_that_it_names(ours: Ours, world: Peer, door: str, client: str):
    """A stranger who borrows our name is none of ours, though every connection comes from the proxy on this host."""
    header = f"PROXY TCP4 {client} 127.0.0.1 40000 25\r\n"
    with postfix({"example.org": world.port}, listeners={door: ours.listeners[door]}, also=BEHIND_A_PROXY) as server:
        replies = pipelined(server, *mail(JANE, GONE), first=header)
        letter = world.wait_for(lambda _: True)

    is_ours = client == "127.0.0.1"
    assert replies[2][:3] == ("550" if is_ours and refuses(ours, door) else "250")
    if door == "milter":
        assert letter.reverse_path.startswith("acme-") is is_ours
        assert bool(counts(ours)) is is_ours
    if not is_ours:
        assert sorted(address for letter in world.letters() for address in letter.recipients) == [GONE, JANE]


@pytest.mark.parametrize("door", DOORS)
def test_a_null_sender_is_of_nobody(ours: Ours, world: Peer, door: str):
    """A server's own reports go to whoever wrote, suppressed or not, and stay as they are (RFC 5321 section 4.5.5)."""
    with postfix({"example.org": world.port}, listeners={door: ours.listeners[door]}) as server:
        replies = pipelined(server, *mail(GONE, sender=""))
        letter = world.wait_for(lambda _: True)

    assert [reply[:3] for reply in replies] == ["250", "250", "354", "250"]
    assert (letter.reverse_path, letter.recipients) == ("", (GONE,))
    assert counts(ours) == {}


@pytest.mark.parametrize("door", DOORS)
def test_a_path_of_another_account_tells_nothing_of_its_suppressions(ours: Ours, world: Peer, door: str):
    """A login sends as its own account, whatever reverse-path it names; the other's list is not asked."""
    login = "ann@acme.example"
    ours.command("suppressions", "add", "--account", "zoo", JANE)
    path = ours.path("zoo", JANE)
    named = "XCLIENT ADDR=203.0.113.9 NAME=client.example LOGIN=" + login.replace("@", "+40")
    with (
        postfix({"example.org": world.port}, listeners={door: ours.listeners[door]}, also=REFUSES_NOBODY) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=60) as client,
    ):
        replies = client.makefile()
        codes = []
        for command in (
            "EHLO a",
            named,
            "EHLO a",
            f"MAIL FROM:<{path}>",
            f"RCPT TO:<{JANE}>",
            f"RCPT TO:<{GONE}>",
            "QUIT",
        ):
            while len(line := replies.readline()) > 3 and line[3] == "-":
                pass
            codes.append(line[:3])
            client.sendall(f"{command}\r\n".encode())

    assert codes[-2:] == ["250", "550" if refuses(ours, door) else "250"]
