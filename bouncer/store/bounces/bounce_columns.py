"""The rows of bounces: the columns in which a recorded bounce lies."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from bouncer.mail.address import gmail_mailbox, split
from bouncer.policy.records import Bounce, Record
from bouncer.store.engine.ids import Numbering


def bounce_rows(entry: Record, now: dt.datetime, numbering: Numbering) -> Iterator[dict[str, Any]]:
    """Give the row of each bounce of a record, with an id of *numbering*."""
    for bounce in entry.bounces:
        yield {
            "id": numbering.next_id(now),
            "changed": None,
            "letter_id": entry.letter_id,
            "at": now,
            "account": entry.account,
            **_recipient_columns(bounce),
            **_verdict_columns(bounce),
        }


def _recipient_columns(bounce: Bounce) -> dict[str, Any]:
    recipient = bounce.recipient
    return {
        "recipient": recipient.recipient,
        "recipient_key": bounce.key,
        "recipient_folded": gmail_mailbox(bounce.key),
        "recipient_domain": split(bounce.key)[1],
        "reported": bounce.reported,
        "original_recipient": recipient.original_recipient,
        "final_recipient": recipient.final_recipient,
        "action": recipient.action.value,
        "status": str(recipient.status) if recipient.status else None,
        "reply_code": recipient.reply_code,
        "diagnostic_code": recipient.diagnostic_code,
        "remote_mta": recipient.remote_mta,
        "will_retry_until": recipient.will_retry_until,
        "said": recipient.own_lines,
    }


def _verdict_columns(bounce: Bounce) -> dict[str, Any]:
    verdict = bounce.verdict
    return {
        "category": verdict.category.value if verdict else None,
        "reason": verdict.reason.value if verdict else None,
        "rule": verdict.rule if verdict else None,
        "evidence": verdict.evidence if verdict else None,
        "belief": bounce.believed.belief.value,
        "belief_why": bounce.believed.why,
        "suppressed": bounce.suppressed,
        "suppressed_until": bounce.suppressed_until,
        "counts": bounce.is_counted,
        "effect": bounce.effect.value,
        "counted_day": bounce.counted.day if bounce.counted else None,
        "counted_needed": bounce.counted.needed if bounce.counted else None,
        "counted_window": bounce.counted.window if bounce.counted else None,
        "stream": bounce.stream,
        "campaign": bounce.campaign,
    }
