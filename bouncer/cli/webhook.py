"""``bouncer webhook``: endpoints that get an account's events by HTTP."""

import json
import secrets
from typing import Any

import click

from bouncer.cli.context import call_with_store, describe_empty_list
from bouncer.cli.group import SentenceGroup
from bouncer.cli.output import as_json, show, show_pairs
from bouncer.cli.webhook_posting import replay, test
from bouncer.clock import now
from bouncer.errors import BouncerError
from bouncer.manage.webhooks import (
    ID_OCTETS,
    NewWebhook,
    WebhookDetails,
    add_webhook,
    list_webhooks,
    open_endpoint,
    remove_webhook,
    rotate_secret,
    show_webhook,
)
from bouncer.notify.serialize import to_plain
from bouncer.policy.records import Belief
from bouncer.policy.webhooks import ALL_EVENTS, BELIEFS, EventType
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.ports.webhooks import Webhook
from bouncer.settings.sections import Settings

COLUMNS = ("id", "account", "url", "format", "events", "belief", "state", "last_at", "last_status")
ATTEMPT_COLUMNS = ("at", "event", "status", "milliseconds", "answer")


@click.group(cls=SentenceGroup)
def webhook() -> None:
    """Post an account's events to endpoints of its programs."""


webhook.add_command(test)
webhook.add_command(replay)


def _chosen_events(_context: click.Context, _option: click.Parameter, text: str | None) -> tuple[EventType, ...] | None:
    """Callback of click: read the types of events, with commas between."""
    if text is None:
        return None
    names = [name.strip() for name in text.split(",") if name.strip()]
    event_names = [event.value for event in ALL_EVENTS]
    if not names or not set(names) <= set(event_names):
        raise click.BadParameter(f"must be some of {', '.join(event_names)}, with commas between")
    return tuple(event for event in ALL_EVENTS if event in names)


@webhook.command(epilog="Example: bouncer webhook add acme https://app.acme.example/bounces --format standard")
@click.argument("account")
@click.argument("url")
@click.option(
    "--format", "format_name", metavar="NAME", default="standard", show_default=True, help="The form of the events."
)
@click.option(
    "--events",
    metavar="LIST",
    callback=_chosen_events,
    help=f"Post these events only: {', '.join(ALL_EVENTS)}, with commas between  [default: by format].",
)
@click.option(
    "--belief",
    type=click.Choice([belief.value for belief in reversed(BELIEFS)]),
    help="Post no event that is believed less  [default: by format].",
)
@click.pass_context
def add(
    context: click.Context,
    account: str,
    url: str,
    format_name: str,
    events: tuple[EventType, ...] | None,
    belief: str | None,
) -> None:
    """Post the events of ACCOUNT to URL from now on, an event for each recipient.

    The last line of the output is the secret that the events are signed with, or the public key, where the format has one. It is
    not shown again. A user and a password in the URL are used for HTTP Basic authentication, and not shown either.
    """
    from bouncer.notify.webhooks.format import SECRET_OCTETS  # noqa: PLC0415 -- formats take a tenth of a second
    from bouncer.notify.webhooks.formats import known_format, refuse_impossible  # noqa: PLC0415 -- as above

    webhook_format = known_format(format_name)
    event_types = events or webhook_format.events
    refuse_impossible(webhook_format, event_types)
    secret = webhook_format.make_secret(secrets.token_bytes(SECRET_OCTETS))
    new = NewWebhook(
        account, url, webhook_format.name, event_types, Belief(belief) if belief else webhook_format.belief, secret
    )

    async def ask(store: Store, settings: Settings) -> Webhook:
        octets, networks = secrets.token_bytes(ID_OCTETS), settings.forward.webhook_networks
        return await add_webhook(store, OPERATOR, new, octets=octets, networks=networks, now=now())

    added = call_with_store(context, ask)
    click.echo(f"added {added.id}: {added.url} gets {', '.join(added.events)}, belief {added.belief} at least")
    _print_secret(webhook_format, secret)


