"""The sendmail courier and programs that fail, each in its own way."""

from pathlib import Path

import pytest

from bouncer.courier.sendmail import Sendmail
from bouncer.mail.outgoing import OutgoingMail
from bouncer.ports.delivery import Outcome

MAIL = OutgoingMail("", "owner@acme.example", "one@mx", b"Subject: x\r\n\r\n" + b"line\r\n" * 100_000)


def program(tmp_path: Path, *commands: str) -> Path:
    path = tmp_path / "sendmail"
    path.write_text("\n".join(["#!/bin/sh", *commands, ""]))
    path.chmod(0o700)
    return path


def runs(pid_file: Path) -> bool:
    return Path("/proc", pid_file.read_text().strip()).exists()


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        *[
            (0, Outcome.SENT),
            (75, Outcome.DEFERRED),
            (69, Outcome.DEFERRED),
            (70, Outcome.DEFERRED),
            (1, Outcome.DEFERRED),
        ],
        *[
            (127, Outcome.DEFERRED),
            (64, Outcome.REFUSED),
            (65, Outcome.REFUSED),
            (67, Outcome.REFUSED),
            (68, Outcome.REFUSED),
        ],
    ],
)
async def test_the_exit_code_decides(tmp_path: Path, code: int, outcome: Outcome) -> None:
    handed = await Sendmail(program(tmp_path, "cat > /dev/null", "echo why >&2", f"exit {code}")).deliver(MAIL)

    assert handed.outcome is outcome
    assert "why" in handed.reply


async def test_a_program_that_does_not_read_its_mail_is_judged_by_its_exit_code(tmp_path: Path) -> None:
    handed = await Sendmail(program(tmp_path, "exit 75")).deliver(MAIL)

    assert handed.outcome is Outcome.DEFERRED


async def test_a_program_that_was_killed_is_later(tmp_path: Path) -> None:
    handed = await Sendmail(program(tmp_path, "kill -9 $$")).deliver(MAIL)

    assert handed.outcome is Outcome.DEFERRED


async def test_a_program_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    hanging = program(tmp_path, f"echo $$ > '{tmp_path}/pid'", "exec sleep 1000")

    handed = await Sendmail(hanging, timeout_seconds=0.5).deliver(MAIL)

    assert handed.outcome is Outcome.DEFERRED
    assert not runs(tmp_path / "pid")


async def test_a_program_that_talks_without_end_is_not_kept_in_memory(tmp_path: Path) -> None:
    talking = program(tmp_path, "cat > /dev/null", "head -c 5000000 /dev/zero >&2", "exit 75")

    assert len((await Sendmail(talking).deliver(MAIL)).reply) < 5000


async def test_nothing_of_an_address_reaches_a_shell(tmp_path: Path) -> None:
    touching = program(tmp_path, "cat > /dev/null")
    address = f"$(touch${{IFS}}{tmp_path.name})`id`@acme.example"

    handed = await Sendmail(touching).deliver(OutgoingMail("", address, "one@mx", b"x\r\n"))

    assert handed.outcome is Outcome.REFUSED
    assert names(tmp_path) == ["sendmail"]
