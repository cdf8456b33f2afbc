"""Drop: look up, while a mail is on its way out, whether a recipient is suppressed; synchronously, on the event loop.

Each call is one look-up in the store's index, so its answer is never out of date. At ten million addresses it takes some
tens of microseconds. The daemon reads the whole index at its start, so that it is in the system's cache and the look-up of
an address that is not suppressed never waits for the disk (``tests/bench/bench_suppressions.py``).
"""

import datetime as dt
from collections.abc import Callable

from bouncer.policy.account_rules import AccountRules
from bouncer.policy.records import Suppression
from bouncer.ports.scope import OPERATOR
from bouncer.ports.suppressions import SuppressionList


class Drop:
    """Looks up suppressions in force; *terms* gives the rules of an account."""

    def __init__(
        self, suppressions: SuppressionList, *, terms: Callable[[str], AccountRules], now: Callable[[], dt.datetime]
    ) -> None:
        self._suppressions = suppressions
        self._terms = terms
        self._now = now

    def suppressed_now(self, account: str, form: str, stream: str | None = None) -> Suppression | None:
        """Give the suppression that stops *account*'s mail (of *stream*) to an address; None where it may go. Raises StoreError.

        *form* is the address in comparable form, which the caller makes once for each address.
        """
        folds = self._terms(account).fold_gmail
        return self._suppressions.suppressed_now(OPERATOR, account, form, stream or "", folds=folds, now=self._now())
