"""Checks accounts' own templates: each is tried as the daemon tries it when it starts, within the same bounds."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping

from bouncer.compose.custom import OwnTemplates
from bouncer.compose.filled_text import fill
from bouncer.doctor.finding import Finding, fail, ok, warn
from bouncer.errors import ConfigError
from bouncer.notify.templates import read_templates
from bouncer.settings.sections import ForwardSettings
from bouncer.workers.rendering_process import RenderingProcess


def templates(settings: ForwardSettings) -> Iterator[Finding]:
    """Check every account's templates."""
    try:
        own_templates = read_templates(settings.templates)
    except ConfigError as error:
        yield fail("templates", error.faults[0], "name a folder that stays, or none")
        return
    faults: dict[str, list[str]] = defaultdict(list)
    good = asyncio.run(_try_all(own_templates, faults)) if own_templates else {}
    for account in own_templates:
        about = fill("templates of {what}", what=account)
        for fault in faults[account]:
            yield warn(about, fault, "ours is sent instead until it is mended and the daemon started again")
        if good[account]:
            yield ok(about, ", ".join(good[account]))


async def _try_all(
    own_templates: Mapping[str, OwnTemplates], faults: dict[str, list[str]]
) -> dict[str, tuple[str, ...]]:
    """Try all templates; gives the good ones by account, and adds the faults to *faults*."""
    room = RenderingProcess(own_templates, tell=lambda account, fault: faults[account].append(fault))
    try:
        return {account: await room.good_templates(account) for account in own_templates}
    finally:
        await room.close()
