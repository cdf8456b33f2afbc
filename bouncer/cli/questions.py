"""The questions of ``bouncer init``, and the check of an answer against the constraint of its setting."""

import socket
from typing import Any

import click

from bouncer.settings.sections import ForwardSettings, SmtpSettings
from bouncer.settings.values import read_setting

QUESTIONS = {
    "hostname": "Name of this mail server, in full, as the MX record is to name it",
    "domain": "Return-path domain, whose mail comes here; one of its own, not that of your addresses",
    "courier": "Mail server that takes our notices, smtp://[user@]host[:port]; or maildir:/path",
    "operator": "Your address, for the mail to postmaster@ and abuse@",
    "from": "From of our notices, with or without a name in front",
}
"""The question for each option that was left out, by the option's name."""
SETTINGS = {
    "hostname": (SmtpSettings, "hostname"),
    "domain": (SmtpSettings, "domains"),
    "courier": (ForwardSettings, "courier"),
    "operator": (ForwardSettings, "operator"),
    "from": (ForwardSettings, "from"),
    "listen": (SmtpSettings, "listen"),
}
"""Section class and key of the setting that each answer is for, by the option's name."""


def check_value(context: click.Context, option: click.Parameter, value: Any) -> Any:
    """Callback of click: check the value of an option against the constraint of its setting."""
    kind, key = SETTINGS[str(option.opts[0]).removeprefix("--")]
    try:
        for text in value if isinstance(value, tuple) else filter(None, (value,)):
            read_setting(kind, key, text)
    except ValueError as error:
        raise click.BadParameter(str(error), context, option) from None
    return value


def ask_for(name: str, answers: dict[str, Any]) -> str:
    """Ask a person, again and again until the answer fits the constraint of its setting."""
    kind, key = SETTINGS[name]

    def hold(text: str) -> str:
        try:
            read_setting(kind, key, text.strip())
        except ValueError as error:
            raise click.BadParameter(str(error)) from None
        return text.strip()

    answer: str = click.prompt(QUESTIONS[name], default=_suggestion(name, answers), value_proc=hold, err=True)
    return answer


def _suggestion(name: str, answers: dict[str, Any]) -> str | None:
    """Suggest an answer that fits the answers so far; None if only the operator knows it."""
    if name == "hostname":
        hostname = socket.getfqdn()
        return hostname if "." in hostname and not hostname.startswith("localhost") else None
    parent = (answers["hostname"] or "").partition(".")[2]
    suggestions = {
        "domain": f"rp.{parent}",
        "operator": f"postmaster@{parent}",
        "from": f"Bounces <bounces@{parent}>",
    }
    return suggestions.get(name) if "." in parent else None
