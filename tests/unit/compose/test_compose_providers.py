"""The demands of single providers, and where to look: facts that stand beside the reason, and links that are all ours."""

import ast
import datetime as dt
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from bouncer.compose import beliefs, providers
from bouncer.compose.language import LANGUAGES
from bouncer.compose.notice import Notice, NoticeRecipient
from bouncer.compose.owner_mails import compose
from bouncer.compose.plain_text import columns
from bouncer.compose.providers import BLOCK_LISTS, PAGES, PROVIDERS
from bouncer.compose.reasons import WORDS
from bouncer.compose.render import COLUMNS
from bouncer.ndr.reading import Action, Kind
from bouncer.policy import believe
from bouncer.policy.records import Belief
from bouncer.verdict.provider import provider, provider_behind
from bouncer.verdict.verdict import Reason

NOW = dt.datetime(2026, 3, 3, 10, 12, tzinfo=dt.UTC)
OUTLOOK = "https://substrate.office.com/ip-domain-management-snds"


def notice_words(*recipients: NoticeRecipient, form: str = "plain") -> str:
    notice = Notice("ann@acme.example", "1@mx.example.com", NOW, Kind.BOUNCE, recipients)
    mail = message_from_bytes(compose(notice, from_="b@example.com", reverse_path="").octets, policy=default)
    return " ".join(str(mail.get_body((form,)).get_content()).split())


def failed(address: str, reason: Reason, diagnostic: str = "550 no", server: str | None = None) -> NoticeRecipient:
    return NoticeRecipient(address, Action.FAILED, reason, "5.7.1", 550, diagnostic, server, Belief.PROVEN)


def test_a_block_by_outlook_says_what_is_peculiar_there_and_where_to_look_and_ask():
    prose = notice_words(failed("john@hotmail.com", Reason.BAD_REPUTATION))

    assert "Outlook.com blocks whole networks, so spam from a neighbour may be the cause." in prose
    assert f"Check how Outlook.com rates your server and your domain: {OUTLOOK} *" in prose
    assert "ask Outlook.com to lift the block: https://olcsupport.office.com" in prose
    assert "block list (the server's response may name it)" not in prose  # it is Outlook's own


@pytest.mark.parametrize(
    ("address", "reason", "expected"),
    [
        ("a@gmail.com", Reason.AUTHENTICATION_FAILED, "Gmail accepts bulk mail only if SPF, DKIM and DMARC"),
        ("a@gmail.com", Reason.MAILBOX_FULL, "At Gmail, photos and files share their space with mail."),
        ("a@yahoo.com", Reason.RATE_LIMITED, "https://senders.yahooinc.com/best-practices/"),
        (
            "a@yahoo.com",
            Reason.ACCOUNT_INACTIVE,
            "Yahoo stops accepting mail for a mailbox that has not been used for a year.",
        ),
        ("a@icloud.com", Reason.POLICY, "ask iCloud Mail to lift the block: icloudadmin@apple.com"),
        ("a@web.de", Reason.BAD_REPUTATION, "https://postmaster.gmx.net/en/contact"),
        ("a@t-online.de", Reason.BAD_REPUTATION, "T-Online accepts mail only from servers it knows."),
        ("a@mail.ru", Reason.SPAM_CONTENT, "https://help.mail.ru/developers/mailing_rules"),
        ("a@qq.com", Reason.RATE_LIMITED, "QQ Mail limits mail by the minute, the hour and the day."),
    ],
)
def test_large_providers_are_known(address: str, reason: Reason, expected: str):
    assert expected in notice_words(failed(address, reason))


def test_a_failure_of_the_address_is_not_told_by_provider():
    assert "Gmail" not in notice_words(failed("a@gmail.com", Reason.INVALID_RECIPIENT))
    assert "http" not in notice_words(failed("a@example.org", Reason.BAD_REPUTATION))


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ("acme-example.mail.protection.outlook.com", "Microsoft 365"),
        ("hotmail-com.olc.protection.outlook.com.", "Microsoft"),
        ("ASPMX.L.GOOGLE.COM", "Google Workspace"),
        ("mx1.example.iphmx.com [192.0.2.1]", "Cisco"),
        ("evilgoogle.com", None),
        ("", None),
        (None, None),
    ],
)
def test_the_provider_of_a_companys_mail_is_known_by_its_servers(server: str | None, expected: str | None):
    assert provider_behind("acme.example", server) == expected
    assert provider_behind("gmail.com", server) == "Gmail"


