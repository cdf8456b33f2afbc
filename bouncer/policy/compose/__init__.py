"""Composing the mails that leave: the owner's notice and digest, warnings, and what is passed on to the operator; pure."""

from bouncer.policy.compose.compose import compose, compose_digest, shown_digest, shown_notice
from bouncer.policy.compose.digest import Digest
from bouncer.policy.compose.listing import ListedMail, Listing, compose_listing
from bouncer.policy.compose.notice import Notice, NoticeRecipient
from bouncer.policy.compose.operator import Failing, PassedOn, Warned, compose_failing, compose_warning, pass_on
from bouncer.policy.compose.tally import DigestRow, Tally

__all__ = [
    "Digest",
    "DigestRow",
    "Failing",
    "ListedMail",
    "Listing",
    "Notice",
    "NoticeRecipient",
    "PassedOn",
    "Tally",
    "Warned",
    "compose",
    "compose_digest",
    "compose_failing",
    "compose_listing",
    "compose_warning",
    "pass_on",
    "shown_digest",
    "shown_notice",
]
