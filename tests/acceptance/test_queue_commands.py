"""The queue, as an operator looks after many notices at once."""

import asyncio
import json
import os
import pty
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from contract.factories import NOON, bounce, letter, record
from programs.empty_store import make_empty_store

from bouncer.cli.root import root
from bouncer.policy.records import EntryKind, NewEntry
from bouncer.ports.accounts import Account
from bouncer.ports.letters import Page
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import open_store

ROOT = Path(__file__).parents[2]
ANN, BOB = "ann@acme.example", "bob@zoo.example"
COUNTS = {ANN: 3, BOB: 2}


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store with notices to two accounts' owners: of each owner's the oldest is given up, the others wait."""
    url = make_empty_store(tmp_path / "bouncer.db")
    asyncio.run(_fill(url))
    return url


async def _fill(url: str) -> None:
    store = await open_store(StoreSettings(url))
    for account, owner in (("acme", ANN), ("zoo", BOB)):
        await store.add_account(OPERATOR, Account(account, (owner,)), now=NOON)
        for _ in range(COUNTS[owner]):
            (letter_id,) = await store.keep([letter(account=account)])
            entries = (NewEntry(EntryKind.NOTICE, owner),)
            await store.record([record(letter_id, bounce(), entries=entries, account=account)], now=NOON)
        oldest = (await store.entries(AccountScope(account), state=None, page=Page(100)))[-1]
        await store.mark_given_up(oldest.id, now=NOON, reply="550 5.7.1 no")
    await store.close()


def bouncer(url: str, *words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(root, words, env={"BOUNCER_STORE__URL": url})
    assert result.exit_code == code, result.output
    return result


def states(url: str) -> Counter[tuple[str, str]]:
    rows = map(json.loads, bouncer(url, "queue", "list", "--json").stdout.splitlines())
    return Counter((row["account"], row["state"]) for row in rows)


def test_the_queue_is_listed_for_one_account_and_for_one_owner(url: str):
    for words in (("--account", "zoo"), ("--to", "Bob <BOB@zoo.example>"), ("--account", "zoo", "--to", BOB)):
        for group in (("queue",), ("queue", "list")):
            rows = [json.loads(line) for line in bouncer(url, *group, *words, "--json").stdout.splitlines()]
            assert [row["to"] for row in rows] == [BOB, BOB]


def test_entries_that_were_given_up_leave_again(url: str):
    assert bouncer(url, "queue", "retry", "--all", "--state", "given-up").stdout == "2 notices are sent now\n"
    assert states(url) == {("acme", "waiting"): 3, ("zoo", "waiting"): 2}


@pytest.mark.parametrize("options", [("--account", "zoo"), ("--to", BOB), ("--to", "BOB@ZOO.example", "--yes")])
def test_filters_leave_the_others_alone(url: str, options: tuple[str, ...]):
    before = states(url)

    assert bouncer(url, "queue", "drop", "--all", *options).stdout == "1 notice is dropped\n"
    assert states(url) == before - Counter({("zoo", "waiting"): 1}) + Counter({("zoo", "dropped"): 1})
    output = bouncer(url, "queue", "drop", "--all", *options).stdout
    assert output == f"Nothing in the queue matches. Looked in {url.removeprefix('sqlite:///')}.\n"


def test_a_dropped_entry_leaves_only_if_its_state_is_named(url: str):
    bouncer(url, "queue", "drop", "--all")

    assert bouncer(url, "queue", "retry", "--all").stdout == "2 notices are sent now\n"
    assert states(url) == {("acme", "dropped"): 2, ("zoo", "dropped"): 1, ("acme", "waiting"): 1, ("zoo", "waiting"): 1}
    assert bouncer(url, "queue", "retry", "--all", "--state", "dropped").stdout == "3 notices are sent now\n"


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("1", "--all"),
        ("1", "--account", "acme"),
        ("--account", "acme"),
        ("--all", "--state", "sent"),
        ("--all", "--to", "x"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("verb", ["retry", "drop"])
def test_an_unclear_choice_of_entries_changes_nothing(url: str, verb: str, words: tuple[str, ...]):
    before = states(url)

    bouncer(url, "queue", verb, *words, code=2)
    assert states(url) == before


def test_an_unknown_account_is_an_error(url: str):
    for words in (("list",), ("retry", "--all"), ("drop", "--all")):
        assert "there is no account 'ghost'" in str(
            bouncer(url, "queue", *words, "--account", "ghost", code=1).exception
        )


def test_a_queue_that_is_empty_only_of_what_was_asked_for_is_not_called_empty(url: str, tmp_path: Path):
    result = bouncer(url, "queue", "--state", "sent")
    assert result.stderr == f"Nothing in the queue matches. Looked in {tmp_path}/bouncer.db.\n"

    make_empty_store(tmp_path / "empty.db")
    result = bouncer(f"sqlite:///{tmp_path}/empty.db", "queue")
    assert result.stderr == f"The queue is empty. Looked in {tmp_path}/empty.db.\n"


@pytest.mark.parametrize(("answer", "dropped"), [("n", 0), ("y", 3)])
def test_a_person_at_a_terminal_is_asked_first(url: str, answer: str, dropped: int):
    ours, theirs = pty.openpty()
    os.write(theirs, f"{answer}\n".encode())
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "BOUNCER_STORE__URL": url}
    arguments = [sys.executable, "-m", "bouncer", "queue", "drop", "--all"]

    result = subprocess.run(
        arguments, stdin=ours, env=environment, capture_output=True, text=True, check=False, timeout=60
    )

    assert "3 notices are dropped. Go on?" in result.stderr
    assert sum(count for (_, state), count in states(url).items() if state == "dropped") == dropped
    assert (result.returncode == 0) is bool(dropped)
