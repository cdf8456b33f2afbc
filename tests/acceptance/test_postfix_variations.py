"""A real Postfix that asks us, in the ways that mail takes beside the plain one: pipelined, in UTF-8, to many, through a proxy.

Each is tried by the milter and by the policy service where both see it. One account refuses who is suppressed, the other drops.
"""

import itertools
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import pytest
from programs.ours import LISTENERS, Ours
from programs.parts import free_port, postfix
from programs.peers import Collected, Peer

pytestmark = [pytest.mark.real("postfix"), pytest.mark.timeout(240)]

SENDERS = {"refuse": "news@refuse.example", "drop": "news@drop.example"}
"""By account, which is called as it treats suppressed recipients."""
GONE, NOBODY = "gone@example.org", "nobody@example.org"
UMLAUTS, IN_ASCII = "gone@bücher.example", "gone@xn--bcher-kva.example"
REFUSES_NOBODY = (
    "smtpd_relay_restrictions = "
    f"check_recipient_access inline:{{ {{ {NOBODY} = 550 5.1.1 no such user }} }}, permit_mynetworks, reject\n"
)
"""A line of main.cf: Postfix itself knows that this address is not there."""
TEXT = "Subject: We open\r\n\r\nOn Monday.\r\n.\r\n"
DOORS = ["milter", "policy"]
MANY, SUPPRESSED = 300, 7
_numbers = itertools.count()


class Servers:
    """Ours, one Postfix for each door, started once, with a port behind a proxy; and the world's mail server."""

    def __init__(self, ours: Ours, world: Peer, stack: ExitStack) -> None:
        self.ours = ours
        self.world = world
        self._stack = stack
        self._started: dict[str, tuple[int, int]] = {}

    def port(self, door: str, *, proxied: bool = False) -> int:
        if door not in self._started:
            behind = free_port()
            listeners, routes = {door: self.ours.listeners[door]}, {"example.org": self.world.port}
            server = postfix(routes, listeners=listeners, also=REFUSES_NOBODY, proxied=behind)
            self._started[door] = self._stack.enter_context(server).port, behind
        return self._started[door][proxied]

    def pipelined(self, door: str, *commands: str, proxy: str = "") -> list[str]:
        """Say everything in one packet (RFC 2920), and give the replies but for the greeting and EHLO's."""
        commands_and_text = (
            "".join(f"{command}\r\n" for command in ("EHLO client.example", *commands, "DATA")) + TEXT + "QUIT\r\n"
        )
        with socket.create_connection(("127.0.0.1", self.port(door, proxied=bool(proxy))), timeout=60) as client:
            client.sendall((proxy + commands_and_text).encode())
            answer = b""
            while part := client.recv(65_536):
                answer += part
        return [line for line in answer.decode().split("\r\n")[1:] if line and not line.startswith("250-")][1:-1]

    def letter_to(self, recipient: str) -> Collected:
        return self.world.wait_for(lambda letter: recipient in letter.recipients)

    def counts(self, account: str) -> tuple[int, int]:
        """Mails of the account that were sent; and that were dropped or refused."""
        rows = {row["account"]: row for row in self.ours.rows("sends", "report")}
        row = rows.get(account, {"sent": 0, "dropped": 0, "refused": 0})
        return row["sent"], row["dropped"] + row["refused"]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with (
        Ours(tmp_path_factory.mktemp("ours"), milter=LISTENERS) as ours,
        Peer("mx.example.org") as world,
        ExitStack() as stack,
    ):
        for name, sender in SENDERS.items():
            domain = sender.partition("@")[2]
            ours.command("account", "add", name, "--owner", f"a@{domain}", "--sender", domain, "--suppressed", name)
            ours.command("suppressions", "add", "--account", name, GONE, UMLAUTS)
        ours.command("account", "add", "zoo", "--owner", "z@zoo.example", "--sender", "zoo-login")
        yield Servers(ours, world, stack)


@pytest.fixture
def jane() -> str:
    """A recipient of this test alone."""
    return f"jane{next(_numbers)}@example.org"


def mail(sender: str, *recipients: str, options: str = "") -> Sequence[str]:
    return f"MAIL FROM:<{sender}>{options}", *(f"RCPT TO:<{address}>" for address in recipients)


def code(account: str, door: str = "milter") -> str:
    """Give the reply code for a suppressed recipient; the policy service cannot drop, and refuses always."""
    return "550" if "refuse" in account or door == "policy" else "250"


@pytest.mark.parametrize("account", SENDERS)
def test_recipients_that_postfix_or_we_refuse_are_no_recipients_of_a_pipelined_mail(
    servers: Servers, jane: str, account: str
):
    """One recipient is left, so the mail carries a path of her own; and she alone is counted as sent to."""
    sent, stopped = servers.counts(account)
    replies = servers.pipelined("milter", *mail(SENDERS[account], NOBODY, jane, GONE, jane, GONE.upper()))
    letter = servers.letter_to(jane)

    reply = code(account)
    assert [reply[:3] for reply in replies] == ["250", "550", "250", reply, "250", reply, "354", "250"]
    assert letter.recipients == (jane,)
    assert letter.reverse_path.startswith(f"{account}-")
    assert jane.replace("@", "=") in letter.reverse_path
    assert b"X-Bouncer" not in letter.octets
    assert servers.counts(account)[0] == sent + 1
    assert servers.counts(account)[1] > stopped


