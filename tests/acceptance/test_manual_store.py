"""The page about the store: every command on it is run, in its order, on a real daemon, in a folder that stands for the machine.

``systemctl`` starts and stops that daemon; ``python3 -m venv`` and ``pip`` put this version where the page has it; ``scp`` copies
to the folder that stands for the other host.
"""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from contract.older import back_to
from manual import ROOT
from programs.ours import Ours

from bouncer.settings.sections import StoreSettings
from bouncer.store.lifecycle.migrating import find_newest_revision
from bouncer.store.lifecycle.recognizing import recognize
from bouncer.store.sql import create_store

PAGE = (ROOT / "docs/store.md").read_text()
EARLIER = "0013"
PLACES = ("/opt/", "/etc/", "/var/", "/root/")
"""Beginnings of paths of the page; the test puts the folder that stands for the machine before them."""

SYSTEMCTL = """#!/bin/sh
case "$*" in
*stop*|*disable*)
  [ -e {root}/pid ] || exit 0
  kill $(cat {root}/pid)
  while kill -0 $(cat {root}/pid) 2>/dev/null; do sleep 0.05; done
  rm -f {root}/pid;;
*start*|*enable*)
  : >{root}/log  # the words of the daemon before are no sign of this one
  {root}/opt/bouncer/bin/bouncer --settings {root}/etc/bouncer/bouncer.toml serve >{root}/log 2>&1 & echo $! >{root}/pid
  for _ in $(seq 600); do
    grep -q "listening on" {root}/log && exit 0
    kill -0 $! || {{ cat {root}/log >&2; exit 1; }}
    sleep 0.1
  done
  exit 1;;
esac
"""
VENV = """#!/bin/sh
mkdir -p $3/bin
printf '#!/bin/sh\\ncp {root}/ours $(dirname $0)/bouncer\\n' >$3/bin/pip
chmod 0755 $3/bin/pip
"""
OURS = '#!/bin/sh\nPYTHONPATH={project} exec {python} -m bouncer "$@"\n'
EARLIER_VERSION = """#!/bin/sh
# stands for a daemon of the version before: it takes no newer store
exec {python} -c "
import sqlite3, sys, time
(revision,) = sqlite3.connect('{root}/var/lib/bouncer/bouncer.db').execute('SELECT version_num FROM alembic_version').fetchone()
if revision > '{earlier}':
    sys.exit('a newer bouncer made this database')
print('the earlier version is listening on', revision, flush=True)
time.sleep(300)
"
"""
SCP = '#!/bin/sh\nmkdir -p {other}/root && cp -pr "$2" "$3" {other}/root/\n'


def blocks(title: str, language: str = "sh") -> list[str]:
    """The blocks of code under a heading, in their order."""
    section = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert section, title
    return re.findall(rf"^```{language}\n(.*?)^```", section[1], re.MULTILINE | re.DOTALL)


class Machine:
    """A folder that stands for a machine: /opt, /etc, /var, /root and the programs on its path are in it."""

    def __init__(self, root: Path, other: Path) -> None:
        self.root = root
        for folder in ("bin", "root", "etc/bouncer", "var/lib/bouncer", "opt/bouncer/bin"):
            (root / folder).mkdir(parents=True)
        self.store = root / "var/lib/bouncer/bouncer.db"
        ours = {"root": root, "project": ROOT, "python": sys.executable, "other": other, "earlier": EARLIER}
        programs = {
            "bin/systemctl": SYSTEMCTL,
            "bin/python3": VENV,
            "bin/scp": SCP,
            "ours": OURS,
            "earlier": EARLIER_VERSION,
        }
        for name, text in programs.items():
            (root / name).write_text(text.format(**ours))
            (root / name).chmod(0o755)
        self.install("ours")

    def install(self, version: str) -> None:
        program = self.root / "opt/bouncer/bin/bouncer"
        program.write_bytes((self.root / version).read_bytes())
        program.chmod(0o755)

    def settle(self) -> None:
        """Write settings and key, as an installation has them, and make the store."""
        Ours(self.root / "etc/bouncer")
        file = self.root / "etc/bouncer/bouncer.toml"
        file.write_text(file.read_text().replace(f"{self.root}/etc/bouncer/bouncer.db", str(self.store)))
        create_store(StoreSettings(f"sqlite:///{self.store}"))

    def run(self, script: str) -> str:
        """Run *script* as the page has it, but for the places."""
        script = re.sub(rf"(?<![^\s'\":])(?=(?:{'|'.join(PLACES)}))", str(self.root), script)
        environment = {"PATH": f"{self.root}/bin:/usr/bin:/bin"}
        result = subprocess.run(
            ["sh", "-e", "-c", script],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=100,
        )
        assert result.returncode == 0, f"{script}\n{result.stdout}\n{result.stderr}"
        return result.stdout

    def bouncer(self, words: str) -> str:
        return self.run(f"/opt/bouncer/bin/bouncer --settings /etc/bouncer/bouncer.toml {words}")

    def accounts(self) -> set[str]:
        return {json.loads(line)["name"] for line in self.bouncer("account list --json").splitlines()}

    def end(self) -> None:
        """End the daemon that the page left running."""
        with suppress(FileNotFoundError, ProcessLookupError):
            os.kill(int((self.root / "pid").read_text()), signal.SIGKILL)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path / "machine", tmp_path / "other")
    machine.settle()
    yield machine
    machine.end()


