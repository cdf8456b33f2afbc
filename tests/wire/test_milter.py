"""The milter's server, as a mail server sees it, frame by frame."""

import asyncio
import struct

import pytest
from wire.milter_client import ALL_ACTIONS, HEADERS, NEWS, Stage, frame, listeners

from bouncer.errors import TryLater
from bouncer.policy.outgoing import MAX_TEXT

JANE, JOHN, GONE = "jane@example.org", "john@example.org", "gone@example.org"


async def test_a_mail_to_one_gets_its_new_envelope_sender():
    async with listeners(Stage()) as servers:
        server = await servers.server()
        answered = await server.message([JANE])

    assert answered.edits == [(b"e", b"<acme-m@rp.example.com>\0")]
    assert answered.last == b"c"


async def test_a_mail_to_several_gets_the_signed_header_too():
    async with listeners(Stage()) as servers:
        server = await servers.server()
        answered = await server.message([JANE, JOHN])

    assert answered.edits == [
        (b"e", b"<acme-m@rp.example.com>\0"),
        (b"h", b"X-Bouncer-Return-Path\0<acme-m@rp.example.com>\0"),
    ]


async def test_a_field_that_could_pass_for_our_mark_is_taken_away():
    """Last field first, so that the numbers of the others stay."""
    forged = ("x-bouncer-return-path", "<mine@rp.example.com>")
    async with listeners(Stage()) as servers:
        server = await servers.server()
        answered = await server.message([JANE], headers=(*HEADERS, forged, forged))

    assert answered.edits_by(b"m") == [
        struct.pack("!L", 2) + b"X-Bouncer-Return-Path\0\0",
        struct.pack("!L", 1) + b"X-Bouncer-Return-Path\0\0",
    ]


async def test_suppressed_recipients_are_taken_off_one_by_one():
    async with listeners(Stage(frozenset({GONE}), drops=True)) as servers:
        server = await servers.server()
        answered = await server.message([JANE, GONE, JOHN])

    assert answered.edits_by(b"-") == [b"<gone@example.org>\0"]
    assert answered.last == b"c"


async def test_a_mail_to_suppressed_ones_only_goes_nowhere():
    async with listeners(Stage(frozenset({GONE}), drops=True)) as servers:
        server = await servers.server()
        answered = await server.message([GONE])

    assert (answered.last, answered.edits) == (b"d", [])


async def test_refusing_is_said_at_each_recipient():
    async with listeners(Stage(frozenset({GONE}))) as servers:
        server = await servers.server()
        answered = await server.message([JANE, GONE, JOHN])

    assert answered.refused == [GONE]
    assert answered.last == b"c"
    assert answered.edits_by(b"-") == []


async def test_the_refusal_says_why_and_how_to_free_the_address():
    async with listeners(Stage(frozenset({GONE}))) as servers:
        server = await servers.server()
        answered = await server.message([GONE])

    assert (answered.last, answered.text) == (
        b"y",
        (
            "550 5.7.1 gone@example.org: not sent, mailbox does not exist (suppressed until 2027-11-22); "
            "to free it: bouncer suppressions remove --account acme gone@example.org"
        ),
    )


async def test_a_refusal_is_beyond_ascii_only_for_a_client_that_asked_for_it():
    address = "gön@example.org"
    async with listeners(Stage(frozenset({address}))) as servers:
        server = await servers.server()
        with_smtputf8 = await server.message([address], parameters="SIZE=100\0smtputf8")
        not_asked = await server.message([address], parameters="SIZE=100")

    assert with_smtputf8.text.startswith("550 5.7.1 gön@example.org: not sent, ")
    assert not_asked.text.startswith("550 5.7.1 g?n@example.org: not sent, ")
    assert not_asked.text.endswith("remove --account acme ADDRESS")


async def test_a_percent_sign_in_a_refusal_is_no_format():
    """Sendmail and Postfix read the reply as printf would: there it stands twice."""
    address = "100%sure%n@example.org"
    async with listeners(Stage(frozenset({address}))) as servers:
        server = await servers.server()
        answered = await server.message([address])

    assert answered.text.startswith("550 5.7.1 100%%sure%%n@example.org: ")


