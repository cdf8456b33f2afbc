"""``bouncer webhook test`` and ``replay``: events that a person has posted, now or again."""

import datetime as dt

import click

from bouncer.cli.context import call_with_store
from bouncer.cli.output import show_pairs
from bouncer.cli.time_options import MomentType
from bouncer.clock import now
from bouncer.errors import BouncerError
from bouncer.manage.webhooks import open_endpoint, record_attempt, replay_events
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.ports.webhooks import ReplayFilter, WebhookAttempt
from bouncer.settings.sections import Settings


@click.command(epilog="Example: bouncer webhook test wh_0123456789")
@click.argument("webhook_id", metavar="ID")
@click.pass_context
def test(context: click.Context, webhook_id: str) -> None:
    """Post a test event to the endpoint ID now, and print the answer.

    A resting endpoint that accepts the test gets events again.
    """

    async def ask(store: Store, settings: Settings) -> WebhookAttempt:
        endpoint = await open_endpoint(store, OPERATOR, webhook_id)
        from bouncer.notify.webhooks.trying import try_endpoint  # noqa: PLC0415 -- formats take a tenth of a second

        attempt = await try_endpoint(endpoint, settings.forward.webhook_networks, now())
        await record_attempt(store, attempt, operator=settings.forward.operator)
        return attempt

    attempt = call_with_store(context, ask)
    show_pairs((("status", attempt.status), ("answer", attempt.answer), ("milliseconds", attempt.milliseconds)))
    if not attempt.succeeded:
        raise BouncerError(f"{webhook_id} did not take the test")


@click.command(epilog="Example: bouncer webhook replay wh_0123456789 --failed")
@click.argument("webhook_id", metavar="ID")
@click.option("--event", metavar="EVENT", help="Post the event with this id.")
@click.option("--since", type=MomentType(), help="Post the events of letters that came then or later (UTC).")
@click.option("--until", type=MomentType(), help="Post the events of letters that came before (UTC).")
@click.option("--failed", is_flag=True, help="Post those that the endpoint has not taken.")
@click.pass_context
def replay(
    context: click.Context,
    webhook_id: str,
    event: str | None,
    since: dt.datetime | None,
    until: dt.datetime | None,
    failed: bool,
) -> None:
    """Post events of the endpoint ID again, oldest first: a single event, the events of a period, or all that failed.

    An event has the same id as before, so that a reader can tell that it knows it. A resting endpoint gets events again.
    """
    if not (event or since or until or failed):
        raise click.UsageError("Say which: --event, --since, --until or --failed.")
    criteria = ReplayFilter(event, _take_for_utc(since), _take_for_utc(until), failed)

    async def ask(store: Store, _settings: Settings) -> int:
        return await replay_events(store, OPERATOR, webhook_id, criteria, now=now())

    count = call_with_store(context, ask)
    click.echo(f"{count:,} event{'' if count == 1 else 's'} will be posted again")


def _take_for_utc(moment: dt.datetime | None) -> dt.datetime | None:
    return moment.replace(tzinfo=dt.UTC) if moment else None
