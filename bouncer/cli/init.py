"""``bouncer init``: makes the settings file, the key and the store, and prints the DNS records to publish and the next commands.

It never overwrites a file: a file that exists stays as it is, and the command says so.
"""

import getpass
import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from bouncer.cli.context import settings_of
from bouncer.cli.installing import (
    Installation,
    database_of,
    make_file,
    make_folder,
    make_key,
    make_store,
    owner_of,
    secret_file,
    settings_text,
)
from bouncer.cli.questions import ask_for, check_value
from bouncer.doctor.dns_records import records_of_installation, show_records
from bouncer.installation import SYSTEM_FILE
from bouncer.mail.logged import escape_invisible
from bouncer.settings.sections import Settings, SmtpSettings


@click.command(
    epilog="Example: bouncer init --hostname mx.example.com --domain rp.example.com --operator ann@example.com"
    " --courier smtp://smarthost.example.com:587 --from 'Bounces <bounces@example.com>'"
)
@click.option(
    "--hostname", callback=check_value, metavar="NAME", help="Name of this mail server, as the MX record names it."
)
@click.option(
    "--domain",
    "domains",
    multiple=True,
    callback=check_value,
    metavar="NAME",
    help="Return-path domain; may be given again.",
)
@click.option(
    "--courier",
    callback=check_value,
    metavar="WAY",
    help="Where our notices go: smtp://[user@]host[:port], sendmail: or maildir:PATH.",
)
@click.option("--from", "from_", callback=check_value, metavar="ADDRESS", help="The From of our notices.")
@click.option(
    "--operator", callback=check_value, metavar="ADDRESS", help="Address that gets the mail to postmaster@ and abuse@."
)
@click.option(
    "--listen",
    multiple=True,
    callback=check_value,
    metavar="HOST:PORT",
    help="Where to listen; may be given again [default: 127.0.0.1:2525].",
)
@click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Folder of the database [default: /var/lib/bouncer for settings in /etc, else the folder state beside them].",
)
@click.option(
    "--user", metavar="NAME", help="The user that the daemon runs as, who gets the key and the database [default: you]."
)
@click.option(
    "--systemd",
    is_flag=True,
    help="Write settings for the units in systemd/, which open the port and hand over the secrets.",
)
@click.pass_context
def init(context: click.Context, /, state: Path | None, user: str | None, **options: Any) -> None:
    """Make settings file, key and database, then print the DNS records to publish and the next three commands.

    At a terminal it asks for missing options. Files that exist already stay as they are, so that it can be run again.
    """
    file = context.find_root().obj = (context.find_root().obj or SYSTEM_FILE).absolute()
    systemd: bool = options.pop("systemd")
    if systemd and user:
        raise click.UsageError("--user and --systemd exclude each other: the unit makes its own user.")
    owner = owner_of(user)
    is_new = _make_settings(file, options, _state(file, state), systemd=systemd)
    settings = settings_of(context)
    if not is_new:
        _say_what_differs(settings, options)
    changes = [is_new, _make_keys(file, settings, owner), _ask_password(file, settings, owner)]
    changes.append(make_store(settings, owner))
    _report("made" if changes[-1] else "kept", database_of(settings))
    if not any(changes):
        click.echo("Nothing was changed: all of it was there.")
    show_records(records_of_installation(settings, None), as_json=False)
    _say_next(file, systemd=systemd or _is_for_systemd(file, settings))


def _state(file: Path, state: Path | None) -> Path:
    if state is not None:
        return state.absolute()
    return Path("/var/lib/bouncer") if file.is_relative_to("/etc") else file.parent / "state"


def _make_settings(file: Path, options: dict[str, Any], state: Path, *, systemd: bool) -> bool:
    """Make *file* from *options* and the answers to questions; False if it exists already."""
    if not file.exists():
        text = settings_text(_installation(file, options, state, systemd=systemd))
        make_folder(file.parent, mode=0o755)
        if make_file(file, text.encode(), mode=0o644):
            _report("made", file)
            return True
    _report("kept", file)
    return False


