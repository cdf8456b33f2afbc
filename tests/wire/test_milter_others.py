"""The refusal alone: Postfix's policy service and the socketmap table, octet by octet."""

import asyncio

import pytest
from wire.milter_client import PATIENCE, MailServer, Stage, listeners

from bouncer.errors import TryLater
from bouncer.mail.keys import is_account_name
from bouncer.milter.socketmap import RETURN_PATHS

GONE = "gone@example.org"
TEXT = (
    b"550 5.7.1 not sent, mailbox does not exist (suppressed until 2027-11-22); "
    b"to free it: bouncer suppressions remove --account acme gone@example.org"
)
REFUSED = b"action=%b\n\n" % TEXT
DUNNO = b"action=DUNNO\n\n"
NOT_FOUND = b"9:NOTFOUND ,"
FOUND = b"OK %b" % TEXT


def request(recipient: str, *, client: str = "127.0.0.1", login: str = "", sender: str = "news@acme.example") -> bytes:
    """Make a request of Postfix, as SMTPD_POLICY_README shows it."""
    return (
        f"request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=SMTP\nsender={sender}\n"
        f"recipient={recipient}\nclient_address={client}\nsasl_username={login}\n\n"
    ).encode()


async def ask(server: MailServer, question: bytes, end: bytes) -> bytes:
    """Send *question*, give the answer through *end*; what came where the connection ends."""
    server.send(question)
    async with asyncio.timeout(PATIENCE):
        try:
            return await server.reader.readuntil(end)
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""


async def test_the_policy_service_refuses_who_is_suppressed():
    async with listeners(Stage(frozenset({GONE}))) as servers:
        server = await servers.connect("policy")

        assert await ask(server, request(GONE), b"\n\n") == REFUSED
        assert await ask(server, request("jane@example.org"), b"\n\n") == DUNNO


@pytest.mark.parametrize(
    "spelled",
    ['"gone"@example.org', r'"go\ne"@example.org', "@relay.example:gone@example.org", '@a,@b:"gone"@example.org'],
)
async def test_no_spelling_of_a_suppressed_mailbox_is_passed_by_policy_service_and_table(spelled: str):
    """Postfix asks without quotes; other servers ask as their clients wrote."""
    async with listeners(Stage(frozenset({GONE}))) as servers:
        policy, table = await servers.connect("policy"), await servers.connect("socketmap")

        assert await ask(policy, request(spelled), b"\n\n") == REFUSED
        key = f"acme {spelled}".encode()
        assert FOUND in await ask(table, b"%d:%b," % (len(key), key), b"org,")


@pytest.mark.parametrize(("client", "login", "answer"), [("192.0.2.7", "", DUNNO), ("192.0.2.7", "acme", REFUSED)])
async def test_the_policy_service_leaves_strangers_alone(client: str, login: str, answer: bytes):
    async with listeners(Stage(frozenset({GONE}))) as servers:
        server = await servers.connect("policy")

        assert await ask(server, request(GONE, client=client, login=login), b"\n\n") == answer


async def test_the_login_that_a_request_names_decides_whose_the_mail_is():
    """The stage hears it: a sender's address says nothing where somebody has proved who he is."""
    stage = Stage()
    async with listeners(stage) as servers:
        server = await servers.connect("policy")
        await ask(server, request(GONE, client="192.0.2.7", login="zoo-login"), b"\n\n")
        await ask(server, request(GONE), b"\n\n")

    questions = [(mail.reverse_path, mail.recipients, mail.login) for mail in stage.asked_at_rcpt]
    assert questions == [("news@acme.example", (GONE,), "zoo-login"), ("news@acme.example", (GONE,), "")]


@pytest.mark.parametrize(
    ("fails", "answer"), [("closed", b"action=451 4.3.0 Cannot keep mail now, try later\n\n"), ("open", DUNNO)]
)
async def test_the_policy_service_fails_as_the_stage_says(fails: str, answer: bytes):
    """Open, the stage itself answers that nobody is suppressed; closed, it says when to come again."""
    stage = Stage(fault=TryLater.store() if fails == "closed" else None)
    async with listeners(stage, fails=fails) as servers:
        server = await servers.connect("policy")

        assert await ask(server, request(GONE), b"\n\n") == answer


