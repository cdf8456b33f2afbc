"""The words of the page Setup: topics, frequencies and attachments of notices, terms, and how long an address is held."""

from collections.abc import Iterator, Mapping
from typing import Any

from bouncer.compose.language import Language
from bouncer.pages.form_fields import FormField
from bouncer.pages.wording import category_label, reason_title
from bouncer.policy.account_rules import AccountRules, SuppressedMail
from bouncer.policy.ladder import RULES, LadderRule
from bouncer.policy.languages import LANGUAGE_NAMES
from bouncer.policy.preferences import KEYS, MAX_MAILS, Attach, Frequency, Preferences
from bouncer.policy.presets import NEWSLETTERS, PEOPLE
from bouncer.policy.records import Belief
from bouncer.verdict.verdict import Category

TOPIC_WORDS = {
    "hard": "will never arrive",
    "block": "blocked",
    "complaint": "marked as spam",
    "other": "unclear",
    "soft": "mailbox trouble",
    "technical": "server trouble",
    "delay": "not delivered yet",
    "unread": "letters to read",
    "dropped": "mail that was not sent",
}
"""By preference the words of its topic."""
FREQUENCY_WORDS = {
    Frequency.AT_ONCE: "at once",
    Frequency.HOURLY: "each hour",
    Frequency.DAILY: "each day",
    Frequency.WEEKLY: "each week",
    Frequency.OFF: "never",
}
ATTACH_WORDS = {
    Attach.HEADERS: "the headers of the message",
    Attach.REPORT: "the same, in a form for programs",
    Attach.FULL: "the whole report",
    Attach.NONE: "nothing",
}
PRESET_WORDS = {
    PEOPLE: "mail of people: each report at once",
    NEWSLETTERS: "newsletters: most reports once a day",
}
YES, NO = "yes", "no"
_YES_NO = {YES: "yes", NO: "no"}
_BELIEFS = {Belief.PROVEN.value: "proven", Belief.PLAUSIBLE.value: "plausible"}
_STREAMS = {NO: "for all mail of the account", YES: "for their stream only"}
_GMAIL = {NO: "are different addresses", YES: "are one address"}
_SUPPRESSED = {
    SuppressedMail.DEFAULT.value: "as the server's settings say",
    SuppressedMail.REFUSE.value: "is refused",
    SuppressedMail.DROP.value: "is dropped, and the owners are told",
}
MOST_COUNT, MOST_DAYS, MOST_BLOCKS = 100, 365, 1_000_000
"""The bounds of the terms, as those of ``bouncer account set``."""


def texts() -> tuple[str, ...]:
    """Give the texts of this module that appear in no call, for translators."""
    tables = (
        TOPIC_WORDS,
        FREQUENCY_WORDS,
        ATTACH_WORDS,
        PRESET_WORDS,
        _YES_NO,
        _BELIEFS,
        _STREAMS,
        _GMAIL,
        _SUPPRESSED,
    )
    return tuple(words for table in tables for words in table.values())


def _choices(table: Mapping[Any, str], language: Language) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), language.say(words)) for value, words in table.items())


def preference_text(owner_preferences: Preferences, key: str) -> str:
    """Give the text of a preference, as it is set."""
    value = getattr(owner_preferences, key)
    return (YES if value else NO) if isinstance(value, bool) else str(value)


def preference_fields(owner_preferences: Preferences, language: Language) -> Iterator[FormField]:
    """Give the fields of all preferences, with the values in force."""
    often = _choices(FREQUENCY_WORDS, language)
    later = tuple(choice for choice in often if choice[0] != Frequency.AT_ONCE)
    for key, words in TOPIC_WORDS.items():
        yield FormField(
            key, language.say(words), preference_text(owner_preferences, key), later if key == "dropped" else often
        )
    yield FormField(
        "most",
        language.say("Notices at once, before one digest tells the rest"),
        str(owner_preferences.most),
        maximum=MAX_MAILS,
    )
    yield FormField("quiet", language.say("Hours without mail"), owner_preferences.quiet, hint="22:00-07:00")
    yield FormField("zone", language.say("Time zone"), owner_preferences.zone, hint="Europe/Berlin")
    yield FormField("language", language.say("Language"), owner_preferences.language, tuple(LANGUAGE_NAMES.items()))
    yield FormField("attach", language.say("Attached"), owner_preferences.attach, _choices(ATTACH_WORDS, language))
    yield FormField(
        "json", language.say("Reports as JSON"), preference_text(owner_preferences, "json"), _choices(_YES_NO, language)
    )
    yield FormField("contact", language.say("Who to ask"), owner_preferences.contact)


PREFERENCE_KEYS = KEYS
"""The fields of the form, which has all preferences."""


def term_text(terms: AccountRules, key: str) -> str:
    """Give the text of a rule, as the form has it."""
    value = getattr(terms, key)
    return (YES if value else NO) if isinstance(value, bool) else str(value)


def term_fields(terms: AccountRules, language: Language) -> Iterator[FormField]:
    """Give the fields of the terms that people change on the page, with the values in force."""

    def number(key: str, words: str, minimum: int, maximum: int) -> FormField:
        return FormField(key, words, term_text(terms, key), minimum=minimum, maximum=maximum)

    def choice(key: str, words: str, table: dict[str, str]) -> FormField:
        return FormField(key, words, term_text(terms, key), _choices(table, language))

    yield choice("suppress_on", language.say("Suppress on reports that are at least"), _BELIEFS)
    yield number("soft_failures", language.say("Suppress after mailbox trouble on so many days"), 1, MOST_COUNT)
    yield number("soft_window_days", language.say("... within so many days"), 1, MOST_DAYS)
    yield number("technical_failures", language.say("Suppress after server trouble on so many days"), 1, MOST_COUNT)
    yield number("technical_window_days", language.say("... within so many days"), 1, MOST_DAYS)
    yield choice("by_stream", language.say("Unsubscribing and complaints hold"), _STREAMS)
    yield choice("fold_gmail", language.say("Addresses at Gmail that differ in dots and +tags"), _GMAIL)
    yield choice("suppressed", language.say("Mail to a suppressed address"), _SUPPRESSED)
    yield number(
        "block_warning",
        language.say("Warn when one provider blocks so many addresses in a day (0: never)"),
        0,
        MOST_BLOCKS,
    )


def list_suppression_times(language: Language) -> Iterator[tuple[str, str]]:
    """Give each reason that suppresses, and for how long: the first time, the second, and so on."""
    for key, rule in RULES.items():
        if rule.after != "never":
            words = category_label(Category(key), language) if key in set(Category) else reason_title(key, language)
            yield words, _times(rule, language)


def _times(rule: LadderRule, language: Language) -> str:
    forever = language.say("until somebody frees it")
    times = [language.count("for {number} day", "for {number} days", days) if days else forever for days in rule.days]
    return language.say(", ").join(times)
