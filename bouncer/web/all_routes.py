"""The list of all routes: the server, the description in OpenAPI, the manual's table and the tests are made of it."""

from bouncer.web.account_routes import ACCOUNT_ROUTES
from bouncer.web.alias_routes import ALIAS_ROUTES
from bouncer.web.allow_list_routes import ALLOW_LIST_ROUTES
from bouncer.web.erasure_routes import ERASURE_ROUTES
from bouncer.web.export_routes import EXPORT_ROUTES
from bouncer.web.import_routes import IMPORT_ROUTES
from bouncer.web.key_routes import KEY_ROUTES
from bouncer.web.mailgun.routes import MAILGUN_ROUTES
from bouncer.web.notice_routes import NOTICE_ROUTES
from bouncer.web.postmark.routes import POSTMARK_ROUTES
from bouncer.web.reading_routes import READING_ROUTES
from bouncer.web.record_routes import RECORD_ROUTES
from bouncer.web.return_path_routes import RETURN_PATH_ROUTES
from bouncer.web.route import ApiRoute
from bouncer.web.rule_routes import RULE_ROUTES
from bouncer.web.send_routes import SEND_ROUTES
from bouncer.web.sendgrid.routes import SENDGRID_ROUTES
from bouncer.web.suppression_routes import SUPPRESSION_ROUTES
from bouncer.web.webhook_routes import WEBHOOK_ROUTES

ROUTES: tuple[ApiRoute, ...] = (
    *RECORD_ROUTES,
    *READING_ROUTES,
    *RULE_ROUTES,
    *SUPPRESSION_ROUTES,
    *ALLOW_LIST_ROUTES,
    *IMPORT_ROUTES,
    *SEND_ROUTES,
    *NOTICE_ROUTES,
    *EXPORT_ROUTES,
    *RETURN_PATH_ROUTES,
    *ERASURE_ROUTES,
    *ACCOUNT_ROUTES,
    *ALIAS_ROUTES,
    *WEBHOOK_ROUTES,
    *KEY_ROUTES,
    *SENDGRID_ROUTES,
    *MAILGUN_ROUTES,
    *POSTMARK_ROUTES,
)
"""All routes, in the manual's order."""
