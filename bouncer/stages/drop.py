"""Drop: is this recipient suppressed? Asked on the event loop while a mail is on its way out, answered without leaving it.

The answer is one look into the store's index, so it is never older than the store. At ten million addresses it takes some
tens of microseconds; the daemon reads the index through at its start, so that it is in the system's cache and an
address that is not suppressed never waits for the disk (``tests/bench/bench_suppressions.py``).
"""

import datetime as dt
from collections.abc import Callable

from bouncer.policy.account_rules import AccountRules
from bouncer.policy.records import Suppression
from bouncer.ports.scope import OPERATOR
from bouncer.ports.suppressions import SuppressionList


class Drop:
    """Knows the suppressions in force; *terms* gives an account's own."""

    def __init__(
        self, suppressions: SuppressionList, *, terms: Callable[[str], AccountRules], now: Callable[[], dt.datetime]
    ) -> None:
        self._suppressions = suppressions
        self._terms = terms
        self._now = now

    def suppressed_now(self, account: str, form: str, stream: str | None = None) -> Suppression | None:
        """Give the suppression that keeps *account*'s mail (of *stream*) from an address; None: it may go. Raises StoreError.

        *form* is the address in comparable form: who asks about many makes each comparable once.
        """
        folds = self._terms(account).fold_gmail
        return self._suppressions.suppressed_now(OPERATOR, account, form, stream or "", folds=folds, now=self._now())
