"""Pictures of a notice and a digest in every language: light, dark, and as narrow as a telephone; to be looked at.

    .venv/bin/python tests/real/screenshots.py [FOLDER]     (make screenshots; .cache/screenshots when none is named)

Drawn by headless Chromium, from the HTML part of the very mail that would be sent.
"""

import datetime as dt
import os
import shutil
import subprocess
import sys
import tempfile
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from bouncer.mail.parcel import Mail
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.compose import Digest, DigestRow, Notice, NoticeRecipient, Tally, compose, compose_digest
from bouncer.policy.compose.language import LANGUAGES
from bouncer.policy.compose.notice import Earlier
from bouncer.policy.record import Belief
from bouncer.policy.verdict import Reason

FOLDER = Path(__file__).parents[2] / ".cache/screenshots"
FONTS = Path(__file__).parents[2] / ".cache/real-parts/japanese-font/root/usr/share/fonts"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 60
AT = dt.datetime(2026, 3, 3, 10, 12, tzinfo=dt.UTC)
FROM = "Mail delivery <bounces@example.com>"
# How it is drawn -> width, height, Chromium's own switches.
FORMS = {
    "light": (800, 1250, ("--blink-settings=preferredColorScheme=1",)),
    "dark": (800, 1250, ("--blink-settings=preferredColorScheme=0",)),
    "narrow": (360, 1700, ("--blink-settings=preferredColorScheme=1",)),
}


def notice(code: str) -> Mail:
    """A notice with everything in it."""
    said = "550 5.1.1 <jane@example.org>: Recipient address rejected: User unknown in virtual mailbox table"
    jane = NoticeRecipient(
        "jane@example.org",
        Action.FAILED,
        Reason.INVALID_RECIPIENT,
        *("5.1.1", 550, said, "mx.example.org", Belief.UNPROVEN, "it came to an alias that anyone may know"),
        earlier=Earlier(3, AT - dt.timedelta(days=90), AT - dt.timedelta(days=7)),
    )
    made = Notice(
        to="ann@acme.example",
        message_id="38g0n6damk02s.1@mx.example.com",
        made_at=AT,
        kind=Kind.BOUNCE,
        recipients=(jane,),
        account="acme",
        report="38g0n6damk02s",
        arrived_at=AT,
        reporting_mta="mx.example.net",
        subject="Our café opens on Monday",
        campaign="spring-2026",
        language=code,
        contact="Bea Admin, bea@acme.example",
    )
    return compose(made, from_=FROM, reverse_path="")


def digest(code: str) -> Mail:
    """A storm with two causes."""
    tally = Tally()
    said = "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Part of their network is on our block list"
    for n in range(1180):
        whom = f"user{n}@hotmail.com"
        tally.add(DigestRow(AT, whom, Kind.BOUNCE, Action.FAILED, Reason.BAD_REPUTATION, "5.7.1", 550, None, said))
    for n in range(60):
        late = AT + dt.timedelta(minutes=n)
        whom = f"gone{n}@example.org"
        tally.add(DigestRow(late, whom, Kind.BOUNCE, Action.FAILED, Reason.INVALID_RECIPIENT, suppressed=True))
    made = Digest("ann@acme.example", "38g0n6damk02s.2@mx.example.com", AT, tally, "acme", code)
    return compose_digest(made, from_=FROM, reverse_path="")


def html(mail: Mail) -> str:
    """The HTML part."""
    body = message_from_bytes(mail.octets, policy=default).get_body(("html",))
    return str(body.get_content())


def draw(browser: str, page: Path, picture: Path, form: str) -> None:
    """Let the browser draw one page."""
    width, height, switches = FORMS[form]
    with tempfile.TemporaryDirectory() as profile:
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", *switches]
        command += [f"--user-data-dir={profile}", f"--window-size={width},{height}", f"--screenshot={picture}"]
        fonts = Path(profile) / "fonts"  # where fontconfig looks, beside the system's own
        fonts.symlink_to(FONTS)
        seen = {**os.environ, "XDG_DATA_HOME": profile}
        done = subprocess.run(
            [*command, page.as_uri()], capture_output=True, text=True, timeout=SECONDS, check=False, env=seen
        )
    if not picture.is_file():
        sys.exit(f"{browser} drew nothing: {done.stderr[-500:]}")


def main(folder: Path) -> None:
    """Draw all."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        sys.exit("no Chromium is there: install Debian's package chromium")
    folder.mkdir(parents=True, exist_ok=True)
    for code in LANGUAGES:
        for name, mail in (("notice", notice(code)), ("digest", digest(code))):
            page = folder / f"{name}-{code}.html"
            page.write_text(html(mail), "utf-8")
            for form in FORMS:
                draw(browser, page, folder / f"{name}-{code}-{form}.png", form)
    print(f"{len(LANGUAGES) * 2 * len(FORMS)} pictures in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
