"""The root of the commands: global options, and a line of help for each command.

The module of a command is imported when the command is called, so that ``bouncer --help`` is fast.
"""

import atexit
import gc
import importlib
import sys
from pathlib import Path
from typing import NoReturn

import click
from click.shell_completion import CompletionItem

from bouncer import __version__
from bouncer.errors import BouncerError, ConfigError, ListenError, NotNow, StoreError
from bouncer.files import describe_os_error
from bouncer.garbage import collector_paused
from bouncer.installation import SYSTEM_FILE

EX_TEMPFAIL = 75
"""sysexits.h: the store does not answer now, or another program has our port; trying again may help."""

SETTINGS_FILE = click.Path(path_type=Path, dir_okay=False)

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("bouncer.cli.init:init", "Make settings file, key and store; say what to publish and what to do next."),
    "serve": ("bouncer.cli.serve:serve", "Run the daemon."),
    "demo": ("bouncer.cli.demo:demo", "Run the daemon and send it real bounces, to see what it does."),
    "check": (
        "bouncer.cli.check:check",
        "Check settings, ports, DNS and certificate, and print the DNS records to publish.",
    ),
    "status": ("bouncer.cli.status:status", "Say whether the daemon serves and what waits, for people and monitors."),
    "settings": ("bouncer.cli.settings:settings", "Show the settings in force, and where each comes from."),
    "read": ("bouncer.cli.read:read", "Say what the letters in files report. Needs no settings and no store."),
    "reread": ("bouncer.cli.reread:reread", "Read kept letters again, with what this version knows."),
    "rule": ("bouncer.cli.rule:rule", "Teach the reader a form of report that it does not know."),
    "account": ("bouncer.cli.account:account", "Add, list, show, change and remove accounts."),
    "alias": ("bouncer.cli.alias:alias", "Register return paths that need no signature."),
    "key": ("bouncer.cli.key:key", "Make and revoke the keys by which programs use the HTTP API."),
    "login": ("bouncer.cli.login:login", "Make a link that signs a person in to the web pages."),
    "session": ("bouncer.cli.session:session", "List and end the sessions of the web pages."),
    "bounces": ("bouncer.cli.listings:bounces", "List what reports say of each recipient, newest first."),
    "letters": ("bouncer.cli.listings:letters", "List the letters that were received, or print one."),
    "notice": ("bouncer.cli.notice:notice", "Show a notice as it would be sent."),
    "queue": ("bouncer.cli.queue:queue", "List the notices that are to be sent; show, retry or drop them."),
    "store": ("bouncer.cli.store:store", "Show, back up and restore the store, and bring it up to date."),
    "suppressions": (
        "bouncer.cli.suppressions:suppressions",
        "Manage the addresses that mail must not go to.",
    ),
    "erase": ("bouncer.cli.erase:erase", "Delete all that names a person's address."),
    "sends": ("bouncer.cli.sends:sends", "Count what was sent, and report what became of it."),
    "webhook": ("bouncer.cli.webhook:webhook", "Post an account's events to endpoints of its programs."),
    "token": ("bouncer.cli.token:token", "Make and check signed return paths, and print the key of an account."),
}
"""The commands: the import path of each, and its help in one line."""


class Commands(click.Group):
    """The commands of COMMANDS, imported when called."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Hook of click: parse the options before the command; the error for a command's option says where it belongs."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            name = error.option_name
            raise click.NoSuchOption(
                name, f"No such option: {name}. Options of a command follow it: bouncer COMMAND {name}", ctx=ctx
            ) from None

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Hook of click: give the commands in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        """Hook of click: import a command; None if there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        with collector_paused():
            command: click.Command = getattr(importlib.import_module(module), name)
        _take_root_options(command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Hook of click: offer the commands without importing them, so that completion is fast."""
        commands = [
            CompletionItem(name, help=says) for name, (_, says) in COMMANDS.items() if name.startswith(incomplete)
        ]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's signature
        """Hook of click: list the commands in help without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in COMMANDS.items()])


def _take_root_options(command: click.Command) -> None:
    """Accept the options of the root after *command*, too, and after each command in it, because people write them there."""
    if any(parameter.name == "file_behind" for parameter in command.params):
        return
    command.params += [
        click.Option(
            ["--settings", "file_behind"],
            type=SETTINGS_FILE,
            is_eager=True,  # before the options that read the settings
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
    for subcommand in command.commands.values() if isinstance(command, click.Group) else ():
        _take_root_options(subcommand)


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
    metavar="FILE",
    help=f"Read the settings from this TOML file [default: {SYSTEM_FILE}, where it exists]. "
    "A variable BOUNCER_SECTION__KEY of the environment wins over it. The option may follow a command, too.",
)
@click.version_option(__version__, prog_name="bouncer")
@click.pass_context
def root(context: click.Context, file: Path | None) -> None:
    """Receive the bounces of your mail, read them, stop mail to addresses that are gone, and tell their senders."""
    context.obj = file


def main() -> NoReturn:
    """Run a command. A BouncerError is printed as a line for each fault, and has an exit code of its own."""
    atexit.register(
        gc.freeze
    )  # the interpreter's last collections would look at every module: a sixth of a command's time
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
        sys.exit(EX_TEMPFAIL if isinstance(error, ListenError | NotNow) else 1)
    except OSError as error:
        if error.filename is None:  # an error without a file name is a bug, and gets a traceback
            raise
        click.echo(f"bouncer: {describe_os_error(error)}", err=True)
        sys.exit(1)
    sys.exit(0)
