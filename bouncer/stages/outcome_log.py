"""Log lines about the outcome of a letter, in the order of events."""

import logging

from bouncer.logs import log_event
from bouncer.mail.letter import spell_id
from bouncer.policy.records import MAIL, Bounce, LetterState, Record
from bouncer.stages.logged_addresses import LoggedAddresses

MAX_LINES = 20
"""Lines of one kind about one letter: a report may name ten thousand recipients. A last line gives the number left out."""

_log = logging.getLogger(__name__)


def log_record(record: Record, naming: LoggedAddresses) -> None:
    """Log the record of a letter; called after its commit."""
    if not _log.isEnabledFor(logging.WARNING):
        return
    letter, account = spell_id(record.letter_id), record.account or None
    if record.state is LetterState.SHUNTED:
        note = naming.words(account, record.note)
        log_event(_log, logging.WARNING, "shunted", letter=letter, account=account, kind=record.kind.value, said=note)
    else:
        facts = {"kind": record.kind.value, "dialect": record.reading.dialect}
        note = naming.words(account, record.note)
        count = len(record.bounces)
        log_event(_log, logging.INFO, "read", letter=letter, account=account, **facts, recipients=count, said=note)
    if record.unread:
        note = None if record.entries else "told to nobody: there is no owner who wants mail, and no operator"
        facts = {"kind": record.kind.value, "cause": record.unread.value, "said": note}
        log_event(_log, logging.WARNING, "unread", letter=letter, account=account, **facts)
    if _log.isEnabledFor(logging.INFO):
        _log_outcomes(record, letter, account, naming)


def _log_outcomes(record: Record, letter: str, account: str | None, naming: LoggedAddresses) -> None:
    for bounce in record.bounces[:MAX_LINES]:
        _log_bounce(bounce, letter, account, naming)
    _log_omitted("recorded", letter, account, len(record.bounces))
    for added in record.suppressions[:MAX_LINES]:
        until = added.until.isoformat(timespec="seconds") if added.until else None
        name = naming.recipient(added.account, added.address)
        facts = {"recipient": name, "cause": added.reason, "until": until}
        log_event(_log, logging.INFO, "suppressed", letter=letter, account=added.account, **facts)
    _log_omitted("suppressed", letter, account, len(record.suppressions))
    for release in record.releases[:MAX_LINES]:
        name = naming.recipient(release.account, release.address)
        log_event(_log, logging.INFO, "freed", letter=letter, account=release.account, recipient=name)
    _log_omitted("freed", letter, account, len(record.releases))
    for entry in record.entries[:MAX_LINES]:
        owner = (account if entry.account is None else entry.account) or None
        to = naming.recipient(owner, entry.to)
        channel = None if entry.channel == MAIL else entry.channel
        facts = {"letter": letter, "account": owner, "notice": entry.kind.value, "channel": channel, "to": to}
        log_event(_log, logging.INFO, "queued", **facts)
    _log_omitted("queued", letter, account, len(record.entries))


def _log_bounce(bounce: Bounce, letter: str, account: str | None, naming: LoggedAddresses) -> None:
    recipient, verdict = bounce.recipient, bounce.verdict
    log_event(
        _log,
        logging.INFO,
        "recorded",
        letter=letter,
        account=account,
        recipient=naming.recipient(account, recipient.recipient),
        state=recipient.action.value,
        status=str(recipient.status) if recipient.status else None,
        category=verdict.category.value if verdict else None,
        reason=verdict.reason.value if verdict else None,
        belief=bounce.believed.belief.value,
        effect=bounce.effect.value,
        # a mail server may name a local part without its domain, which no pattern finds
        said=None if naming.hides(account) else recipient.diagnostic_code,
    )


def _log_omitted(event: str, letter: str, account: str | None, count: int) -> None:
    if count > MAX_LINES:
        log_event(_log, logging.INFO, event, letter=letter, account=account, more=count - MAX_LINES)
