"""``bouncer rule``: teaching the reader a form of report that it does not know."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from bouncer.cli.context import call_with_store, changed_by, describe_empty_list
from bouncer.cli.group import SentenceGroup
from bouncer.cli.listings import letter_id
from bouncer.cli.output import as_json, show, show_pairs
from bouncer.clock import now
from bouncer.errors import BouncerError
from bouncer.files import describe_os_error
from bouncer.mail.logged import escape_invisible
from bouncer.manage import teaching
from bouncer.manage.rule_rows import RuleExport, RuleRow, row_of_kept, row_of_rule
from bouncer.ndr.taught_form import Outline, RecipientPlace
from bouncer.notify.serialize import to_plain
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings
from bouncer.verdict.taught_rule import TaughtRule
from bouncer.verdict.teaching import Marks
from bouncer.verdict.verdict import Reason

_COLUMNS = ("id", "reason", "phrases", "place", "host", "letters", "taught_by", "taught_at")
_Command = TypeVar("_Command", bound=Callable[..., Any])


@click.group(cls=SentenceGroup)
def rule() -> None:
    """Teach the reader a form of report that it does not know: rules of this installation."""


@rule.command("list", epilog="Example: bouncer rule list")
@as_json
@click.pass_context
def list_(context: click.Context, as_json: bool) -> None:
    """List the rules, oldest first, and how many letters each has read."""

    async def ask(store: Store, _settings: Settings) -> list[RuleRow]:
        return [row_of_kept(entry) for entry in await teaching.list_rules(store, OPERATOR)]

    nothing = describe_empty_list(context, "There is no rule: what the reader knows is all from this version.")
    show(call_with_store(context, ask), _COLUMNS, as_json=as_json, nothing=nothing)


@rule.command("show", epilog="Example: bouncer rule show 5f0c1f3d9a")
@click.argument("rule_id", metavar="ID")
@click.pass_context
def show_(context: click.Context, rule_id: str) -> None:
    """Show all of the rule ID, as `bouncer rule list` names it."""

    async def ask(store: Store, _settings: Settings) -> RuleRow:
        return row_of_kept(await teaching.kept_rule(store, OPERATOR, rule_id))

    _show_rule(call_with_store(context, ask))


@rule.command("lines", epilog="Example: bouncer rule lines 38g0n6damk02s")
@click.argument("letter", metavar="LETTER", callback=letter_id)
@click.pass_context
def lines(context: click.Context, letter: int) -> None:
    """Print the lines of LETTER with their numbers, for the options of `bouncer rule try`; line 0 is the subject."""

    async def ask(store: Store, settings: Settings) -> Outline:
        async with _reading(store, settings) as reader:
            return await teaching.outline_of(store, OPERATOR, reader, letter)

    outline = call_with_store(context, ask)
    for number, line in enumerate(outline.lines):
        click.echo(f"{number:3}  {escape_invisible(line)}")
    if outline.refusal:
        click.echo(f"No rule can read this letter: {escape_invisible(outline.refusal)}.", err=True)


def _add_marking_options(command: _Command) -> _Command:
    """Add the argument and the options that mark a letter."""
    options = (
        click.argument("letter", metavar="LETTER", callback=letter_id),
        click.option(
            "--says", type=int, multiple=True, metavar="LINE", help="Know such letters by the words of this line."
        ),
        click.option("--phrase", "phrases", multiple=True, metavar="WORDS", help="Know them by these words too."),
        click.option("--names", type=int, metavar="LINE", help="This line names the recipient."),
        click.option(
            "--place",
            type=click.Choice([place.value for place in RecipientPlace if place is not RecipientPlace.LINE]),
            help="No line does: the text names one address only, or the return path was made for the recipient.",
        ),
        click.option(
            "--reason",
            required=True,
            type=click.Choice([reason.value for reason in Reason]),
            metavar="REASON",
            help="The reason of the failure, as in `bouncer bounces`.",
        ),
        click.option("--late", is_flag=True, help="The server still tries: nothing has failed yet."),
        click.option("--any-host", is_flag=True, help="Know letters from other domains than this letter's too."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def _marks(
    says: Sequence[int], phrases: Sequence[str], names: int | None, place: str | None, options: dict[str, Any]
) -> Marks:
    if (names is None) is (place is None):
        raise click.UsageError("say where the recipient is named: --names LINE or --place, one of the two")
    return Marks(
        tuple(says),
        names,
        Reason(options["reason"]),
        RecipientPlace(place) if place else RecipientPlace.LINE,
        is_delay=options["late"],
        with_host=not options["any_host"],
        phrases=tuple(phrases),
    )


@rule.command("try", epilog="Example: bouncer rule try 38g0n6damk02s --says 2 --names 2 --reason invalid-recipient")
@_add_marking_options
@as_json
@click.pass_context
def try_(
    context: click.Context,
    /,
    letter: int,
    says: Sequence[int],
    phrases: Sequence[str],
    names: int | None,
    place: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Show the rule that marks in LETTER would make, and the kept letters that it would read; change nothing."""
    marks = _marks(says, phrases, names, place, options)

    async def ask(store: Store, settings: Settings) -> tuple[TaughtRule, teaching.RuleTrial]:
        async with _reading(store, settings) as reader:
            proposed = await teaching.proposed_rule(store, OPERATOR, reader, letter, marks)
            return proposed, await teaching.try_rule(store, OPERATOR, reader, proposed, letter_id=letter, now=now)

    proposed, trial = call_with_store(context, ask)
    if not as_json:
        _show_rule(row_of_rule(proposed))
        click.echo()
    changes, columns = [*trial.unread, *trial.others], ("letter", "recipient", "before", "now")
    show(changes, columns, as_json=as_json, nothing=describe_empty_list(context, "It reads none of the kept letters."))
    click.echo(
        f"It reads {len(trial.letters)} of {trial.unread_looked_at} unread letters, "
        f"and changes {len(trial.others)} outcomes of {trial.others_looked_at} others.",
        err=True,
    )


