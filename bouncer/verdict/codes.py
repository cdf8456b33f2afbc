"""The meaning of an answer's codes: of the significant enhanced status, else the reply code, else the recipient's action."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from bouncer.mail.status import EnhancedStatus
from bouncer.ndr.reading import Action, Recipient
from bouncer.verdict import asserted
from bouncer.verdict.facts import CodesMeaning, Length
from bouncer.verdict.failure import Failure, Witness
from bouncer.verdict.rules import replies, statuses
from bouncer.verdict.stage import BEFORE_RECIPIENT
from bouncer.verdict.verdict import Category, Reason
from bouncer.verdict.words import MAX_TEXT

_ABOUT_MAILBOX = frozenset({Category.HARD, Category.SOFT})
_ADDRESSING = 1  # RFC 3463 section 3.2
_QUOTES_FOR_NOW = re.compile(
    r"(?:(?:->|[\w.]<) ?[\"']?4\d\d[ -]#?4\.\d{1,3}\.\d|\blast [a-z]{3,10}(?: was)?:? ?[\"']?4\d\d[ -])"
    r"(?!.{0,400}(?:->|<|[\"']) ?5\d\d[ -])",
    re.DOTALL,
)
"""The quotation of a 4yz answer, as the last one, in an answer of a server that gave up: "5.4.300 Message expired -> 450 4.1.1"."""
_LENGTHS = {4: Length.FOR_NOW, 5: Length.FINAL}


class Code(NamedTuple):
    """The meaning of an answer's codes. The line with the code is searched only when the code decides."""

    kind: CodesMeaning
    reason: Reason
    rule: str
    token: str  # as the letter has it
    otherwise: str  # the evidence, where no line has the token

    def witness(self, failure: Failure) -> Witness:
        """Make a witness of the code and its line."""
        evidence = failure.line_with(self.token, self.otherwise) if self.token else self.otherwise
        return Witness(self.reason, self.rule, evidence)


def code_of(failure: Failure) -> Code:
    """Interpret the codes: the significant status, else the reply code, else the recipient's action."""
    before = failure.moment.stage in BEFORE_RECIPIENT
    for status in failure.statuses:
        if failure.wrapped and status == failure.recipient.status:
            # a wrapper's own code proves nothing about the answer inside it
            return _code_of_subject(code for code in failure.statuses if code != status) or _code_of_wrapper(status)
        published = statuses.is_published(status)
        kind, reason = statuses.meaning(status, failure.providers if published else frozenset())
        if reason is None or (before and reason.category in _ABOUT_MAILBOX and reason is not Reason.MESSAGE_TOO_LARGE):
            continue
        source = "published" if published else "registry"
        rule = f"{source}-x.{status.subject}.{status.detail}"
        return Code(kind, reason, rule, str(status), f"Status: {status}")
    return _code_of_subject(failure.statuses) or _reply(failure.recipient)


def _code_of_wrapper(status: EnhancedStatus) -> Code:
    kind = CodesMeaning.ADDRESS if status.subject == _ADDRESSING else CodesMeaning.REGION
    return Code(kind, Reason.GENERAL_PERMANENT, "wrapper", str(status), f"Status: {status}")


def _code_of_subject(candidates: Iterable[EnhancedStatus]) -> Code | None:
    """Interpret the subject of the first of *candidates* that has one: 5.7.x speaks of policy, whatever its detail."""
    for status in candidates:
        if reason := statuses.VAGUE_SUBJECT.get(status.subject):
            kind = statuses.KIND_OF_SUBJECT.get(status.subject, CodesMeaning.REGION)
            return Code(kind, reason, f"registry-x.{status.subject}", str(status), f"Status: {status}")
    return None


def _reply(recipient: Recipient) -> Code:
    code, action = recipient.reply_code, recipient.action
    if code and (reason := replies.MEANS.get(code)):
        return Code(CodesMeaning.REPLY, reason, f"reply-{code}", str(code), str(code))
    if action is Action.DELAYED:
        return Code(CodesMeaning.NOTHING, Reason.EXPIRED, "action-delayed", "", f"Action: {action}")
    return Code(CodesMeaning.NOTHING, Reason.UNKNOWN, "action-failed", "", f"Action: {action}")


def length_of(recipient: Recipient, words: Witness | None = None) -> Length:
    """Tell how long a failure lasts: by *words* that name a time, else by the class of the reply code, else of the status."""
    if words is not None and asserted.is_for_now(words.before, words.phrase):
        return Length.FOR_NOW
    answer = recipient.diagnostic_code or ""
    if ("4." in answer or "last " in answer) and _QUOTES_FOR_NOW.search(answer[:MAX_TEXT]):
        return Length.FOR_NOW
    klass = recipient.reply_code // 100 if recipient.reply_code else recipient.status.class_ if recipient.status else 0
    return _LENGTHS.get(klass, Length.UNSAID)
