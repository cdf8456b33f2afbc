"""What single providers say in phrases of their own, as they publish them; before the common phrases, which these would mislead."""

from bouncer.policy.rules.rule import Rule
from bouncer.policy.verdict import Reason

RULES = (
    Rule(
        "microsoft-directory",
        Reason.INVALID_RECIPIENT,
        "learn.microsoft.com: Directory-Based Edge Blocking (5.4.1 Recipient address rejected: Access denied); RESOLVER.ADR",
        (
            r"5\.4\.1 .{0,80}recipient address rejected: access denied",
            r"resolver\.adr\.(?:recipnotfound|recipientnotfound|exrecipnotfound|invalidinternal|badprimary|ex)",
            r"5\.1\.351 remote server returned unknown recipient",
        ),
    ),
    Rule(
        "messagelabs-542",
        Reason.INVALID_RECIPIENT,
        "Symantec Email Security.cloud: 542 refuses addresses that its customer has not registered",
        (r"\b542 .{0,80}rejected",),
    ),
    Rule(
        "apple-inactive",
        Reason.CLOSED_ACCOUNT,
        "iCloud Mail postmaster page, support.apple.com/102322",
        (
            r"5\.1\.1 .{0,80}inactive e-?mail address",
            r"5\.1\.6 .{0,80}recipient no longer on server",
        ),
    ),
    Rule(
        "spamhaus-sender",
        Reason.BAD_REPUTATION,
        "Spamhaus DBL as used on the reverse-path",
        (r"mailfrom domain is listed",),
    ),
)
