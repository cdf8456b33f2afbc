"""The page on webhooks, followed as it stands: its commands, its program, and the event that it shows."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

from acceptance.failure_report import report
from acceptance.webhooks import JANE, OWNER
from manual import ROOT
from programs.ours import Ours
from programs.webhook_reader import Posted, WebhookReader

PAGE = (ROOT / "docs/webhooks.md").read_text()
URL, WEBHOOK, SECRET = "https://app.acme.example/bounces", "wh_0123456789", "whsec_..."
"""The words of the examples for values that each installation has of its own."""


def blocks(language: str) -> list[str]:
    """The examples of the page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def run(ours: Ours, lines: list[str]) -> list[str]:
    """Run commands of the page; gives what each prints."""
    return [ours.command(*line.removeprefix("bouncer ").split()).stdout for line in lines]


def act_on(posted: Posted, secret: str) -> list[str]:
    """Let the program of the page have a request; gives the addresses that it stops mail to."""
    (program,) = blocks("python")
    stopped = list[str]()
    request = SimpleNamespace(body=posted.body, headers={name: str(value) for name, value in posted.headers.items()})
    exec(program.replace(SECRET, secret), {"request": request, "stop_mail_to": stopped.append})  # noqa: S102 -- the page's own words
    return stopped


def test_the_page_is_followed_as_it_stands(tmp_path: Path):
    (folder := tmp_path / "ours").mkdir()
    with WebhookReader() as reader, Ours(folder, forward='webhook_networks = ["127.0.0.0/8"]') as ours:
        ours.command("account", "add", "acme", "--owner", OWNER)
        first, of_readers, after_a_rest = (block.strip().splitlines() for block in blocks("sh"))

        (added,) = run(ours, [first[0].replace(URL, reader.url)])
        webhook, secret = re.findall(r"wh_\w+", added)[0], added.splitlines()[-1]
        (tested,) = run(ours, [first[1].replace(WEBHOOK, webhook)])
        assert "taken" in tested
        assert act_on(reader.posts[0], secret) == []

        ours.send(ours.path("acme", JANE), report(JANE, "5.1.1", "User unknown"))
        ours.until(lambda: len(reader.posts) == 3)  # the bounce, and the suppression that follows
        assert sorted(address for posted in reader.posts for address in act_on(posted, secret)) == [JANE]
        (example,) = (json.loads(block) for block in blocks("json"))
        (event,) = (event for posted in reader.posts if (event := json.loads(posted.body))["type"] == example["type"])
        assert set(example) == set(event)
        values = {name: value for name, value in event["data"].items() if value is not None}
        assert set(example["data"]) <= set(event["data"])
        assert [
            name for name, value in example["data"].items() if type(values.get(name, value)) is not type(value)
        ] == []

        assert [re.findall(r"wh_\w+", output) != [] for output in run(ours, of_readers)] == [True, True]
        outputs = run(ours, [line.replace(WEBHOOK, webhook) for line in after_a_rest])
        assert "taken" in outputs[0]
