"""For any octets every answer is SMTP, no letter is kept without its end, and the next client is served."""

import asyncio
import codecs
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wire.smtp_client import Client, Place, open_server

from bouncer.smtpd.data import MAX_LINE, Data, NoLetter, take_line
from bouncer.smtpd.memory import MemoryBudget, Reservation
from bouncer.smtpd.paths import Path as MailPath
from bouncer.smtpd.paths import PathFault, read_path
from bouncer.smtpd.proxy import Header, Malformed, read_header

DIALOGS = Path(__file__).parents[2] / "fixtures" / "dialogs"
CLIENT_LINE = re.compile(r"^C([:!]) ?(.*)$", re.MULTILINE)
PROLOGUE = b"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<acme@rp.example.com>\r\nDATA\r\n"
END = b"\r\n.\r\n"


def spoken(path: Path) -> bytes:
    """All that the client of a dialogue sends."""
    client_lines = CLIENT_LINE.findall(path.read_text("utf-8"))
    return b"".join(
        codecs.escape_decode(text.encode())[0] if mark == "!" else text.encode() + b"\r\n"  # type: ignore[attr-defined]
        for mark, text in client_lines
    )


SEEDS = [spoken(path) for path in sorted(DIALOGS.glob("*.smtp"))]
SNIPPETS = st.sampled_from(
    [b"\r\n", b"\n", b"\r", b".", b"\0", b" ", b"<", b">", b":", b"\xff", END, b"DATA\r\n", b"x" * 3000]
)


@st.composite
def garbled(draw: st.DrawFn) -> bytes:
    """A dialogue with pieces cut out, put in twice, spliced with another, and octets changed."""
    octets = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(octets)))
        to = draw(st.integers(at, min(len(octets), at + 40)))
        octets[at:to] = draw(st.one_of(st.binary(max_size=8), SNIPPETS, st.sampled_from(SEEDS)))
    return bytes(octets)


async def converse(place: Place, octets: bytes) -> list[bytes]:
    """Send *octets*, close our side, hear all. The client checks that each reply is one of SMTP."""
    client = await place.client()
    await client.say(octets)
    if client.writer.can_write_eof():
        client.writer.write_eof()
    return await client.hear_all()


async def serves_the_next(place: Place) -> None:
    """Somebody else's letter is kept while the first connection is still there."""
    client = await place.client()
    await client.open("<>")
    before = len(place.keeper.letters)
    await client.say(b"next" + END)
    assert (await client.hear()).startswith(b"250 2.0.0 Kept")
    assert place.keeper.letters[before].raw == b"next\r\n"


async def hammer(octets: bytes) -> None:
    """One hostile client, then an honest one."""
    async with open_server(max_errors=100, errors_per_second=0) as place:
        replies = await converse(place, octets)
        kept_replies = [reply for reply in replies if reply.startswith(b"250 2.0.0 Kept")]

        assert replies[0].startswith(b"220 ")
        assert len(kept_replies) <= (b"\r\n" + octets).count(b".\r\n")
        assert len(place.keeper.raws) >= len(kept_replies)
        assert not [raw for raw in place.keeper.raws if raw and not raw.endswith(b"\r\n")]
        await serves_the_next(place)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=3000))
def test_random_octets_get_answers_in_smtp(octets: bytes) -> None:
    asyncio.run(hammer(octets))


@settings(max_examples=120, deadline=None)
@given(garbled())
def test_garbled_dialogues_get_answers_in_smtp(octets: bytes) -> None:
    asyncio.run(hammer(octets))


FORWARDING = st.sampled_from(
    [
        *(
            b"EHLO front.example",
            b"EHLO [203.0.113.9]",
            b"HELO [IPv6:::1]",
            b"RSET",
            b"MAIL FROM:<>",
            b"DATA\r\nx\r\n.",
        ),
        *(b"RCPT TO:<acme@rp.example.com>", b"XFORWARD ADDR=203.0.113.9 HELO=a+2Bb", b"XFORWARD ADDR=[UNAVAILABLE]"),
        *(
            b"XFORWARD IDENT=x NAME=" + b"y" * 300,
            b"XCLIENT ADDR=203.0.113.10",
            b"XCLIENT NAME=[TEMPUNAVAIL]",
            b"XCLIENT",
        ),
    ]
)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.one_of(FORWARDING, FORWARDING, FORWARDING, st.binary(max_size=20)), max_size=30))
def test_any_words_of_a_front_get_answers_in_smtp_and_letters_of_known_clients(front_lines: list[bytes]) -> None:
    """The client is the front itself, or an address that the front named."""

    async def talk() -> None:
        async with open_server(max_errors=100, errors_per_second=0, fronts=("127.0.0.1",)) as place:
            replies = await converse(place, b"".join(line + b"\r\n" for line in front_lines))
            assert replies[0].startswith(b"220 ")
            assert {letter.peer for letter in place.keeper.letters} <= {
                "127.0.0.1",
                "::1",
                "203.0.113.9",
                "203.0.113.10",
            }
            await serves_the_next(place)

    asyncio.run(talk())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=20), st.sampled_from([b"\r\n", b".", b"\n.\n", b"\r\n.", b".\r\n"]))))
