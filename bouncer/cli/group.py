"""Groups of commands whose lists show the first sentence of each command whole, in help and in completions."""

import click
from click.shell_completion import CompletionItem


def first_sentence(command: click.Command) -> str:
    """Give what a command's help begins with, up to the end of its first sentence."""
    first = " ".join((command.help or "").partition("\n\n")[0].split())
    sentence, parted, _ = first.partition(". ")
    return f"{sentence}." if parted else first


class SentenceGroup(click.Group):
    """A group as click has it, but that it never cuts a sentence."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands below this one."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, says in self._sentences(ctx)])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer the commands below this one, and its own options."""
        offered = [
            CompletionItem(name, help=says) for name, says in self._sentences(ctx) if name.startswith(incomplete)
        ]
        return [*offered, *click.Command.shell_complete(self, ctx, incomplete)]

    def _sentences(self, ctx: click.Context) -> list[tuple[str, str]]:
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        return [(name, first_sentence(command)) for name, command in commands if command and not command.hidden]
