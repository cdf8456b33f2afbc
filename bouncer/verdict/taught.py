"""Verdicts on letters that a rule of this installation has read."""

from collections.abc import Sequence

from bouncer.ndr.reading import Action, Reading, Recipient
from bouncer.ndr.taught_form import form_id_of
from bouncer.verdict import subject
from bouncer.verdict.classify import classify
from bouncer.verdict.codes import length_of
from bouncer.verdict.facts import Length
from bouncer.verdict.taught_rule import TaughtRule
from bouncer.verdict.verdict import Category, Reason, Verdict

LATE = "action-delayed"
"""The code of ``codes.code_of`` for mail that is late for a cause that the letter does not say."""
ROW = "taught"
"""The name in a Verdict that stands for the row of the table: an operator gave the reason."""


def rule_of(reading: Reading, rules: Sequence[TaughtRule]) -> TaughtRule | None:
    """Give the rule in *rules* by which a letter was read; None for a reading by the reader's own dialects."""
    form_id = form_id_of(reading.dialect)
    return next((rule for rule in rules if rule.id == form_id), None) if form_id else None


def taught_verdict(recipient: Recipient, reading: Reading, rule: TaughtRule) -> Verdict:
    """Give the verdict for a letter that *rule* has read.

    The reader's own verdict stands where words and codes say enough; else the rule's reason counts. A failure that is
    only for now (4yz, 4.y.z), or mail that is late, is never hard, as in the table of verdicts.
    """
    own_verdict = classify(recipient, reading)
    if own_verdict.category is not Category.OTHER and own_verdict.rule != LATE:
        return own_verdict
    reason = rule.reason
    is_for_now = recipient.action is Action.DELAYED or length_of(recipient) is Length.FOR_NOW
    if reason.category is Category.HARD and is_for_now:
        reason = Reason.MAILBOX_UNAVAILABLE
    evidence = recipient.own_lines[0] if recipient.own_lines else own_verdict.evidence
    return Verdict(reason, rule.form.dialect, evidence, ROW, own_verdict.stage, subject.subject_of_reason(reason))
