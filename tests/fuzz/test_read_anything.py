"""No octets whatever make reading raise: strict readings of random, cut, spliced and mangled letters."""

import time
from hashlib import sha256
from pathlib import Path
from zlib import crc32

import pytest
from each import in_turn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bouncer.ndr.letter import Letter
from bouncer.ndr.limits import Limits
from bouncer.ndr.outline import MAX_LINE, outline
from bouncer.ndr.reader import read
from bouncer.ndr.reading import Envelope, Kind, Reading
from bouncer.ndr.taught import read_taught
from bouncer.ndr.taught_form import MOST_LINES, RecipientPlace, TaughtForm, form_id_of
from bouncer.verdict.judge import as_line, judge

FIXTURES = Path(__file__).parents[2] / "fixtures"
CASES = FIXTURES / "cases"
FILES = sorted(FIXTURES.glob("**/*.eml"))
LETTERS = [path.read_bytes() for path in FILES]
FOLDERS = sorted({path.parent for path in FILES})
WORDS = (
    b"Final-Recipient: rfc822; a@example.org\n", b"Action: failed\n", b"Status: 5.1.1\n", b"Status: 9.9.9\n", b"\n", b"\r",
    b"Content-Type: multipart/report; boundary=b\n", b"Content-Type: message/delivery-status\n", b"--b\n", b"--b--\n",
    b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: quoted-printable\n", b"=?utf-8?b?=?=",
    b"Diagnostic-Code: smtp; 550 5.1.1 <a@example.org> unknown\n", b"<a@example.org>:\n", b"550-5.1.1 no\n",
    b"\\x{110000}", b"\x00", b"=?x?q?=E9?=", b"\x1b$B", b"\xff\xfe", b"> ", b"<p>", b"&#x110000;",
    b"From: MAILER-DAEMON@example.net\n", b"Subject: failure notice\n", b"Content-Type: text/html; charset=nonsense\n",
    b">>> RCPT TO:<a@example.org>\n", b"<<< 550 no\n", b"--- Below this line is a copy of the message.\n",
)  # fmt: skip

ENDS = (b"\r\n", b"\n", b"\r")
quick = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(st.binary(max_size=2000))
def test_any_octets_give_a_reading(raw: bytes) -> None:
    assert isinstance(read(raw, strict=True), Reading)


@quick
@given(st.lists(st.sampled_from(WORDS) | st.binary(max_size=20), max_size=60))
def test_any_mixture_of_a_reports_words_gives_a_reading(words: list[bytes]) -> None:
    assert isinstance(read(b"".join(words), strict=True), Reading)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(FIXTURES)))
def test_a_letter_cut_at_every_64th_octet_gives_a_reading(folder: Path) -> None:
    """Each letter in the folder is tried, whichever others fail."""
    in_turn(sorted(folder.glob("*.eml")), read_every_cut)


def read_every_cut(file: Path) -> None:
    """Each cut is tried with one of the line ends in turn; the golden letters are read whole with every one of them.

    A quarter of the cuts are the beginning of another letter, too, and are read once. Cases are thousands of answers in a few
    frames: each is cut at a quarter of these places, the next ones at the others.
    """
    letter = file.read_bytes().replace(b"\r\n", b"\n")
    with_ends = [letter.replace(b"\n", ends) for ends in ENDS]
    places = list(enumerate(range(0, min(len(letter), 16_384), 64)))
    if CASES in file.parents:
        places = places[crc32(file.name.encode()) % 4 :: 4]
    for number, end in places:
        raw = with_ends[number % len(ENDS)][:end]
        digest = sha256(raw).digest()
        if digest not in _readable:
            assert as_line("letter", judge(read(raw, strict=True)))
            _readable.add(digest)


_readable: set[bytes] = set()
"""The digests of the cuts that gave a reading."""


@quick
@given(st.data())
def test_two_letters_spliced_give_a_reading(data: st.DataObject) -> None:
    first, other = data.draw(st.sampled_from(LETTERS)), data.draw(st.sampled_from(LETTERS))
    cut, joint = data.draw(st.integers(0, len(first))), data.draw(st.integers(0, len(other)))
    ends = data.draw(st.sampled_from(ENDS))
    assert isinstance(read((first[:cut] + other[joint:]).replace(b"\r\n", ends), strict=True), Reading)


TAUGHT = (
    TaughtForm(("below this line is a copy",), RecipientPlace.LINE, "", ":"),
    TaughtForm(("diagnostic-code: smtp",), RecipientPlace.ONLY, host="example.net"),
    TaughtForm(("from: mailer-daemon",), RecipientPlace.PATH, is_delay=True),
)


@quick
@given(
    st.lists(st.sampled_from(WORDS) | st.binary(max_size=20), max_size=60), st.sampled_from(("", None, "a@b.example"))
)
def test_taught_forms_change_no_reading_in_which_a_report_was_found(
    words: list[bytes], reverse_path: str | None
) -> None:
    raw, envelope = b"".join(words), Envelope("acme-token-a=example.org@rp.example.com", reverse_path)
    plain, taught = read(raw, envelope, strict=True), read(raw, envelope, strict=True, taught=TAUGHT)
    if plain.kind not in (Kind.UNREADABLE, Kind.OTHER):
        assert taught == plain
    elif taught != plain:
        assert form_id_of(taught.dialect) in {form.id for form in TAUGHT}


@quick
@given(st.lists(st.sampled_from(WORDS) | st.binary(max_size=20), max_size=60))
def test_any_octets_have_an_outline(words: list[bytes]) -> None:
    raw = b"".join(words)
    lines = outline(raw, read(raw, strict=True)).lines
    assert len(lines) <= MOST_LINES
    assert all(len(line) <= MAX_LINE for line in lines)


def test_many_forms_cost_a_large_letter_little() -> None:
    """A hundred forms that all fit but for the recipient, and a letter with as many addresses as are looked at."""
    forms = tuple(TaughtForm(("a sentence of every letter",), RecipientPlace.LINE, f"word {n}") for n in range(100))
    line = b"a sentence of every letter " + b"<%d@example.org> word " * 60 % tuple(range(60)) + b"\r\n"
    raw = b"From: mailer-daemon@example.net\r\nSubject: x\r\n\r\n" + line * 3000
    letter = Letter(raw, Limits(), Envelope("acme@rp.example.com", ""))
    began = time.process_time()
    assert read_taught(letter, forms) is None
    assert time.process_time() - began < 5


def test_an_empty_letter_is_unreadable() -> None:
    assert read(b"", strict=True).kind is Kind.UNREADABLE


@pytest.mark.parametrize(
    "raw",
    [
        b"a: b\n" * 50_000,
        b"Content-Type: multipart/mixed; boundary=x\n\n"
        + b"--x\nContent-Type: multipart/mixed; boundary=x\n\n" * 5_000,
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(1_000)),
        b"Subject: " + b"x" * 1_000_000 + b"\n\n",
        b"From: mailer-daemon@example.net\n\n" + b"<" * 1_000_000,
        b"From: mailer-daemon@example.net\n\n" + b"a@example.org: 550 5.1.1 no\n" * 50_000,
        b"Content-Type: message/delivery-status\n\n" + b"Final-Recipient: rfc822; a@example.org\n" * 50_000,
    ],
    ids=["fields", "same-boundary", "nested", "long-line", "brackets", "failures", "blocks"],
)
def test_monstrous_letters_give_a_reading_within_the_limits(raw: bytes) -> None:
    assert len(read(raw, strict=True).recipients) <= Limits().recipients
