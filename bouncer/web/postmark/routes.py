"""All routes of Postmark's, in the manual's order."""

from bouncer.web.postmark.bounce_routes import BOUNCE_ROUTES
from bouncer.web.postmark.suppression_routes import SUPPRESSION_ROUTES
from bouncer.web.route import ApiRoute

POSTMARK_ROUTES: tuple[ApiRoute, ...] = (*BOUNCE_ROUTES, *SUPPRESSION_ROUTES)
"""The routes."""
