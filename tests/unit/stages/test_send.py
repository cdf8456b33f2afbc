"""The stage that outgoing mail passes: what is dropped, counted, signed, and what happens while the store is away."""

import asyncio
import dataclasses
import datetime as dt
import logging
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import idna
import pytest

from bouncer.errors import StoreError, TryLater
from bouncer.mail.letter import NOTICE_ACCOUNT
from bouncer.mail.returnpath import Generation, Key, sign
from bouncer.policy.account_rules import AccountRules, SuppressedMail
from bouncer.policy.outgoing import Outgoing, Signing, hashed_name
from bouncer.policy.records import ChangeSource, Suppression
from bouncer.ports.accounts import Account, Directory
from bouncer.ports.scope import Scope
from bouncer.ports.sends import Sent
from bouncer.stages.send import RECIPIENTS_PER_TURN, Send

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
EARLIER = NOW - dt.timedelta(days=1)
SIGNING = Signing(("rp.example.com",), (Key(b"0" * 32),), today=20_000, days=30)
JANE, GONE = "jane@example.org", "gone@example.org"
SUPPRESSED = Suppression("acme", GONE, "hard", ChangeSource.BOUNCE, None, NOW, None)
MAIL = Outgoing("news@acme.example", (JANE, GONE), message_id="<1@acme.example>", campaign="spring", stream="news")


@dataclass
class World:
    """The stage's surroundings: the directory, the store's state, and the counts and queries that it gets."""

    directory: Directory | None = field(
        default_factory=lambda: Directory({"acme": Account("acme", (), senders=("acme.example",))}, {})
    )
    away: bool = False
    full: bool = False
    counted: list[Sent] = field(default_factory=list)
    queries: list[tuple[str, tuple[str, ...], str | None]] = field(default_factory=list)

    async def look(self) -> Directory:
        if self.directory is None:
            raise TryLater.store()
        return self.directory

    async def suppressions_of(
        self, _scope: Scope, account: str, addresses: Sequence[str], *, now: dt.datetime, stream: str | None
    ) -> dict[str, Suppression]:
        assert now == NOW
        self.queries.append((account, tuple(addresses), stream))
        if self.away:
            raise StoreError("the store is away")
        return {GONE: dataclasses.replace(SUPPRESSED, account=account)} if GONE in addresses else {}

    async def count(self, _scope: Scope, sends: Sequence[Sent]) -> None:
        if self.away or self.full:
            raise StoreError("the store is away")
        self.counted += sends

    def stage(self, *, closed: bool = True, suppressed: SuppressedMail = SuppressedMail.REFUSE) -> Send:
        return Send(
            self.look,
            self,  # type: ignore[arg-type]
            self,  # type: ignore[arg-type]
            signing=lambda: SIGNING,
            reference=lambda: "r1",
            now=lambda: NOW,
            closed=closed,
            suppressed=suppressed,
        )


async def test_a_sent_mail_is_counted_with_the_facts_that_are_known_of_it():
    world = World()
    sending = await world.stage().send(MAIL)

    assert sending is not None
    assert (sending.recipients, sending.dropped) == ((JANE,), (GONE,))
    assert world.counted == [
        Sent(
            "acme",
            NOW,
            (JANE,),
            "<1@acme.example>",
            None,
            "spring",
            "news",
            "r1",
            dropped=(GONE,),
            causes=(SUPPRESSED,),
        )
    ]
    assert world.queries == [("acme", (JANE, GONE), "news")]


async def test_a_mail_of_nobody_is_neither_counted_nor_looked_up():
    world = World()

    assert await world.stage().send(Outgoing("x@else.example", (JANE,))) is None
    assert (world.counted, world.queries) == ([], [])