def test_recipients_at_different_providers_stand_apart_where_it_matters():
    both = [failed("a@hotmail.com", Reason.BAD_REPUTATION), failed("b@yahoo.com", Reason.BAD_REPUTATION)]
    failures = [failed("a@hotmail.com", Reason.INVALID_RECIPIENT), failed("b@yahoo.com", Reason.INVALID_RECIPIENT)]

    assert "2. Your mail server is blocked" in notice_words(*both)
    assert "2. Mailbox does not exist" not in notice_words(*failures)


@pytest.mark.parametrize(("name", "page"), BLOCK_LISTS.items())
def test_a_block_list_that_the_server_names_is_named_with_its_page(name: str, page: str):
    prose = notice_words(failed("a@example.org", Reason.BAD_REPUTATION, f"554 blocked using {name.upper()}"))

    assert f"ask to be removed: {page} " in prose
    assert "Check whether your mail server is on a block list" not in prose


def test_a_page_is_named_once():
    pages = [
        signpost.page
        for signpost in providers.signposts("Microsoft", WORDS[Reason.SPAM_CONTENT], Reason.SPAM_CONTENT, "")
    ]

    assert len(pages) == len(set(pages)) <= providers.FEW


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_fits_its_line_and_is_a_link_in_html(page: str):
    assert columns(page) <= COLUMNS - 4


def test_only_our_pages_become_links():
    page = notice_words(failed("a@icloud.com", Reason.POLICY), form="html")
    typo = notice_words(failed("a@gmial.example", Reason.BAD_DOMAIN, "550 see http://evil.example"), form="html")

    assert '<a href="https://support.apple.com/102322">https://support.apple.com/102322</a>' in page
    assert '<a href="mailto:icloudadmin@apple.com">icloudadmin@apple.com</a>' in page
    assert "gmial.com" in typo
    assert "<a " not in typo


def test_every_provider_that_is_described_can_be_recognised():
    domains = {"Gmail": "gmail.com", "Microsoft": "live.com", "United Internet": "gmx.de", "AT&T": "att.net"}

    assert [provider(domain) for domain in domains.values()] == list(domains)
    by_server = {provider_behind("x.example", f"mx.{end}") for end in provider.__globals__["_SERVERS"]}
    by_domain = set(provider.__globals__["_PROVIDER_OF"].values())
    assert set(PROVIDERS) <= by_server | by_domain
    assert by_server <= set(PROVIDERS)


def whys() -> list[str]:
    """Every reason for a belief in policy.believe, its places filled."""
    tree = ast.parse(Path(believe.__file__).read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    doubts = [call for call in calls if call.func.id in ("_take_for_unproven", "_take_for_contradicted")]  # type: ignore[attr-defined]
    believed = [call for call in calls if call.func.id == "Believed" and not isinstance(call.args[1], ast.Name)]  # type: ignore[attr-defined]
    filled = {"token_name": "its return path", "history": "7", "count": "3", "by": "expired", "returns": ""}
    reasons = []
    for node in [*(call.args[0] for call in doubts), *(call.args[1] for call in believed)]:
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        names = ["".join(n.id for n in ast.walk(part) if isinstance(n, ast.Name)) for part in parts]
        reasons.append("".join(filled[name] if name else part.value for part, name in zip(parts, names, strict=True)))  # type: ignore[attr-defined]
    return reasons


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_the_reason_of_belief_is_said_in_every_language(code: str):
    assert len(whys()) > 15
    for why in whys():
        assert beliefs.translate_reason(why, LANGUAGES["en"]) == why
        assert beliefs.translate_reason(why, LANGUAGES[code]) != why


def test_an_unknown_reason_of_belief_is_told_as_it_stands():
    assert beliefs.translate_reason("an older\nversion {said} so", LANGUAGES["de"]) == "an older version {said} so"
