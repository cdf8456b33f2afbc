"""``bouncer account subscribe`` and ``unsubscribe``: destinations of an account's events other than its owners' mails."""

from typing import Any

import click

from bouncer.cli.context import call_with_store
from bouncer.clock import now
from bouncer.errors import BouncerError
from bouncer.manage.subscriptions import add_subscription, remove_subscription
from bouncer.policy.notifications import Subscription
from bouncer.policy.preferences import TOPICS
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings


def _destination(command: Any) -> Any:
    """Add to *command* the options that name a destination."""
    command = click.option("--to", metavar="DESTINATION", required=True, help="The file, in the channel's folder.")(
        command
    )
    return click.option("--channel", metavar="NAME", required=True, help="The channel: file.")(command)


@click.command(epilog="Example: bouncer account subscribe acme --channel file --to acme.jsonl")
@click.argument("name")
@_destination
@click.option(
    "--topic",
    "topics",
    multiple=True,
    type=click.Choice(TOPICS),
    help="Send it only events of this topic; may be given several times.",
)
@click.pass_context
def subscribe(context: click.Context, name: str, channel: str, to: str, topics: tuple[str, ...]) -> None:
    """Let a destination hear of the events of the account NAME, each at once, beside its owners' mails.

    The settings must name the channel: [forward] channels. For a destination that is subscribed already, the topics are changed.
    """

    async def ask(store: Store, settings: Settings) -> Subscription:
        destination = _check_destination(settings, channel, to)
        subscription = Subscription(name, channel, destination, tuple(dict.fromkeys(topics)))
        await add_subscription(store, OPERATOR, subscription, now())
        return subscription

    subscription = call_with_store(context, ask)
    topics_told = ", ".join(subscription.topics) or "everything"
    click.echo(f"{name}: {channel} {subscription.destination} hears of {topics_told}")


@click.command(epilog="Example: bouncer account unsubscribe acme --channel file --to acme.jsonl")
@click.argument("name")
@_destination
@click.pass_context
def unsubscribe(context: click.Context, name: str, channel: str, to: str) -> None:
    """Send a destination no more events of the account NAME; events that wait for it are dropped."""

    async def ask(store: Store, settings: Settings) -> None:
        await remove_subscription(store, OPERATOR, name, channel, _find_recorded(settings, channel, to))

    call_with_store(context, ask)
    click.echo(f"{name}: {channel} {to} hears of nothing more")


def _check_destination(settings: Settings, channel: str, destination: str) -> str:
    from bouncer.notify.channels import checked_destination  # noqa: PLC0415 -- the composer takes a tenth of a second

    try:
        return checked_destination(settings.forward, channel, destination)
    except ValueError as error:
        raise BouncerError(f"--channel {channel} --to {destination}: {error}") from None


def _find_recorded(settings: Settings, channel: str, destination: str) -> str:
    """Give a destination as it was recorded; as it was typed if the settings do not name the channel any more."""
    try:
        return _check_destination(settings, channel, destination)
    except BouncerError:
        return destination
