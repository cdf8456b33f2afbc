"""Which forward-paths are return paths of ours."""

import asyncio

import pytest

from bouncer.errors import Refused, StoreError, TryLater
from bouncer.mail.letter import NOTICE_ACCOUNT, PathKind
from bouncer.mail.returnpath import AccountKey, Generation, Key, sign
from bouncer.policy.account_rules import AccountRules, BadPaths
from bouncer.ports.accounts import Account, Directory
from bouncer.ports.scope import Scope
from bouncer.stages.admit import Admit

KEY = Key(b"a secret of at least sixteen octets")
TODAY = 20_400


class Book:
    """Accounts and aliases in hand; counts how often it was asked."""

    def __init__(self) -> None:
        self.directory_now = Directory({"acme": Account("acme", ())}, {"acme@rp.example.com": "acme"})
        self.away = False
        self.questions = 0

    async def changed_directory(self, _scope: Scope, last_directory: Directory) -> Directory | None:
        self.questions += 1
        await asyncio.sleep(0)
        if self.away:
            raise StoreError("locked")
        return None if self.directory_now is last_directory else self.directory_now


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def admit(book: Book, clock: Clock) -> Admit:
    domains = ("rp.example.com", "RP.Bücher.example")
    return Admit(book, domains=domains, hostname="mx.Example.com", keys=(KEY,), today=lambda: TODAY, elapsed=clock)


def path(account: str = "acme", day: int = TODAY) -> str:
    return sign(account, "jane@example.org", domain="rp.example.com", key=KEY, today=day, days=10)


async def test_a_signed_return_path_is_admitted_for_its_account_and_recipient(admit: Admit):
    return_path = await admit.admit(path())

    assert (return_path.kind, return_path.account, return_path.recipient) == (
        PathKind.SIGNED,
        "acme",
        "jane@example.org",
    )


@pytest.mark.parametrize(
    ("address", "kind", "recipient"),
    [
        ("acme@rp.example.com", PathKind.ALIAS, None),
        ("ACME@RP.Example.COM", PathKind.ALIAS, None),
        ("acme+jane=example.org@rp.example.com", PathKind.VERP, "jane@example.org"),
        ("acme+a=b=example.org@rp.example.com", PathKind.VERP, "a=b@example.org"),
        ("acme+campaign7@rp.example.com", PathKind.VERP, None),
        ("postmaster@rp.example.com", PathKind.OPERATOR, None),
        ("Abuse@rp.example.com", PathKind.OPERATOR, None),
        ("postmaster@rp.xn--bcher-kva.example", PathKind.OPERATOR, None),
        ("Postmaster", PathKind.OPERATOR, None),
        ("postmaster@MX.example.com", PathKind.OPERATOR, None),
        ("postmaster@mx.example.com.", PathKind.OPERATOR, None),
        ("postmaster@[192.0.2.7]", PathKind.OPERATOR, None),
        ("PostMaster@[ipv6:2001:db8::7]", PathKind.OPERATOR, None),
    ],
)
async def test_aliases_and_addresses_of_our_own_notices_are_ours_too(
    admit: Admit, address: str, kind: PathKind, recipient: str | None
):
    return_path = await admit.admit(address)

    assert (return_path.kind, return_path.recipient) == (kind, recipient)


@pytest.mark.parametrize(
    "address",
    [
        "nobody@rp.example.com",
        "nobody+jane=example.org@rp.example.com",
        path("ghost"),
        path(day=TODAY - 11),
        path().replace("jane", "june"),
        "+@rp.example.com",
        "@rp.example.com",
    ],
    ids=["unknown", "verp of unknown", "no such account", "expired", "altered", "plus", "no local part"],
)
async def test_an_address_that_is_no_return_path_gets_550_5_1_1(admit: Admit, address: str):
    with pytest.raises(Refused) as refused:
        await admit.admit(address)

    assert str(refused.value.reply).startswith("550 5.1.1 ")


@pytest.mark.parametrize(
    "address", ["acme@example.com", "acme@rp.example.com.evil.example", "acme", "x@sub.rp.example.com"]
)
async def test_other_domains_get_550_5_7_1(admit: Admit, address: str):
    with pytest.raises(Refused) as refused:
        await admit.admit(address)

    assert str(refused.value.reply).startswith("550 5.7.1 ")


async def test_the_return_path_of_our_notices_is_known_as_such(admit: Admit):
    assert (await admit.admit(path(NOTICE_ACCOUNT))).kind is PathKind.NOTICE


async def test_the_store_is_asked_once_a_second_at_most(admit: Admit, book: Book, clock: Clock):
    for _ in range(100):
        await admit.admit("acme@rp.example.com")
    assert book.questions == 1

    book.directory_now = Directory({"other": Account("other", ())}, {})
    clock.seconds += 1.1
    with pytest.raises(Refused):
        await admit.admit("acme@rp.example.com")


