"""``bouncer session``: the people who are signed in to the web pages."""

import click

from bouncer.cli.context import call_with_store, describe_empty_list
from bouncer.cli.group import SentenceGroup
from bouncer.cli.output import as_json, show
from bouncer.clock import now
from bouncer.manage.signing_in import end_session, list_sessions
from bouncer.ports.scope import OPERATOR
from bouncer.ports.sign_ins import Session
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings


@click.group(cls=SentenceGroup)
def session() -> None:
    """List and end the sessions of people who are signed in to the web pages."""


@session.command("list", epilog="Example: bouncer session list --account acme")
@click.option("--account", metavar="NAME", help="Show only this account's.")
@as_json
@click.pass_context
def list_(context: click.Context, account: str | None, as_json: bool) -> None:
    """List who is signed in, newest first, and when each session was last used."""

    async def ask(store: Store, _settings: Settings) -> list[Session]:
        return await list_sessions(store, OPERATOR, account, now=now())

    columns = ("id", "account", "role", "person", "begun_at", "seen_at", "browser")
    nothing = describe_empty_list(context, "Nobody is signed in.", f"Nobody is signed in to {account}.", account)
    show(call_with_store(context, ask), columns, as_json=as_json, nothing=nothing)


@session.command(epilog="Example: bouncer session end 5f0c1f3d9a7b")
@click.argument("session_id", metavar="ID")
@click.pass_context
def end(context: click.Context, session_id: str) -> None:
    """End the session ID, as `bouncer session list` shows it: the browser is signed out."""

    async def ask(store: Store, _settings: Settings) -> None:
        await end_session(store, OPERATOR, session_id)

    call_with_store(context, ask)
    click.echo(f"ended {session_id}")
