"""Our server with our store, as the daemon builds them, without what follows once a letter is kept.

    keeping_server.py DATABASE

Prints its address, then serves until its standard input ends. One line of log for each letter goes to standard error.
"""

import asyncio
import sys
import time

import uvloop

from bouncer.clock import now, today
from bouncer.garbage import freeze_loaded_objects
from bouncer.logs import log_to_stderr
from bouncer.ports.accounts import Account, Alias
from bouncer.ports.scope import OPERATOR
from bouncer.settings.sections import SmtpSettings, StoreSettings
from bouncer.smtpd.server import SmtpServer
from bouncer.stages.admit import Admit
from bouncer.stages.keep import Keep
from bouncer.stages.volume import Volume
from bouncer.store.sql import open_store


async def serve(database: str) -> None:
    """Serve."""
    settings = SmtpSettings(listen=("127.0.0.1:0",), domains=("rp.example.com",), max_commands=1_000_000)
    store = await open_store(StoreSettings(url=f"sqlite:///{database}"))
    await store.add_account(OPERATOR, Account("acme", ("owner@example.com",)), now=now())
    await store.add_alias(OPERATOR, Alias("acme@rp.example.com", "acme"), now=now())
    admit = Admit(store, domains=settings.domains, keys=(), today=today, elapsed=time.monotonic)
    await admit.directory()
    volume = Volume(settings, now=now)
    keep = Keep(store, wake=lambda: None, volume=volume)
    listener = SmtpServer(settings, admit=admit.admit, check_volume=volume.require_room, keep=keep.keep, now=now)
    await listener.start()
    freeze_loaded_objects()
    print(listener.listening[0], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await listener.drain(5)
    await listener.close()
    await store.close()


if __name__ == "__main__":
    log_to_stderr("info")
    uvloop.run(serve(sys.argv[1]))