async def test_a_login_that_no_account_knows_sends_as_nobody(caplog: pytest.LogCaptureFixture):
    """Nothing is signed for any sender and header, and no answer tells the login who is suppressed."""
    world = World()
    caplog.set_level(logging.INFO)
    bob = dataclasses.replace(MAIL, login="bob@other.example", account="acme")

    assert await world.stage().send(bob) is None
    assert not await world.stage().refusal(dataclasses.replace(bob, recipients=(GONE,)), can_drop=False)
    assert (world.counted, world.queries) == ([], [])
    assert caplog.messages == ["login='bob@other.example' is of no account: its mail goes as it is"] * 2


async def test_an_account_that_there_is_not_is_told_to_the_operator(caplog: pytest.LogCaptureFixture):
    """The account's name stands in the settings of a mail server, and may be misspelt."""
    world = World()

    assert await world.stage().suppression("acme", GONE)
    assert caplog.messages == []
    assert not await world.stage().suppression("acne", GONE)
    assert "account='acne', which there is not" in caplog.text
    assert world.queries == [("acme", (GONE,), "")]


async def test_an_account_may_want_no_address_in_a_path():
    account = Account("acme", (), senders=("acme.example",), terms=AccountRules(hash_paths=True))
    sending = await World(Directory({"acme": account}, {})).stage().send(Outgoing("news@acme.example", (JANE,)))

    assert sending is not None
    assert "jane" not in str(sending.reverse_path)


@pytest.mark.parametrize("hashed", [False, True])
async def test_a_refusal_is_logged_as_the_account_wants_its_recipients_named(
    caplog: pytest.LogCaptureFixture, *, hashed: bool
):
    """With hashed paths a refused address is named by the hash that stands in its paths."""
    account = Account("acme", (), senders=("acme.example",), terms=AccountRules(hash_paths=hashed))
    world = World(Directory({"acme": account}, {}))
    caplog.set_level(logging.INFO)

    assert await world.stage().refusal(Outgoing("news@acme.example", (GONE,)), can_drop=False)
    assert await world.stage().suppression("acme", GONE)

    path = sign("acme", GONE, domain="rp.example.com", key=SIGNING.keys[0], today=20_000, days=30, hashed=hashed)
    name = path.partition("@")[0].rpartition("-")[2] if hashed else GONE
    assert caplog.messages == [f"refused account=acme recipient='{name}' cause=hard"] * 2


def test_without_a_key_a_hashed_name_is_none_at_all():
    """The policy service and the socketmap do without."""
    assert hashed_name("acme", GONE, dataclasses.replace(SIGNING, keys=())) == "(not shown)"


DROPS, REFUSES, DEFAULT = SuppressedMail.DROP, SuppressedMail.REFUSE, SuppressedMail.DEFAULT


@pytest.mark.parametrize(
    ("chosen", "setting", "can_refuse", "refuses"),
    [
        (DEFAULT, REFUSES, True, True),
        (DEFAULT, DROPS, True, False),
        (DROPS, REFUSES, True, False),
        (REFUSES, DROPS, True, True),
        (REFUSES, REFUSES, False, False),
        (DROPS, DROPS, False, False),
    ],
)
async def test_a_mail_to_suppressed_ones_only_is_refused_or_dropped_as_its_account_chooses(
    chosen: SuppressedMail, setting: SuppressedMail, can_refuse: bool, refuses: bool, caplog: pytest.LogCaptureFixture
):
    """And where nobody would hear a refusal it is dropped, and told."""
    world = World(choosing(chosen))
    caplog.set_level(logging.INFO)
    sending = await world.stage(suppressed=setting).send(Outgoing("news@acme.example", (GONE,)), can_refuse=can_refuse)

    assert sending is not None
    assert (sending.refused is not None) == refuses
    assert [(count.recipients, count.dropped, count.refused) for count in world.counted] == [
        ((), (), (GONE,)) if refuses else ((), (GONE,), ())
    ]
    assert caplog.messages[0].startswith("refused " if refuses else "dropped ")


