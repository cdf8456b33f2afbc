"""The list of pages as tests walk it: each with acme's ids, and all that a form may change of acme's."""

from contract.factories import NOON
from wire.pages_client import ANN, JANE, World

from bouncer.manage.stories import changes
from bouncer.pages.all_pages import PAGES
from bouncer.pages.page_route import PageRoute
from bouncer.ports.letters import Page
from bouncer.ports.saved_filters import FilterOwner
from bouncer.ports.scope import AccountScope
from bouncer.ports.suppressions import TrailRow

ACME = AccountScope("acme")
FORMS = [route for route in PAGES if route.method == "POST"]
SIGNED_IN = [route for route in PAGES if route.role]


def name(route: PageRoute) -> str:
    return f"{route.method} {route.path}"


def path_of(route: PageRoute, world: World, session: str = "0" * 12) -> str:
    """The path with acme's ids, and the address that acme knows."""
    own = world.connections
    path = route.path.format(
        letter_id=world.letter,
        session_id=session,
        webhook_id=own.webhook,
        number=own.notice,
        key_id=own.key,
        share_id=own.share,
        filter_id=own.filter,
        rule_id="5f0c1f3d9a",
    )
    return f"{path}?address={JANE}" if any(parameter.name == "address" for parameter in route.parameters) else path


async def trail(world: World, address: str = JANE) -> list[TrailRow]:
    return await changes(world.store, ACME, None, address=address, page=Page())


async def everything(world: World) -> tuple[object, ...]:
    """All that a form may change of acme's."""
    store = world.store
    return (
        await trail(world),
        await store.sessions(ACME),
        await store.shares(ACME, now=NOON),
        await store.saved_filters(ACME, FilterOwner("acme", ANN)),
        await store.keys(ACME),
        await store.webhooks(ACME),
        await store.webhook_attempts(ACME, world.connections.webhook, Page()),
        await store.entries(ACME, state=None, page=Page()),
    )
