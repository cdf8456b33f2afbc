"""Whether a notice tells a failure or a delay: of its whole message, and of each recipient where they differ."""

import re
from functools import lru_cache

from bouncer.ndr import goes_on, headings, phrases
from bouncer.ndr.letter import Letter
from bouncer.ndr.notice_text import Statement
from bouncer.ndr.reading import Action

_NOT_FATAL = "non-fatal"
"""The word in Sendmail's heading above the recipients whose mail is delayed."""
_WARNS = re.compile(
    r"(?:warning|warnung|achtung|avertissement|attention|aviso|advertencia|avviso|attenzione|atenção|waarschuwing|varning"
    r"|advarsel"
    r"|varoitus|ostrzeżenie|uwaga|upozornění|varování|upozornenie|figyelmeztetés|avertizare|uyar[\u0131i]|предупреждение"
    r"|внимание"
    r"|попередження|警告)\b.{0,100}?"
    r"(?:\d ?(?:h|hours?|days?|minutes?|stunden?|tagen?|heures?|jours?|horas?|d[ií]as?|ore|giorni|uur|dagen|timm?er|timmar"
    r"|dagar"
    r"|dager|dage|tuntia|päivää|godzin|dni|hodin|nap|óra|ore|zile|saat|gün|час|дн|時間|日|小时|小時|天)"
    r"|\b(?:still|not yet|so far|noch nicht|bisher|bislang|encore|todavía|aún|ancora|ainda|nog (?:niet|steeds)|ännu|endnu|ennå"
    r"|vielä|jeszcze|zatím|пока|ещё|еще)\b|まだ)"
)
"""A subject that warns and tells a time: the server goes on trying, whatever its words (Sendmail, Smail, Exim)."""
_WAITS = re.compile(
    r"[\W_]{0,4}(?:(?:status|action|result|state) ?[:=] ?)?(?:is |was |still |has been )?"
    r"(?:queued|deferred|delayed|retrying|postponed|in (?:the )?queue|waiting|will (?:retry|be retried)|verzögert"
    r"|en attente|retardé"
    r"|en cola|retrasado|in coda|na fila|в очереди|отложен)",
    re.IGNORECASE,
)
"""The first words of an entry about mail that waits, in a list with others that failed."""


def action_of(letter: Letter) -> Action:
    """Tell whether a notice reports a failure or a delay."""
    if goes_on.has_given_up(letter.flat):
        return Action.FAILED
    by_subject = _WARNS.match(letter.subject) or phrases.contains_any(phrases.NAMES_DELAY, _own_subject(letter))
    return Action.DELAYED if by_subject or _tells_delay(letter) else Action.FAILED


def _tells_delay(letter: Letter) -> bool:
    """Whether the notice's own words tell a delay: "Undeliverable: Your train is delayed" repeats the message's."""
    return goes_on.is_late(letter.flat) and goes_on.is_late(
        phrases.normalize(f"{_own_subject(letter)} {letter.evidence}")
    )


def _own_subject(letter: Letter) -> str:
    """Give the notice's own words in its subject, without the message's subject that it repeats behind them."""
    begins, colon, _ = letter.subject.partition(":")
    repeats = colon and phrases.contains_any(phrases.FAILED, begins)
    return begins if repeats else letter.subject.replace(phrases.normalize(letter.original.subject or ""), "")


def action_of_one(account: Statement, statements: list[Statement], letter: Letter, of_all: Action) -> Action:
    """Give the action of the recipient: failed and delayed recipients may be told apart by headings, as Sendmail's, or in words."""
    if not 1 < len(statements) <= headings.MOST_HEADINGS:
        return Action.DELAYED if _has_not_fatal(letter.flat) and _NOT_FATAL in _words_above(account, letter) else of_all
    own = _action_in_words(account.words) if account.sentence else _action_of_entry(account, statements)
    if own is not None:
        return own
    late = goes_on.is_late(letter.flat) and headings.differ((statement.line for statement in statements), letter.lines)
    if of_all is Action.FAILED and not _has_not_fatal(letter.flat) and not late:
        return of_all
    return _action_under(_words_above(account, letter), statements, letter, of_all, late=late)


def _action_under(words: str, statements: list[Statement], letter: Letter, of_all: Action, *, late: bool) -> Action:
    """Give the action that the heading *words* tell; *late* tells that recipients have different headings, and some may be late."""
    if _NOT_FATAL in words:
        return Action.DELAYED
    if phrases.contains_any(phrases.GAVE_UP, words):
        return Action.FAILED
    if late and goes_on.is_late(words):
        return Action.DELAYED
    others_late = late and any(goes_on.is_late(_words_above(statement, letter)) for statement in statements)
    return Action.FAILED if others_late and phrases.contains_any(phrases.UNDELIVERED, words) else of_all


def _words_above(account: Statement, letter: Letter) -> str:
    """Give the heading above the recipient, normalized; empty where none is near."""
    head = headings.find_heading(letter.lines, account.line)
    return phrases.normalize(letter.lines[head]) if head >= 0 else ""


def _action_of_entry(account: Statement, statements: list[Statement]) -> Action | None:
    """Give the action by the first words of an entry, where only some of them are of mail that waits: "queued for retry"."""
    waiting = [_WAITS.match(statement.own) is not None for statement in statements]
    if all(waiting) or not any(waiting):
        return None
    return Action.DELAYED if _WAITS.match(account.own) else Action.FAILED


@lru_cache(maxsize=1)
def _has_not_fatal(words: str) -> bool:
    """Whether Sendmail's word stands in *words*, all of a letter's: asked once, and not for each of hundreds."""
    return _NOT_FATAL in words


def _action_in_words(words: str) -> Action | None:
    """Give the action that the sentences about one of several recipients tell."""
    words = phrases.normalize(words)
    if phrases.contains_any(phrases.LATE, words):
        return Action.FAILED if phrases.contains_any(phrases.GAVE_UP, words) else Action.DELAYED
    return Action.FAILED if phrases.contains_any(phrases.UNDELIVERED, words) else None