@pytest.mark.parametrize(
    ("chosen", "can_drop", "refused"),
    [(REFUSES, True, True), (DEFAULT, True, True), (DROPS, True, False), (DROPS, False, True)],
)
async def test_at_rcpt_who_drops_later_refuses_nobody(chosen: SuppressedMail, can_drop: bool, refused: bool):
    """The policy service and the table cannot drop one of several: they refuse for everybody."""
    world = World(choosing(chosen))
    refusal = await world.stage().refusal(Outgoing("news@acme.example", (GONE,)), can_drop=can_drop)

    assert (refusal is not None) == refused
    assert [count.refused for count in world.counted] == ([(GONE,)] if refused else [])


async def test_every_refusal_is_counted_and_stands_even_where_it_cannot_be():
    world = World()
    stage = world.stage()
    await stage.refusal(Outgoing("news@acme.example", (GONE,)), can_drop=False)
    await stage.suppression("acme", GONE)
    world.full = True

    assert await stage.suppression("acme", GONE) is not None
    assert [(count.account, count.recipients, count.dropped, count.refused) for count in world.counted] == [
        ("acme", (), (), (GONE,))
    ] * 2


def choosing(chosen: SuppressedMail) -> Directory:
    """An account that chose so."""
    account = Account("acme", (), senders=("acme.example",), terms=AccountRules(suppressed=chosen))
    return Directory({"acme": account}, {})


async def test_a_change_of_accounts_is_seen():
    world = World()
    stage = world.stage()
    await stage.send(MAIL)
    world.directory = Directory({"zoo": Account("zoo", (), senders=("acme.example",))}, {})
    await stage.send(MAIL)

    assert [count.account for count in world.counted] == ["acme", "zoo"]


async def test_closed_means_that_mail_waits_while_the_store_is_away():
    with pytest.raises(TryLater):
        await World(away=True).stage().send(MAIL)
    with pytest.raises(TryLater):
        await World(directory=None).stage().send(MAIL)
    with pytest.raises(TryLater):
        await World(away=True).stage().refusal(MAIL, can_drop=False)
    with pytest.raises(TryLater):
        await World(directory=None).stage().suppression("acme", GONE)


async def test_open_means_that_mail_goes_signed_and_uncounted():
    sending = await World(away=True).stage(closed=False).send(MAIL)

    assert sending is not None
    assert (sending.recipients, sending.dropped) == ((JANE, GONE), ())
    assert sending.reverse_path is not None


async def test_open_and_with_no_accounts_known_mail_goes_as_it_is():
    stage = World(directory=None).stage(closed=False)

    assert await stage.send(MAIL) is None
    assert not await stage.refusal(MAIL, can_drop=False)


async def test_one_recipient_is_refused_as_its_envelope_tells():
    stage = World().stage()

    assert await stage.refusal(Outgoing("news@acme.example", (GONE,)), can_drop=False)
    assert not await stage.refusal(Outgoing("news@acme.example", (JANE,)), can_drop=False)
    assert not await stage.refusal(Outgoing("news@else.example", (GONE,)), can_drop=False)
    assert await stage.suppression("acme", GONE)


def path(account: str, recipient: str | None = JANE, *, number: int = 1, days: int = 30, hashed: bool = False) -> str:
    """Make a path as a program of the account signs it."""
    key = SIGNING.keys[0].derive(account, number)
    return sign(account, recipient, domain="rp.example.com", key=key, today=20_000, days=days, hashed=hashed)


PEOPLE = Directory(
    {
        "acme": Account("acme", (), senders=("acme.example",), generation=Generation(2)),
        "zoo": Account("zoo", (), senders=("zoo-login",)),
    },
    {"acme@rp.example.com": "acme"},
)


