"""Log lines about outgoing mail: its recipients, the dropped recipients and why; addresses are hidden as the account wants."""

import logging
from collections.abc import Callable, Mapping

from bouncer.logs import log_event
from bouncer.mail.logged import without_recipient, without_signature
from bouncer.mail.returnpath import Generation, claimed_account
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.outgoing import Outgoing, Sending, Signing, hashed_name
from bouncer.policy.records import Suppression

MAX_LINES = 20
"""Lines about dropped recipients of one message: it may have fifty thousand."""


class OutgoingLog:
    """Writes to *log*; ``terms`` and ``generation`` give an account's, ``signing()`` the present keys for its paths."""

    def __init__(
        self,
        log: logging.Logger,
        *,
        terms: Callable[[str], AccountRules],
        generation: Callable[[str], Generation],
        signing: Callable[[], Signing],
    ) -> None:
        self._log = log
        self._terms = terms
        self._generation = generation
        self._signing = signing

    def log_sending(self, mail: Outgoing, sending: Sending, suppressed: Mapping[str, Suppression]) -> None:
        """Log the outcome of a message: MOST_LINES of its dropped recipients, and the number of its recipients."""
        if not self._log.isEnabledFor(logging.INFO):
            return
        account, queue_id = sending.account, mail.queue_id
        event = "refused" if sending.refused else "dropped"
        facts = {"queue_id": queue_id, "message_id": mail.message_id}
        for address in sending.dropped[:MAX_LINES]:
            name, cause = self._shown_address(account, address), suppressed[address].reason
            log_event(self._log, logging.INFO, event, account=account, recipient=name, cause=cause, **facts)
        if (omitted := len(sending.dropped) - MAX_LINES) > 0:
            log_event(self._log, logging.INFO, event, account=account, more=omitted, **facts)
        count = len(sending.recipients)
        if count:
            only = self._shown_address(account, sending.recipients[0]) if count == 1 else None
            event = "counted" if sending.reverse_path is None else "signed"
            log_event(
                self._log, logging.INFO, event, account=account, recipient=only, recipients=count, queue_id=queue_id
            )

    def log_refusal(self, suppression: Suppression, account: str, address: str, queue_id: str | None) -> None:
        """Log that the recipient *address* is refused for *suppression*."""
        name = self._shown_address(account, address)
        cause = suppression.reason
        log_event(self._log, logging.INFO, "refused", account=account, recipient=name, cause=cause, queue_id=queue_id)

    def path(self, path: str) -> str:
        """Give a reverse-path in a domain of ours in the form for the log."""
        return (
            without_recipient(path) if self._terms(claimed_account(path) or "").hash_paths else without_signature(path)
        )

    def _shown_address(self, account: str, address: str) -> str:
        if not self._terms(account).hash_paths:
            return address
        return hashed_name(account, address, self._signing(), self._generation(account))
