"""Every language says everything: nothing is left in English, nothing is left over, and every place is filled."""

import ast
import datetime as dt
import gettext
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html import unescape
from importlib import resources
from pathlib import Path
from string import Formatter

import pytest
from programs.mails import body_of, subject_of
from unit.compose import filled_texts

from bouncer.compose import beliefs, codes, headline, particular_causes, providers, reasons, sentences
from bouncer.compose.block_warning import BlockWarning, compose_warning
from bouncer.compose.digest import Digest
from bouncer.compose.headers import OutgoingEnvelope
from bouncer.compose.language import LANGUAGES, MONTHS, compile_catalogue, language, read_po
from bouncer.compose.listing import ListedMail, Listing, compose_listing
from bouncer.compose.notice import Earlier, Notice, NoticeRecipient
from bouncer.compose.operator import (
    FailingOwnerMail,
    ForwardedMail,
    compose_failing,
    compose_forwarded,
)
from bouncer.compose.owner_mails import compose, compose_digest
from bouncer.compose.plain_text import columns
from bouncer.compose.tally import DigestRow, DigestTally
from bouncer.compose.unread import compose_unread
from bouncer.compose.unread_listing import UnreadLetter, UnreadListing
from bouncer.compose.unsent import compose_unsent
from bouncer.mail.outgoing import OutgoingMail
from bouncer.ndr.reading import Action, Kind
from bouncer.pages import (
    cause_words,
    connection_words,
    country_page,
    import_page,
    problem_words,
    receiver_page,
    setup_words,
    teach_page,
    wording,
)
from bouncer.policy.blocking import Blocked, Blocking
from bouncer.policy.languages import ENGLISH
from bouncer.policy.records import Belief, Counted, Effect, Unread
from bouncer.policy.unsent import Unsent, UnsentTo
from bouncer.verdict.verdict import Reason

COMPOSE = Path(__file__).parents[3] / "bouncer/compose"
PAGES = COMPOSE.with_name("pages")
TRANSLATED = [code for code in LANGUAGES if code != ENGLISH]
NOW = dt.datetime(2026, 3, 3, 10, 12, tzinfo=dt.UTC)
LETTER = b"Content-Type: message/rfc822\r\n\r\nSubject: news\r\nDate: Tue, 3 Mar 2026 11:10:00 +0100\r\n\r\nbody\r\n"
NAMES = re.compile(r"bouncer(?: login ann@acme\.example| webhook add| key add)?|Webhooks|Message-ID|CSV|NDJSON")
"""Things that have the same name in every language."""
LITERAL = r'"((?:[^"\\]|\\.)*)"'