@pytest.mark.parametrize(
    ("sender", "login", "account", "stays"),
    [
        (path("zoo"), "", "zoo", True),
        (path("zoo", hashed=True), "", "zoo", True),
        (path("acme", number=2), "", "acme", True),
        ("acme@rp.example.com", "", "acme", True),
        ("acme+jane=example.org@RP.Example.com", "", "acme", True),
        ("acme+june=example.org@rp.example.com", "", "acme", False),
        (path("zoo"), "zoo-login", "zoo", True),
        (path("acme", number=2), "zoo-login", "zoo", False),
        ("acme@rp.example.com", "zoo-login", "zoo", False),
        (path("acme", number=2), "mallory", None, True),
        (path("acme", number=1), "", None, True),  # of the account that bore the name before
        (path("ghost"), "", None, True),
        (path("zoo", days=-1), "", None, True),
        (path("zoo", days=-1), "zoo-login", "zoo", False),
        (path("zoo").replace("@rp.", "@other."), "", None, True),
        (path(NOTICE_ACCOUNT), "", None, True),
        (path(NOTICE_ACCOUNT), "zoo-login", "zoo", True),
    ],
)
async def test_a_return_path_says_whose_mail_it_is_unless_a_login_does(
    sender: str, login: str, account: str | None, *, stays: bool
):
    world = World(PEOPLE)
    sending = await world.stage().send(Outgoing(sender, (JANE,), login))

    assert (sending.account if sending else None) == account
    assert (sending is None or sending.reverse_path is None) == stays
    assert [sent.account for sent in world.counted] == ([account] if account else [])


@pytest.mark.parametrize("hashed", [False, True])
async def test_a_suppressed_recipient_of_a_programs_mail_is_refused(*, hashed: bool):
    stage = World(PEOPLE).stage()

    assert await stage.refusal(Outgoing(path("zoo", GONE, hashed=hashed), (GONE,)), can_drop=False)
    assert not await stage.refusal(Outgoing(path("zoo", GONE), (GONE,), login="mallory"), can_drop=False)
    assert not await stage.refusal(Outgoing(path("zoo", GONE, days=-1), (GONE,)), can_drop=False)


@pytest.mark.parametrize(
    ("sender", "login", "logged"),
    [
        (path("zoo", days=-1), "", "is none of ours: expired"),
        (path("zoo").replace("jane=", "june="), "", "is none of ours: not signed by a key of ours"),
        (path("zoo").upper().replace("JANE", "JUNE"), "", "is none of ours: not signed by a key of ours"),
        (path("acme", number=2), "zoo-login", "is of account acme, and login='zoo-login' is not"),
    ],
)
async def test_a_path_that_does_not_count_is_logged_without_its_signature(
    sender: str, login: str, logged: str, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)

    await World(PEOPLE).stage().send(Outgoing(sender, (JANE,), login))

    assert logged in caplog.text
    assert sender.partition("-")[2][4:20].lower() not in caplog.text.lower()


def test_a_sender_that_two_accounts_claim_is_the_older_ones():
    """No command lets it come to that; the answer is the same every time."""
    young, old = (Account(name, (), created_at=at, senders=("x.example",)) for name, at in (("a", NOW), ("b", EARLIER)))

    assert Directory({"a": young, "b": old}, {}).whose_senders() == {"x.example": "b"}
    assert Directory({"b": old, "a": young}, {}).whose_senders() == {"x.example": "b"}


LABELS = "\u00e9." * 60 + "example"
"""A domain as costly as one can be, within its 255 octets."""


@pytest.mark.parametrize("count", [100, 200])
async def test_each_recipient_is_compared_once_and_the_others_have_their_turns(
    count: int, monkeypatch: pytest.MonkeyPatch
):
    """A mail to a thousand held every server: each recipient was made comparable four times, and nobody had a turn meanwhile."""
    compared, turns = Counter[str](), 0
    remap = idna.uts46_remap
    monkeypatch.setattr(
        "idna.uts46_remap", lambda domain, **options: compared.update([domain]) or remap(domain, **options)
    )
    recipients = tuple(f"r{n}@\u00e0{n}of{count}.{LABELS}" for n in range(count))
    world = World()
    account = Account("acme", (), senders=("acme.example",), terms=AccountRules(fold_gmail=True))
    world.directory = Directory({"acme": account}, {})
    sending = asyncio.create_task(world.stage().send(Outgoing("news@acme.example", (*recipients, *recipients))))
    while not sending.done():
        await asyncio.sleep(0)
        turns += 1

    assert set(compared.values()) == {1}
    assert len(compared) == count
    assert turns > count / RECIPIENTS_PER_TURN
    (sent,) = world.counted
    assert all(recipient.isascii() for recipient in sent.recipients)
    assert len(sent.recipients) == 2 * count