def _installation(file: Path, options: dict[str, Any], state: Path, *, systemd: bool) -> Installation:
    answers = {name: options[key] for name, key in _KEYS.items()}
    missing = [name for name, answer in answers.items() if not answer]
    if missing and not sys.stdin.isatty():
        missing_options = ", ".join(f"--{name}" for name in missing)
        raise click.UsageError(f"Nobody is at a terminal to be asked, and these are missing: {missing_options}")
    for name in missing:
        answers[name] = ask_for(name, answers)
    domain = answers["domain"]
    return Installation(
        file=file,
        state=state,
        hostname=answers["hostname"],
        domains=domain if isinstance(domain, tuple) else (domain,),
        courier=_with_whole_path(answers["courier"]),
        from_=answers["from"],
        operator=answers["operator"],
        listen=() if systemd else options["listen"] or SmtpSettings().listen,
        systemd=systemd,
    )


_KEYS = {"hostname": "hostname", "domain": "domains", "courier": "courier", "operator": "operator", "from": "from_"}


def _with_whole_path(courier: str) -> str:
    """Make the path of a Maildir absolute: the daemon's working directory is another one."""
    scheme, colon, path = courier.partition(":")
    return f"{scheme}:{Path(path).absolute()}" if scheme == "maildir" and path else scheme + colon + path


def _say_what_differs(settings: Settings, options: dict[str, Any]) -> None:
    """Name each option that differs from the existing settings file, which is not changed."""
    in_force = {
        "hostname": settings.smtp.hostname,
        "domains": settings.smtp.domains,
        "courier": settings.forward.courier,
        "from_": settings.forward.from_,
        "operator": settings.forward.operator,
        "listen": settings.smtp.listen,
    }
    for key, value in in_force.items():
        if options[key] and options[key] != value:
            value_text = ", ".join(value) if isinstance(value, tuple) else value
            name = key.rstrip("_") if key != "domains" else "domain"
            click.echo(f"      it says --{name} {escape_invisible(str(value_text))}; edit it to change that", err=True)


def _make_keys(file: Path, settings: Settings, owner: tuple[int, int] | None) -> bool:
    """Make the first key if no key file of the settings exists. If only some are missing, a person has to find them."""
    keys = [secret_file(file, key_file) for key_file in settings.tokens.keys]
    present_keys = [key for key in keys if key.exists()]
    for key in present_keys:
        _report("kept", key)
    is_new = bool(keys) and not present_keys and make_key(keys[0], owner)
    if is_new:
        _report("made", f"{keys[0]} (keep a copy: whoever has it can sign return paths, and without it none is good)")
    return is_new


def _ask_password(file: Path, settings: Settings, owner: tuple[int, int] | None) -> bool:
    """Ask for the smarthost's password if its file is missing; without a terminal, say where the file belongs."""
    if settings.forward.password is None:
        return False
    path = secret_file(file, settings.forward.password)
    if path.exists():
        _report("kept", path)
        return False
    word = getpass.getpass(f"Password at {settings.forward.courier}: ") if sys.stdin.isatty() else ""
    if not word:
        _report("needs", f"{path}: write the smarthost's password there, mode 0600")
        return False
    make_folder(path.parent, mode=0o700, owner=owner)
    is_new = make_file(path, f"{word}\n".encode(), mode=0o600, owner=owner)
    _report("made", path)
    return is_new


def _is_for_systemd(file: Path, settings: Settings) -> bool:
    return any(secret_file(file, key) != key for key in settings.tokens.keys)


def _say_next(file: Path, *, systemd: bool) -> None:
    command = f"{_program()} --settings {shlex.quote(str(file))}"
    serve = "systemctl enable --now bouncer.socket bouncer.service" if systemd else f"{command} serve"
    add, check = f"{command} account add NAME --owner ADDRESS", f"{command} check"
    click.echo("\nNext:")
    for line in (serve, add, check) if systemd else (add, check, serve):
        click.echo(f"  {line}")


def _program() -> str:
    """Give the command line that starts ``bouncer``, with its absolute path."""
    invoked = Path(sys.argv[0])
    installed = Path(sys.executable).with_name("bouncer")
    if invoked.name == "bouncer" and (program := shutil.which(str(invoked))):
        return shlex.quote(str(Path(program).absolute()))
    if os.access(installed, os.X_OK):
        return shlex.quote(str(installed))
    return f"{shlex.quote(sys.executable)} -m bouncer"


def _report(verb: str, path: object) -> None:
    click.echo(f"{verb:<5} {escape_invisible(str(path))}")
