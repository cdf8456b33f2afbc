"""Tokens: signed return paths, made and checked without a store."""

import datetime as dt
import json

import click

from bouncer.cli.given import settings_of
from bouncer.daemon.clock import DAY_SECONDS, today
from bouncer.daemon.keys import read_keys
from bouncer.errors import BouncerError, ConfigError
from bouncer.mail.returnpath import Flaw, Key, sign, verify


@click.group()
def token() -> None:
    """Make and check signed return paths."""


@token.command("sign", epilog="Example: bouncer token sign acme jane@example.org")
@click.argument("account")
@click.argument("recipients", nargs=-1)
@click.option("--several", is_flag=True, help="Make one path for a message to several recipients; it names none.")
@click.option("--reference", help="A word of yours that comes back, for the message or campaign: 1 to 12 of a-z 0-9.")
@click.option("--domain", help="Return-path domain  [default: the first in the settings]")
@click.option("--days", type=click.IntRange(1, 3650), help="Good for so long  [default: tokens.expire_days]")
@click.option("--hashed", is_flag=True, help="Let no address stand in the path.")
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
) -> None:
    """Make the return path for one mail from ACCOUNT to each of RECIPIENTS, one a line."""
    if several == bool(recipients):
        raise click.UsageError("Name recipients, or say --several.")
    settings = settings_of(context)
    key = _keys(context)[0]
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
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def verify_(context: click.Context, path: str, as_json: bool) -> None:
    """Say whether PATH is a return path of ours, and for whom; exit 1 when it is not."""
    signed = verify(path, keys=_keys(context), today=today())
    if isinstance(signed, Flaw):
        click.echo(json.dumps({"valid": False, "why": signed.value}) if as_json else f"not valid: {signed.value}")
        context.exit(1)
    facts = {
        "valid": True,
        "account": signed.account,
        "recipient": signed.recipient,
        "recipient_hash": signed.recipient_hash,
        "reference": signed.reference,
        "expires": _date(signed.day),
    }
    if as_json:
        click.echo(json.dumps(facts))
    else:
        click.echo("\n".join(f"{name}: {value}" for name, value in facts.items() if value is not None))


def _keys(context: click.Context) -> tuple[Key, ...]:
    keys = read_keys(settings_of(context).tokens.keys)
    if not keys:
        raise ConfigError("[tokens] keys: none is set; make one with: openssl rand -base64 32 > FILE")
    return keys


def _date(day: int) -> str:
    return dt.datetime.fromtimestamp(day * DAY_SECONDS, dt.UTC).date().isoformat()