async def test_a_refusal_of_the_whole_mail_waits_for_its_end():
    """An account that a header names is known only there."""
    stage = Stage()
    async with listeners(stage) as servers:
        server = await servers.server()
        await server.tell(b"M", b"<news@acme.example>\0")
        await server.tell(b"R", b"<gone@example.org>\0")
        stage.gone_addresses = frozenset({GONE})
        server.send(frame(b"E"))
        last, text = await server.hear()

    assert (last, text[:27]) == (b"y", b"550 5.7.1 gone@example.org:")


async def test_mail_that_postfix_plays_to_us_is_never_refused_a_recipient():
    """Mail from sendmail(1) has no client that could hear a refusal; Postfix says so by port 0 (MILTER_README, "Limitations")."""
    async with listeners(Stage(frozenset({GONE}))) as servers:
        server = await servers.server(port=0)
        answered = await server.message([JANE, GONE])

    assert (answered.refused, answered.edits_by(b"-")) == ([], [b"<gone@example.org>\0"])


@pytest.mark.parametrize("client", ["192.0.2.7", "2001:db8::7", "no address"])
async def test_mail_of_strangers_is_left_alone(client: str):
    stage = Stage()
    async with listeners(stage) as servers:
        server = await servers.server(client=client)
        answered = await server.message([JANE])

    assert (answered.last, answered.edits, stage.mails) == (b"c", [], [])


async def test_a_login_makes_it_ours_wherever_it_comes_from():
    stage = Stage()
    async with listeners(stage) as servers:
        server = await servers.server(client="192.0.2.7")
        answered = await server.message([JANE], login="Acme")
        later = await server.message([JANE])

    assert (answered.edits_by(b"e"), later.edits) == ([b"<acme-m@rp.example.com>\0"], [])
    assert stage.mails[0].login == "Acme"


@pytest.mark.parametrize("between", [b"", b"D"], ids=["no frame", "an empty frame"])
@pytest.mark.parametrize("ended", [b"", b"A"], ids=["refused by others", "aborted"])
async def test_a_login_is_of_the_mail_that_it_was_told_for(between: bytes, ended: bytes):
    """The next MAIL comes without macros, from somebody who proved nothing."""
    stage = Stage()
    async with listeners(stage) as servers:
        server = await servers.server(client="192.0.2.7")
        server.send(frame(b"D", b"M{auth_authen}\0acme\0"))
        await server.tell(b"M", b"<news@acme.example>\0")
        server.send(frame(ended) if ended else b"")
        server.send(frame(b"D", b"M") if between else b"")
        await server.tell(b"M", b"<news@acme.example>\0")
        await server.tell(b"R", b"<jane@example.org>\0")
        server.send(frame(b"E"))

        assert await server.hear() == (b"c", b"")
    assert stage.mails == []


LOGIN = b"{auth_authen}\0acme\0"


@pytest.mark.parametrize(
    "before",
    [
        frame(b"D", b"M" + LOGIN) + frame(b"A"),
        frame(b"D", b"M" + LOGIN) + frame(b"K"),
        frame(b"D", b"C" + LOGIN),
        frame(b"D", b"R" + LOGIN),
        frame(b"D", b"E" + LOGIN),
    ],
    ids=["aborted", "another connection", "told at CONNECT", "told at RCPT", "told at the end"],
)
async def test_a_login_that_was_told_for_another_step_does_not_count(before: bytes):
    """The macros of a MAIL that never came, or of a step that says nothing of a login."""
    stage = Stage()
    async with listeners(stage) as servers:
        server = await servers.server(client="192.0.2.7")
        server.send(before)
        await server.tell(b"M", b"<news@acme.example>\0")
        await server.tell(b"R", b"<jane@example.org>\0")
        server.send(frame(b"E"))

        assert await server.hear() == (b"c", b"")
    assert stage.mails == []


