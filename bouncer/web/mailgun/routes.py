"""All routes of Mailgun's, in the manual's order."""

from bouncer.web.mailgun.allowed_routes import ALLOWED_ROUTES
from bouncer.web.mailgun.event_routes import EVENT_ROUTES
from bouncer.web.mailgun.list_routes import LIST_ROUTES
from bouncer.web.route import ApiRoute

MAILGUN_ROUTES: tuple[ApiRoute, ...] = (*LIST_ROUTES, *ALLOWED_ROUTES, *EVENT_ROUTES)
"""The routes; they are in one tree with SendGrid's, whose paths have the same beginning."""
