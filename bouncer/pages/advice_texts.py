"""Advice on a page, in the words of notices: a sentence is split at the URL that it names, so that the template can link it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bouncer.compose import providers
from bouncer.compose.advising import advice_about
from bouncer.compose.language import Language
from bouncer.compose.reasons import WORDS
from bouncer.compose.sentences import advice, forwarding
from bouncer.notify.facts import notice_recipient
from bouncer.ports.letters import BounceRow
from bouncer.verdict.verdict import Reason


@dataclass(frozen=True, slots=True)
class AdviceText:
    """A sentence of advice: the text before the page of ours that it names, the *page*, the text *after* it; empty without one."""

    before: str
    page: str
    after: str


def advice_on(provider: str | None, reason: Reason, language: Language) -> Sequence[AdviceText]:
    """Give the advice about *reason*: one thing to do, and the provider's own pages, where they are known."""
    words = WORDS[reason]
    signposts = providers.signposts(provider, words, reason, "")
    (first, *others) = advice(words, signposts, language)
    pages = [_split_at_page(text) for text in others if providers.page_in(text)]
    return (_split_at_page(first), *pages)


def _split_at_page(text: str) -> AdviceText:
    page = providers.page_in(text) or ""
    if not page.startswith("https://"):
        return AdviceText(text, "", "")
    before, _, after = text.partition(page)
    return AdviceText(before, page, after)


def advice_of_report(row: BounceRow, language: Language) -> Sequence[AdviceText]:
    """Give the advice about a report on one recipient, as its notice has it."""
    recipient = notice_recipient(row)
    is_forwarded = bool(forwarding(recipient, language))
    return [_split_at_page(text) for text in advice_about(row.kind, recipient, language, is_forwarded=is_forwarded)]