@pytest.mark.parametrize("account", SENDERS)
def test_a_mail_of_refused_recipients_only_goes_nowhere(servers: Servers, jane: str, account: str):
    sent, _ = servers.counts(account)
    servers.pipelined("milter", *mail(SENDERS[account], NOBODY, GONE))
    servers.pipelined("milter", *mail(SENDERS[account], jane))
    servers.letter_to(jane)

    assert [letter for letter in servers.world.letters() if GONE in letter.recipients and letter.reverse_path] == []
    assert servers.counts(account)[0] == sent + 1


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("account", SENDERS)
def test_an_address_in_utf8_is_refused_as_its_ascii_form_is(servers: Servers, jane: str, account: str, door: str):
    """Both forms are one mailbox; and the mail of a client that asked for no UTF-8 gets none in a reply."""
    in_utf8 = servers.pipelined(door, *mail(SENDERS[account], jane, UMLAUTS, options=" SMTPUTF8"))
    in_ascii = servers.pipelined(door, *mail(SENDERS[account], jane, IN_ASCII))

    assert in_utf8[2][:3] == in_ascii[2][:3] == code(account, door)
    assert "".join(in_ascii).isascii()


def test_a_recipient_in_utf8_gets_a_path_in_ascii(servers: Servers):
    zoe = "zoë@example.org"
    servers.pipelined("milter", *mail(SENDERS["drop"], zoe, options=" SMTPUTF8"))
    letter = servers.letter_to(zoe)

    assert letter.reverse_path.isascii()
    assert letter.reverse_path.startswith("drop-")


@pytest.mark.parametrize("account", SENDERS)
def test_only_the_suppressed_recipients_of_a_mail_to_hundreds_get_none(servers: Servers, account: str):
    """And Postfix hands it over in parts, all under one path, with our mark."""
    everybody = [f"{account}{number}@example.org" for number in range(MANY)]
    suppressed = everybody[3 :: MANY // SUPPRESSED][:SUPPRESSED]
    servers.ours.command("suppressions", "add", "--account", account, *suppressed)
    sent, _ = servers.counts(account)

    def reached() -> list[Collected]:
        return [letter for letter in servers.world.letters() if set(letter.recipients) & set(everybody)]

    replies = servers.pipelined("milter", *mail(SENDERS[account], *everybody))
    servers.ours.until(lambda: sum(len(letter.recipients) for letter in reached()) >= MANY - SUPPRESSED)

    assert sorted(recipient for letter in reached() for recipient in letter.recipients) == sorted(
        set(everybody) - set(suppressed)
    )
    assert len({letter.reverse_path for letter in reached()}) == 1
    assert all(b"X-Bouncer-" in letter.octets for letter in reached())
    assert sum(reply.startswith("550") for reply in replies) == (SUPPRESSED if account == "refuse" else 0)
    assert servers.counts(account)[0] == sent + MANY - SUPPRESSED


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("client", ["192.0.2.9", "127.0.0.1"])
def test_behind_a_proxy_the_client_is_the_one_that_it_names(servers: Servers, jane: str, door: str, client: str):
    """A stranger who borrows our name is none of ours, though every connection comes from the proxy on this host."""
    header = f"PROXY TCP4 {client} 127.0.0.1 40000 25\r\n"
    replies = servers.pipelined(door, *mail(SENDERS["refuse"], jane, GONE), proxy=header)
    letter = servers.letter_to(jane)

    is_ours = client == "127.0.0.1"
    assert replies[2][:3] == ("550" if is_ours else "250")
    assert letter.reverse_path.startswith("refuse-") is (is_ours and door == "milter")


@pytest.mark.parametrize("door", DOORS)
def test_a_null_sender_is_of_nobody(servers: Servers, door: str):
    """A server's own reports go to whoever wrote, suppressed or not, and stay as they are (RFC 5321 section 4.5.5)."""
    replies = servers.pipelined(door, *mail("", GONE))

    assert [reply[:3] for reply in replies] == ["250", "250", "354", "250"]
    assert servers.world.wait_for(lambda letter: letter.reverse_path == "").recipients == (GONE,)


@pytest.mark.parametrize("door", DOORS)
def test_a_path_of_another_account_tells_nothing_of_its_suppressions(servers: Servers, jane: str, door: str):
    """A login sends as its own account, whatever reverse-path it names; the other's list is not asked."""
    servers.ours.command("suppressions", "add", "--account", "zoo", jane)
    login = "XCLIENT ADDR=192.0.2.9 NAME=client.example LOGIN=news@refuse.example"
    path = servers.ours.path("zoo", jane)
    commands = ("EHLO a", login, "EHLO a", f"MAIL FROM:<{path}>", f"RCPT TO:<{jane}>", f"RCPT TO:<{GONE}>", "QUIT")
    codes = []
    with socket.create_connection(("127.0.0.1", servers.port(door)), timeout=60) as client:
        replies = client.makefile()
        for command in commands:
            while (line := replies.readline())[3:4] == "-":
                pass
            codes.append(line[:3])
            client.sendall(f"{command}\r\n".encode())

    assert codes == ["220", "250", "220", "250", "250", "250", "550"]
