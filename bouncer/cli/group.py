"""Groups of commands. Their help and completions show the first sentence of each command uncut."""

import click
from click.shell_completion import CompletionItem


def first_sentence(command: click.Command) -> str:
    """Give the first sentence of a command's help."""
    first = " ".join((command.help or "").partition("\n\n")[0].split())
    sentence, separator, _ = first.partition(". ")
    return f"{sentence}." if separator else first


class SentenceGroup(click.Group):
    """A group of click that does not cut the first sentence of a command's help."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Hook of click: list the commands of this group in its help."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, says in self._sentences(ctx)])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Hook of click: offer the commands of this group, and its own options."""
        offered = [
            CompletionItem(name, help=says) for name, says in self._sentences(ctx) if name.startswith(incomplete)
        ]
        return [*offered, *click.Command.shell_complete(self, ctx, incomplete)]

    def _sentences(self, ctx: click.Context) -> list[tuple[str, str]]:
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        return [(name, first_sentence(command)) for name, command in commands if command and not command.hidden]
