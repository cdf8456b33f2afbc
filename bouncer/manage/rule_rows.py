"""Taught rules as people and programs see them, and as a letter with its story for a pull request."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from bouncer.mail.letter import spell_id
from bouncer.ndr import addresses
from bouncer.ndr.taught_form import Outline
from bouncer.ports.taught_rules import KeptRule
from bouncer.verdict.taught_rule import TaughtRule

EXAMPLE_NAMES = ("jane", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy")
"""Local parts for the addresses of a letter that is shown to others; later ones have a number."""
OUR_ADDRESS = "news@acme.example"


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A taught rule as lists show it; *letters*: how many letters on record it has read. Without origin: not kept yet."""

    id: str
    phrases: tuple[str, ...]
    place: str
    before: str
    after: str
    host: str
    late: bool
    category: str
    reason: str
    taught_by: str | None = None
    taught_at: dt.datetime | None = None
    letter: str | None = None
    letters: int = 0


@dataclass(frozen=True, slots=True)
class RuleExport:
    """A rule for a pull request: a letter of the form under example names, None where it is not kept any more, and its story."""

    letter: str | None
    story: Mapping[str, object]

    @property
    def story_text(self) -> str:
        """The story as the file beside the letter has it."""
        return json.dumps(self.story, indent=2, ensure_ascii=False) + "\n"


def row_of_rule(rule: TaughtRule) -> RuleRow:
    """Give the row of a rule that is not kept yet."""
    form = rule.form
    return RuleRow(
        rule.id,
        form.phrases,
        form.place.value,
        form.before,
        form.after,
        form.host,
        form.is_delay,
        rule.reason.category.value,
        rule.reason.value,
    )


def row_of_kept(entry: KeptRule) -> RuleRow:
    """Give the row of a rule that is kept."""
    row, letter = row_of_rule(entry.rule), None if entry.letter_id is None else spell_id(entry.letter_id)
    facts = {name: getattr(row, name) for name in RuleRow.__dataclass_fields__}
    origin = {"taught_by": entry.taught_by, "taught_at": entry.taught_at, "letter": letter, "letters": entry.letters}
    return RuleRow(**{**facts, **origin})


def export_of(entry: KeptRule, outline: Outline | None) -> RuleExport:
    """Give a rule, and its letter with example names for all addresses, as the fixtures of the project have them.

    Names of people and firms in other words stay: a person has to look through the letter before it is published.
    """
    rule = asdict(row_of_rule(entry.rule))
    story = {
        "source": "Taught at an installation; the addresses are example names.",
        "why": f"No dialect reads it. It means {entry.rule.reason.value}.",
        "rule": rule,
    }
    return RuleExport(None if outline is None or not outline.lines else _letter(entry.rule, outline), story)


def _letter(rule: TaughtRule, outline: Outline) -> str:
    """Write a letter of the lines, with CRLF."""
    names = dict[str, str]()
    subject, *text = (_replace_addresses(line, names, outline) for line in outline.lines)
    head = (
        "Return-Path: <>",
        f"From: <reports@{rule.form.host or 'mx.example.net'}>",
        f"To: <{OUR_ADDRESS}>",
        f"Subject: {subject}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    )
    return "".join(f"{line}\r\n" for line in (*head, "", *text))


def _replace_addresses(line: str, names: dict[str, str], outline: Outline) -> str:
    """Replace each address by an example name, the same one in all lines; *names* has those of the lines before."""
    for address in sorted(addresses.find(line), key=len, reverse=True):
        if address.lower() in outline.own:
            names.setdefault(address, OUR_ADDRESS)
        else:
            names.setdefault(address, _example(len(set(names.values()) - {OUR_ADDRESS})))
        line = line.replace(address, names[address])
    return "".join(character if character.isprintable() else " " for character in line)


def _example(number: int) -> str:
    name = EXAMPLE_NAMES[number] if number < len(EXAMPLE_NAMES) else f"reader{number}"
    return f"{name}@example.org"