def in_code() -> Iterator[str]:
    """Give the texts of the modules, as catalogues have them: plural forms joined by NUL."""
    for module in sorted((*COMPOSE.glob("*.py"), *PAGES.glob("*.py"))):
        tree = ast.parse(module.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                texts = [
                    argument.value
                    for argument in node.args
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                ]
                if node.func.attr == "say" and texts:
                    yield texts[0]
                elif node.func.attr == "count" and len(texts) > 1:
                    yield "\0".join(texts[:2])
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
                texts = [element.value for element in node.value.elts if isinstance(element, ast.Constant)]
                if len(texts) == 2 and all("{number}" in str(form) for form in texts):
                    yield "\0".join(map(str, texts))


def templates() -> list[Path]:
    """Give the templates of mails, and those of the web pages."""
    return sorted((*(COMPOSE / "templates").glob("*.j2"), *(PAGES / "templates").glob("*.j2")))


def in_templates() -> Iterator[str]:
    for template in templates():
        text = template.read_text()
        yield from re.findall(rf"\bsay\({LITERAL}", text)
        yield from ("\0".join(pair) for pair in re.findall(rf"\bcount\({LITERAL}, {LITERAL}", text))


@cache
def texts() -> frozenset[str]:
    tables = (
        beliefs,
        codes,
        headline,
        particular_causes,
        providers,
        reasons,
        sentences,
        wording,
        cause_words,
        connection_words,
        country_page,
        problem_words,
        import_page,
        receiver_page,
        setup_words,
        teach_page,
    )
    return frozenset(
        (
            *in_code(),
            *in_templates(),
            *MONTHS,
            *filled_texts.texts(),
            *(text for table in tables for text in table.texts()),
        )
    )


@cache
def catalogue(code: str) -> dict[str, str]:
    file = resources.files("bouncer.compose").joinpath("catalogues", f"{code}.po")
    entries = read_po(file.read_text("utf-8"))
    entries.pop("")
    return entries


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_notices_are_written_in_six_languages():
    assert set(LANGUAGES) >= {"en", "de", "fr", "es", "sv", "ja"}


@pytest.mark.parametrize("code", TRANSLATED)
def test_nothing_is_untranslated(code: str):
    assert sorted(texts() - catalogue(code).keys()) == []


def test_no_check_makes_a_sentence_that_no_catalogue_could_have():
    assert sorted(filled_texts.unfilled()) == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_nothing_is_translated_that_nobody_says(code: str):
    assert sorted(catalogue(code).keys() - texts()) == []


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_names_no_place_that_is_not_filled(code: str):
    """A translation may leave a place out: a doubt's own words are English."""
    wrong = {key for key, value in catalogue(code).items() if places(value) - places(key)}

    assert wrong == set()


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_leaves_nothing_out(code: str):
    """One report needs no two days: there {first} may be missing."""
    left_out = {
        key: missing
        for key, value in catalogue(code).items()
        if (missing := set.intersection(*map(places, key.split("\0"))) - places(value))
    }

    assert left_out == {}


def test_no_template_speaks_for_itself():
    """Every word comes through say() or count(): else it would be English in every language."""
    all_texts = {*texts(), *"\0".join(texts()).split("\0")}
    for template in templates():
        bare = re.sub(
            r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<style>.*?</style>|<[^>]*>|&\w+;",
            " ",
            template.read_text(),
            flags=re.DOTALL,
        )
        assert not re.search(r"\w", NAMES.sub("", bare)), template.name
        spoken = re.findall(LITERAL, " ".join(re.findall(r"\{\{(.*?)\}\}", template.read_text())))
        assert [text for text in spoken if " " in text.strip() and text not in all_texts] == []


def test_no_template_has_punctuation_of_its_own():
    """French has a blank before a colon, Japanese signs of its own."""
    punctuated = re.compile(r"(?:\}\}|%\}|</bdi>|</time>)[.:!?](?:\s|<)")
    faults = {page.name: punctuated.findall(page.read_text()) for page in templates() if page.parts[-3] == "pages"}

    assert {name: signs for name, signs in faults.items() if signs} == {}


def test_no_page_puts_a_blank_between_two_sentences_where_a_language_may_have_none():
    spaced = re.compile(r'\."[^{}]*\}\}(?:\{%[^%]*%\})* (?:\{%[^%]*%\})*\{\{ (?:say|count)\(')
    faults = {page.name: spaced.findall(page.read_text()) for page in templates() if page.parts[-3] == "pages"}

    assert {name: places for name, places in faults.items() if places} == {}


@pytest.mark.parametrize(("code", "noun"), [("es", "todas?|todos?"), ("fr", "tous|toutes?")])
def test_the_choice_of_all_agrees_with_nouns_of_either_gender(code: str, noun: str):
    assert not re.fullmatch(noun, catalogue(code)["all"])


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_sentence_stays_a_sentence(code: str):
    """A full stop where the English has one: lines of a file that slipped against each other are seen by it."""
    ends = tuple(".。")
    wrong = {key for key, value in catalogue(code).items() if key.endswith(".") != value.endswith(ends)}

    assert {key for key in wrong if not (code == "ja" and key in reasons.texts())} == set()


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("de", r"'|\s[:;?!]"),
        ("es", r"'|\s[:;?!]"),
        ("sv", r"'|\s[:;?!]"),
        ("fr", r"'|(?<!\u00a0)(?<!\d\d)[:;?!»](?!//)"),  # a no-break blank stands before, but not in 22:00
        ("ja", r"[^\x00-\x7f][:,]|[^\x00-\x7f] ?[()]|[。、：] "),  # noqa: RUF001 -- Japanese has its own
    ],
)
def test_punctuation_is_that_of_the_language(code: str, wrong: str):
    assert [value for value in catalogue(code).values() if re.search(wrong, value)] == []


@pytest.mark.parametrize(
    ("code", "written"),
    [("en", "1 May 2026"), ("fr", "1er mai 2026"), ("es", "1 de mayo de 2026"), ("de", "1. Mai 2026")],
)
def test_the_first_of_a_month_is_written_as_is_customary(code: str, written: str):
    assert LANGUAGES[code].date(dt.datetime(2026, 5, 1, tzinfo=dt.UTC)) == written


