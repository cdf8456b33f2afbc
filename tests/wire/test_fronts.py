"""A mail server in front of ours says who its client is: XFORWARD, XCLIENT, or an address in EHLO; nobody else may."""

import ssl
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from wire.smtp_client import Client, Place

from bouncer.errors import TryLater
from bouncer.smtpd.attributes import MAX_VALUE, XCLIENT, XFORWARD, read_attributes

FRONT = {"fronts": ("127.0.0.1", "::1")}
ELSEWHERE = "127.0.0.2"
"""A client that is no front."""

GOOD = {
    "ADDR=203.0.113.9": {"ADDR": "203.0.113.9"},
    "addr=203.0.113.9 Helo=mx.example": {"ADDR": "203.0.113.9", "HELO": "mx.example"},
    "ADDR=IPV6:2001:DB8::9": {"ADDR": "2001:db8::9"},
    "ADDR=ipv6:::ffff:203.0.113.9": {"ADDR": "203.0.113.9"},
    "ADDR=2001:db8:0:0::9": {"ADDR": "2001:db8::9"},
    "ADDR=[UNAVAILABLE] NAME=[unavailable] PORT=[Unavailable] SOURCE=LOCAL": {
        "ADDR": None,
        "NAME": None,
        "PORT": None,
        "SOURCE": "LOCAL",
    },
    "NAME=[TEMPUNAVAIL] PORT=65535 PROTO=ESMTP IDENT=4XyZ SOURCE=REMOTE": {
        "NAME": None,
        "PORT": "65535",
        "PROTO": "ESMTP",
        "IDENT": "4XyZ",
        "SOURCE": "REMOTE",
    },
    "HELO=a+2Bb+3Dc": {"HELO": "a+b=c"},
    "HELO=j+C3+A9.example": {"HELO": "jé.example"},
    "HELO=" + "x" * MAX_VALUE: {"HELO": "x" * MAX_VALUE},
}
BAD = (
    "",
    " ",
    "ADDR",
    "ADDR=",
    "=203.0.113.9",
    "ADDR=203.0.113.9 ",
    "ADDR=203.0.113.9  HELO=x",
    "ADDR=203.0.113.9 ADDR=203.0.113.10",
    "ADDR=203.0.113.9 addr=203.0.113.9",
    "ADDR=203.0.113.256",
    "ADDR=[203.0.113.9]",
    "ADDR=203.0.113.0/24",
    "ADDR=0203.0.113.9",
    "ADDR=IPV6:IPV6:::1",
    "ADDR=fe80::1%eth0",
    "ADDR=mx.example",
    "ADDR=203.0.113.9\t",
    "PORT=-1",
    "PORT=65536",
    "PORT=" + "9" * 200,
    "PORT=٢٥",
    "SOURCE=ELSEWHERE",
    "PROTO=" + "x" * 65,
    "HELO=" + "x" * (MAX_VALUE + 1),
    "HELO=a+0D+0ARCPT",
    "HELO=a+00",
    "HELO=a+20b",
    "HELO=a+C2+A0b",
    "HELO=+E2+80+AE",
    "HELO=+FF",
    "HELO=a+",
    "HELO=a+2",
    "HELO=a+2b",
    "HELO=a=b",
    "HELO=jé.example",
    "EVIL=1",
    "LOGIN=root",
    "ADDR=203.0.113.9 EVIL=1",
)


@pytest.mark.parametrize("argument", GOOD)
def test_attributes_are_read(argument: str) -> None:
    assert read_attributes(argument, XFORWARD) == GOOD[argument]


@pytest.mark.parametrize("argument", BAD)
def test_a_malformed_attribute_makes_all_of_them_void(argument: str) -> None:
    assert read_attributes(argument, XFORWARD) is None


@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from([*GOOD, *BAD]), max_size=4).map(" ".join)))
@example("ADDR=203.0.113.9 LOGIN=ann DESTADDR=::1 DESTPORT=25")
def test_any_argument_gives_known_attributes_without_blanks_or_nothing(argument: str) -> None:
    for names in (XFORWARD, XCLIENT):
        attributes = read_attributes(argument, names) or {}

        assert set(attributes) <= set(names)
        for value in attributes.values():
            assert value is None or (value.isprintable() and not any(map(str.isspace, value)))


