"""How addresses stand in the log, of accounts that want them there and of one that does not."""

import pytest

from bouncer.mail.returnpath import Key, sign
from bouncer.policy.account_rules import AccountRules
from bouncer.ports.accounts import Account, Directory
from bouncer.ports.scope import Scope
from bouncer.stages.admit import Admit
from bouncer.stages.logged_addresses import LoggedAddresses

KEY = Key(b"a secret of at least sixteen octets")
TODAY = 20_400
JANE = "jane@example.org"


class Book:
    async def changed_directory(self, _scope: Scope, _last_directory: Directory) -> Directory:
        accounts = {"acme": Account("acme", ()), "quiet": Account("quiet", (), terms=AccountRules(hash_paths=True))}
        return Directory(accounts, {"acme@rp.example.com": "acme", "quiet@rp.example.com": "quiet"})


@pytest.fixture
async def naming() -> LoggedAddresses:
    admit = Admit(Book(), domains=("rp.example.com",), keys=(KEY,), today=lambda: TODAY, elapsed=lambda: 0.0)  # type: ignore[arg-type] # as much of the port as is asked
    await admit.directory()
    return LoggedAddresses(admit)


def path(account: str, **options: object) -> str:
    return sign(account, JANE, domain="rp.example.com", key=KEY, today=TODAY, days=30, **options)  # type: ignore[arg-type]


async def test_a_plain_account_is_told_of_in_plain_words(naming: LoggedAddresses):
    assert naming.recipient("acme", JANE) == JANE
    assert naming.words("acme", f"550 <{JANE}>: no") == f"550 <{JANE}>: no"
    assert naming.path(path("acme"), path("acme")).endswith("...-jane=example.org@rp.example.com")
    assert naming.path(JANE, path("acme")) == JANE


@pytest.mark.parametrize("account", ["quiet", "quiet/removed-1", "nobody-knows"])
async def test_no_address_of_a_hiding_or_unknown_account_stands_anywhere(naming: LoggedAddresses, account: str):
    assert "jane" not in naming.recipient(account, JANE)
    assert naming.words(account, f'550 <{JANE}> "jane doe"@x jane@[192.0.2.1]: no') == (
        "550 <...@example.org> ...@x ...@[192.0.2.1]: no"
    )


@pytest.mark.parametrize(
    "address",
    [
        path("quiet"),
        path("quiet").upper(),
        path("quiet", reference="sale"),
        f"prvs=1234567890={path('quiet')}",
        path("quiet").replace("@", "+tag@"),
        path("ghost"),
        "quiet+jane=example.org@rp.example.com",
    ],
)
async def test_return_paths_of_a_quiet_account_name_no_recipient(naming: LoggedAddresses, address: str):
    logged = naming.path(address, address)

    assert "jane" not in logged.lower()
    assert logged.lower().endswith("...@rp.example.com")
    assert naming.path(JANE, address) == "...@example.org"


async def test_the_hash_in_a_path_stays_and_is_the_recipients_name(naming: LoggedAddresses):
    hashed = path("quiet", hashed=True)

    assert f"-{naming.recipient('quiet', JANE)}@" in naming.path(hashed, hashed)


async def test_the_operators_own_mail_is_hidden_from_nobody(naming: LoggedAddresses):
    assert naming.recipient(None, JANE) == JANE


def test_before_the_accounts_are_known_all_is_hidden():
    admit = Admit(Book(), domains=("rp.example.com",), keys=(), today=lambda: TODAY, elapsed=lambda: 0.0)  # type: ignore[arg-type] # as above

    assert LoggedAddresses(admit).recipient("acme", JANE) == "(not shown)"