@pytest.mark.parametrize("end", [b"", b"A", b"E", b"EA"], ids=["none", "aborted", "ended", "ended and aborted"])
async def test_a_queue_id_is_of_the_mail_that_it_was_told_for(end: bytes):
    """Postfix knows the name of the next mail after its first recipient: the log of a refusal must not have the last one's."""
    stage = Stage(gone_addresses=frozenset({GONE}))
    async with listeners(stage) as servers:
        server = await servers.server()
        server.send(frame(b"D", b"M" + LOGIN) + frame(b"M", b"<news@acme.example>\0"))
        server.send(frame(b"D", b"Ri\x004XyZ\0"))
        await server.tell(b"R", b"<jane@example.org>\0")
        for command in end:
            server.send(frame(bytes([command])))
            if command == ord("E"):
                while (await server.hear())[0] != b"c":
                    pass
        server.send(frame(b"D", b"M" + LOGIN) + frame(b"M", b"<news@acme.example>\0") + frame(b"D", b"R"))
        await server.tell(b"R", b"<gone@example.org>\0")

    assert [mail.queue_id for mail in stage.asked_at_rcpt] == ["4XyZ", None]


async def test_a_connection_of_which_no_client_is_told_is_nobodys():
    """The server of a trusted client begins anew (QUIT_NC), and names no client of the next one."""
    stage = Stage()
    async with listeners(stage) as servers:
        server = await servers.server(client="127.0.0.1")
        server.send(frame(b"K"))
        answered = await server.message([JANE])

    assert (answered.last, answered.edits, stage.mails) == (b"c", [], [])


async def test_an_empty_frame_of_macros_takes_back_a_login():
    stage = Stage()
    async with listeners(stage) as servers:
        server = await servers.server(client="192.0.2.7")
        server.send(frame(b"D", b"M{auth_authen}\0acme\0") + frame(b"D", b"M"))
        await server.tell(b"M", b"<news@acme.example>\0")
        await server.tell(b"R", b"<jane@example.org>\0")
        server.send(frame(b"E"))

        assert await server.hear() == (b"c", b"")
    assert stage.mails == []


SPELLINGS = [
    '"gone"@example.org',
    '"go\\ne"@example.org',
    '"\\g\\o\\n\\e"@example.org',
    "@relay.example:gone@example.org",
    "@a.example,@b.example:gone@example.org",
    '@relay.example:"gone"@example.org',
]


@pytest.mark.parametrize("spelled", SPELLINGS)
@pytest.mark.parametrize("suppressed", ["drop", "refuse"])
async def test_no_spelling_of_a_suppressed_mailbox_is_sent_to(spelled: str, suppressed: str):
    async with listeners(Stage(frozenset({GONE}), drops=suppressed == "drop")) as servers:
        server = await servers.server()
        answered = await server.message([JANE, spelled])

    if suppressed == "drop":
        assert answered.edits_by(b"-") == [f"<{spelled}>".encode() + b"\0"]
    else:
        assert answered.refused == [spelled]


async def test_each_spelling_of_a_mailbox_is_taken_away():
    """Two RCPTs for one mailbox: the mail server knows them by their octets."""
    async with listeners(Stage(frozenset({GONE}), drops=True)) as servers:
        server = await servers.server()
        answered = await server.message([GONE, '"gone"@example.org', JANE])

    assert answered.edits_by(b"-") == [b"<gone@example.org>\0", b'<"gone"@example.org>\0']


async def test_the_stage_hears_what_the_message_says():
    stage = Stage()
    headers = (
        ("Subject", "=?utf-8?q?Caf=C3=A9?=\r\n on Monday"),
        ("MESSAGE-id", "<1@acme.example>"),
        ("X-Campaign", "spring"),
        ("X-Stream", "news"),
        ("X-Bouncer-Account", "acme"),
        ("Subject", "another"),
    )
    async with listeners(stage) as servers:
        server = await servers.server()
        await server.message([JANE], headers=headers)

    (mail,) = stage.mails
    assert (mail.reverse_path, mail.recipients) == (NEWS, (JANE,))
    assert (mail.subject, mail.message_id) == ("Café on Monday", "<1@acme.example>")
    assert (mail.campaign, mail.stream, mail.account) == ("spring", "news", "acme")


async def test_many_messages_share_a_connection_and_an_abort_forgets_one():
    stage = Stage()
    async with listeners(stage) as servers:
        server = await servers.server()
        await server.message([JANE])
        server.send(frame(b"M", b"<news@acme.example>\0"))
        assert await server.tell(b"R", b"<lost@example.org>\0") == (b"c", b"")
        server.send(frame(b"A"))
        await server.message([JOHN])

    assert [mail.recipients for mail in stage.mails] == [(JANE,), (JOHN,)]


