"""The values that all requests for pages share."""

from dataclasses import dataclass

from bouncer.pages.check_runner import CheckRunner, Examine, examine
from bouncer.pages.mail_requests import MailRequests
from bouncer.pages.uploads import WaitingUploads
from bouncer.web.endpoint import HttpContext
from bouncer.web.rates import KeyRates

SIGN_INS_A_MINUTE = 10
"""Attempts of one client to sign in: a person needs one, and a secret of 256 bits cannot be guessed anyway."""


@dataclass(frozen=True, slots=True)
class PageContext:
    """The values that all requests for pages share; *attempts* counts the forms of clients that are not signed in."""

    http: HttpContext
    attempts: KeyRates
    checks: CheckRunner
    mails: MailRequests
    uploads: WaitingUploads


def make_page_context(http: HttpContext, examining: Examine = examine) -> PageContext:
    """Make the context of a server; *examining* runs the checks of the installation."""
    checks = CheckRunner(http.host.settings, http.now, examining)
    return PageContext(http, KeyRates(SIGN_INS_A_MINUTE), checks, MailRequests(http), WaitingUploads())
