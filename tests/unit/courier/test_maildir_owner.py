"""A Maildir that an administrator's command writes to stays the daemon's: its user must be able to write there afterwards."""

import os
from pathlib import Path

import pytest

from bouncer.courier.maildir import Maildir
from bouncer.mail.outgoing import OutgoingMail

DAEMON = 64_775
"""A user of no name, as systemd gives to a service (DynamicUser=)."""
MAIL = OutgoingMail("", "ann@example.com", "test@mx.example.com", b"Subject: test\r\n\r\n")


def owners_below(folder: Path) -> set[int]:
    """Give the owners of all folders and files below *folder*."""
    return {path.stat().st_uid for path in folder.rglob("*")}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("is_made", [False, True], ids=["a new Maildir", "a Maildir that is there"])
async def test_mail_that_root_delivers_belongs_to_the_owner_of_the_folder(tmp_path: Path, is_made: bool):
    state = tmp_path / "state"
    state.mkdir()
    os.chown(state, DAEMON, DAEMON)
    courier = Maildir(state / "deep" / "mail")
    for _ in range(1 + is_made):
        await courier.deliver(MAIL)

    assert owners_below(state) == {DAEMON}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
async def test_a_folder_of_roots_own_stays_roots(tmp_path: Path):
    await Maildir(tmp_path / "mail").deliver(MAIL)

    assert owners_below(tmp_path) == {0}
