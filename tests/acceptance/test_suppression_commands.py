"""The commands about addresses, as people run them: import, export, explain, allow, trail, sends."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from programs.empty_store import make_empty_store

from bouncer.cli.root import root
from bouncer.mail.returnpath import Key, sign

SENDGRID = """\
email,created,reason,status
jane@example.org,1443651125,550 5.1.1 user unknown,5.1.1
=cmd@example.org,1443651125,"550-5.1.1 no
550 such user",5.1.1
nobody,1443651125,550 5.1.1 user unknown,5.1.1
JANE@example.org,1443651125,550 5.1.1 user unknown,5.1.1
"""


class Bouncer:
    def __init__(self, folder: Path) -> None:
        (folder / "key").write_bytes(b"a secret of at least sixteen octets")
        self._environment = {
            "BOUNCER_STORE__URL": f"sqlite:///{folder}/bouncer.db",
            "BOUNCER_TOKENS__KEYS": str(folder / "key"),
        }

    def __call__(self, *words: str, input_text: bytes | str = "", code: int = 0) -> Result:
        result = CliRunner().invoke(root, words, input=input_text, env=self._environment)
        assert result.exit_code == code, result.output
        return result

    def rows(self, *words: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in self(*words, "--json").stdout.splitlines()]

    def suppressed(self) -> set[object]:
        return {row["address"] for row in self.rows("suppressions", "list", "--account", "acme")}


@pytest.fixture
def bouncer(tmp_path: Path) -> Bouncer:
    make_empty_store(tmp_path / "bouncer.db")
    bouncer = Bouncer(tmp_path)
    bouncer("account", "add", "acme", "--owner", "ann@acme.example")
    return bouncer


IMPORT = ("suppressions", "import", "--account", "acme")


def test_a_file_goes_in_and_comes_out_the_same(bouncer: Bouncer, tmp_path: Path):
    first = bouncer(*IMPORT, "-", input_text=SENDGRID, code=1)
    assert "2 addresses suppressed, 1 were there already or twice in the file" in first.stdout
    assert "line 5: no mail address" in first.stderr

    for form in ("csv", "jsonl"):
        listed = bouncer("suppressions", "export", "--account", "acme", "--format", form).stdout
        bouncer("account", "add", form)
        bouncer("suppressions", "import", "--account", form, "-", input_text=listed)
        again = bouncer("suppressions", "export", "--account", form, "--format", form).stdout
        assert entries(again) == entries(listed)
        assert len(entries(again)) == 2
        assert ("\n'=cmd@example.org," in listed) is (form == "csv")


def entries(exported: str) -> set[tuple[str | None, ...]]:
    """All columns but the words that say how it came there."""
    if exported.startswith("{"):
        rows = [tuple(json.loads(line).values()) for line in exported.splitlines()]
    else:
        rows = [tuple(row) for row in csv.reader(exported.splitlines()[1:])]
    return {row[:-1] for row in rows}


def test_adding_says_why_an_address_is_not_new(bouncer: Bouncer):
    bouncer("suppressions", "allow", "--account", "acme", "boss@acme.example", "@partner.example")
    bouncer("suppressions", "add", "--account", "acme", "jane@example.org", "--days", "30", "--stream", "news")
    bouncer("suppressions", "add", "--account", "acme", "joe@example.org")

    addresses = ("jane@example.org", "JOE@example.org", "boss@acme.example", "ann@partner.example", "new@example.org")
    lines = bouncer("suppressions", "add", "--account", "acme", *addresses, "--days", "5").stdout.splitlines()

    assert lines == [
        "jane@example.org: suppressed",
        "JOE@example.org: was suppressed already, until it is removed",
        "boss@acme.example: not suppressed: the allow-list has boss@acme.example",
        "ann@partner.example: not suppressed: the allow-list has @partner.example",
        "new@example.org: suppressed",
    ]
    again = bouncer("suppressions", "add", "--account", "acme", "new@example.org", "--days", "9").stdout
    assert again.startswith("new@example.org: was suppressed already, until 20")


def test_a_dry_run_changes_nothing(bouncer: Bouncer):
    result = bouncer(*IMPORT, "-", "--dry-run", input_text=SENDGRID, code=1)

    assert "3 lines would be imported, 1 refused; nothing was changed" in result.stdout
    assert bouncer.suppressed() == set()


def test_a_file_that_cannot_be_read_changes_nothing(bouncer: Bouncer):
    bouncer(*IMPORT, "-", input_text="name,age\njane,9\n", code=1)

    assert bouncer.suppressed() == set()


def test_an_import_is_summed_up_as_json(bouncer: Bouncer):
    bouncer("suppressions", "allow", "--account", "acme", "=cmd@example.org")

    dry = json.loads(bouncer(*IMPORT, "-", "--json", "--dry-run", input_text=SENDGRID, code=1).stdout)
    result = bouncer(*IMPORT, "-", "--json", input_text=SENDGRID, code=1)

    refused = {"refused": 1, "refused_lines": [{"line": 5, "why": "no mail address"}]}
    nothing = {"suppressed": 0, "there_already": 0, "on_allow_list": 0}
    assert dry == {"account": "acme", "dry_run": True, "good": 3, **nothing, **refused}
    counts = {"suppressed": 1, "there_already": 1, "on_allow_list": 1}
    assert json.loads(result.stdout) == {"account": "acme", "dry_run": False, "good": 3, **counts, **refused}
    assert result.stderr == ""


def test_a_summary_as_json_is_bounded(bouncer: Bouncer):
    lines = "\n".join(["email", *(f"bad{n}" for n in range(1500))])

    summary = json.loads(bouncer(*IMPORT, "-", "--json", input_text=lines, code=1).stdout)

    assert (summary["refused"], len(summary["refused_lines"])) == (1500, 1000)


def test_every_refused_line_is_told(bouncer: Bouncer, tmp_path: Path):
    lines = "\n".join(["email", *(f"bad{n}" for n in range(500)), "good@example.org"])

    result = bouncer(*IMPORT, "-", "--refused", str(tmp_path / "refused"), input_text=lines, code=1)

    assert "... and 480 more" in result.stderr
    assert len((tmp_path / "refused").read_text().splitlines()) == 500
    assert bouncer.suppressed() == {"good@example.org"}


def test_a_story_is_told_as_json(bouncer: Bouncer):
    bouncer(*IMPORT, "-", input_text="email,reason\njane@example.org,550 5.1.1 user unknown\n")
    bouncer("account", "add", "zoo")
    bouncer("suppressions", "allow", "--account", "zoo", "jane@example.org")

    acme, zoo = bouncer.rows("suppressions", "explain", "jane@example.org")

    assert (acme["account"], zoo["account"]) == ("acme", "zoo")
    assert [row["address"] for row in acme["suppressions"]] == ["jane@example.org"]  # type: ignore[attr-defined]
    assert [row["change"] for row in acme["trail"]] == ["suppressed"]  # type: ignore[attr-defined]
    assert [row["address"] for row in zoo["allowed"]] == ["jane@example.org"]  # type: ignore[attr-defined]
    assert (
        acme["explained"]
        == bouncer("suppressions", "explain", "jane@example.org", "--account", "acme").stdout.splitlines()
    )
    assert bouncer.rows("suppressions", "explain", "joe@example.net") == []
    (joe,) = bouncer.rows("suppressions", "explain", "joe@example.net", "--account", "acme")
    assert joe["suppressions"] == joe["bounces"] == []


def test_an_address_is_explained(bouncer: Bouncer):
    bouncer(*IMPORT, "-", input_text="email,reason\njane@example.org,550 5.1.1 user unknown\n")
    bouncer("suppressions", "remove", "--account", "acme", "jane@example.org")
    bouncer("suppressions", "allow", "--account", "acme", "@example.org", "--why", "partners")

    story = bouncer("suppressions", "explain", "Jane@Example.org").stdout

    assert "It is on the allow-list as @example.org" in story
    for answer in (
        "Suppressed by import",
        "imported from",
        "Freed by command",
        "Put on the allow-list by command",
        "partners",
    ):
        assert answer in story
    assert "nothing is known about it" in bouncer("suppressions", "explain", "joe@example.net").stdout
    assert [row["change"] for row in bouncer.rows("suppressions", "trail")] == [
        "allowed",
        "freed",
        "suppressed",
        "account",
    ]


CHECK = ("suppressions", "check", "--account", "acme")
AS_SHOWN = ["Jane <jane@example.org>", "<JANE@example.org>", ' "Doe, Jane" < jane@example.org > ', "jane@example.org "]
NO_ADDRESS = [
    "garbage",
    "Jane",
    "Jane <garbage>",
    "<>",
    "a@b <",
    "jane@",
    "@example.org",
    "jane@a, joe@b",
    "jane@a.example,joe@b.example",
    "mailto:jane@a.example",
    "jane@a.example;",
    "j@a <x@y.example> z",
]


@pytest.mark.parametrize("spelling", AS_SHOWN)
def test_an_address_is_read_as_mail_programs_show_it(bouncer: Bouncer, spelling: str):
    bouncer("suppressions", "add", "--account", "acme", spelling)
    assert {str(address).lower() for address in bouncer.suppressed()} == {"jane@example.org"}

    bouncer(*CHECK, spelling, code=1)
    bouncer(*CHECK, "--files-from", "-", input_text=f"{spelling}\n", code=1)
    assert "No mail goes to it" in bouncer("suppressions", "explain", spelling).stdout
    assert len(bouncer.rows("suppressions", "trail", "--address", spelling)) == 1
    assert "released" in bouncer("suppressions", "remove", "--account", "acme", spelling).stdout
    bouncer(*CHECK, spelling, code=0)
    bouncer("suppressions", "allow", "--account", "acme", spelling)
    assert len(bouncer.rows("suppressions", "allowed")) == 1
    assert "taken off" in bouncer("suppressions", "disallow", "--account", "acme", spelling).stdout


@pytest.mark.parametrize("spelling", NO_ADDRESS)
def test_a_text_that_is_no_address_is_refused_and_never_called_free(bouncer: Bouncer, spelling: str):
    for command in ("add", "remove", "check", "explain"):
        account_option = () if command == "explain" else ("--account", "acme")
        refused = bouncer("suppressions", command, *account_option, "--", spelling, code=2)
        assert "is no mail address" in refused.stderr
        assert refused.stdout == ""
    if not spelling.startswith("@"):
        bouncer("suppressions", "allow", "--account", "acme", "--", spelling, code=2)
    assert [row["change"] for row in bouncer.rows("suppressions", "trail")] == ["account"]


def test_a_line_of_a_list_that_is_no_address_is_told_and_has_no_answer(bouncer: Bouncer):
    bouncer("suppressions", "add", "--account", "acme", "jane@example.org")

    result = bouncer(
        *CHECK,
        "--files-from",
        "-",
        "--json",
        input_text="joe@example.org\n\ngarbage\nJane <jane@example.org>\n",
        code=2,
    )

    answers = {row["address"]: row["suppressed"] for row in map(json.loads, result.stdout.splitlines())}
    assert answers == {"joe@example.org": False, "jane@example.org": True}
    assert "line 3: 'garbage' is no mail address" in result.stderr
    assert "1 lines were no mail address" in result.stderr


def test_an_address_is_freed_for_one_stream_or_for_all(bouncer: Bouncer):
    remove = ("suppressions", "remove", "--account", "acme", "jane@example.org")
    check = ("suppressions", "check", "--account", "acme", "jane@example.org")
    for stream in ("news", "receipts", ""):
        bouncer("suppressions", "add", "--account", "acme", "jane@example.org", "--stream", stream)

    assert "released" in bouncer(*remove, "--stream", "").stdout
    bouncer(*check, "--stream", "other", code=0)
    assert "released" in bouncer(*remove, "--stream", "news").stdout
    assert "was not suppressed" in bouncer(*remove, "--stream", "news").stdout
    bouncer(*check, "--stream", "news", code=0)
    bouncer(*check, "--stream", "receipts", code=1)
    bouncer(*remove, "--stream", "s" * 641, code=2)
    assert "released" in bouncer(*remove).stdout
    bouncer(*check, code=0)


def test_streams_are_checked_alone(bouncer: Bouncer):
    bouncer("suppressions", "add", "--account", "acme", "jane@example.org", "--stream", "news")
    check = ("suppressions", "check", "--account", "acme", "jane@example.org")

    bouncer(*check, "--stream", "news", code=1)
    bouncer(*check, "--stream", "receipts", code=0)
    bouncer(*check, code=1)


@pytest.mark.parametrize("command", [("add",), ("check",), ("import", "-")])
def test_a_stream_that_no_mail_can_have_is_refused(bouncer: Bouncer, command: tuple[str, ...]):
    command_words, *words = ("suppressions", *command), "--account", "acme", "--stream", "s" * 641
    addresses = () if command[0] == "import" else ("jane@example.org",)

    bouncer(*command_words, *addresses, *words, code=2)
    assert bouncer.rows("suppressions", "list", "--account", "acme") == []


def test_many_addresses_are_checked_from_a_file(bouncer: Bouncer):
    bouncer(*IMPORT, "-", input_text="email\n" + "\n".join(f"user{n}@example.org" for n in range(0, 3000, 3)))
    address_lines = "\n".join(f"User{n}@example.org" for n in range(3000))

    result = bouncer(
        "suppressions", "check", "--account", "acme", "--files-from", "-", "--json", input_text=address_lines, code=1
    )

    answers = [json.loads(line)["suppressed"] for line in result.stdout.splitlines()]
    assert answers == [n % 3 == 0 for n in range(3000)]


def test_sends_are_counted_and_reported(bouncer: Bouncer):
    bouncer(
        "sends", "add", "--account", "acme", "--campaign", "spring", "a@gmail.com", "b@googlemail.com", "c@x.example"
    )
    lines = '{"recipients": "d@gmail.com", "campaign": "autumn"}\n{"recipients": ["e@x.example"]}\n'
    assert (
        "counted 2 messages to 2 recipients"
        in bouncer("sends", "add", "--account", "acme", "--files-from", "-", input_text=lines).stdout
    )

    by = {row["of"]: row["sent"] for row in bouncer.rows("sends", "report", "--by", "provider")}
    assert by == {"Gmail": 3, "x.example": 2}
    (all_,) = bouncer.rows("sends", "report", "--account", "acme")
    assert (all_["sent"], all_["explained"]) == (5, "5 of 5 delivered as far as is known")
    assert all_["failure_rate"] == 0.0
    assert "0.00%" in bouncer("sends", "report", "--account", "acme").stdout
    assert "line 1: " in str(
        bouncer("sends", "add", "--account", "acme", "--files-from", "-", input_text="x\n", code=1).exception
    )


def test_an_accounts_terms_are_set_and_shown(bouncer: Bouncer):
    bouncer(
        "account", "set", "acme", "--soft-failures", "5", "--server", "198.51.100.0/24", "--bad-paths", "quarantine"
    )
    bouncer("account", "set", "acme", "--fold-gmail")

    account = json.loads(bouncer("account", "show", "acme", "--json").stdout.splitlines()[0])

    terms = account["terms"]
    assert (terms["soft_failures"], terms["servers"], terms["bad_paths"], terms["fold_gmail"]) == (
        5,
        ["198.51.100.0/24"],
        "quarantine",
        True,
    )
    assert "is no address and no network" in bouncer("account", "set", "acme", "--server", "x", code=2).output


def test_no_sender_is_two_accounts(bouncer: Bouncer):
    bouncer("account", "set", "acme", "--sender", "acme.example", "--server", "198.51.100.1")
    bouncer("account", "set", "acme", "--sender", "Acme.example")

    refused = bouncer("account", "add", "zoo", "--sender", "ACME.example", code=1)
    assert "acme.example is already a sender of account acme" in str(refused.exception)
    bouncer("account", "add", "zoo")
    bouncer("account", "set", "zoo", "--sender", "acme.example", code=1)
    bouncer("account", "set", "acme", "--sender", "none", "--server", "none")
    bouncer("account", "set", "zoo", "--sender", "acme.example")

    acme, zoo = bouncer.rows("account", "list")
    assert (acme["senders"], acme["terms"]["servers"], zoo["senders"]) == ([], [], ["acme.example"])  # type: ignore[index]


def test_a_token_takes_a_reference_or_no_recipient(bouncer: Bouncer):
    signed = bouncer("token", "sign", "acme", "jane@example.org", "--reference", "spring26").stdout.strip()
    several = bouncer("token", "sign", "acme", "--several", "--reference", "m4711").stdout.strip()

    assert json.loads(bouncer("token", "verify", signed, "--json").stdout)["reference"] == "spring26"
    assert json.loads(bouncer("token", "verify", several, "--json").stdout)["recipient"] is None
    bouncer("token", "sign", "acme", code=2)
    bouncer("token", "sign", "acme", "jane@example.org", "--several", code=2)


def test_a_path_signed_elsewhere_is_the_same(bouncer: Bouncer, tmp_path: Path):
    key = Key((tmp_path / "key").read_bytes())
    path = sign("acme", "jane@example.org", domain="rp.localhost", key=key, today=21_000, days=3000)

    assert json.loads(bouncer("token", "verify", path, "--json").stdout)["recipient"] == "jane@example.org"


def test_an_import_is_listed_and_taken_back(bouncer: Bouncer):
    bouncer("suppressions", "add", "--account", "acme", "before@example.org")
    bouncer(*IMPORT, "-", input_text="email\nbefore@example.org\nwrong@example.org\nlater@example.org\n")
    bouncer("suppressions", "remove", "--account", "acme", "later@example.org")
    bouncer("suppressions", "add", "--account", "acme", "later@example.org")
    (imported,) = bouncer.rows("suppressions", "imports", "--account", "acme")
    assert (imported["new"], imported["undone_at"]) == (2, None)

    result = bouncer("suppressions", "undo", "--account", "acme", str(imported["id"]))
    assert result.stdout == "freed: 1; unchanged: 1\n"
    assert bouncer.suppressed() == {"before@example.org", "later@example.org"}
    (entry, *_) = bouncer.rows("suppressions", "trail", "--account", "acme", "--address", "wrong@example.org")
    assert (entry["change"], entry["source"]) == ("freed", "command")
    assert str(entry["why"]).startswith("undid the import of ")
    assert bouncer.rows("suppressions", "imports", "--account", "acme")[0]["undone_at"]
    again = bouncer("suppressions", "undo", "--account", "acme", str(imported["id"]))
    assert again.stdout == "freed: 0; unchanged: 1\n"


def test_an_import_of_another_account_is_not_there(bouncer: Bouncer):
    bouncer("account", "add", "zoo", "--owner", "zoe@zoo.example")
    bouncer(*IMPORT, "-", input_text="email\njane@example.org\n")
    (imported,) = bouncer.rows("suppressions", "imports", "--account", "acme")

    for account, number in (("zoo", str(imported["id"])), ("acme", "nothing"), ("acme", "\x1b[2J")):
        refused = bouncer("suppressions", "undo", "--account", account, number, code=1)
        assert "there is no import" in str(refused.exception)
        assert "\x1b" not in str(refused.exception)
    assert bouncer.suppressed() == {"jane@example.org"}
    assert "Nothing was imported for zoo." in bouncer("suppressions", "imports", "--account", "zoo").output
