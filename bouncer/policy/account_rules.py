"""An account's rules for belief and suppression; the defaults fit most senders."""

from dataclasses import dataclass
from enum import StrEnum

from bouncer.policy.records import Belief


class BadPaths(StrEnum):
    """The treatment of a letter to a path in the form of a signed one whose signature is not good."""

    REFUSE = "refuse"  # 550 at RCPT
    QUARANTINE = "quarantine"  # kept and listed, never believed, no notice about it


class SuppressedMail(StrEnum):
    """The treatment of an account's own mail to a suppressed address."""

    REFUSE = "refuse"  # 550 at RCPT: the sender learns why
    DROP = "drop"  # the recipient is removed, and a notice tells the owner
    DEFAULT = "default"  # the setting milter.suppressed decides


@dataclass(frozen=True, slots=True)
class AccountRules:
    """The settings of one account."""

    suppress_on: Belief = Belief.PROVEN  # or PLAUSIBLE: the lowest belief that may suppress
    soft_failures: int = 3  # number of different days with a failure ...
    soft_window_days: int = 30  # ... within this many days
    technical_failures: int = 7
    technical_window_days: int = 30
    by_stream: bool = False  # a reader's requests and soft failures count for the mail's stream only
    fold_gmail: bool = False  # j.doe+x@gmail.com is jdoe@gmail.com
    bad_paths: BadPaths = BadPaths.REFUSE
    hash_paths: bool = False  # return paths that the milter makes contain no address, so that no log shows one
    servers: tuple[
        str, ...
    ] = ()  # networks of its own sending servers: only these can prove a report about a message to several
    suppressed: SuppressedMail = SuppressedMail.DEFAULT
    block_warning: int = 10  # proven blocks by one provider on one day that cause a warning; 0: no warnings