def older(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in back_to(EARLIER):
            connection.execute(statement)
        connection.commit()


def test_the_manuals_upgrade_works_and_so_does_the_way_back(machine: Machine):
    machine.bouncer("account add acme --owner ann@acme.example")
    older(machine.store)
    machine.install("earlier")
    machine.run("systemctl start bouncer.service")
    upgrade, _ = blocks("Upgrade")

    machine.run(upgrade)

    assert recognize(machine.store).revision == find_newest_revision()
    assert machine.accounts() == {"acme"}
    machine.bouncer("account add zoo --owner zoe@zoo.example")

    (back,) = blocks("Going back")
    machine.run(back)

    assert f"the earlier version is listening on {EARLIER}" in (machine.root / "log").read_text()
    (aside,) = machine.store.parent.glob("*.replaced")
    with closing(sqlite3.connect(aside)) as connection:
        assert connection.execute("SELECT count(*) FROM accounts").fetchone() == (2,)


def test_the_manuals_upgrade_by_hand_works(machine: Machine):
    older(machine.store)
    _, migrate = blocks("Upgrade")

    assert f"brought from revision {EARLIER} to {find_newest_revision()}" in machine.run(migrate)


def test_the_manuals_backup_and_restore_work_under_a_running_service(machine: Machine):
    machine.bouncer("account add acme --owner ann@acme.example")
    machine.run("systemctl start bouncer.service")
    (backup,) = blocks("Backup")
    restore, drop = blocks("Restore")

    machine.run(backup)
    machine.bouncer("account add zoo --owner zoe@zoo.example")
    machine.run(restore)

    assert machine.accounts() == {"acme"}
    machine.run(drop)
    assert (machine.root / "var/backups/bouncer").stat().st_mode & 0o777 == 0o700


def test_the_manuals_backup_of_every_night_works(machine: Machine):
    service, timer = blocks("Backup", "ini")
    (cron,) = blocks("Backup", "cron")
    folder = machine.root / "var/backups/bouncer"
    folder.mkdir(parents=True)
    (folder / "old.db").touch()
    os.utime(folder / "old.db", (0, 0))

    for command in re.findall(r"^ExecStart=(.*)$", service, re.MULTILINE):
        machine.run(command.replace("%%", "%").replace("$$", "$"))  # as systemd.service(5) has it

    (file,) = folder.iterdir()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d\.db", file.name)
    assert recognize(file).revision == find_newest_revision()
    file.unlink()
    machine.run(cron.split(maxsplit=6)[6].replace(r"\%", "%"))  # as crontab(5) has it
    assert [file.name for file in folder.iterdir()] == [file.name]
    assert "OnCalendar=03:00" in timer


def test_the_manuals_move_to_another_host_works(machine: Machine, tmp_path: Path):
    other = Machine(tmp_path / "other", tmp_path / "none")
    machine.bouncer("account add acme --owner ann@acme.example")
    machine.run("systemctl start bouncer.service")
    (leaving,) = blocks("Moving to another host")
    (arriving,) = blocks("Moving to another host", "sh on the new host")

    machine.run(leaving)
    settings_file = other.root / "root/bouncer/bouncer.toml"  # a file of ours has the machine's own folder in it
    settings_file.write_text(settings_file.read_text().replace(str(machine.root), str(other.root)))
    output = other.run(arriving)
    accounts = other.accounts()
    other.end()

    assert accounts == {"acme"}
    assert "by a daemon on this machine" in output


def test_the_commands_that_the_page_shows_first_work(machine: Machine):
    (first,) = re.findall(r"^```sh\n(.*?)^```", PAGE.partition("\n## ")[0], re.MULTILINE | re.DOTALL)

    show, check = first.splitlines()
    assert str(machine.store) in machine.run(show)
    assert f"daemon: none on this machine serves {machine.store}" in machine.run(f"{check} || true")


def test_every_block_of_the_page_is_run():
    """By the tests above: a block more on the page needs a test."""
    languages = re.findall(r"^```(\S.*)$", PAGE, re.MULTILINE)

    assert [languages.count(language) for language in ("sh", "ini", "cron", "sh on the new host")] == [8, 2, 1, 1]
    assert len(languages) == 12