async def test_nobody_is_refused_for_good_while_no_account_is_known_at_all(admit: Admit, book: Book):
    """As after a start beside an empty database, whose predecessor was moved away: what comes back for acme must wait."""
    book.directory_now = Directory({}, {})

    for address in ("acme@rp.example.com", path("acme"), "other@rp.example.com"):
        with pytest.raises(TryLater):
            await admit.admit(address)
    with pytest.raises(Refused):
        await admit.admit("acme@elsewhere.example")


async def test_a_burst_at_the_start_asks_the_store_once_and_all_are_admitted(admit: Admit, book: Book):
    return_paths = await asyncio.gather(*(admit.admit("acme@rp.example.com") for _ in range(20)))

    assert {return_path.kind for return_path in return_paths} == {PathKind.ALIAS}
    assert book.questions == 1


async def test_while_the_store_is_away_what_was_known_is_still_known(admit: Admit, book: Book, clock: Clock):
    await admit.admit("acme@rp.example.com")
    book.away = True
    clock.seconds += 5

    assert (await admit.admit("acme@rp.example.com")).kind is PathKind.ALIAS


async def test_with_no_store_from_the_start_senders_are_told_to_come_back(admit: Admit, book: Book):
    book.away = True

    with pytest.raises(TryLater) as later:
        await admit.admit("acme@rp.example.com")

    assert later.value.reply.code == 451


async def test_a_bad_signature_is_refused_unless_its_account_wants_to_see_it(admit: Admit, book: Book):
    """Only paths in the form of a signed one, and only of accounts that asked for them."""
    expired, forged = path(day=TODAY - 11), path().replace("jane", "joe")
    book.directory_now = Directory(
        {
            "acme": Account("acme", (), terms=AccountRules(bad_paths=BadPaths.QUARANTINE)),
            "other": Account("other", ()),
        },
        {},
    )

    for recipient in (expired, forged):
        return_path = await admit.admit(recipient)
        assert (return_path.kind, return_path.account, return_path.recipient) == (PathKind.QUARANTINE, "acme", None)
    for recipient in (path("other", TODAY - 11), path("nobody", TODAY - 11), "acme-nothing@rp.example.com"):
        with pytest.raises(Refused):
            await admit.admit(recipient)


def former_path(number: int, day: int = TODAY) -> str:
    key = KEY.derive("acme", number)
    return sign("acme", "jane@example.org", domain="rp.example.com", key=key, today=day, days=10)


@pytest.mark.parametrize("bad_paths", BadPaths)
async def test_paths_of_removed_accounts_are_refused_whatever_the_next_of_their_name_wants(
    admit: Admit, book: Book, bad_paths: BadPaths
):
    """Not even in quarantine: what comes to them is about the other one's mail."""
    terms = AccountRules(bad_paths=bad_paths)
    book.directory_now = Directory({"acme": Account("acme", (), terms=terms, generation=Generation(3))}, {})

    assert (await admit.admit(former_path(3))).kind is PathKind.SIGNED
    for former in (former_path(1), former_path(2), former_path(2, TODAY - 11)):
        with pytest.raises(Refused):
            await admit.admit(former)


async def test_a_path_that_the_master_key_signed_is_known_as_long_as_its_account_says(admit: Admit, book: Book):
    """Our own notices' paths as long as the longest of those."""
    accounts = [
        Account(name, (), generation=Generation(1, until)) for name, until in (("acme", TODAY + 10), ("new", None))
    ]
    book.directory_now = Directory({account.name: account for account in accounts}, {})

    def of_before(account: str, day: int = TODAY) -> str:
        key = AccountKey(account, KEY.secret)
        return sign(account, "jane@example.org", domain="rp.example.com", key=key, today=day, days=10)

    assert (await admit.admit(of_before("acme"))).account == "acme"
    assert (await admit.admit(of_before(NOTICE_ACCOUNT))).kind is PathKind.NOTICE
    for longer_or_newer in (of_before("acme", TODAY + 1), of_before(NOTICE_ACCOUNT, TODAY + 1), of_before("new")):
        with pytest.raises(Refused):
            await admit.admit(longer_or_newer)


@pytest.mark.parametrize(
    "address",
    [
        "postmaster@mx.other.example",
        "abuse@mx.example.com",
        "acme@mx.example.com",
        "acme@[192.0.2.7]",
        "postmaster@[mx.example.com]",
        "postmaster@[]",
        "postmaster@192.0.2.7",
        "postmaster@[192.0.2.777]",
    ],
)
async def test_postmaster_alone_is_ours_at_the_host_itself(admit: Admit, address: str):
    with pytest.raises(Refused) as refused:
        await admit.admit(address)

    assert str(refused.value.reply).startswith("550 5.7.1")
