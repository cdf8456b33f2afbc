"""Composing the mails that leave: the owner's notice, and what is passed on to the operator; pure."""

from bouncer.policy.compose.compose import compose, pass_on
from bouncer.policy.compose.notice import Notice, NoticeRecipient, PassedOn

__all__ = ["Notice", "NoticeRecipient", "PassedOn", "compose", "pass_on"]