async def ready(place: Place, **how: Any) -> Client:
    """A client that was greeted, and has greeted."""
    client = await place.client(**how)
    assert (await client.hear()).startswith(b"220 ")
    assert (await client.ask("EHLO front.example")).startswith(b"250-")
    return client


async def send(client: Client, path: str = "acme@rp.example.com") -> bytes:
    """Hand in a letter."""
    for command in ("MAIL FROM:<>", f"RCPT TO:<{path}>"):
        if not (reply := await client.ask(command)).startswith(b"250"):
            return reply
    await client.ask("DATA")
    await client.say(b"x\r\n.\r\n")
    return await client.hear()


def peers(place: Place) -> list[tuple[str, str]]:
    """Give the client of each letter: address and HELO."""
    return [(letter.peer, letter.helo) for letter in place.keeper.letters]


async def test_only_a_front_is_offered_xforward_and_xclient_and_may_use_them(open_server: Any) -> None:
    async with open_server(**FRONT) as place:
        for source, offered in (("127.0.0.1", True), (ELSEWHERE, False)):
            client = await place.client(source=source)
            await client.hear()
            words = (await client.ask("EHLO x")).decode()

            assert (f"250-XFORWARD {' '.join(XFORWARD)}\r\n" in words) is offered
            assert (f"250-XCLIENT {' '.join(XCLIENT)}\r\n" in words) is offered

        assert (await client.ask("XFORWARD ADDR=203.0.113.9")).startswith(b"550 5.7.1")
        assert (await client.ask("XCLIENT ADDR=203.0.113.9")).startswith(b"550 5.7.1")
        await send(client)
        assert peers(place) == [(ELSEWHERE, "x")]


async def test_without_the_setting_nobody_may(open_server: Any) -> None:
    async with open_server() as place:
        client = await ready(place)

        assert (await client.ask("XFORWARD ADDR=203.0.113.9")).startswith(b"550 5.7.1")
        assert (await client.ask("XCLIENT ADDR=203.0.113.9")).startswith(b"550 5.7.1")


async def test_xforward_is_about_the_next_letter_alone(open_server: Any, caplog: pytest.LogCaptureFixture) -> None:
    """In two commands, as Postfix sends it, and in another order; each letter of a connection has its own client."""
    caplog.set_level("INFO")
    async with open_server(**FRONT) as place:
        client = await ready(place)
        assert (await client.ask("XFORWARD NAME=mx.example.net ADDR=203.0.113.9 PORT=40000")).startswith(b"250 2.0.0")
        await client.ask("XFORWARD PROTO=ESMTP HELO=mx.example.net IDENT=4XyZ SOURCE=REMOTE")
        await send(client)
        await send(client)
        await client.ask("XFORWARD HELO=other.example ADDR=IPV6:2001:db8::9")
        await send(client)

        assert peers(place) == [
            ("203.0.113.9", "mx.example.net"),
            ("127.0.0.1", "front.example"),
            ("2001:db8::9", "other.example"),
        ]
    lines = [record.getMessage() for record in caplog.records if record.getMessage().startswith("kept")]
    assert "peer=203.0.113.9 helo='mx.example.net'" in lines[0]
    assert "queue_id='4XyZ'" in lines[0]
    assert "queue_id" not in lines[1]


@pytest.mark.parametrize("between", ["RSET", "EHLO front.example"])
async def test_a_command_that_begins_anew_forgets_xforward(between: str, open_server: Any) -> None:
    async with open_server(**FRONT) as place:
        client = await ready(place)
        await client.ask("XFORWARD ADDR=203.0.113.9 HELO=mx.example.net")
        await client.ask(between)
        await send(client)

        assert peers(place) == [("127.0.0.1", "front.example")]


