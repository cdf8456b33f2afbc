"""Days and times as options of commands, in UTC."""

import datetime as dt
from typing import Any

import click


class MomentType(click.DateTime):
    """A day, 2026-11-01, or a time, 2026-11-01T12:30:00; gives a datetime without a zone, which means UTC."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        """Hook of click: parse *value*, or fail with words that say what it must be."""
        try:
            moment: dt.datetime = super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is no day, as 2026-11-01, and no time, as 2026-11-01T12:30:00", param, ctx)
        return moment

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 -- click's signature
        """Hook of click: the value is called DATE in help."""
        return "DATE"
