"""A store with letters in a form that no dialect knows, kept and read as the daemon does."""

import datetime as dt
from pathlib import Path

from bouncer.clock import now, today
from bouncer.daemon.taught_reading import reading_taught
from bouncer.key_files import read_keys
from bouncer.mail.letter import PathKind, Received, ReturnPath, spell_id
from bouncer.mail.returnpath import sign
from bouncer.ports.store import Store
from bouncer.settings.load import load
from bouncer.settings.sections import Settings

SAYS = "Vastaanottajaa {} ei ole talossa."
"""The line that names the recipient."""


def write_settings(folder: Path) -> Settings:
    """Write ``bouncer.toml`` with a store and a key into *folder*, and give the settings."""
    key = folder / "key"
    key.write_text("00" * 32 + "\n")
    key.chmod(0o600)
    text = f'[store]\nurl = "sqlite:///{folder}/bouncer.db"\n[smtp]\ndomains = ["rp.example.com"]\n[tokens]\nkeys = ["{key}"]\n'
    (folder / "bouncer.toml").write_text(text)
    return load(text, {}, "settings")


def notice(
    recipient: str, *, line: str = SAYS, sender: str = "vahti@posti.example.fi", subject: str = "Viestisi palautuu"
) -> bytes:
    """A report that nobody reads."""
    head = f"From: Postivahti <{sender}>\r\nTo: news@acme.example\r\nSubject: {subject}\r\n"
    words = f"Hyvä lähettäjä,\r\n\r\n{line.format(recipient)}\r\nTunnus 4A3F-22\r\n"
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{words}".encode()


def path_of(settings: Settings, recipient: str, account: str = "acme") -> ReturnPath:
    """The return path of a mail from *account* to *recipient*."""
    (key,) = read_keys(settings.tokens.keys)
    address = sign(account, recipient, domain="rp.example.com", key=key.derive(account), today=today(), days=30)
    return ReturnPath(address, PathKind.SIGNED, account, recipient)


async def keep_and_read(
    store: Store,
    settings: Settings,
    raw: bytes,
    path: ReturnPath,
    reverse_path: str = "",
    at: dt.datetime | None = None,
) -> str:
    """Keep a letter to *path* and record what the reader makes of it; give its id as lists show it."""
    received = Received(
        path, reverse_path, "192.0.2.25", "posti.example.fi", None, smtputf8=False, received_at=at or now(), raw=raw
    )
    (letter_id,) = await store.keep([received])
    async with reading_taught(store, settings) as reader:
        letters = await store.lease_letters(now=now(), count=9, octets=1 << 20, until=now() + dt.timedelta(minutes=5))
        await store.record([await reader.reading_by(())(letter) for letter in letters], now=now())
    return spell_id(letter_id)