async def test_attributes_of_a_client_and_of_the_front_are_never_mixed(open_server: Any) -> None:
    """XFORWARD_README, note 4: a client of whom no name is known has none, and a letter of the front's own is the front's."""
    async with open_server(**FRONT) as place:
        client = await ready(place)
        for attributes in ("ADDR=203.0.113.9", "ADDR=[UNAVAILABLE] HELO=x.example SOURCE=LOCAL", "HELO=x.example"):
            await client.ask(f"XFORWARD {attributes}")
            await send(client)

        assert peers(place) == [("203.0.113.9", ""), ("127.0.0.1", "front.example"), ("127.0.0.1", "front.example")]


async def test_a_malformed_attribute_changes_nothing(open_server: Any) -> None:
    async with open_server(**FRONT) as place:
        client = await ready(place)
        await client.ask("XFORWARD ADDR=203.0.113.9 HELO=mx.example.net")
        for argument in ("ADDR=203.0.113.10 HELO=a+0D+0Ab", "", "ADDR=203.0.113.10 EVIL=x"):
            assert (await client.ask(f"XFORWARD {argument}".strip())).startswith(b"501 5.5.4")
        await send(client)

        assert peers(place) == [("203.0.113.9", "mx.example.net")]


@pytest.mark.parametrize("command", ["XFORWARD ADDR=203.0.113.10", "XCLIENT ADDR=203.0.113.10"])
async def test_nobody_becomes_another_amid_a_letter(command: str, open_server: Any) -> None:
    async with open_server(**FRONT) as place:
        client = await ready(place)
        await client.ask("XFORWARD ADDR=203.0.113.9 HELO=mx.example.net")
        await client.ask("MAIL FROM:<>")
        assert (await client.ask(command)).startswith(b"503 5.5.1")
        await client.ask("RCPT TO:<acme@rp.example.com>")
        assert (await client.ask(command)).startswith(b"503 5.5.1")
        await client.ask("DATA")
        await client.say(b"x\r\n.\r\n")
        await client.hear()

        assert peers(place) == [("203.0.113.9", "mx.example.net")]


async def test_xforward_may_be_sent_ahead(open_server: Any) -> None:
    """PIPELINING: the second letter's attributes come with the end of the first letter."""
    async with open_server(**FRONT) as place:
        client = await ready(place)
        await client.say(
            b"XFORWARD ADDR=203.0.113.9\r\nXFORWARD HELO=a.example\r\nMAIL FROM:<>\r\nRCPT TO:<acme@rp.example.com>\r\nDATA\r\n"
        )
        assert [(await client.hear())[:3] for _ in range(5)] == [b"250", b"250", b"250", b"250", b"354"]
        await client.say(
            b"x\r\n.\r\nXFORWARD ADDR=203.0.113.10 HELO=b.example\r\nMAIL FROM:<>\r\n"
            b"RCPT TO:<acme@rp.example.com>\r\nDATA\r\ny\r\n.\r\nQUIT\r\n"
        )
        await client.hear_all()

        assert peers(place) == [("203.0.113.9", "a.example"), ("203.0.113.10", "b.example")]


