"""A real Django with django-anymail, in a process of its own: prints each tracking signal as a line of JSON.

    python anymail_site.py DESCRIPTOR KEYS

DESCRIPTOR is a listening socket; KEYS is a JSON object with the keys of the webhooks: "sendgrid", "mailgun", and a "password".
"""

import json
import socket
import sys
import threading
import warnings
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.urls import include, path

TELLING = threading.Lock()
warnings.filterwarnings("ignore", message="django-anymail has dropped official support for SendGrid")


class Quiet(WSGIRequestHandler):
    def log_message(self, *_words: object) -> None:
        pass


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def configure(keys: dict[str, str]) -> None:
    settings.configure(
        SECRET_KEY="of a test",
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=["anymail"],
        LOGGING_CONFIG=None,
        ANYMAIL={
            "WEBHOOK_SECRET": keys["password"],
            "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY": keys["sendgrid"],
            "MAILGUN_WEBHOOK_SIGNING_KEY": keys["mailgun"],
        },
    )
    django.setup()


def tell(event: Any, esp_name: str, **_others: object) -> None:
    facts = {
        "dialect": esp_name,
        "event": event.event_type,
        "recipient": event.recipient,
        "id": event.event_id,
        "message_id": event.message_id,
        "reject_reason": event.reject_reason,
    }
    with TELLING:  # requests are answered in threads
        print(json.dumps(facts), flush=True)


urlpatterns: list[Any] = []

if __name__ == "__main__":
    configure(json.loads(sys.argv[2]))
    from anymail.signals import tracking

    urlpatterns.append(path("anymail/", include("anymail.urls")))
    tracking.connect(tell)
    listening = socket.socket(fileno=int(sys.argv[1]))
    server = Server(listening.getsockname(), Quiet, bind_and_activate=False)
    server.socket = listening
    server.server_name, server.server_port = listening.getsockname()
    server.setup_environ()
    server.set_app(WSGIHandler())
    server.serve_forever()
