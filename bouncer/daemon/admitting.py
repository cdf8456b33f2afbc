"""The stage Admit, built from the settings."""

import time

from bouncer.clock import today
from bouncer.mail.returnpath import Key
from bouncer.ports.store import Store
from bouncer.settings.sections import SmtpSettings
from bouncer.stages.admit import Admit


def make_admit(settings: SmtpSettings, store: Store, keys: tuple[Key, ...]) -> Admit:
    """Make the stage that decides at RCPT which addresses are ours."""
    domains, hostname = settings.domains, settings.hostname
    return Admit(store, domains=domains, hostname=hostname, keys=keys, today=today, elapsed=time.monotonic)