def _print_secret(webhook_format: Any, secret: str) -> None:
    if secret:
        click.echo(webhook_format.show_secret(secret))


@webhook.command("list", epilog="Example: bouncer webhook list --account acme")
@click.option("--account", metavar="NAME", help="Show only this account's.")
@as_json
@click.pass_context
def list_(context: click.Context, account: str | None, as_json: bool) -> None:
    """List the endpoints, each with its state and its last answer.

    An endpoint is active; resting, after it took nothing for 72 hours; or ended, after it said that it is gone (410).
    """

    async def ask(store: Store, _settings: Settings) -> tuple[Webhook, ...]:
        return await list_webhooks(store, OPERATOR, account)

    nothing = describe_empty_list(context, "There is no webhook.", f"{account} has no webhook.", account)
    show(call_with_store(context, ask), COLUMNS, as_json=as_json, nothing=nothing)


@webhook.command("show", epilog="Example: bouncer webhook show wh_0123456789")
@click.argument("webhook_id", metavar="ID")
@click.option(
    "--limit",
    metavar="ROWS",
    type=click.IntRange(1, 10_000),
    default=20,
    show_default=True,
    help="Show so many attempts at most.",
)
@as_json
@click.pass_context
def show_(context: click.Context, webhook_id: str, limit: int, as_json: bool) -> None:
    """Show the endpoint ID with its last attempts, newest first: time, status, and the beginning of the answer.

    Attempts are kept for 14 days. With --json it is one object; its member "attempts" has them.
    """

    async def ask(store: Store, _settings: Settings) -> WebhookDetails:
        return await show_webhook(store, OPERATOR, webhook_id, attempts=limit)

    details = call_with_store(context, ask)
    if as_json:
        attempts = [to_plain(attempt) for attempt in details.attempts]
        click.echo(json.dumps({**to_plain(details.webhook), "attempts": attempts}))
        return
    show_pairs(to_plain(details.webhook).items())
    click.echo()
    show(details.attempts, ATTEMPT_COLUMNS, as_json=False, nothing="Nothing was posted in the last 14 days.")


@webhook.command(epilog="Example: bouncer webhook rotate wh_0123456789")
@click.argument("webhook_id", metavar="ID")
@click.pass_context
def rotate(context: click.Context, webhook_id: str) -> None:
    """Give the endpoint ID a new secret, and print it alone on the last line.

    For 24 hours events in the format standard are signed with both secrets; other formats have room for one signature, and use
    the new secret at once.
    """
    from bouncer.notify.webhooks.format import SECRET_OCTETS  # noqa: PLC0415 -- as above
    from bouncer.notify.webhooks.formats import known_format  # noqa: PLC0415 -- as above

    octets = secrets.token_bytes(SECRET_OCTETS)

    async def ask(store: Store, _settings: Settings) -> tuple[Any, str]:
        webhook_format = known_format((await open_endpoint(store, OPERATOR, webhook_id)).webhook.format)
        secret = webhook_format.make_secret(octets)
        if not secret:
            raise BouncerError(
                f"the format {webhook_format.name} signs nothing: change the user and password in the URL"
            )
        await rotate_secret(store, OPERATOR, webhook_id, secret, now=now())
        return webhook_format, secret

    _print_secret(*call_with_store(context, ask))


@webhook.command(epilog="Example: bouncer webhook remove wh_0123456789")
@click.argument("webhook_id", metavar="ID")
@click.pass_context
def remove(context: click.Context, webhook_id: str) -> None:
    """Remove the endpoint ID; events that wait for it are dropped."""

    async def ask(store: Store, _settings: Settings) -> None:
        await remove_webhook(store, OPERATOR, webhook_id, now=now())

    call_with_store(context, ask)
    click.echo(f"removed {webhook_id}")
