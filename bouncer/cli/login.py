"""``bouncer login``: a link that signs a person in to the web pages, once."""

import secrets

import click

from bouncer.cli.context import call_with_store, settings_of
from bouncer.clock import now
from bouncer.manage.page_links import base_url, sign_in_url
from bouncer.manage.signing_in import MadeLink, make_link
from bouncer.policy.sign_in import LINK_LASTS, SECRET_OCTETS, Role
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings


@click.command(epilog="Example: bouncer login ann@acme.example")
@click.argument("person")
@click.option("--account", metavar="NAME", help="Sign them in to this account; needed where PERSON owns several.")
@click.option("--support", is_flag=True, help="Let them see and free addresses of the account, and export nothing.")
@click.option("--operator", is_flag=True, help="Sign them in to all accounts.")
@click.pass_context
def login(context: click.Context, person: str, account: str | None, support: bool, operator: bool) -> None:
    """Make a link that signs PERSON in to the web pages once, and print it alone on the last line.

    PERSON is the address of an account's owner. With --support or --operator it is anybody's address or name, by which the
    trail names them.
    """
    if (support and operator) or (operator and account) or (support and not account):
        raise click.UsageError("say --support with --account, or --operator alone, or neither for an owner")
    role = Role.OPERATOR if operator else Role.SUPPORT if support else Role.OWNER
    base = base_url(settings_of(context).http)

    async def ask(store: Store, _settings: Settings) -> MadeLink:
        octets = secrets.token_bytes(SECRET_OCTETS)
        return await make_link(store, OPERATOR, person, account, role, octets=octets, now=now())

    new_link = call_with_store(context, ask)
    whose_mail = new_link.link.account or "all accounts"
    minutes = round(LINK_LASTS.total_seconds() / 60)
    click.echo(f"Signs in as {role} for {whose_mail}: once, within {minutes} minutes. Keep it secret.", err=True)
    click.echo(sign_in_url(base, new_link.secret))
