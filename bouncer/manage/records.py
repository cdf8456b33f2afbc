"""Records: lists of bounces and letters, and one letter as it came."""

from bouncer.errors import NotFound
from bouncer.mail.letter import spell_id
from bouncer.manage.scopes import recorded_scope
from bouncer.ports.letters import BounceFilter, BounceRow, KeptLetter, LetterFilter, LetterRow, Page
from bouncer.ports.scope import Scope
from bouncer.ports.store import Store


async def list_bounces(
    store: Store, scope: Scope, name: str | None, which: BounceFilter, page: Page
) -> list[BounceRow]:
    """Give bounces, newest first, of an account, a removed one too, or all inside *scope*. Raises NotFound."""
    return list(await store.bounces(await recorded_scope(store, scope, name), which, page))


async def list_letters(
    store: Store, scope: Scope, name: str | None, which: LetterFilter, page: Page
) -> list[LetterRow]:
    """Give letters, newest first, of an account, a removed one too, or all inside *scope*. Raises NotFound."""
    return list(await store.letters(await recorded_scope(store, scope, name), which, page))


async def kept_letter(store: Store, scope: Scope, letter_id: int) -> KeptLetter:
    """Give one letter with its octets. Raises NotFound where it is unknown, outside *scope*, or its octets are forgotten."""
    letter = await store.letter(scope, letter_id)
    if letter is None:
        raise NotFound(f"there is no letter {spell_id(letter_id)}, or its octets are not kept any more")
    return letter
