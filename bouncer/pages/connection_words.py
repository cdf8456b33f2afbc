"""The words of connections: states of endpoints and notices, kinds of notices, the access of a key."""

from bouncer.compose.language import Language
from bouncer.pages.wording import GOOD
from bouncer.policy.api_key import KeyAccess
from bouncer.policy.records import EntryKind, EntryState
from bouncer.ports.webhooks import Webhook, WebhookState

_ENDPOINTS = {
    WebhookState.ACTIVE: ("gets events", GOOD),
    WebhookState.RESTING: ("rests", "soft"),
    WebhookState.ENDED: ("is gone", "hard"),
}
_FAILING = ("fails", "soft")
_NOTICES = {
    EntryState.WAITING: ("waiting", "other"),
    EntryState.SENT: ("sent", GOOD),
    EntryState.GIVEN_UP: ("given up", "hard"),
    EntryState.HELD: ("held for a digest", "other"),
    EntryState.BUNDLED: ("told in a digest", GOOD),
    EntryState.DROPPED: ("dropped", "other"),
}
_WARNING, _TROUBLE, _PASSED_ON, _LETTERS = "warning", "trouble of a connection", "mail passed on", "letters to read"
_KINDS = {
    EntryKind.NOTICE: "notice of a report",
    EntryKind.DIGEST: "digest",
    EntryKind.WARNING: _WARNING,
    EntryKind.WARNINGS: _WARNING,
    EntryKind.FAILING: _TROUBLE,
    EntryKind.ENDPOINT: _TROUBLE,
    EntryKind.OPERATOR: _PASSED_ON,
    EntryKind.LISTED: _PASSED_ON,
    EntryKind.TEST: "test",
    EntryKind.SIGN_IN: "sign-in link",
    EntryKind.UNREAD: _LETTERS,
    EntryKind.UNREAD_DIGEST: _LETTERS,
    EntryKind.EVENT: "event",
    EntryKind.UNSENT: "mail that was not sent",
}
_ACCESS = {
    KeyAccess.READ: "may look",
    KeyAccess.WRITE: "may change suppressions",
    KeyAccess.ADMIN: "may manage everything",
}


def endpoint_state(webhook: Webhook, language: Language) -> tuple[str, str]:
    """Give the state of an endpoint in words, and its tone."""
    is_failing = webhook.state is WebhookState.ACTIVE and webhook.failing_since is not None
    words, tone = _FAILING if is_failing else _ENDPOINTS[webhook.state]
    return language.say(words), tone


def notice_state(state: EntryState, language: Language) -> tuple[str, str]:
    """Give the state of a notice in words, and its tone."""
    words, tone = _NOTICES[state]
    return language.say(words), tone


def notice_kind(kind: EntryKind, language: Language) -> str:
    """Give the words that stand for a kind of notice."""
    return language.say(_KINDS[kind])


def access_words(access: KeyAccess, language: Language) -> str:
    """Give the words for the access of a key."""
    return language.say(_ACCESS[access])


def texts() -> tuple[str, ...]:
    """Give the texts of this module that appear in no call, for translators."""
    states = (*_ENDPOINTS.values(), _FAILING, *_NOTICES.values())
    return (*(words for words, _ in states), *_KINDS.values(), *_ACCESS.values())
