"""The README's rules of suppression and terms of accounts are those of the code."""

import dataclasses
from pathlib import Path

from bouncer.policy.ladder import RULES, Rule
from bouncer.policy.record import Belief
from bouncer.policy.terms import Terms

README = (Path(__file__).parents[2] / "README.md").read_text()
ROWS = [line for line in README.splitlines() if line.startswith("| ")]


def section(title: str) -> list[str]:
    """The rows of the tables under a heading."""
    body = README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return [line for line in body.splitlines() if line.startswith("| ")]


def shown(report: str, rule: Rule) -> str:
    after = f"after `{rule.after}` failures" if rule.after in ("soft", "technical") else rule.after
    ladder = ", then ".join(f"{days} days" if days else "until it is taken off" for days in rule.days)
    return f"| {report} | {after} | {ladder} |".replace("|  |", "| |")


def test_the_table_of_rules_is_the_code():
    rules = [row for row in section("Suppression") if not row.startswith(("| report", "| `--", "| option"))]

    assert rules == [shown(report, rule) for report, rule in sorted(RULES.items(), key=lambda one: order(one[0]))]


def order(report: str) -> int:
    """The README's own order: a reason stands under its category."""
    return [row.split("|")[1].strip() for row in section("Suppression")].index(report)


def test_every_term_of_an_account_stands_there_with_its_default():
    for one in dataclasses.fields(Terms):
        name = {"servers": "--server"}.get(one.name, f"--{one.name.replace('_', '-')}")
        default = f"`{one.default}`" if one.default != () else "none"
        assert any(row.startswith(f"| `{name}` | {default} |") for row in section("Suppression")), name


def test_every_belief_is_explained():
    assert [row.split("|")[1].strip() for row in section("Belief")] == ["belief", *Belief]
