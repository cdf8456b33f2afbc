"""An address's stories for the operator: those of all accounts that know it, found at once, however many others there are."""

import pytest
from contract.factories import NOON, bounce, letter, record, suppression

from bouncer.manage.stories import stories
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.records import ChangeSource
from bouncer.ports.accounts import Account
from bouncer.ports.erasures import ErasureOrder
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.sends import Sent
from bouncer.ports.store import Store
from bouncer.ports.suppressions import Allowed

JANE = "jane.doe@gmail.com"
SPELLED = "janedoe+news@googlemail.com"
"""Another spelling of the same mailbox, for an account that folds Gmail's addresses."""
FOLDING = AccountRules(fold_gmail=True)


async def add(store: Store, name: str, terms: AccountRules | None = None) -> None:
    await store.add_account(OPERATOR, Account(name, (), terms=terms or AccountRules()), now=NOON)


async def report(store: Store, account: str, address: str) -> None:
    (number,) = await store.keep([letter(account=account)])
    await store.record([record(number, bounce(address), account=account)], now=NOON)


async def fill(store: Store) -> None:
    """Let each account but the last ones know jane in its own way."""
    for name in ("bounced", "held", "freed", "allowed", "domain", "erased", "sent", "nobody", "other"):
        await add(store, name)
    for name in ("folds-bounced", "folds-held", "folds-domain", "folds-erased"):
        await add(store, name, FOLDING)
    await report(store, "bounced", JANE)
    await report(store, "other", "joe@gmail.com")
    await report(store, "folds-bounced", SPELLED)
    for name, address in (("held", JANE), ("erased", JANE), ("folds-held", SPELLED), ("folds-erased", SPELLED)):
        await store.suppress(OPERATOR, suppression(address, account=name))
    for name, address in (("allowed", JANE), ("domain", "@gmail.com"), ("folds-domain", "@googlemail.com")):
        await store.allow(OPERATOR, Allowed(name, address, NOON), source=ChangeSource.COMMAND)
    await store.allow(OPERATOR, Allowed("freed", JANE, NOON), source=ChangeSource.COMMAND)
    await store.disallow(OPERATOR, Allowed("freed", JANE, NOON), source=ChangeSource.COMMAND)
    for name, address in (("erased", JANE), ("folds-erased", SPELLED)):
        await store.erase(AccountScope(name), ErasureOrder((address,), ChangeSource.COMMAND, "", NOON))
    await store.count(OPERATOR, [Sent("sent", NOON, (JANE,), "<m1@x>")])


@pytest.mark.parametrize("address", [JANE, JANE.upper(), SPELLED])
async def test_the_stories_of_all_accounts_are_those_of_each(store: Store, address: str):
    await fill(store)
    names = sorted((await store.directory(OPERATOR)).accounts)
    all_stories = [story for name in names for story in await stories(store, OPERATOR, address, name, now=NOON)]
    account_stories = [story for story in all_stories if not story.is_empty]

    together = await stories(store, OPERATOR, address, None, now=NOON)

    assert [story for story in together if not story.is_empty] == account_stories
    assert len(account_stories) >= 4
    assert not {"nobody", "other"} & {story.account for story in together}


async def test_an_account_hears_of_no_other(store: Store):
    await fill(store)

    assert await store.accounts_knowing(AccountScope("nobody"), JANE) == frozenset()
    assert await store.accounts_knowing(AccountScope("held"), JANE) == {"held"}


async def test_an_address_that_nobody_knows_has_one_empty_story(store: Store):
    await fill(store)

    (story,) = await stories(store, OPERATOR, "stranger@example.org", None, now=NOON)

    assert story.is_empty


async def test_accounts_that_know_nothing_are_not_asked(store: Store, monkeypatch: pytest.MonkeyPatch):
    await report_of_many(store)
    accounts = list[str]()
    records_of_address = store.records_of_address

    async def noted(*words: object, **options: object) -> object:
        accounts.append(str(words[1]))
        return await records_of_address(*words, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "records_of_address", noted)

    assert [story.account for story in await stories(store, OPERATOR, JANE, None, now=NOON)] == ["a7"]
    assert accounts == ["a7"]


async def report_of_many(store: Store) -> None:
    for number in range(20):
        await add(store, f"a{number}")
    await report(store, "a7", JANE)


async def test_only_the_names_of_all_accounts_are_read(store: Store, monkeypatch: pytest.MonkeyPatch):
    """The directory has the owners, aliases and endpoints of each: megabytes, where there are many."""
    await report_of_many(store)
    read = list[object]()
    monkeypatch.setattr(store, "directory", read.append)

    for address in (JANE, "stranger@example.org"):
        await stories(store, OPERATOR, address, None, now=NOON)

    assert not read


async def test_mail_that_a_removed_account_sent_has_no_story(store: Store):
    await fill(store)
    await store.remove_account(OPERATOR, "sent")

    together = await stories(store, OPERATOR, JANE, None, now=NOON)

    assert "sent" not in {story.account.partition("#")[0] for story in together}
    assert all(not story.is_empty for story in together)


async def test_the_first_names_of_accounts(store: Store):
    await fill(store)

    assert tuple(await store.account_names(OPERATOR, limit=2)) == ("allowed", "bounced")
    assert tuple(await store.account_names(AccountScope("held"), limit=2)) == ("held",)
    assert tuple(await store.account_names(AccountScope("gone"), limit=2)) == ()