def test_an_unknown_language_is_english():
    assert language("tlh") is LANGUAGES[ENGLISH]


def test_a_text_that_a_catalogue_lacks_is_said_in_english():
    assert LANGUAGES["de"].say("No such text.") == "No such text."


def test_a_catalogue_reads_strings_that_run_over_lines_and_leaves_out_what_is_empty():
    read = read_po('# a remark\nmsgid ""\n"two "\n"parts"\nmsgstr "zwei\\n"\n"Teile"\n\nmsgid "x"\nmsgstr ""\n')

    assert read == {"two parts": "zwei\nTeile"}
    assert compile_catalogue(read).startswith(b"\xde\x12\x04\x95")


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("en", "3 March 2026, 10:12 UTC"),
        ("de", "3. März 2026, 10:12 UTC"),
        ("fr", "3 mars 2026 à 10:12 UTC"),
        ("es", "3 de marzo de 2026, 10:12 UTC"),
        ("sv", "3 mars 2026, 10:12 UTC"),
        ("ja", "2026年3月3日 10:12 UTC"),
    ],
)
def test_dates_are_written_as_is_customary(code: str, written: str):
    assert LANGUAGES[code].when(NOW) == written


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("en", "1,180,000 recipients"),
        ("de", "1.180.000 Empfänger"),
        ("fr", "1\u00a0180\u00a0000 destinataires"),
        ("ja", "宛先1,180,000件"),
    ],
)
def test_numbers_are_written_as_is_customary(code: str, written: str):
    assert LANGUAGES[code].count("{number} recipient", "{number} recipients", 1_180_000) == written


def test_japanese_has_no_spaces_around_numbers():
    letter = "[\u3001\u3002\u3041-\u30fe\u4e00-\u9fff\uff08-\uff1a]"
    number = r"(?:\{number\}|(?<![A-Za-z0-9_.:-])\d[\d,]*(?![A-Za-z0-9_.:-]))"
    spaced = re.compile(rf"{letter}[ \u00a0]{number}|{number}[ \u00a0]{letter}")

    assert [text for text in catalogue("ja").values() if spaced.search(text)] == []


@pytest.mark.parametrize(
    ("code", "written"),
    [("en", "12%"), ("de", "12\xa0%"), ("fr", "12\xa0%"), ("es", "12\xa0%"), ("sv", "12\xa0%"), ("ja", "12%")],
)
def test_percents_are_written_as_is_customary_and_few_are_not_none(code: str, written: str):
    assert language(code).percent(120, 1000) == written
    assert language(code).percent(1, 1000) == written.replace("12", "<1")
    assert language(code).percent(0, 1000) == written.replace("12", "0")


def test_french_says_none_in_the_singular():
    assert LANGUAGES["fr"].count("{number} recipient", "{number} recipients", 0) == "0 destinataire"


def notices(code: str) -> Iterator[Notice]:
    """One of each reason, and of each other kind."""
    earlier = Earlier(2, NOW, NOW)
    proofs = ("550 5.1.1 <jane@example.org>: User unknown", "mx.example.org", Belief.UNPROVEN, "the reason why")
    for reason in Reason:
        recipient = NoticeRecipient("jane@example.org", Action.FAILED, reason, "5.1.1", 550, *proofs, earlier=earlier)
        yield _notice(code, Kind.BOUNCE, recipient)
    proven = NoticeRecipient("jane@example.org", Action.FAILED, Reason.MAILBOX_FULL, belief=Belief.PROVEN)
    for changed in (
        {"suppressed": True},
        {"suppressed": True, "suppressed_until": NOW},
        {"counted": Counted(2, 5, 30)},
        {"effect": Effect.ALREADY},
    ):
        yield _notice(code, Kind.BOUNCE, replace(proven, **changed))  # type: ignore[arg-type]
    yield _notice(code, Kind.BOUNCE, proven, replace(proven, reason=Reason.VIRUS))
    yield _notice(code, Kind.DELAY, NoticeRecipient("jane@example.org", Action.DELAYED))
    yield _notice(code, Kind.COMPLAINT)