async def test_no_labels_of_what_is_too_long_for_a_domain_are_looked_at(monkeypatch: pytest.MonkeyPatch):
    """One RCPT of 250 kB held the servers for a second."""
    monkeypatch.setattr("idna.uts46_remap", lambda *_, **__: pytest.fail("its labels were looked at"))
    monkeypatch.setattr("encodings.idna.ToASCII", lambda *_: pytest.fail("its labels were looked at"))
    long = "r@" + "\u00e9." * 83_000

    sending = await World().stage().send(Outgoing("news@acme.example", (long,)))

    assert sending is not None
    assert sending.recipients == (long,)


async def test_a_suppressed_address_is_dropped_however_it_is_spelled():
    """Two spellings of one mailbox are one recipient, whose mail carries its own path."""
    stage = World().stage()
    spelled = ("GONE@example.org.", '"gone"@example.org', "gone@EXAMPLE\u3002org", r'"go\ne"@example.org')

    dropped = await stage.send(Outgoing("news@acme.example", spelled))
    sent = await stage.send(Outgoing("news@acme.example", (JANE, '"jane"@Example.org')))

    assert dropped is not None
    assert (dropped.recipients, dropped.dropped) == ((), spelled)
    assert sent is not None
    assert sent.mark is None


@pytest.mark.parametrize("hashed", [False, True])
async def test_each_mail_is_in_the_log_with_who_gets_it_and_who_does_not(
    caplog: pytest.LogCaptureFixture, *, hashed: bool
):
    account = Account("acme", (), senders=("acme.example",), terms=AccountRules(hash_paths=hashed))
    caplog.set_level(logging.INFO)

    await World(Directory({"acme": account}, {})).stage().send(dataclasses.replace(MAIL, queue_id="4XyZ"))

    dropped, signed = caplog.messages
    assert re.fullmatch(
        r"dropped account=acme recipient='\S+' cause=hard queue_id='4XyZ' message_id='<1@acme.example>'", dropped
    )
    assert re.fullmatch(r"signed account=acme recipient='\S+' recipients=1 queue_id='4XyZ'", signed)
    assert ("gone@" in dropped, "jane@" in signed) == (not hashed, not hashed)


async def test_a_mail_to_very_many_makes_few_lines(caplog: pytest.LogCaptureFixture):
    many = tuple(f"u{number}@example.org" for number in range(500))
    spellings = tuple(f'"gone"@{name}xample.org' for name in "eE")
    caplog.set_level(logging.INFO)

    await World().stage().send(dataclasses.replace(MAIL, recipients=(*many, *spellings)))

    assert caplog.messages[-1] == "signed account=acme recipients=500"
    assert len(caplog.messages) == 3


async def test_a_mail_that_keeps_its_own_path_is_counted(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO)

    await World(PEOPLE).stage().send(Outgoing(path("zoo"), (JANE,)))

    assert caplog.messages == [f"counted account=zoo recipient='{JANE}' recipients=1"]


async def test_the_end_of_a_path_for_several_that_a_program_may_use_again_is_registered():
    world = World(PEOPLE)
    for sender in (path("zoo", None), path("zoo"), "zoo@else.example"):
        await world.stage().send(Outgoing(sender, (JANE,), login="" if "@rp." in sender else "zoo-login"))

    last_day = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=20_031)
    assert [sent.path_until for sent in world.counted] == [last_day, None, None]
