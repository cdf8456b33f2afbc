"""Nothing ends unseen: what nobody could read, and what people write to a return path, reaches somebody; the running daemon too."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from acceptance.stages import (
    ALIAS,
    ANN,
    BOB,
    DAY,
    HOUR,
    NOON,
    OPERATOR,
    Installation,
    block,
    count_by_recipient,
    open_store_in,
    path,
    report,
    text,
)
from acceptance.unread_letters import ANSWER, VACATION
from programs.ours import DOMAIN, Ours

from bouncer.ports import scope
from bouncer.ports.accounts import Account, Alias

LETTERS = Path(__file__).parents[2] / "fixtures/not-bounces"
UNREADABLE = b"Subject: \xff\xfe\r\n\r\n\0\1\2\r\n"
WISH = b"From: jane@example.org\r\nSubject: your news\r\n\r\nPlease take me off your list.\r\n"
NEWS = b"From: news@example.net\r\nSubject: News\r\nList-Unsubscribe: <https://x.example>\r\n\r\nBuy\r\n"


@pytest.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    here = Installation(tmp_path, await open_store_in(tmp_path, lambda: here.now))
    await here.store.add_account(scope.OPERATOR, Account("acme", (ANN,)), now=NOON)
    await here.store.add_alias(scope.OPERATOR, Alias(ALIAS, "acme"), now=NOON)
    yield here
    await here.store.close()


async def test_a_day_of_mail_by_people_is_one_mail_in_the_morning_with_the_wish_first(installation: Installation):
    await installation.hear(ALIAS, UNREADABLE, ANSWER, VACATION, WISH, NEWS)

    assert await installation.mails_of(9 * HOUR) == []
    ((row, mail),) = await installation.mails_of(15 * HOUR)
    prose = text(mail)

    assert (row.to, mail["Subject"]) == (ANN, "3 letters for you to read")
    places = [
        prose.index(words) for words in ("Wants no more mail: your news", "Reply: Re: offer", "Could not be read: ")
    ]
    assert places == sorted(places)
    assert "From Jo <jo@example.net>" in prose
    assert "| Please call me." in prose
    assert "Nothing was done yet. To stop mail to an address: bouncer suppressions add --account acme ADDRESS" in prose
    assert "Besides, 1 automatic reply came" in prose
    assert "Buy" not in prose


async def test_a_wish_by_the_recipients_own_path_is_followed_and_shown_as_done(installation: Installation):
    await installation.hear(path("jane@example.org"), WISH)

    ((_, mail),) = await installation.mails_of(DAY)

    assert "This was done: the address is on your suppression list." in text(mail)


async def test_a_wish_that_a_mail_program_wrote_and_that_was_followed_needs_nobody(installation: Installation):
    await installation.hear(path("reader@example.org"), b"From: reader@example.org\r\nSubject: unsubscribe\r\n\r\n")

    assert await installation.mails_of(DAY) == []


async def test_each_owner_is_told_as_he_prefers(installation: Installation):
    await installation.prefer({BOB: {"unread": "at-once", "language": "de"}}, ANN, BOB)
    await installation.hear(ALIAS, ANSWER)

    ((row, mail),) = await installation.mails()

    assert (row.to, mail["Subject"]) == (BOB, "1 Zuschrift f\u00fcr Sie zu lesen")
    assert count_by_recipient(await installation.mails_of(DAY)) == {("unread", ANN): 1}


@pytest.mark.parametrize("letter", [UNREADABLE, ANSWER, WISH], ids=["unreadable", "answer", "wish"])
async def test_an_unread_letter_of_an_account_without_owner_is_told_to_the_operator(
    installation: Installation, letter: bytes
):
    assert await installation.store.set_account(scope.OPERATOR, Account("acme", ()))
    await installation.hear(ALIAS, letter)

    ((row, mail),) = await installation.mails_of(DAY)

    assert row.to == OPERATOR
    assert "Account acme" in text(mail)


async def test_a_letter_for_an_account_that_was_removed_reaches_the_operator(installation: Installation):
    address = path("jane@example.org")
    await installation.hear_later(address, UNREADABLE)
    await installation.store.remove_account(scope.OPERATOR, "acme")
    await installation.read()

    assert count_by_recipient(await installation.mails_of(DAY)) == {("unread", OPERATOR): 1}


async def test_a_flood_of_mail_is_one_short_mail_a_day_and_holds_up_no_report(installation: Installation):
    await installation.prefer({"": {"unread": "daily"}})
    await installation.hear(ALIAS, *[ANSWER] * 500)
    await installation.hear(path("jane@example.org"), report(block("jane@example.org")))

    assert count_by_recipient(await installation.mails()) == {("notice", ANN): 1}
    ((_, mail),) = await installation.mails_of(DAY)
    assert mail["Subject"] == "500 letters for you to read"
    assert "... and 450 more" in text(mail)
    assert len(mail.as_bytes()) < 64 * 1024


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    with Ours(tmp_path) as daemon:
        yield daemon


def test_the_daemon_logs_tells_and_lists_each_unread_letter(ours: Ours):
    ours.command("account", "add", "acme", "--owner", "ann@acme.example")
    ours.command("account", "set", "acme", "--prefer", "unread=at-once")
    letters = [
        ours.send(f"acme@{DOMAIN}", raw, "jo@example.net").rpartition(" ")[2]
        for raw in ((LETTERS / "32-human-arabic.eml").read_bytes(), UNREADABLE, VACATION)
    ]

    notices = ours.until(lambda: len(ours.notices()) == 2 and ours.notices())
    lines = ours.lines("unread")

    assert {str(notice["Subject"]) for notice in notices} == {"1 letter for you to read"}
    assert [f"letter={letter} account=acme" in line for letter, line in zip(letters, lines, strict=False)] == [True] * 2
    assert "cause=answer" in lines[0]
    assert len(re.findall(r" WARNING \S+ unread ", ours.log.read_text())) == 2
    listed = ours.rows("letters", "--unread")
    assert [row["letter_id"] for row in listed] == [letters[1], letters[0]]
    assert (listed[1]["unread"], listed[1]["kind"]) == ("answer", "other")
    assert "unreadable" in ours.command("letters", "--unread").stdout
    assert ours.command("letters", "--unread", "--state", "kept").stderr.startswith("No letter matches.")


def test_the_log_says_that_nobody_can_be_told(tmp_path: Path):
    with Ours(tmp_path) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example", "--no-forward")
        ours.send(f"acme@{DOMAIN}", ANSWER, "jo@example.net")

        (line,) = ours.until(lambda: ours.lines("unread"))
    assert "said='told to nobody: " in line