@rule.command("add", epilog="Example: bouncer rule add 38g0n6damk02s --says 2 --names 2 --reason invalid-recipient")
@_add_marking_options
@click.pass_context
def add(
    context: click.Context,
    /,
    letter: int,
    says: Sequence[int],
    phrases: Sequence[str],
    names: int | None,
    place: str | None,
    **options: Any,
) -> None:
    """Keep the rule that marks on LETTER make, and read the unread letters again: no notice is sent about them."""
    marks = _marks(says, phrases, names, place, options)

    async def ask(store: Store, settings: Settings) -> teaching.RuleResult:
        async with _reading(store, settings) as reader:
            proposed = await teaching.proposed_rule(store, OPERATOR, reader, letter, marks)
            return await teaching.keep_rule(
                store, OPERATOR, reader, proposed, by=changed_by().words, letter_id=letter, now=now
            )

    taught = call_with_store(context, ask)
    click.echo(f"{taught.letters} letters were read by it at once.", err=True)
    click.echo(taught.entry.rule.id)


@rule.command("remove", epilog="Example: bouncer rule remove 5f0c1f3d9a")
@click.argument("rule_id", metavar="ID")
@click.pass_context
def remove(context: click.Context, rule_id: str) -> None:
    """Remove the rule ID, and read the letters again that it had read. Suppressions that followed from them stay."""

    async def ask(store: Store, settings: Settings) -> int:
        async with _reading(store, settings) as reader:
            return await teaching.remove_rule(store, OPERATOR, reader, rule_id, now=now)

    click.echo(f"removed {rule_id}; {call_with_store(context, ask)} letters are as before it was taught")


@rule.command("export", epilog="Example: bouncer rule export 5f0c1f3d9a --to fixtures/ndr/example")
@click.argument("rule_id", metavar="ID")
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Write ID.eml and ID.json into this folder.",
)
@click.pass_context
def export(context: click.Context, rule_id: str, folder: Path) -> None:
    """Write the rule ID and its letter for a pull request; all addresses become example names, other names stay."""

    async def ask(store: Store, settings: Settings) -> RuleExport:
        async with _reading(store, settings) as reader:
            return await teaching.export_rule(store, OPERATOR, reader, rule_id)

    exported = call_with_store(context, ask)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{rule_id}.json").write_text(exported.story_text, "utf-8")
        if exported.letter is not None:
            (folder / f"{rule_id}.eml").write_bytes(exported.letter.encode("utf-8", "replace"))
    except OSError as error:
        raise BouncerError(describe_os_error(error)) from error
    contents = "the rule alone: its letter is not kept any more" if exported.letter is None else "rule and letter"
    click.echo(f"wrote {contents}. Look through it before you publish it.", err=True)


def _show_rule(row: RuleRow) -> None:
    show_pairs((name, value) for name, value in to_plain(row).items() if value not in (None, ""))


def _reading(store: Store, settings: Settings) -> Any:
    from bouncer.daemon.taught_reading import reading_taught  # noqa: PLC0415 -- only some of these commands read letters

    return reading_taught(store, settings)
