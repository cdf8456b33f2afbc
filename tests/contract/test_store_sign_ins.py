"""Sign-in links and sessions, on every store."""

import dataclasses
import datetime as dt

from contract.factories import DAY, MINUTE, NOON, Opening, leased

from bouncer.policy.sign_in import Role
from bouncer.ports.accounts import Account
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.sign_ins import Session, SignInLink
from bouncer.ports.store import Store

ACME, ZOO = AccountScope("acme"), AccountScope("zoo")
ANN = "ann@acme.example"


def link(account: str | None = "acme", role: Role = Role.OWNER, until: dt.datetime = NOON + MINUTE) -> SignInLink:
    return SignInLink(account, role, ANN, until)


async def with_accounts(store: Store) -> Store:
    for name in ("acme", "zoo"):
        await store.add_account(OPERATOR, Account(name, ()), now=NOON)
    return store


async def signed_in(store: Store, digest: str = "session digest", **changed: object) -> Session | None:
    assert await store.add_link(OPERATOR, link(**changed), f"link to {digest}")  # type: ignore[arg-type]
    return await store.use_link(f"link to {digest}", digest, "Firefox", now=NOON, forget_before=NOON - DAY)


async def of_digest(store: Store, digest: str, since: dt.datetime = NOON - DAY) -> Session | None:
    return await store.session_of_digest(digest, begun_since=since, seen_since=since)


async def test_a_link_begins_one_session(store: Store, opening: Opening):
    await with_accounts(store)

    session = await signed_in(store)

    assert session == Session("session dige", "acme", Role.OWNER, ANN, NOON, NOON, "Firefox")
    assert await store.use_link("link to session digest", "other", "", now=NOON, forget_before=NOON) is None
    assert await of_digest(store, "session digest") == session
    assert await of_digest(await opening(), "session digest") == session


async def test_sessions_and_links_of_an_owner_end_when_the_account_has_that_owner_no_more(store: Store):
    """An owner who is put back signs in again: a browser that was lost meanwhile stays signed out."""
    account = Account("acme", ("Ann@acme.example", "bob@acme.example"))
    await store.add_account(OPERATOR, account, now=NOON)
    await store.add_account(OPERATOR, Account("zoo", (ANN,)), now=NOON)
    await signed_in(store)
    await signed_in(store, "of zoo", account="zoo")
    await signed_in(store, "support", role=Role.SUPPORT)
    await store.add_link(OPERATOR, link(), "unused")

    await store.set_account(OPERATOR, dataclasses.replace(account, owners=("bob@acme.example",)))
    await store.set_account(OPERATOR, account)

    assert await of_digest(store, "session digest") is None
    assert await of_digest(store, "of zoo") is not None
    assert await of_digest(store, "support") is not None
    assert await store.use_link("unused", "session", "", now=NOON, forget_before=NOON - DAY) is None


async def test_a_link_that_is_too_old_begins_none(store: Store):
    await with_accounts(store)
    await store.add_link(ACME, link(until=NOON), "digest")

    assert await store.use_link("digest", "session", "", now=NOON, forget_before=NOON - DAY) is None
    assert await store.sessions(OPERATOR) == []


async def test_a_link_that_nobody_made_begins_none(store: Store):
    assert await store.use_link("digest", "session", "", now=NOON, forget_before=NOON) is None


async def test_no_link_leads_to_an_account_that_is_unknown_or_foreign(store: Store):
    await with_accounts(store)

    assert not await store.add_link(OPERATOR, link("ghost"), "1")
    assert not await store.add_link(ZOO, link("acme"), "2")
    assert not await store.add_link(ZOO, link(None, Role.OPERATOR), "3")
    assert await store.add_link(OPERATOR, link(None, Role.OPERATOR), "4")


async def test_a_session_is_found_as_long_as_it_is_young_and_used(store: Store):
    await with_accounts(store)
    await signed_in(store)

    assert await of_digest(store, "session digest", NOON)
    assert await of_digest(store, "session digest", NOON + MINUTE) is None
    assert await of_digest(store, "session dige") is None
    await store.note_session_seen("session dige", now=NOON + DAY)
    session = await store.session_of_digest("session digest", begun_since=NOON, seen_since=NOON + DAY)
    assert session
    assert session.seen_at == NOON + DAY


async def test_a_mailed_link_is_a_link_and_a_mail_to_its_person(store: Store):
    await with_accounts(store)
    first_link = link(until=NOON + DAY)

    assert await store.mail_link(ACME, first_link, "digest", event="sign-in.1", limit=1, now=NOON)
    assert not await store.mail_link(ACME, first_link, "another digest", event="sign-in.2", limit=1, now=NOON)
    assert not await store.mail_link(ZOO, first_link, "a third digest", event="sign-in.3", limit=9, now=NOON)
    assert not await store.mail_link(OPERATOR, link("ghost"), "a fourth", event="sign-in.4", limit=9, now=NOON)
    (job,) = await leased(store, now=NOON, count=9, until=NOON + MINUTE)
    assert (job.row.kind, job.row.to, job.row.account, job.row.event) == ("sign-in", ANN, "acme", "sign-in.1")
    assert dt.datetime.fromisoformat(job.row.about or "") == first_link.until
    assert await store.use_link("digest", "session", "", now=NOON, forget_before=NOON - DAY)


async def test_sessions_are_listed_and_ended_inside_a_scope(store: Store):
    await with_accounts(store)
    await signed_in(store)
    await signed_in(store, "digest of the operator", account=None, role=Role.OPERATOR)

    assert [session.account for session in await store.sessions(ACME)] == ["acme"]
    assert await store.sessions(ZOO) == []
    assert {session.account for session in await store.sessions(OPERATOR)} == {"acme", None}
    assert not await store.end_session(ACME, "digest of th")
    assert not await store.end_session(ZOO, "session dige")
    assert await store.end_session(ACME, "session dige")
    assert await of_digest(store, "session digest") is None


async def test_old_sessions_go_when_new_ones_come(store: Store):
    await with_accounts(store)
    await signed_in(store)
    later = NOON + 2 * DAY
    await store.add_link(OPERATOR, link(until=later + MINUTE), "digest")

    await store.use_link("digest", "new session", "", now=later, forget_before=NOON + DAY)

    assert [session.id for session in await store.sessions(OPERATOR)] == ["new session"]


async def test_nothing_of_a_removed_account_opens_the_next_one(store: Store):
    await with_accounts(store)
    await signed_in(store)
    await store.add_link(ACME, link(), "unused")

    await store.remove_account(OPERATOR, "acme")
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)

    assert await of_digest(store, "session digest") is None
    assert await store.use_link("unused", "session", "", now=NOON, forget_before=NOON) is None