def _notice(code: str, kind: Kind, *recipients: NoticeRecipient) -> Notice:
    return Notice(
        to="ann@acme.example",
        message_id="3abcdefghjkmn.1@mx.rp.example",
        made_at=NOW,
        kind=kind,
        recipients=recipients,
        account="acme",
        report="3abcdefghjkmn",
        arrived_at=NOW,
        subject="news",
        letter=LETTER,
        language=code,
        contact="Bea <bea@acme.example>",
    )


def beside(code: str) -> Iterator[tuple[OutgoingMail, str]]:
    """The other mails, each with words of its English form that must not be in it."""
    envelope = ("op@example.com", "1.1@mx.example.com", NOW)
    how = {"from_": "b@example.com", "reverse_path": ""}
    yield (
        compose_warning(BlockWarning(*envelope, "acme", Blocking((Blocked("Gmail", 10),)), ("550 no",), code), **how),
        "refused",
    )
    several = Blocking(
        (Blocked("Gmail", 10, "acme", NOW.date()), Blocked("x.example", 1, "acme", NOW.date())), omitted=2
    )
    for blocking in (several, Blocking((Blocked("Gmail", 10), Blocked("Gmail", 2, "globex")))):
        yield compose_warning(BlockWarning(*envelope, "acme", blocking, ("550 no",), code), **how), "providers"
    mail = ListedMail("1", "abuse@rp.example", "u@x.example", "192.0.2.1", NOW, 1234, b"Subject: x\r\n\r\n")
    for count in (1, 99):
        listing = Listing(count, (mail, replace(mail, beginning=b"")) * min(count, 40))
        yield compose_listing(listing, OutgoingEnvelope(*envelope, **how), code), "for postmaster or abuse"
    unread = [
        UnreadLetter("1", why, "u@x.example", "", NOW, ("x",), followed=n % 2 > 0) for n, why in enumerate(Unread)
    ]
    for count in (1, 99):
        listed = tuple(unread[:count] + [replace(unread[0], followed=True)] * (count > 1))
        mail_of = compose_unread(UnreadListing(count, listed, count), OutgoingEnvelope(*envelope, **how), "acme", code)
        yield mail_of, "should look at"
    for count in (1, 99):
        to = UnsentTo("jane@x.example", 1, "unsubscribe", NOW, "Our news")
        yield (
            compose_unsent(Unsent((to,), count - 1), "acme", OutgoingEnvelope(*envelope, **how), code),
            "were not sent" if count > 1 else "was not sent",
        )
    yield (
        compose_failing(FailingOwnerMail(*envelope, ("acme", "globex"), "ann@acme.example", ("550 no",), code), **how),
        "comes back",
    )
    for letter in (b"Subject: x\r\n\r\nx\r\n", b"x\r\n" * 2_000_000):
        passed_on = ForwardedMail(
            *envelope, "postmaster@rp.example", "u@x.example", "192.0.2.1", NOW, "1", letter, code
        )
        yield compose_forwarded(passed_on, **how), "Mail to"
    tally = DigestTally()
    tally.add(DigestRow(NOW, "a@x.example", Kind.BOUNCE, Action.FAILED, Reason.VIRUS))
    tally.add_unread(5)
    yield compose_digest(Digest(*envelope, tally, "acme", code), **how), "attachment refused"


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_other_mails_are_in_the_readers_language_too(code: str):
    for mail, english in beside(code):
        text = body_of(mail.octets)
        assert max(map(columns, text.splitlines())) <= 72
        assert (english in f"{subject_of(mail.octets)} {text}") == (code == ENGLISH)


def _bodies(notice: Notice) -> tuple[str, str]:
    octets = compose(notice, from_="b@example.com", reverse_path="").octets
    return body_of(octets), body_of(octets, "html")


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_notice_fits_72_columns_and_says_the_same_in_both_forms(code: str):
    for notice in notices(code):
        text, html = _bodies(notice)
        visible_text = unescape(re.sub(r"<[^>]*>", " ", html.partition("</div>")[2]))
        assert max(map(columns, text.splitlines())) <= 72
        assert _letters(text) == _letters(visible_text)
        assert f'<html lang="{code}">' in html


def _letters(text: str) -> list[str]:
    """Every letter and digit, in order of the alphabet: a language without blanks has no words to compare."""
    return sorted(character for character in text.upper() if character.isalnum())


