"""Checks the couriers: whether they can hand notices over."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from bouncer.compose.filled_text import fill
from bouncer.courier.choose import SENDMAIL
from bouncer.courier.loops import REMEDY, address_of_ours, describe_loop
from bouncer.courier.routes import make_routes
from bouncer.doctor.finding import Finding, fail, ok
from bouncer.doctor.folders import check_folder
from bouncer.doctor.secret_files import NOT_COPIED, is_not_copied, readable_by_all
from bouncer.doctor.smarthost import Question, smarthost
from bouncer.errors import ConfigError
from bouncer.key_files import read_keys
from bouncer.mail.address import ascii_domain, split
from bouncer.mail.returnpath import Key
from bouncer.notify.notice_path import notice_path
from bouncer.settings.sections import ForwardSettings, Settings


def courier(settings: Settings, seconds: float, owners: Iterable[str] = ()) -> Iterator[Finding]:
    """Check whether each courier could take a notice now, to the operator and to *owners*; no notice is sent.

    *seconds* is the time for each step with a smarthost.
    """
    people = [*([settings.forward.operator] if settings.forward.operator else []), *owners]
    try:
        keys = _keys(settings)
        reverse_path = notice_path(settings, lambda: keys, lambda: settings.tokens.expire_days)
        for route in make_routes(settings.forward, hostname=settings.smtp.hostname):
            if own_address := address_of_ours(route.settings.courier, settings.smtp.listen):
                yield fail("courier", describe_loop(route.settings.courier, own_address), REMEDY)
                continue
            recipients = [address for address in people if route.lane.has(ascii_domain(split(address)[1]))]
            yield from _courier(route.settings, Question(settings.smtp.hostname, recipients, reverse_path), seconds)
    except ConfigError as error:
        for fault in error.faults:
            password = settings.forward.password
            remedy = NOT_COPIED if password and is_not_copied(password) else "put the setting right"
            yield fail("courier", fault, remedy)


def _keys(settings: Settings) -> tuple[Key, ...]:
    """Read the keys if they sign notices' return paths; faults of the keys are reported by their own check."""
    return read_keys(settings.tokens.keys) if settings.forward.reverse_path == "signed" else ()


def _courier(forward: ForwardSettings, question: Question, seconds: float) -> Iterator[Finding]:
    if forward.password is not None and readable_by_all(forward.password):
        yield fail(
            "courier",
            fill("{what} can be read by everyone", what=forward.password),
            fill("chmod o= {what}, and change it", what=forward.password),
        )
    scheme, _, target = forward.courier.partition(":")
    if scheme == "maildir":
        yield check_folder(fill("courier maildir {what}", what=target), Path(target), is_made=True, subfolder="tmp")
    elif scheme == "sendmail":
        yield _sendmail(Path(target) if target else SENDMAIL)
    else:
        yield from smarthost(forward, question, seconds)


def _sendmail(program: Path) -> Finding:
    about = fill("courier {what}", what=program)
    if shutil.which(program) is None:
        return fail(
            about,
            "no program that this user may start",
            "install a mail system that has one, or name its path: sendmail:PATH",
        )
    return ok(about, "can be started")
