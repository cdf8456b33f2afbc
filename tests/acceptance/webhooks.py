"""Webhooks of a real daemon."""

from programs.ours import Ours
from programs.webhook_reader import Posted
from standardwebhooks import Webhook as Verifier

from bouncer.policy.webhooks import OF_OUTCOMES

OWNER = "ann@acme.example"


JANE = "jane@example.org"


OUTCOMES = ",".join(OF_OUTCOMES)


def added(ours: Ours, url: str, *words: str, account: str = "acme") -> tuple[str, str]:
    """Add an endpoint, for the outcomes of reports unless *words* say otherwise; gives its id, and the last line of the output."""
    if "--events" not in words and "--format" not in words:
        words = (*words, "--events", OUTCOMES)
    lines = ours.command("webhook", "add", account, url, *words).stdout.splitlines()
    return lines[0].split()[1].removesuffix(":"), lines[-1]


def verified(secret: str, posted: Posted) -> dict[str, object]:
    """Verify a request with the real library of Standard Webhooks, and give its event; raises where it does not verify."""
    content = Verifier(secret).verify(posted.body, {name: str(value) for name, value in posted.headers.items()})
    assert isinstance(content, dict)
    return content
