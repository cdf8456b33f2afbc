"""Connections: "did my systems hear of it?" Endpoints with every attempt, notices on their way, and the keys of programs."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bouncer.compose.language import Language
from bouncer.manage.api_keys import list_keys, revoke_key
from bouncer.manage.queue import MAY_BE_DROPPED, count_notices
from bouncer.manage.webhooks import (
    ID_OCTETS,
    NewWebhook,
    add_webhook,
    list_webhooks,
    open_endpoint,
    record_attempt,
    remove_webhook,
    replay_events,
    show_webhook,
)
from bouncer.pages.address_page import ACCOUNT
from bouncer.pages.connection_words import access_words, endpoint_state, notice_state
from bouncer.pages.list_pages import NEXT
from bouncer.pages.page_route import Elsewhere, PageRoute, TemplatePage, Visit
from bouncer.pages.rendering import link
from bouncer.policy.records import EntryState
from bouncer.policy.sign_in import Role
from bouncer.ports.outbox import EntryFilter
from bouncer.ports.webhooks import ReplayFilter, Webhook, WebhookState
from bouncer.web.parameter import MOMENT, NUMBER, TEXT, Parameter
from bouncer.web.problem import ProblemError

MOST_ATTEMPTS = 50
"""Attempts of an endpoint on one page: with them it stays below 60 kB."""
MOST_LISTED = 100
"""Endpoints and keys that are listed: an account has at most 20 endpoints, and an operator lists those of one account."""
FORMATS = ("standard", "sendgrid", "mailgun", "postmark", "listmonk")
"""The names of ``notify.webhooks.formats``, which takes a tenth of a second to load: the page lists them and needs no more."""
_COUNTED = (*MAY_BE_DROPPED, EntryState.GIVEN_UP)

WEBHOOK = Parameter("webhook_id", TEXT, "the id of a webhook", "wh_5f0c1f3d9a", where="path")
KEY = Parameter("key_id", TEXT, "the id of an API key", "5f0c1f3d9a7b", where="path")
REPLAYED = Parameter("replayed", NUMBER, "how many events a replay chose", "3")


@dataclass(frozen=True, slots=True)
class ShownEndpoint:
    """An endpoint with its state in words."""

    webhook: Webhook
    state: str
    tone: str


@dataclass(frozen=True, slots=True)
class NoticeCount:
    """The number of notices in a state."""

    state: EntryState
    words: str
    tone: str
    count: int


async def _connections(visit: Visit) -> TemplatePage:
    account, language = visit.parameters["account"], visit.language
    webhooks = await list_webhooks(visit.store, visit.scope, account)
    keys = await list_keys(visit.store, visit.scope, account)
    counts = [await _count(visit, account, state) for state in _COUNTED]
    given_up = next(count.count for count in counts if count.state is EntryState.GIVEN_UP)
    values = {
        "answers": list(_answers(webhooks, given_up, language)),
        "endpoints": [_endpoint(webhook, language) for webhook in webhooks[:MOST_LISTED]],
        "keys": [(key, access_words(key.access, language)) for key in keys[:MOST_LISTED]],
        "is_cut": max(len(webhooks), len(keys)) > MOST_LISTED,
        "counts": counts,
        "formats": FORMATS,
        "account": account,
    }
    return TemplatePage("connections.html.j2", {**values, "shows_account": visit.signed_in.account is None})


async def _count(visit: Visit, account: str | None, state: EntryState) -> NoticeCount:
    count = await count_notices(visit.store, visit.scope, account, EntryFilter((state,)))
    return NoticeCount(state, *notice_state(state, visit.language), count)


def _endpoint(webhook: Webhook, language: Language) -> ShownEndpoint:
    return ShownEndpoint(webhook, *endpoint_state(webhook, language))


def _answers(webhooks: Sequence[Webhook], given_up: int, language: Language) -> Iterator[tuple[str, str]]:
    """Give the answer to "did they hear of it?" in sentences, each with its tone; the worst first."""
    stopped = sum(webhook.state is not WebhookState.ACTIVE for webhook in webhooks)
    failing = sum(webhook.state is WebhookState.ACTIVE and webhook.failing_since is not None for webhook in webhooks)
    if stopped:
        words = ("{number} webhook gets no events.", "{number} webhooks get no events.")
        yield language.count(*words, stopped), "hard"
    if failing:
        words = ("{number} webhook fails, and is tried again.", "{number} webhooks fail, and are tried again.")
        yield language.count(*words, failing), "soft"
    if given_up:
        words = ("{number} notice could not be delivered.", "{number} notices could not be delivered.")
        yield language.count(*words, given_up), "soft"
    if not (stopped or failing or given_up):
        yield language.say("Everybody who wants to hear of it has heard, or will soon."), "good"


async def _add(visit: Visit) -> TemplatePage:
    """Add an endpoint; the page that follows is the only one that ever shows its secret."""
    from bouncer.notify.webhooks.format import SECRET_OCTETS  # noqa: PLC0415 -- most daemons add no endpoint for long
    from bouncer.notify.webhooks.formats import format_of  # noqa: PLC0415 -- as above

    webhook_format = format_of(visit.form["format"] or FORMATS[0])
    if webhook_format is None:
        raise ProblemError(422, visit.language.say("There is no such format."), parameter="format")
    if visit.form["url"] is None:
        raise ProblemError(422, visit.language.say("Name the address that events are posted to."), parameter="url")
    secret = webhook_format.make_secret(secrets.token_bytes(SECRET_OCTETS))
    new = NewWebhook(
        visit.account, visit.form["url"], webhook_format.name, webhook_format.events, webhook_format.belief, secret
    )
    octets, networks = secrets.token_bytes(ID_OCTETS), visit.forward.webhook_networks
    added = await add_webhook(visit.store, visit.scope, new, octets=octets, networks=networks, now=visit.now)
    return TemplatePage(
        "webhook-added.html.j2", {"webhook": added, "secret": webhook_format.show_secret(secret) if secret else ""}
    )


async def _webhook(visit: Visit) -> TemplatePage:
    webhook_id, before = visit.parameters["webhook_id"], visit.parameters["before"]
    details = await show_webhook(visit.store, visit.scope, webhook_id, attempts=MOST_ATTEMPTS, before=before)
    is_full = len(details.attempts) == MOST_ATTEMPTS
    values = {
        "shown": _endpoint(details.webhook, visit.language),
        "is_ended": details.webhook.state is WebhookState.ENDED,
        "attempts": details.attempts,
        "next": link(_path_of(webhook_id), before=details.attempts[-1].id) if is_full else None,
        "is_first": before is None,
        "replayed": visit.parameters["replayed"],
    }
    return TemplatePage("webhook.html.j2", values)


async def _test(visit: Visit) -> Elsewhere:
    """Post a test event now; the attempt is the first of the page that follows."""
    from bouncer.notify.webhooks.trying import try_endpoint  # noqa: PLC0415 -- most daemons try no endpoint for long

    webhook_id = visit.parameters["webhook_id"]
    endpoint = await open_endpoint(visit.store, visit.scope, webhook_id)
    attempt = await try_endpoint(endpoint, visit.forward.webhook_networks, visit.now)
    await record_attempt(visit.store, attempt, operator=visit.forward.operator)
    return Elsewhere(_path_of(webhook_id))


async def _replay(visit: Visit) -> Elsewhere:
    webhook_id = visit.parameters["webhook_id"]
    criteria = ReplayFilter(since=visit.form["since"], only_failed=visit.form["which"] != "all")
    if criteria.since is None and not criteria.only_failed:
        raise ProblemError(
            422, visit.language.say("Name the day from which on all events leave again."), parameter="since"
        )
    count = await replay_events(visit.store, visit.scope, webhook_id, criteria, now=visit.now)
    return Elsewhere(link(_path_of(webhook_id), replayed=count))


async def _remove(visit: Visit) -> Elsewhere:
    await remove_webhook(visit.store, visit.scope, visit.parameters["webhook_id"], now=visit.now)
    return Elsewhere("/connections")


async def _revoke(visit: Visit) -> Elsewhere:
    await revoke_key(visit.store, visit.scope, visit.parameters["key_id"])
    return Elsewhere("/connections")


def _path_of(webhook_id: str) -> str:
    return f"/connections/webhooks/{webhook_id}"


CONNECTION_PAGES = (
    PageRoute("GET", "/connections", "Did my systems hear of it?", Role.OWNER, _connections, (ACCOUNT,)),
    PageRoute(
        "GET",
        "/connections/webhooks/{webhook_id}",
        "What did this webhook answer?",
        Role.OWNER,
        _webhook,
        (WEBHOOK, REPLAYED, NEXT),
    ),
    PageRoute(
        "POST",
        "/connections/webhooks",
        "Add a webhook",
        Role.OWNER,
        _add,
        (),
        (
            Parameter("url", TEXT, "the address that events are posted to", "https://hooks.acme.example/bounces"),
            Parameter("format", TEXT, "the form of the events", FORMATS[0]),
            ACCOUNT,
        ),
    ),
    PageRoute(
        "POST", "/connections/webhooks/{webhook_id}/test", "Post a test event now", Role.OWNER, _test, (WEBHOOK,)
    ),
    PageRoute(
        "POST",
        "/connections/webhooks/{webhook_id}/replay",
        "Let events leave again",
        Role.OWNER,
        _replay,
        (WEBHOOK,),
        (
            Parameter("which", TEXT, "failed, or all since a day", "failed"),
            Parameter("since", MOMENT, "of letters that came then or later", "2026-11-01"),
        ),
    ),
    PageRoute(
        "POST",
        "/connections/webhooks/{webhook_id}/remove",
        "Post nothing to it any more",
        Role.OWNER,
        _remove,
        (WEBHOOK,),
    ),
    PageRoute("POST", "/connections/keys/{key_id}/revoke", "Revoke an API key", Role.OWNER, _revoke, (KEY,)),
)
"""The pages of connections, but for the notices."""
