"""The advice about one failure, with the pages of the provider that answered: the same in a notice and on a web page."""

from bouncer.compose import providers
from bouncer.compose.language import Language
from bouncer.compose.notice import NoticeRecipient
from bouncer.compose.sentences import advice, words_of
from bouncer.mail.address import split
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.records import Belief
from bouncer.verdict.provider import provider_behind


def advised_provider(kind: Kind, recipient: NoticeRecipient) -> str | None:
    """Give the provider that answered, where it has facts or advice of its own about such a failure; else None."""
    if recipient.action is not Action.FAILED:
        return None
    words = words_of(kind, recipient)
    name = provider_behind(split(recipient.recipient)[1], recipient.remote_mta)
    fact = providers.provider_fact(name, words, recipient.reason)
    return name if fact or providers.signposts(name, words, recipient.reason, "") else None


def advice_about(
    kind: Kind, recipient: NoticeRecipient, language: Language, *, is_forwarded: bool = False
) -> tuple[str, ...]:
    """List what can be done about a report on *recipient*; *is_forwarded*: another address behind the recipient's failed."""
    words, provider = words_of(kind, recipient), advised_provider(kind, recipient)
    return advice(
        words,
        providers.signposts(provider, words, recipient.reason, recipient.diagnostic_code or ""),
        language,
        is_doubted=recipient.belief in (Belief.UNPROVEN, Belief.CONTRADICTED),
        forwarded=is_forwarded,
    )
