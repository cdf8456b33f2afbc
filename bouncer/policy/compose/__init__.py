"""Composing the mails that leave: the owner's notice and digest, and what is passed on to the operator; pure."""

from bouncer.policy.compose.compose import compose, compose_digest, compose_failing, compose_warning, pass_on
from bouncer.policy.compose.digest import Digest, DigestRow, Tally
from bouncer.policy.compose.notice import Notice, NoticeRecipient, PassedOn, Warned

__all__ = [
    "Digest",
    "DigestRow",
    "Notice",
    "NoticeRecipient",
    "PassedOn",
    "Tally",
    "Warned",
    "compose",
    "compose_digest",
    "compose_failing",
    "compose_warning",
    "pass_on",
]
