"""What the codes of an answer say: the enhanced status that speaks, else the reply code, else what became of the recipient."""

from typing import NamedTuple

from bouncer.ndr.reading import Action, Recipient
from bouncer.verdict import asserted
from bouncer.verdict.facts import Coded, Length
from bouncer.verdict.failure import Failure, Witness
from bouncer.verdict.rules import replies, statuses
from bouncer.verdict.stage import BEFORE_RECIPIENT
from bouncer.verdict.verdict import Category, Reason

_ABOUT_MAILBOX = frozenset({Category.HARD, Category.SOFT})
_ADDRESSING = 1  # RFC 3463 section 3.2
_LENGTHS = {4: Length.FOR_NOW, 5: Length.FINAL}


class Code(NamedTuple):
    """What the codes say; the line that shows it is looked for only when it decides."""

    kind: Coded
    reason: Reason
    rule: str
    token: str  # as it stands in the letter
    otherwise: str  # the evidence, where the token stands nowhere

    def witness(self, failure: Failure) -> Witness:
        """Give it with its line."""
        evidence = failure.line_with(self.token, self.otherwise) if self.token else self.otherwise
        return Witness(self.reason, self.rule, evidence)


def code_of(failure: Failure) -> Code:
    """Say what the codes say: the status that speaks, else the reply code, else what became of the recipient."""
    before = failure.moment.stage in BEFORE_RECIPIENT
    for status in failure.statuses:
        if failure.wrapped and status == failure.recipient.status:
            # a wrapper's own code proves nothing of the answer in it
            kind = Coded.ADDRESS if status.subject == _ADDRESSING else Coded.REGION
            return Code(kind, Reason.GENERAL_PERMANENT, "wrapper", str(status), f"Status: {status}")
        published = statuses.is_published(status)
        kind, reason = statuses.meaning(status, failure.providers if published else frozenset())
        if reason is None or (before and reason.category in _ABOUT_MAILBOX and reason is not Reason.MESSAGE_TOO_LARGE):
            continue
        source = "published" if published else "registry"
        rule = f"{source}-x.{status.subject}.{status.detail}"
        return Code(kind, reason, rule, str(status), f"Status: {status}")
    for status in failure.statuses:
        if reason := statuses.VAGUE_SUBJECT.get(status.subject):
            kind = statuses.KIND_OF_SUBJECT.get(status.subject, Coded.REGION)
            return Code(kind, reason, f"registry-x.{status.subject}", str(status), f"Status: {status}")
    return _reply(failure.recipient)


def _reply(recipient: Recipient) -> Code:
    code, action = recipient.reply_code, recipient.action
    if code and (reason := replies.MEANS.get(code)):
        return Code(Coded.REPLY, reason, f"reply-{code}", str(code), str(code))
    if action is Action.DELAYED:
        return Code(Coded.NOTHING, Reason.EXPIRED, "action-delayed", "", f"Action: {action}")
    return Code(Coded.NOTHING, Reason.UNKNOWN, "action-failed", "", f"Action: {action}")


def length_of(recipient: Recipient, words: Witness | None = None) -> Length:
    """Say how long a failure lasts: by *words* that tell a time, else by the class of the reply code, else of the status."""
    if words is not None and asserted.is_for_now(words.before, words.phrase):
        return Length.FOR_NOW
    klass = recipient.reply_code // 100 if recipient.reply_code else recipient.status.klass if recipient.status else 0
    return _LENGTHS.get(klass, Length.UNSAID)
