"""All routes of /v3, in the manual's order."""

from bouncer.web.route import ApiRoute
from bouncer.web.sendgrid.activity_routes import ACTIVITY_ROUTES
from bouncer.web.sendgrid.erasure_routes import ERASE_JOB_ROUTES
from bouncer.web.sendgrid.global_routes import GLOBAL_ROUTES
from bouncer.web.sendgrid.list_routes import LIST_ROUTES
from bouncer.web.sendgrid.mail_settings_routes import MAIL_SETTINGS_ROUTES
from bouncer.web.sendgrid.scope_routes import SCOPE_ROUTES
from bouncer.web.sendgrid.statistics_routes import STATISTICS_ROUTES
from bouncer.web.sendgrid.webhook_routes import WEBHOOK_ROUTES

SENDGRID_ROUTES: tuple[ApiRoute, ...] = (
    *LIST_ROUTES,
    *GLOBAL_ROUTES,
    *MAIL_SETTINGS_ROUTES,
    *STATISTICS_ROUTES,
    *WEBHOOK_ROUTES,
    *ACTIVITY_ROUTES,
    *ERASE_JOB_ROUTES,
    *SCOPE_ROUTES,
)
"""The routes; all else under /v3 is 404 in the same form."""
