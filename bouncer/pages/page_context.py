"""The values that all requests for pages share."""

from dataclasses import dataclass

from bouncer.mail.host import client_of
from bouncer.pages.check_runner import CheckRunner, Examine, examine
from bouncer.pages.mail_requests import MailRequests
from bouncer.pages.uploads import WaitingUploads
from bouncer.ports.sign_ins import Session
from bouncer.web.endpoint import HttpContext
from bouncer.web.rates import KeyRates

SIGN_INS_A_MINUTE = 10
"""Attempts of one client to sign in: a person needs one, and a secret of 256 bits cannot be guessed anyway."""
OPENINGS_A_MINUTE = 120
"""Pages that one client opens in a minute without being signed in: an office behind one address, or programs that look into the
links of mails. The story of a share link takes three transactions and ten milliseconds, whoever has the link."""


@dataclass(frozen=True, slots=True)
class PageContext:
    """The values that all requests for pages share; *attempts* counts the requests of clients that are not signed in."""

    http: HttpContext
    attempts: KeyRates
    checks: CheckRunner
    mails: MailRequests
    uploads: WaitingUploads

    def count_request(self, session: Session | None, client: str, method: str) -> None:
        """Count a request of *session*, or without one of *client*, an address. Raises ProblemError (429) above the limit."""
        now = self.http.elapsed()
        if session:
            self.http.rates.take(f"session {session.id}", now)
        elif method == "POST":
            self.attempts.take(client_of(client), now)
        else:
            self.attempts.take_of_route(client_of(client), "pages", OPENINGS_A_MINUTE, now)


def make_page_context(http: HttpContext, examining: Examine = examine) -> PageContext:
    """Make the context of a server; *examining* runs the checks of the installation."""
    checks = CheckRunner(http.host.settings, http.now, examining)
    return PageContext(http, KeyRates(SIGN_INS_A_MINUTE), checks, MailRequests(http), WaitingUploads())
