"""The words of connections: states of endpoints and notices, kinds of notices, the access of a key."""

from bouncer.compose.language import Language
from bouncer.pages.wording import GOOD
from bouncer.policy.api_key import KeyAccess
from bouncer.policy.records import ParcelKind, ParcelState
from bouncer.ports.webhooks import Webhook, WebhookState

_ENDPOINTS = {
    WebhookState.ACTIVE: ("gets events", GOOD),
    WebhookState.RESTING: ("rests", "soft"),
    WebhookState.ENDED: ("is gone", "hard"),
}
_FAILING = ("fails", "soft")
_NOTICES = {
    ParcelState.WAITING: ("waiting", "other"),
    ParcelState.SENT: ("sent", GOOD),
    ParcelState.GIVEN_UP: ("given up", "hard"),
    ParcelState.HELD: ("held for a digest", "other"),
    ParcelState.BUNDLED: ("told in a digest", GOOD),
    ParcelState.DROPPED: ("dropped", "other"),
}
_WARNING, _TROUBLE, _PASSED_ON, _LETTERS = "warning", "trouble of a connection", "mail passed on", "letters to read"
_KINDS = {
    ParcelKind.NOTICE: "notice of a report",
    ParcelKind.DIGEST: "digest",
    ParcelKind.WARNING: _WARNING,
    ParcelKind.WARNINGS: _WARNING,
    ParcelKind.FAILING: _TROUBLE,
    ParcelKind.ENDPOINT: _TROUBLE,
    ParcelKind.OPERATOR: _PASSED_ON,
    ParcelKind.LISTED: _PASSED_ON,
    ParcelKind.TEST: "test",
    ParcelKind.SIGN_IN: "sign-in link",
    ParcelKind.UNREAD: _LETTERS,
    ParcelKind.UNREAD_DIGEST: _LETTERS,
    ParcelKind.EVENT: "event",
    ParcelKind.UNSENT: "mail that was not sent",
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


def notice_state(state: ParcelState, language: Language) -> tuple[str, str]:
    """Give the state of a notice in words, and its tone."""
    words, tone = _NOTICES[state]
    return language.say(words), tone


def notice_kind(kind: ParcelKind, language: Language) -> str:
    """Give the words that stand for a kind of notice."""
    return language.say(_KINDS[kind])


def access_words(access: KeyAccess, language: Language) -> str:
    """Give the words for the access of a key."""
    return language.say(_ACCESS[access])


def texts() -> tuple[str, ...]:
    """Give the texts of this module that appear in no call, for translators."""
    states = (*_ENDPOINTS.values(), _FAILING, *_NOTICES.values())
    return (*(words for words, _ in states), *_KINDS.values(), *_ACCESS.values())
