"""All routes of /v3, in the manual's order."""

from bouncer.web.route import ApiRoute
from bouncer.web.sendgrid.global_routes import GLOBAL_ROUTES
from bouncer.web.sendgrid.list_routes import LIST_ROUTES
from bouncer.web.sendgrid.scope_routes import SCOPE_ROUTES

SENDGRID_ROUTES: tuple[ApiRoute, ...] = (
    *LIST_ROUTES,
    *GLOBAL_ROUTES,
    *SCOPE_ROUTES,
)
"""The routes; all else under /v3 is 404 in the same form."""
