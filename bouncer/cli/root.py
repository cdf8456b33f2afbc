"""The root of the commands: global options, and one line for each command.

A command's module is imported when it is called, so that ``bouncer --help`` is quick.
"""

import importlib
import sys
from pathlib import Path
from typing import NoReturn

import click

from bouncer import __version__
from bouncer.cli.system import SYSTEM_FILE
from bouncer.errors import BouncerError, ConfigError, ListenError, StoreError
from bouncer.files import cannot_use

EX_TEMPFAIL = 75
"""sysexits.h: the store does not answer now, or another program has our port; trying again may help."""

SETTINGS_FILE = click.Path(path_type=Path, dir_okay=False)

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("bouncer.cli.init:init", "Make settings file, key and store; say what to publish and what to do next."),
    "serve": ("bouncer.cli.serve:serve", "Run the daemon."),
    "demo": ("bouncer.cli.demo:demo", "Run the daemon and play real bounces at it, to see how it goes."),
    "check": ("bouncer.cli.check:check", "Check settings, ports, DNS and certificate; print the records to publish."),
    "read": ("bouncer.cli.read:read", "Read bounces out of files; needs no settings and no store."),
    "reread": ("bouncer.cli.reread:reread", "Let today's reader speak about letters that were kept."),
    "account": ("bouncer.cli.account:account", "Add, list, show, change, remove accounts."),
    "alias": ("bouncer.cli.alias:alias", "Register return paths that need no signature."),
    "bounces": ("bouncer.cli.lists:bounces", "List what was recorded, newest first."),
    "letters": ("bouncer.cli.lists:letters", "List kept letters, or print one."),
    "notice": ("bouncer.cli.notice:notice", "Look at notices as they would be sent."),
    "queue": ("bouncer.cli.queue:queue", "List the notices on their way; show, retry, drop one."),
    "suppressions": (
        "bouncer.cli.suppressions:suppressions",
        "List, add, remove, check, explain, import, export suppressed addresses.",
    ),
    "sends": ("bouncer.cli.sends:sends", "Count what was sent, and report what became of it."),
    "token": ("bouncer.cli.token:token", "Make and check signed return paths; print the key of an account."),
}
"""Every command: where it is, and what it does in one line."""


class Commands(click.Group):
    """The commands of COMMANDS, imported when called."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options before the command; one that only a command has is told where it goes."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            name = error.option_name
            raise click.NoSuchOption(
                name, f"No such option: {name}. Options of a command stand behind it: bouncer COMMAND {name}", ctx=ctx
            ) from None

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Every command, in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        """Import one command; None for a word that is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        _take_root_options(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's signature
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in COMMANDS.items()])


def _take_root_options(command: click.Command) -> None:
    """Let the options of the root stand behind *command*, too, and behind every command in it: people write them there."""
    if any(parameter.name == "file_behind" for parameter in command.params):
        return
    command.params += [
        click.Option(
            ["--settings", "file_behind"],
            type=SETTINGS_FILE,
            is_eager=True,  # before what reads the settings
            expose_value=False,
            hidden=True,
            callback=_use_file_behind,
        ),
        click.Option(
            ["--version", "version_behind"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            hidden=True,
            callback=_show_version,
        ),
    ]
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        _take_root_options(below)


def _use_file_behind(context: click.Context, _option: click.Parameter, file: Path | None) -> None:
    if file is not None:
        context.find_root().obj = file


def _show_version(context: click.Context, _option: click.Parameter, is_asked: bool) -> None:
    if is_asked:
        click.echo(f"bouncer, version {__version__}")
        context.exit()


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: bouncer --settings /etc/bouncer/bouncer.toml serve",
)
@click.option(
    "--settings",
    "file",
    type=SETTINGS_FILE,
    envvar="BOUNCER_SETTINGS",
    help=f"TOML file [default: {SYSTEM_FILE} where it exists]; BOUNCER_SECTION__KEY in the environment wins over it. "
    "It may stand behind a command, too.",
)
@click.version_option(__version__, prog_name="bouncer")
@click.pass_context
def root(context: click.Context, file: Path | None) -> None:
    """Keep, read, record and forward the bounces of your mail: a return-path MX."""
    context.obj = file


def main() -> NoReturn:
    """Run a command; every error of ours is one line for each fault, and its own exit code."""
    try:
        root(prog_name="bouncer")
    except ConfigError as error:
        for fault in error.faults:
            click.echo(f"bouncer: {fault}", err=True)
        sys.exit(ConfigError.exit_code)
    except StoreError as error:
        click.echo(f"bouncer: the store does not answer: {error}", err=True)
        sys.exit(EX_TEMPFAIL)
    except BouncerError as error:
        click.echo(f"bouncer: {error}", err=True)
        sys.exit(EX_TEMPFAIL if isinstance(error, ListenError) else 1)
    except OSError as error:
        if error.filename is None:  # no file or folder that somebody named: that is a bug, and is shown whole
            raise
        click.echo(f"bouncer: {cannot_use(error)}", err=True)
        sys.exit(1)
    sys.exit(0)
