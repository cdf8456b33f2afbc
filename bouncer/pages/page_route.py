"""Pages as values: the routes of the server, the tests of tenancy and a table of the manual come from one list of them."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bouncer.compose.language import Language
from bouncer.manage.change_values import ChangedBy
from bouncer.manage.mail_host import MailHost
from bouncer.pages.check_runner import CheckRunner
from bouncer.pages.mail_requests import MailRequests
from bouncer.pages.uploads import ReceivedFile, WaitingUploads
from bouncer.policy.records import ChangeSource
from bouncer.policy.sign_in import Role
from bouncer.ports.scope import OPERATOR, AccountScope, Scope
from bouncer.ports.sign_ins import Session
from bouncer.ports.store import Store
from bouncer.settings.sections import ForwardSettings
from bouncer.web.exporting import Export
from bouncer.web.parameter import Parameter
from bouncer.web.problem import ProblemError


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for a page whose session, parameters and form have been checked."""

    store: Store
    session: Session | None
    parameters: Mapping[str, Any]
    form: Mapping[str, Any]
    language: Language
    browser: str
    now: dt.datetime
    forward: ForwardSettings
    origin: str
    """Scheme and host of the URL, as the browser said them: good for an answer to that browser, and for no mail."""
    host: MailHost
    checks: CheckRunner
    client: str
    """The address that the request came from."""
    mails: MailRequests
    looks: str
    """The cookie of the last looks at the page Today, as the browser sent it; empty where it sent none."""
    requested_path: str
    """The cookie of the path that was asked for before signing in, as the browser sent it; empty where it sent none."""
    uploads: WaitingUploads
    received: ReceivedFile | None = None
    """The file of the form, where the person chose or pasted something; it is closed after the answer unless it is kept."""

    @property
    def signed_in(self) -> Session:
        """The session; only pages that need none may be asked without."""
        if self.session is None:
            raise ProblemError(403, "Sign in first.")
        return self.session

    @property
    def scope(self) -> Scope:
        """The data that the person may see."""
        account = self.signed_in.account
        return OPERATOR if account is None else AccountScope(account)

    def changed_by(self, why: str | None) -> ChangedBy:
        """Give the author of a change, for the audit trail, with the reason that the person gave."""
        person = f"by {self.signed_in.person} on the web pages"
        return ChangedBy(ChangeSource.PAGE, f"{why}; {person}" if why else person)

    @property
    def account(self) -> str:
        """The account that a change is for: the one that is named, or the person's own. Raises ProblemError for an operator."""
        name = self.parameters.get("account") or self.form.get("account") or self.signed_in.account
        if name is None:
            raise ProblemError(422, "Name the account.", parameter="account")
        return str(name)


@dataclass(frozen=True, slots=True)
class TemplatePage:
    """An answer: a page of *template* with *values*, and *cookies* to keep."""

    template: str
    values: Mapping[str, Any]
    status: int = 200
    cookies: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An answer: the browser goes on to *path*, a page of ours, and keeps or drops *cookies* (None drops one)."""

    path: str
    cookies: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlainText:
    """An answer: text for the browser to save."""

    octets: bytes
    name: str


PageAnswer = TemplatePage | Elsewhere | PlainText | Export


@dataclass(frozen=True, slots=True)
class PageRoute:
    """A method of a page: the *question* that it answers, and the *role* that a person needs (None: without signing in).

    *parameters* are those of path and query, *form* in the body of a POST; with *takes_file* the body may carry a file, too. With
    *opens_by_link* unknown parameters are passed over: mail and chat programs add theirs to a link that goes through them. All
    answers at the path have *headers* in place of those of other pages, also those that say that something is wrong.
    """

    method: str
    path: str
    question: str
    role: Role | None
    answer: Callable[[Visit], Awaitable[PageAnswer]]
    parameters: tuple[Parameter, ...] = ()
    form: tuple[Parameter, ...] = ()
    takes_file: bool = False
    opens_by_link: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
