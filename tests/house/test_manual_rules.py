"""The manual's rules of suppression and terms of accounts are those of the code."""

import dataclasses

from manual import section

from bouncer.policy.account_rules import AccountRules
from bouncer.policy.ladder import RULES, LadderRule
from bouncer.policy.records import Belief


def table(title: str) -> list[str]:
    """The rows of the tables under a heading."""
    return [line for line in section(title).splitlines() if line.startswith("| ")]


def row_of(report: str, rule: LadderRule) -> str:
    after = f"after `{rule.after}` failures" if rule.after in ("soft", "technical") else rule.after
    ladder = ", then ".join(f"{days} days" if days else "until it is taken off" for days in rule.days)
    return f"| {report} | {after} | {ladder} |".replace("|  |", "| |")


def test_the_table_of_rules_is_the_code():
    rules = [row for row in table("Suppression") if not row.startswith(("| report", "| `--", "| option"))]

    assert rules == [
        row_of(report, rule) for report, rule in sorted(RULES.items(), key=lambda rule_row: order(rule_row[0]))
    ]


def order(report: str) -> int:
    """The manual's own order: a reason stands under its category."""
    return [row.split("|")[1].strip() for row in table("Suppression")].index(report)


def test_every_term_of_an_account_stands_there_with_its_default():
    for option in dataclasses.fields(AccountRules):
        name = {"servers": "--server"}.get(option.name, f"--{option.name.replace('_', '-')}")
        default = f"`{option.default}`" if option.default != () else "none"
        assert any(row.startswith(f"| `{name}` | {default} |") for row in table("Suppression")), name


def test_every_belief_is_explained():
    assert [row.split("|")[1].strip() for row in table("Belief")] == ["belief", *Belief]
