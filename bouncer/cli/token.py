"""``bouncer token``: makes and checks signed return paths, and prints the keys with which programs sign."""

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from bouncer.cli.context import call_with_store, settings_of
from bouncer.cli.group import SentenceGroup
from bouncer.clock import DAY_SECONDS, today
from bouncer.errors import BouncerError, ConfigError
from bouncer.key_files import read_account_key, read_keys
from bouncer.mail.address import split
from bouncer.mail.logged import escape_invisible
from bouncer.mail.returnpath import AccountKey, Flaw, Key, is_account_name, sign, verify
from bouncer.ports.scope import OPERATOR
from bouncer.settings.sections import Settings

if TYPE_CHECKING:  # a program may call `token sign --key-file` for each mail: it starts without these modules
    from bouncer.ports.accounts import Directory
    from bouncer.ports.store import Store


@click.group(cls=SentenceGroup)
def token() -> None:
    """Make and check signed return paths, and print the key of an account."""


@token.command(epilog="Example: bouncer token key acme > acme.key")
@click.argument("account")
@click.pass_context
def key(context: click.Context, account: str) -> None:
    """Print the key that ACCOUNT's programs sign with; it signs for no other account. Keep it secret.

    It is the account's name, a colon, and in base64 (RFC 4648 section 5, without padding) the 32 octets of HKDF-SHA256
    (RFC 5869) of the first master key in tokens.keys: no salt; as info "bouncer account key", NUL, the account's name, NUL,
    and its generation, 1 for the first account of its name. The master key itself stays here.

    A program in Python signs with it: sign("acme", recipient, domain=..., key=AccountKey.read(text), today=..., days=30), both
    from bouncer.mail.returnpath; so does: bouncer token sign --key-file FILE.
    """
    generation = _directory(context).generation(account)
    if generation is None:
        raise BouncerError(f"there is no account {account!r}")
    click.echo(_keys(context)[0].derive(account, generation.number).spell())


@token.command("sign", epilog="Example: bouncer token sign acme jane@example.org")
@click.argument("account")
@click.argument("recipients", nargs=-1)
@click.option(
    "--several", is_flag=True, help="Make one path for a message to several recipients, which names none of them."
)
@click.option(
    "--reference",
    metavar="WORD",
    help="A word of yours for the message or campaign that comes back in reports: 1 to 12 of a-z 0-9.",
)
@click.option("--domain", metavar="DOMAIN", help="The return-path domain  [default: the first in the settings].")
@click.option(
    "--days",
    type=click.IntRange(1, 3650),
    metavar="DAYS",
    help="Let the path be good for so long  [default: tokens.expire_days].",
)
@click.option(
    "--hashed", is_flag=True, help="Put a hash of the recipient's address into the path, and not the address."
)
@click.option(
    "--key-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Sign with the account's own key, as `token key` prints it; no master key and no store are needed then.",
)
@click.pass_context
def sign_(
    context: click.Context,
    account: str,
    recipients: tuple[str, ...],
    several: bool,
    reference: str | None,
    domain: str | None,
    days: int | None,
    hashed: bool,
    key_file: Path | None,
) -> None:
    """Print a return path for one mail of ACCOUNT to each of RECIPIENTS, one a line.

    The account and the domain must be ours. With --key-file nothing but the key is known, and both are taken as they are given.
    """
    if several == bool(recipients):
        raise click.UsageError("Name recipients, or say --several.")
    settings = settings_of(context)
    if domain and not key_file and (why := _foreign_domain(domain, settings)):
        raise BouncerError(why)
    key = read_account_key(key_file) if key_file else _key_of(context, account)
    for recipient in recipients or (None,):
        try:
            path = sign(
                account,
                recipient,
                domain=domain or settings.smtp.domains[0],
                key=key,
                today=today(),
                days=days or settings.tokens.expire_days,
                hashed=hashed,
                reference=reference,
            )
        except ValueError as error:
            raise BouncerError(str(error)) from None
        click.echo(path)


@token.command(
    "verify", epilog="Example: bouncer token verify acme-2bxinljced7whvha6fmz-jane=example.org@rp.example.com"
)
@click.argument("path")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def verify_(context: click.Context, path: str, as_json: bool) -> None:
    """Say whether PATH is a return path of ours, and for whom. The exit status is 1 when it is not."""
    from bouncer.manage.return_paths import NO_GENERATION  # noqa: PLC0415 -- see above

    keys, directory = _keys(context), _directory(context)
    if (domain := split(path)[1].removesuffix(">")) and (why := _foreign_domain(domain, settings_of(context))):
        _say_not_valid(context, why, as_json=as_json)
    signed = verify(
        path, keys=keys, today=today(), generation_of=lambda name: directory.generation(name) or NO_GENERATION
    )
    if isinstance(signed, Flaw):
        _say_not_valid(context, signed.value, as_json=as_json)
    if signed.account not in directory.accounts:
        why = f"there is no account {signed.account!r}: what comes to its paths is refused"
        _say_not_valid(context, why, as_json=as_json)
    facts = {
        "valid": True,
        "account": signed.account,
        "recipient": signed.recipient,
        "recipient_hash": signed.recipient_hash,
        "reference": signed.reference,
        "expires": _date(signed.day),
        "signed_with": "master key" if signed.key.secret in {key.secret for key in keys} else "account key",
    }
    if as_json:
        click.echo(json.dumps(facts))
    else:
        click.echo("\n".join(f"{name}: {value}" for name, value in facts.items() if value is not None))


def _say_not_valid(context: click.Context, why: str, *, as_json: bool) -> NoReturn:
    click.echo(json.dumps({"valid": False, "why": why}) if as_json else f"not valid: {escape_invisible(why)}")
    context.exit(1)


def _foreign_domain(domain: str, settings: Settings) -> str:
    from bouncer.manage.return_paths import foreign_domain  # noqa: PLC0415 -- see above

    return foreign_domain(domain, settings.smtp)


def _directory(context: click.Context) -> "Directory":
    async def ask(store: "Store", _settings: Settings) -> "Directory":
        return await store.directory(OPERATOR)

    return call_with_store(context, ask)


def _key_of(context: click.Context, account: str) -> AccountKey:
    first, *_ = _keys(context)
    if not is_account_name(account):
        raise BouncerError(f"not an account name: {account!r}")
    generation = _directory(context).generation(account)
    if generation is None:
        raise BouncerError(f"there is no account {account!r}")
    return first.derive(account, generation.number)


def _keys(context: click.Context) -> tuple[Key, ...]:
    keys = read_keys(settings_of(context).tokens.keys)
    if not keys:
        raise ConfigError("[tokens] keys: none is set; make one with: openssl rand -base64 32 > FILE")
    return keys


def _date(day: int) -> str:
    return dt.datetime.fromtimestamp(day * DAY_SECONDS, dt.UTC).date().isoformat()
