"""``bouncer login``: a link that signs a person in to the web pages, once."""

import secrets

import click

from bouncer.cli.context import call_with_store, settings_of
from bouncer.clock import now
from bouncer.errors import BouncerError
from bouncer.manage.signing_in import MadeLink, make_link
from bouncer.policy.sign_in import LINK_LASTS, SECRET_OCTETS, Role
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.addresses import ANY_HOST, host_port, socket_path
from bouncer.settings.sections import HttpSettings, Settings


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

    made = call_with_store(context, ask)
    whose_mail = made.link.account or "all accounts"
    minutes = round(LINK_LASTS.total_seconds() / 60)
    click.echo(f"Signs in as {role} for {whose_mail}: once, within {minutes} minutes. Keep it secret.", err=True)
    click.echo(sign_in_url(base, made.secret))


def sign_in_url(base: str, secret: str) -> str:
    """Give the link that people open."""
    return f"{base}/sign-in?link={secret}"


def base_url(http: HttpSettings) -> str:
    """Give the URL of the pages: the setting's, or the first address that the HTTP server listens on. Raises BouncerError."""
    if http.url:
        return http.url.rstrip("/")
    for address in http.listen:
        if socket_path(address) is None:
            host, port = host_port(address)
            host = ANY_HOST.get(host, host)
            scheme = "https" if http.tls_certificate else "http"
            return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
    raise BouncerError("there are no web pages: set [http] listen, or [http] url where a proxy stands before them")
