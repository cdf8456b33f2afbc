"""``bouncer key``: API keys, by which programs ask the daemon over HTTP."""

import secrets

import click

from bouncer.cli.context import call_with_store, describe_empty_list
from bouncer.cli.group import SentenceGroup
from bouncer.cli.output import as_json, show
from bouncer.clock import now
from bouncer.errors import BouncerError
from bouncer.manage.api_keys import MadeKey, list_keys, make_key, revoke_key
from bouncer.policy.api_key import KEY_OCTETS, KeyAccess
from bouncer.ports.api_keys import ApiKey
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings


@click.group(cls=SentenceGroup)
def key() -> None:
    """Make and revoke the keys by which programs use the HTTP API."""


@key.command(epilog="Example: bouncer key add acme --scope write --label shop")
@click.argument("account", required=False)
@click.option(
    "--scope",
    "access",
    type=click.Choice([access.value for access in KeyAccess]),
    default=KeyAccess.READ.value,
    show_default=True,
    help="Let it look (read), change suppressions too (write), or manage API keys too (admin).",
)
@click.option("--operator", is_flag=True, help="Make a key for all accounts instead of one.")
@click.option("--label", metavar="WORDS", default="", help="Note which program has the key.")
@click.pass_context
def add(context: click.Context, account: str | None, access: str, operator: bool, label: str) -> None:
    """Make a key for ACCOUNT, and print it on the last line. It is shown this once; the store keeps only its digest."""
    if operator is (account is not None):
        raise click.UsageError("name an account, or say --operator: one of the two")

    async def ask(store: Store, _settings: Settings) -> MadeKey:
        octets = secrets.token_bytes(KEY_OCTETS)
        return await make_key(store, OPERATOR, account, KeyAccess(access), label, octets=octets, now=now())

    new_key = call_with_store(context, ask)
    whose_mail = account or "all accounts"
    click.echo(
        f"Key {new_key.key.id}: {new_key.key.access} for {whose_mail}. It is shown only now; keep it secret.", err=True
    )
    click.echo(new_key.secret)


@key.command("list", epilog="Example: bouncer key list --account acme")
@click.option("--account", metavar="NAME", help="Show only this account's.")
@as_json
@click.pass_context
def list_(context: click.Context, account: str | None, as_json: bool) -> None:
    """List the keys, without their secrets, and when each was last used."""

    async def ask(store: Store, _settings: Settings) -> list[ApiKey]:
        return await list_keys(store, OPERATOR, account)

    columns = ("id", "account", "access", "label", "created_at", "last_used_at")
    nothing = describe_empty_list(context, "There is no API key.", f"{account} has no API key.", account)
    show(call_with_store(context, ask), columns, as_json=as_json, nothing=nothing)


@key.command(epilog="Example: bouncer key revoke 5f0c1f3d9a7b")
@click.argument("key_id", metavar="ID")
@click.pass_context
def revoke(context: click.Context, key_id: str) -> None:
    """Revoke the key ID, as `bouncer key list` shows it; its next request is refused."""
    if key_id.startswith("bnc_"):
        raise BouncerError("name the key's id, as bouncer key list shows it, and not the key itself")

    async def ask(store: Store, _settings: Settings) -> None:
        await revoke_key(store, OPERATOR, key_id)

    call_with_store(context, ask)
    click.echo(f"revoked {key_id}")
