"""Composing the mails that leave: the owner's notice and digest, and what is passed on to the operator; pure."""

from bouncer.policy.compose.compose import compose, compose_digest, pass_on
from bouncer.policy.compose.digest import Digest, DigestRow, Tally
from bouncer.policy.compose.notice import Notice, NoticeRecipient, PassedOn

__all__ = [
    "Digest",
    "DigestRow",
    "Notice",
    "NoticeRecipient",
    "PassedOn",
    "Tally",
    "compose",
    "compose_digest",
    "pass_on",
]