def test_data_without_its_end_is_never_acknowledged(pieces: list[bytes]) -> None:
    """Content that holds no CR LF . CR LF, and then silence: no 250, nothing kept, and others are served."""
    content = b"".join(pieces)
    while END in b"\r\n" + content:
        content = (b"\r\n" + content).replace(END, b"")[2:]

    async def talk() -> None:
        async with open_server(errors_per_second=0) as place:
            replies = await converse(place, PROLOGUE + content)
            assert replies[-1].startswith(b"354 ")
            assert place.keeper.letters == []
            await serves_the_next(place)

    asyncio.run(talk())


@pytest.mark.parametrize("seed", range(len(SEEDS)))
async def test_a_dialogue_cut_into_octets_gets_the_same_answers(seed: int) -> None:
    """The answers depend on the octets, never on how they were cut into packets."""
    octets = SEEDS[seed]
    async with open_server(max_errors=100, errors_per_second=0) as place:
        whole = await converse(place, octets)
        client: Client = await place.client()
        for n in range(len(octets)):
            await client.say(octets[n : n + 1])
            if n % 16 == 0:
                await asyncio.sleep(0)
        client.writer.write_eof()

        numberless = re.compile(rb"Kept as \w+")
        assert [numberless.sub(b"", reply) for reply in await client.hear_all()] == [
            numberless.sub(b"", reply) for reply in whole
        ]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.text(), st.sampled_from(["FROM", "TO"]))
def test_any_text_is_a_path_or_a_fault(text: str, keyword: str) -> None:
    for argument in (text, f"{keyword}:{text}", f"{keyword}:<{text}>", f'{keyword}:<"{text}"@x> {text}'):
        path = read_path(argument, keyword)

        assert isinstance(path, MailPath | PathFault)
        if isinstance(path, MailPath):
            assert path.address.isprintable()
            path.address.encode("utf-8")


@pytest.mark.parametrize("piece", ["a.", '"\\', "\\\\", "@a,", "<", " ", '""', "é", "a@", "[", ":", "=a "])
def test_reading_a_path_takes_time_in_proportion_to_its_length(piece: str) -> None:
    """No pattern backtracks: a line that is far longer than the server lets in is read at once (else this would hang)."""
    for argument in (f"FROM:<{piece * 50_000}", f'FROM:<"{piece * 50_000}', f"FROM:<a@b> {piece * 50_000}"):
        assert isinstance(read_path(argument, "FROM"), MailPath | PathFault)


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"PROXY ", b"PROXY TCP4 ", b"\r\n\r\n\x00\r\nQUIT\n", b"\r\n\r\n\x00\r\nQUIT\n!\x11"]),
)
def test_any_octets_are_a_proxy_header_or_not(octets: bytes, start: bytes) -> None:
    header = read_header(start + octets)

    assert header is None or isinstance(header, Header | Malformed)
    if isinstance(header, Header):
        assert header.length <= len(start + octets)


@given(
    st.lists(st.one_of(st.binary(max_size=9), st.sampled_from([END, b"\r\n", b".", b"\r", b"\n"]))), st.integers(5, 40)
)
def test_a_letter_is_the_same_however_it_was_cut(chunks: list[bytes], part: int) -> None:
    """The incremental reading agrees with reading the whole at once; what follows the letter stays."""
    whole = b"".join(chunks) + b"\r\n.\r\nNOOP\r\n"
    expected, _, rest = (b"\r\n" + whole).partition(END)
    octets = bytearray()
    data = Data(octets, 1_000_000, Reservation(MemoryBudget()), part)
    letter: bytes | NoLetter | None = None
    for octet in whole:
        octets.append(octet)
        letter = data.take() if letter is None else letter

    assert letter == (expected + b"\r\n").replace(b"\r\n.", b"\r\n")[2:]
    assert octets == rest


@given(st.lists(st.sampled_from([b"x" * 999, b"\n", b"ab", b"\r\n"])))
def test_a_line_never_takes_more_memory_than_the_limit(chunks: list[bytes]) -> None:
    octets = bytearray()
    for chunk in chunks:
        octets += chunk
        while (line := take_line(octets)) is not None:
            assert line.endswith(b"\n")
            assert len(line) <= MAX_LINE + 1000

        assert len(octets) <= MAX_LINE + 1
