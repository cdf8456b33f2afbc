"""Our mail to an owner comes back: marked once, told to somebody whose mail arrives, and it ends whoever fails."""

from bouncer.ndr.reading import Action, Kind, Reading, Recipient
from bouncer.policy.notifications import outbox_entries
from bouncer.policy.owner_bounces import NO_REPLY_TEXT, BouncedOwner, OwnedAccount, newly_failing, warnings_of_failing
from bouncer.policy.records import EntryKind, FailingOwner, NewEntry

ANN, BOB, OPERATOR = "ann@acme.example", "bob@acme.example", "op@example.com"
ACME = OwnedAccount("acme", (ANN, BOB))
BOUNCED = Reading(Kind.BOUNCE, recipients=(Recipient(ANN, Action.FAILED, diagnostic_code="550 no such user"),))


def warnings(account: OwnedAccount, operator: str | None = OPERATOR, owner: str = ANN) -> list[NewEntry]:
    return list(
        outbox_entries(warnings_of_failing(newly_failing(BOUNCED, owner, [account]), [account], operator), (), None)
    )


def test_the_owner_is_marked_with_the_servers_words():
    assert newly_failing(BOUNCED, "ANN@acme.example".replace("ANN", "ann"), [ACME]) == (
        FailingOwner("acme", ANN, "550 no such user"),
    )


def test_the_other_owner_is_told():
    assert warnings(ACME) == [NewEntry(EntryKind.FAILING, BOB, about=ANN, account="acme")]


def test_without_another_owner_the_operator_is_told():
    assert warnings(OwnedAccount("acme", (ANN,))) == [NewEntry(EntryKind.FAILING, OPERATOR, about=ANN, account="acme")]
    assert warnings(OwnedAccount("acme", (ANN,)), operator=None) == []


def test_an_owner_that_is_marked_already_leads_to_nothing():
    assert warnings(OwnedAccount("acme", (ANN, BOB), failing=(ANN,))) == []


def test_the_failures_of_all_owners_end_at_the_operator():
    assert warnings(OwnedAccount("acme", (ANN, BOB), failing=(ANN,)), owner=BOB) == [
        NewEntry(EntryKind.FAILING, OPERATOR, about=BOB, account="acme")
    ]
    assert warnings(OwnedAccount("acme", (ANN, BOB), failing=(ANN, BOB)), owner=OPERATOR) == []


def test_an_owner_of_several_accounts_is_told_of_in_one_mail_that_names_them_all():
    accounts = [OwnedAccount(name, (ANN, BOB)) for name in ("acme", "globex", "initech")]

    (entry,) = warnings_of_failing(newly_failing(BOUNCED, ANN, accounts), accounts, OPERATOR)

    assert (entry.to, entry.account) == (BOB, "acme")
    assert BouncedOwner.parse(entry.about or "", "acme") == BouncedOwner(ANN, ("acme", "globex", "initech"))


def test_a_delay_or_an_automatic_answer_marks_nobody():
    late = Reading(Kind.DELAY, recipients=(Recipient(ANN, Action.DELAYED),))

    assert newly_failing(late, ANN, [ACME]) == newly_failing(Reading(Kind.AUTO_REPLY), ANN, [ACME]) == ()
    assert newly_failing(Reading(Kind.BOUNCE), ANN, [ACME]) == newly_failing(BOUNCED, None, [ACME]) == ()


def test_a_report_that_says_nothing_says_so():
    silent = Reading(Kind.BOUNCE, recipients=(Recipient(ANN, Action.FAILED),))

    assert [failing.why for failing in newly_failing(silent, ANN, [ACME])] == [NO_REPLY_TEXT]
