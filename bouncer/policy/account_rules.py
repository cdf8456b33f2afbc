"""What an account asks of belief and suppression: its own settings, each with a default that most senders can keep."""

from dataclasses import dataclass
from enum import StrEnum

from bouncer.policy.records import Belief


class BadPaths(StrEnum):
    """What becomes of a letter to a path in the form of a signed one whose signature is not good."""

    REFUSE = "refuse"  # 550 at RCPT
    QUARANTINE = "quarantine"  # kept and listed, never believed, told to nobody


class SuppressedMail(StrEnum):
    """What becomes of an account's own mail to a suppressed address."""

    REFUSE = "refuse"  # 550 at RCPT: who sends it hears why
    DROP = "drop"  # the address is taken off, and the owner is told of it
    DEFAULT = "default"  # as the setting milter.suppressed says


@dataclass(frozen=True, slots=True)
class AccountRules:
    """The settings of one account."""

    suppress_on: Belief = Belief.PROVEN  # or PLAUSIBLE: the least belief that may suppress
    soft_failures: int = 3  # on so many different days ...
    soft_window_days: int = 30  # ... inside so many days
    technical_failures: int = 7
    technical_window_days: int = 30
    by_stream: bool = False  # what the address's owner wants, and soft failures, hold for the mail's stream only
    fold_gmail: bool = False  # j.doe+x@gmail.com is jdoe@gmail.com
    bad_paths: BadPaths = BadPaths.REFUSE
    hash_paths: bool = False  # no address stands in a return path that the milter makes, and so in no log
    servers: tuple[str, ...] = ()  # networks of its own sending servers: only they report for messages to several
    suppressed: SuppressedMail = SuppressedMail.DEFAULT
    block_warning: int = 10  # so many addresses blocked by one provider on one day, provably, are told; 0: never
