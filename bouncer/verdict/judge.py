"""Give verdicts on a whole Reading, and write it in the form of `bouncer read --format jsonl` and the HTTP API."""

import json
from collections.abc import Sequence

from bouncer.ndr.reading import Action, Original, Reading, Recipient
from bouncer.verdict.classify import classify
from bouncer.verdict.taught import rule_of, taught_verdict
from bouncer.verdict.taught_rule import TaughtRule
from bouncer.verdict.verdict import Judgement, Verdict

JUDGED = (Action.FAILED, Action.DELAYED)
"""Actions of recipients that get a verdict: mail that was delivered or passed on has not failed."""
_ENCODER = json.JSONEncoder(check_circular=False)  # no value here contains itself


def judge(reading: Reading, rules: Sequence[TaughtRule] = ()) -> Judgement:
    """Give a verdict for each recipient that failed or is late; None for those delivered, relayed or expanded.

    *rules* are the taught rules whose forms the reading was allowed to use.
    """
    rule = rule_of(reading, rules)
    return Judgement(
        reading,
        tuple(
            _verdict(recipient, reading, rule) if recipient.action in JUDGED else None
            for recipient in reading.recipients
        ),
    )


def _verdict(recipient: Recipient, reading: Reading, rule: TaughtRule | None) -> Verdict:
    return classify(recipient, reading) if rule is None else taught_verdict(recipient, reading, rule)


def as_json(file: str, judgement: Judgement) -> dict[str, object]:
    """Give the JSON object for the letter in *file*; facts that the letter does not state are null."""
    reading = judgement.reading
    return {
        "file": file,
        "kind": str(reading.kind),
        "dialect": reading.dialect,
        "reporting_mta": reading.reporting_mta,
        "arrival_date": reading.arrival_date,
        "original": _original(reading.original),
        "recipients": [
            _recipient(recipient, verdict)
            for recipient, verdict in zip(reading.recipients, judgement.verdicts, strict=True)
        ],
        "why": reading.why,
    }


def as_line(file: str, judgement: Judgement) -> str:
    """Give the JSON object as one line; characters beyond ASCII are escaped, so that none reaches a terminal or breaks the line."""
    return _ENCODER.encode(as_json(file, judgement)) + "\n"


def _original(original: Original) -> dict[str, object]:
    return {
        "message_id": original.message_id,
        "subject": original.subject,
        "from": original.from_,
        "to": list(original.to),
        "date": original.date,
    }


def _recipient(recipient: Recipient, verdict: Verdict | None) -> dict[str, object]:
    return {
        "recipient": recipient.recipient,
        "original_recipient": recipient.original_recipient,
        "final_recipient": recipient.final_recipient,
        "action": str(recipient.action),
        "status": str(recipient.status) if recipient.status else None,
        "reply_code": recipient.reply_code,
        "remote_mta": recipient.remote_mta,
        "diagnostic_code": recipient.diagnostic_code,
        "category": str(verdict.category) if verdict else None,
        "reason": str(verdict.reason) if verdict else None,
        "stage": verdict.stage if verdict else None,
        "subject": verdict.subject if verdict else None,
        "rule": verdict.rule if verdict else None,
        "evidence": verdict.evidence if verdict else None,
    }
