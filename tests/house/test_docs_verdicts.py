"""The table of verdicts in the docs is the code's: ``REGOLD=1`` writes it anew between its marks."""

import os
from collections.abc import Iterable
from pathlib import Path

from bouncer.verdict.facts import CodesMeaning, WordsMeaning
from bouncer.verdict.rules import statuses
from bouncer.verdict.rules.order import PLAIN
from bouncer.verdict.stage import BEFORE_RECIPIENT, Stage
from bouncer.verdict.table import ROWS, TableRow, Takes
from bouncer.verdict.verdict import Category, Reason

PAGE = Path(__file__).parents[2] / "docs" / "verdicts.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->\n"


def join_values(values: Iterable[str], every: Iterable[str]) -> str:
    """Name the values of a fact; by what is left out where that is shorter; nothing for any."""
    values, every = list(values), list(every)
    left_out = [value for value in every if value not in values]
    if not values or not left_out:
        return ""
    names, but = ", ".join(values), f"any but {', '.join(left_out)}"
    return but if len(but) < len(names) else names


def stages(row: TableRow) -> str:
    return "before RCPT" if row.stages == BEFORE_RECIPIENT else join_values(row.stages and sorted(row.stages), Stage)


def may_be_hard(row: TableRow) -> bool:
    """Whether a row that takes its reason from a witness may take a hard one."""
    of_words = row.result is Takes.WORDS and bool(
        row.words & {WordsMeaning.GONE, WordsMeaning.BARE, WordsMeaning.DOMAIN, WordsMeaning.NXDOMAIN}
    )
    return (of_words and row.id != "words") or row.id == "code-of-recipient"


def gives(row: TableRow) -> str:
    if isinstance(row.result, Takes):
        return f"**{row.result}**" if may_be_hard(row) else row.result.value
    return f"**{row.result}**" if row.result.category is Category.HARD else str(row.result)


def lasts(row: TableRow) -> str:
    late = {True: "still trying", False: "given up", None: ""}[row.is_late]
    return ", ".join(filter(None, (row.length.value if row.length else "", late)))


def table() -> str:
    """Print the rows as Markdown."""
    lines = [
        "| row | stage | subject | words | codes | how long | verdict | why |\n",
        "|---|---|---|---|---|---|---|---|\n",
    ]
    for row in ROWS:
        codes = join_values([coded for coded in CodesMeaning if coded in row.codes], CodesMeaning) + (
            " and a doubt" if row.is_doubted else ""
        )
        cells = (
            f"`{row.id}`",
            stages(row),
            str(row.subject or ""),
            join_values([meaning for meaning in WordsMeaning if meaning in row.words], WordsMeaning),
            codes,
            lasts(row),
            gives(row),
            row.why,
        )
        lines.append("| " + " | ".join(cells) + " |\n")
    return "".join(lines)


def test_the_table_in_the_docs_is_the_code():
    """A change of a row needs a change of the page."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    table_in_page, _, after = rest.partition(END)
    if os.environ.get("REGOLD"):
        PAGE.write_text(before + BEGIN + table() + END + after)
        table_in_page = table()

    assert table_in_page == table()


def test_the_codes_that_may_prove_a_recipient_gone_stand_on_the_page():
    """The five codes of RFC 3463 and RFC 7505 that may be hard alone are named, and no other is hard alone."""
    alone = {
        f"X.{subject}.{detail}"
        for subject, detail in statuses.TELLING
        if statuses.TELLING[subject, detail].category is Category.HARD
    }

    assert alone == {"X.1.1", "X.1.2", "X.1.3", "X.1.6", "X.1.10"}
    assert all(code in PAGE.read_text() for code in alone)


def test_rules_of_providers_stand_on_the_page():
    """Each rule that holds for one provider's answers is listed with the provider."""
    page = PAGE.read_text()
    own = [rule for rule in PLAIN if rule.providers]

    assert own
    assert [
        rule.id for rule in own if f"| `{rule.id}` | {', '.join(rule.providers)} | {rule.reason} |" not in page
    ] == []


def test_every_reason_stands_there_with_its_category():
    """The page says what each reason means for the address."""
    page = PAGE.read_text()

    assert [reason for reason in Reason if f"| `{reason}` | {reason.category} |" not in page] == []