class Missed(gettext.NullTranslations):
    """Remembers what a catalogue was asked for and does not have."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: set[str] = set()

    def gettext(self, message: str) -> str:
        self.texts.add(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.texts.add(msgid1)
        return msgid1 if n == 1 else msgid2


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_composed_mail_asks_for_a_text_that_the_catalogue_lacks(code: str, monkeypatch: pytest.MonkeyPatch):
    """Also what no call names in the code: texts out of tables, and sentences put together."""
    missed = Missed()
    monkeypatch.setattr(LANGUAGES[code].texts, "_fallback", missed)
    doubted = NoticeRecipient("a@gmail.com", Action.FAILED, Reason.RATE_LIMITED, belief=Belief.UNPROVEN)
    odd = [
        replace(doubted, belief_why=why.format(what=beliefs.SUBJECTS[0], count=7, flaw="expired"))
        for why in beliefs.SENTENCES
    ]
    served = [
        replace(doubted, recipient=f"a@{domain}", reason=reason, diagnostic_code="zen.spamhaus.org")
        for domain in ("gmail.com", "hotmail.com", "yahoo.com", "t-online.de", "free.fr", "qq.com", "icloud.com")
        for reason in Reason
    ]
    effects = [replace(doubted, effect=effect) for effect in Effect]
    for recipient in (*odd, *served, *effects):
        compose(_notice(code, Kind.BOUNCE, recipient), from_="b@example.com", reverse_path="")
    for notice in notices(code):
        compose(notice, from_="b@example.com", reverse_path="")
    assert list(beside(code))

    assert missed.texts == set()


# fmt: off
NAMED_LETTER = r"(this|every|no|such|whole) letters?\b|^the letter$|see the letters|letters to read"
WORDS_OF_ONE_THING = {
    "de": {
        r"suppress": r"[Ss]perr|[Gg]esperrt", r"allow-list": "Positivliste", r"\bdaemon": "Daemon", r"return.path": "Rückpfad",
        r"\bstore\b": "Speicher",
        r"^Free [at{]": "[Ff]reige[bg]", r"this notice|notices of": "Benachrichtigung", r"account.s owner|no owner": "[Ii]nhaber",
        NAMED_LETTER: "Brief",
    },
    "es": {
        r"suppress": r"[Ee]xclu", r"allow-list": "lista de permitidos", r"\bdaemon": "daemon",
        r"return.path": "[Rr]utas? de retorno",
        r"\bstore\b": "almacén",
        r"^Free [at{]": "[Ll]ibera", r"this notice|notices of": "aviso", r"account.s owner|no owner": "propietario",
        NAMED_LETTER: "[Cc]arta",
    },
    "fr": {
        r"suppress": r"[Ee]xclu", r"allow-list": "liste d.autorisation", r"\bdaemon": "daemon",
        r"return.path": "[Cc]hemins? de retour",
        r"\bstore\b": "stockage",
        r"^Free [at{]": "[Ll]ibér", r"this notice|notices of": "notification", r"account.s owner|no owner": "propriétaire",
        NAMED_LETTER: "[Ll]ettre",
    },
    "sv": {
        r"suppress": r"[Ss]pärr", r"allow-list": "tillåtelselista", r"\bdaemon": "daemon", r"return.path": "[Rr]eturväg",
        r"\bstore\b": "[Ll]ag(er|ret)",
        r"^Free [at{]": "[Ff]rig[jö]", r"this notice|notices of": "avisering", r"account.s owner|no owner": "[Ää]gar",
        NAMED_LETTER: "[Bb]rev",
    },
    "ja": {
        r"suppress": "停止", r"allow-list": "許可リスト", r"\bdaemon": "デーモン",
        r"return.path": "リターンパス", r"\bstore\b": "保存先",
        r"^Free [at{]": "解除", r"this notice|notices of": "通知", r"account.s owner|no owner": "所有者|オーナー",
        NAMED_LETTER: "メール",
    },
}
# fmt: on
"""Things that a notice, a page and a list call by the same word: in English, and in each language."""


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_thing_has_one_name_in_a_language(code: str):
    pattern = re.compile(
        r"bouncer (suppressions import|account set|store)|--suppress-on|\[store\]|return_paths|reverse_path"
    )  # a command keeps its name
    assert code in WORDS_OF_ONE_THING, "add the words of this language"
    for english, translated in WORDS_OF_ONE_THING[code].items():
        for text, words in catalogue(code).items():
            if re.search(english, pattern.sub("", text), re.IGNORECASE):
                assert re.search(translated, words), (text, words)
