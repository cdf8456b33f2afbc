"""The list of all pages: the server, the tests and the manual's table are made of it."""

from collections.abc import Sequence

from starlette.routing import BaseRoute

from bouncer.pages.activity_page import ACTIVITY_PAGES
from bouncer.pages.address_page import ADDRESS_PAGES
from bouncer.pages.check_runner import Examine, examine
from bouncer.pages.connection_pages import CONNECTION_PAGES
from bouncer.pages.country_page import COUNTRY_PAGES
from bouncer.pages.find_page import FIND_PAGES
from bouncer.pages.forget_page import FORGET_PAGES
from bouncer.pages.import_page import IMPORT_PAGES
from bouncer.pages.list_pages import LIST_PAGES
from bouncer.pages.notice_pages import NOTICE_PAGES
from bouncer.pages.page_context import make_page_context
from bouncer.pages.page_entries import page_entries
from bouncer.pages.page_route import PageRoute
from bouncer.pages.people_pages import PEOPLE_PAGES
from bouncer.pages.receiver_page import RECEIVER_PAGES
from bouncer.pages.report_page import REPORT_PAGES
from bouncer.pages.saved_filter_pages import SAVED_FILTER_PAGES
from bouncer.pages.session_pages import SESSION_PAGES
from bouncer.pages.setup_page import SETUP_PAGES
from bouncer.pages.share_pages import SHARE_PAGES
from bouncer.pages.teach_page import TEACH_PAGES
from bouncer.pages.terms_pages import TERMS_PAGES
from bouncer.pages.today_page import TODAY_PAGES
from bouncer.pages.unread_page import UNREAD_PAGES
from bouncer.web.endpoint import HttpContext

PAGES: tuple[PageRoute, ...] = (
    *TODAY_PAGES,
    *FIND_PAGES,
    *ADDRESS_PAGES,
    *FORGET_PAGES,
    *SHARE_PAGES,
    *REPORT_PAGES,
    *ACTIVITY_PAGES,
    *LIST_PAGES,
    *IMPORT_PAGES,
    *SAVED_FILTER_PAGES,
    *RECEIVER_PAGES,
    *COUNTRY_PAGES,
    *UNREAD_PAGES,
    *TEACH_PAGES,
    *CONNECTION_PAGES,
    *NOTICE_PAGES,
    *SETUP_PAGES,
    *PEOPLE_PAGES,
    *TERMS_PAGES,
    *SESSION_PAGES,
)
"""All pages, in the manual's order."""


def make_pages(context: HttpContext, examining: Examine = examine) -> Sequence[BaseRoute]:
    """Make the router's entries of all pages; *examining* runs the checks of the installation."""
    return page_entries(PAGES, make_page_context(context, examining))