async def test_starttls_forgets_what_xforward_said(
    open_server: Any, contexts: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    async with open_server(**FRONT, tls=contexts[0]) as place:
        client = await ready(place)
        await client.ask("XFORWARD ADDR=203.0.113.9")
        await client.ask("STARTTLS")
        await client.writer.start_tls(contexts[1])
        assert b"250-XFORWARD " in await client.ask("EHLO front.example")
        await send(client)
        await client.ask("XFORWARD ADDR=203.0.113.10")
        await send(client)

        assert [peer for peer, _ in peers(place)] == ["127.0.0.1", "203.0.113.10"]
        assert all(letter.tls for letter in place.keeper.letters)


async def test_xclient_makes_the_connection_the_clients_own(open_server: Any) -> None:
    """As nginx does it: greeted again, and from then on it is the client that speaks, who may not become somebody else."""
    async with open_server(**FRONT) as place:
        client = await ready(place)
        await client.ask("XFORWARD ADDR=203.0.113.1")
        assert (await client.ask("XCLIENT ADDR=203.0.113.9 LOGIN=ann NAME=[UNAVAILABLE]")).startswith(b"220 ")
        assert (await client.ask("MAIL FROM:<>")).startswith(b"503 5.5.1")
        assert b"XCLIENT" not in await client.ask("EHLO [203.0.113.66]")
        for command in ("XCLIENT", "XFORWARD"):
            assert (await client.ask(f"{command} ADDR=203.0.113.66")).startswith(b"550 5.7.1")
        await send(client)

        assert peers(place) == [("203.0.113.9", "[203.0.113.66]")]


async def test_clients_that_come_by_xclient_are_counted(open_server: Any) -> None:
    async with open_server(**FRONT, max_connections_per_client=1) as place:
        replies = []
        for address in ("203.0.113.9", "203.0.113.10", "::ffff:203.0.113.9"):
            client = await ready(place)
            replies.append((await client.ask(f"XCLIENT ADDR={address}"))[:9])

        assert [reply[:3] for reply in replies] == [b"220", b"220", b"421"]
        assert replies[2] == b"421 4.7.0"


async def test_an_address_in_the_greeting_of_a_front_is_its_clients(open_server: Any) -> None:
    """The greeting of any other client is only a greeting; and XFORWARD goes before it."""
    async with open_server(**FRONT) as place:
        for source in ("127.0.0.1", ELSEWHERE):
            client = await place.client(source=source)
            await client.hear()
            for greeting in (
                "EHLO [203.0.113.9]",
                "HELO [IPv6:2001:db8::9]",
                "EHLO [203.0.113.999]",
                "EHLO front.example",
            ):
                await client.ask(greeting)
                await send(client)
        client = await place.client()
        await client.hear()
        await client.ask("EHLO [203.0.113.9]")
        await client.ask("XFORWARD ADDR=203.0.113.10 HELO=mx.example.net")
        await send(client)
        await client.ask("XFORWARD ADDR=[UNAVAILABLE]")
        await send(client)

        assert [peer for peer, _ in peers(place)] == [
            *("203.0.113.9", "2001:db8::9", "127.0.0.1", "127.0.0.1"),
            *[ELSEWHERE] * 4,
            *("203.0.113.10", "127.0.0.1"),
        ]


async def test_a_front_is_no_single_client(open_server: Any) -> None:
    """As many connections, errors and commands as it takes: it brings the mail of all."""
    async with open_server(**FRONT, max_connections_per_client=1, max_errors=2, max_commands=10) as place:
        clients = [await ready(place) for _ in range(20)]
        for _ in range(20):
            assert (await clients[0].ask("RSET")).startswith(b"250")
            await clients[0].ask("MAIL FROM:<>")
            assert (await clients[0].ask("RCPT TO:<nobody@rp.example.com>")).startswith(b"550 5.1.1")
        await clients[0].ask("RSET")

        assert (await send(clients[0])).startswith(b"250 2.0.0 Kept")
        await ready(place, source=ELSEWHERE)
        turned_away = await place.client(source=ELSEWHERE)
        assert (await turned_away.hear()).startswith(b"421 4.7.0")


async def test_a_front_behind_a_proxy_is_one(open_server: Any) -> None:
    async with open_server(proxy_protocol=("127.0.0.1",), fronts=("192.0.2.7",)) as place:
        client = await place.client()
        await client.say(b"PROXY TCP4 192.0.2.7 198.51.100.1 40000 25\r\n")
        await client.hear()
        await client.ask("EHLO front.example")
        await client.ask("XFORWARD ADDR=203.0.113.9")
        await send(client)

        assert [peer for peer, _ in peers(place)] == ["203.0.113.9"]


async def test_a_letter_that_is_put_off_is_logged_with_the_client(
    open_server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with open_server(**FRONT) as place:
        client = await ready(place)
        await client.ask("XFORWARD ADDR=203.0.113.9 HELO=mx.example.net")
        place.keeper.fault = TryLater.disk_full()
        assert (await send(client)).startswith(b"452 4.3.1")
        await client.ask("XFORWARD ADDR=203.0.113.10 HELO=mx.example.net")
        assert (await send(client, "nobody@rp.example.com")).startswith(b"550 5.1.1")

    lines = [record.getMessage() for record in caplog.records if "peer=203.0.113" in record.getMessage()]
    assert [(line.split()[0], line.split("peer=")[1].split()[0]) for line in lines] == [
        ("put-off", "203.0.113.9"),
        ("refused", "203.0.113.10"),
    ]