@pytest.mark.parametrize(("fails", "answer"), [("closed", b"action=451 4.3.0 Local"), ("open", DUNNO)])
async def test_a_bug_behind_the_policy_service_is_answered_as_the_operator_chose(fails: str, answer: bytes):
    async with listeners(Stage(fault=ZeroDivisionError("a bug")), fails=fails) as servers:
        server = await servers.connect("policy")

        assert (await ask(server, request(GONE), b"\n\n")).startswith(answer)


async def test_requests_sent_ahead_are_answered_in_order():
    async with listeners(Stage(frozenset({GONE}))) as servers:
        server = await servers.connect("policy")
        server.send(request(GONE) + request("jane@example.org") + request(GONE))

        assert [await ask(server, b"", b"\n\n") for _ in range(3)] == [REFUSED, DUNNO, REFUSED]


async def test_the_table_gives_an_access_action_for_who_is_suppressed():
    async with listeners(Stage(frozenset({GONE}))) as servers:
        server = await servers.connect("socketmap")
        question = b"acme " + GONE.encode()

        assert await ask(server, b"%d:%b," % (len(question), question), b"org,") == b"%d:%b," % (len(FOUND), FOUND)


@pytest.mark.parametrize(
    "key", ["acme jane@example.org", "other gone@example.org", "acme example.org", "acme gone@", "acme "]
)
async def test_the_table_knows_nothing_of_anybody_else(key: str):
    """access(5) looks up domains and local parts too; no account suppresses those."""
    async with listeners(Stage(frozenset({GONE}))) as servers:
        server = await servers.connect("socketmap")

        assert await ask(server, f"{len(key)}:{key},".encode(), b",") == NOT_FOUND


async def test_the_table_says_that_it_cannot_answer_now():
    async with listeners(Stage(fault=TryLater.store())) as servers:
        server = await servers.connect("socketmap")

        assert b"TEMP Cannot keep mail now" in await ask(server, b"21:acme gone@example.org,", b",")


async def test_the_table_takes_a_request_octet_by_octet():
    async with listeners(Stage(frozenset({GONE}))) as servers:
        server = await servers.connect("socketmap")
        for octet in b"21:acme gone@example.org":
            server.send(bytes([octet]))
            await server.writer.drain()
            await asyncio.sleep(0)

        assert FOUND in await ask(server, b",", b"org,")


async def look_up(server: MailServer, table: str, key: str) -> bytes:
    """Ask a table."""
    question = f"{table} {key}".encode()
    return await ask(server, b"%d:%b," % (len(question), question), b",")


@pytest.mark.parametrize("key", ["acme@rp.example.com", '"acme"@rp.example.com', "@relay.example:acme@rp.example.com"])
async def test_the_table_of_return_paths_knows_the_good_ones(key: str):
    """However the mail server spells them."""
    async with listeners(Stage()) as servers:
        server = await servers.connect("socketmap")

        assert await look_up(server, "return_paths", key) == b"5:OK OK,"


@pytest.mark.parametrize(
    "key", ["nobody@rp.example.com", "acme@rp.example.org", "@rp.example.com", "rp.example.com", "acme@", ""]
)
async def test_the_table_of_return_paths_knows_no_domain_and_nobody_else(key: str):
    """Postfix looks up @domain too, where an answer would take mail for anybody in it."""
    async with listeners(Stage(frozenset({"nobody@rp.example.com"}))) as servers:
        server = await servers.connect("socketmap")

        assert await look_up(server, "return_paths", key) == NOT_FOUND


@pytest.mark.parametrize("fails", ["closed", "open"])
@pytest.mark.parametrize("fault", [TryLater.store(), ZeroDivisionError("a bug")], ids=["store", "bug"])
async def test_no_return_path_is_denied_for_good_while_nobody_knows(fails: str, fault: Exception):
    """The answer is the same for any choice of the operator for outgoing mail: a bounce that is refused is lost."""
    async with listeners(Stage(fault=fault), fails=fails) as servers:
        server = await servers.connect("socketmap")

        assert b":TEMP " in await look_up(server, "return_paths", "acme@rp.example.com")


async def test_no_account_is_called_like_the_table_of_return_paths():
    assert not is_account_name(RETURN_PATHS)