async def test_a_mail_server_that_wants_every_answer_gets_it():
    """Version 2 of the protocol: nothing can be spared."""
    async with listeners(Stage()) as servers:
        server = await servers.server(version=2, actions=0x7F, steps=0)
        answered = await server.message([JANE, JOHN])

    assert (server.steps, answered.last, len(answered.edits)) == (0, b"c", 2)


async def test_macros_are_asked_for_where_that_is_possible():
    async with listeners(Stage()) as servers:
        server = await servers.server()

    assert b"{auth_authen}" in server.macros
    assert server.actions & 0x100


async def test_a_mail_server_that_lets_nobody_change_the_sender_is_not_served():
    async with listeners(Stage()) as servers:
        server = await servers.connect()
        server.send(frame(b"O", struct.pack("!LLL", 6, ALL_ACTIONS & ~0x40, 0)))

        assert await server.hear() == (b"", b"")


@pytest.mark.parametrize("fault", [TryLater.store(), ZeroDivisionError("a bug: /etc/secret")])
async def test_a_fault_is_temporary_and_says_nothing_of_our_insides(fault: Exception):
    stage = Stage(fault=fault)
    async with listeners(stage) as servers:
        server = await servers.server()
        first = await server.message([JANE])
        stage.fault = None
        second = await server.message([JANE])

    assert first.last == b"t" or first.text.startswith("451 4.3.0")
    assert "secret" not in first.text
    assert second.last == b"c"


async def test_a_bug_lets_mail_go_where_the_operator_wants_that():
    async with listeners(Stage(fault=ZeroDivisionError("a bug")), fails="open") as servers:
        server = await servers.server()
        answered = await server.message([JANE])

    assert (answered.last, answered.edits) == (b"c", [])


async def test_closing_lets_an_open_message_come_to_its_answer():
    stage = Stage()
    stage.let_go.clear()
    async with listeners(stage) as servers:
        server, idle = await servers.server(), await servers.server()
        message = asyncio.create_task(server.message([JANE]))
        await stage.arrived.wait()
        draining = asyncio.create_task(servers.listeners["milter"].drain(30))
        assert await idle.hear() == (b"", b"")
        assert not draining.done()
        stage.let_go.set()

        assert (await message).last == b"c"
        assert await server.hear() == (b"", b"")
        await draining


async def test_a_connection_above_the_limit_is_turned_away_and_the_others_are_served():
    async with listeners(Stage(), max_connections=1) as servers:
        server = await servers.server()
        other = await servers.connect()

        assert await other.hear() == (b"", b"")
        assert (await server.message([JANE])).last == b"c"


@pytest.mark.parametrize("first", ["", "=?utf-8?q?=C3=A9?= " * 2_000, "=?utf-8?b?" + "w6nDqcOp" * 8_000 + "?="])
async def test_the_first_field_of_a_name_counts_whatever_stands_in_it_and_however_others_write_the_name(first: str):
    stage = Stage()
    async with listeners(stage) as servers:
        server = await servers.server()
        others = [(name, "another") for name in ("subject", "SUBJECT", "sUbJeCt") * 500]
        answered = await server.message([JANE], headers=(("SubJect", first), *others))

    (mail,) = stage.mails
    assert answered.last == b"c"
    assert "another" not in (mail.subject or "")
    assert len(mail.subject or "") <= MAX_TEXT


@pytest.mark.parametrize("name", ["Subject", "X-Campaign", "Message-ID"])
async def test_the_first_alone_of_thousands_of_fields_of_one_name_is_decoded(
    name: str, monkeypatch: pytest.MonkeyPatch
):
    """Ten megabytes of encoded words took ten seconds of the event loop, though the first counts in any case."""
    decoded: list[str] = []
    monkeypatch.setattr("bouncer.milter.message.decode_words", lambda text: decoded.append(text) or text)
    stage = Stage()
    many = [(name, "=?utf-8?q?=C3=A9?= " * 200)] * 2_500
    async with listeners(stage, campaign_header="X-Campaign") as servers:
        server = await servers.server()
        answered = await server.message([JANE], headers=((name, "the first"), *many, *HEADERS))

    (mail,) = stage.mails
    assert answered.last == b"c"
    assert "the first" in (mail.subject, mail.campaign, mail.message_id)
    assert len(decoded) <= len(("Subject", "X-Campaign", "Message-ID"))
