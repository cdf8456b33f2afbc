"""The demo's pages in Debian's Chromium: README's path followed literally, and five tasks, with clicks and seconds counted."""

import os
import re
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from patience import wait_until
from playwright.async_api import Page, async_playwright
from programs.chromium import chromium_to_drive
from programs.webhook_reader import WebhookReader

pytestmark = [pytest.mark.real("chromium"), pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
START_SECONDS = 120.0
TASK_SECONDS = 30.0
"""A person's time for a task; the pages' part of it is a hundredth."""
PATH_SECONDS = 60.0
JANE = "jane@example.com"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The file that the demo's output goes to, once it says how to go on; it is run as ``make run`` runs it."""
    folder = tmp_path_factory.mktemp("demo")
    (command,) = re.findall(r"\S+/bouncer demo$", commands_of_make("run"), re.MULTILINE)
    output = folder / "output"
    environment = {
        "PATH": os.environ["PATH"],
        "BOUNCER_SMTP__LISTEN": "127.0.0.1:0",
        "BOUNCER_FORWARD__WEBHOOK_NETWORKS": "127.0.0.0/8",  # the tool of a task runs on this machine
    }
    with output.open("wb") as out:
        arguments = [str(ROOT / command.split()[0]), *command.split()[1:]]
        running = subprocess.Popen(arguments, cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: running.poll() is not None or "Stop it with Ctrl-C" in output.read_text(), START_SECONDS)
        assert running.poll() is None, output.read_text()
        yield output
    finally:
        running.terminate()
        running.wait(START_SECONDS)


def commands_of_make(target: str) -> str:
    """The commands that make would run."""
    return subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=True).stdout


@dataclass
class Visitor:
    """Somebody at a browser; *clicks* counts what they press."""

    page: Page
    task: str = ""
    clicks: int = 0
    began: float = 0.0

    async def press(self, name: str, role: str = "button") -> None:
        """Press the first button, link or summary of this name."""
        self.clicks += 1
        elements = self.page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
        await elements.first.click()

    async def heading(self) -> str:
        return await self.page.inner_text("h1")

    def begin(self, task: str) -> None:
        self.task, self.clicks, self.began = task, 0, time.monotonic()

    def end(self, *, clicks: int, most: float = TASK_SECONDS) -> None:
        """Print clicks and seconds (``pytest -s`` shows them), and compare them with what they may be."""
        seconds = time.monotonic() - self.began
        print(f"{self.task} clicks: {self.clicks}, {seconds:.1f} s")  # noqa: T201 -- for people
        assert self.clicks == clicks
        assert seconds < most


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    with chromium_to_drive() as url:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.connect_over_cdp(url)
            context = await browser.new_context(viewport={"width": 1200, "height": 900}, java_script_enabled=False)
            yield Visitor(await context.new_page())


def steps() -> list[str]:
    """The numbered steps of README's path."""
    section = (ROOT / "README.md").read_text().partition("## From `make run` to an answer")[2].partition("\n## ")[0]
    assert "After `make run`:" in section
    return [
        " ".join(step.split()) for step in re.findall(r"^\d\. (.+?)(?=^\d\. |\Z)", section, re.MULTILINE | re.DOTALL)
    ]


def link_of(demo: Path) -> str:
    """The owner's link, the first one that the demo printed."""
    link, _ = re.findall(r"http://127\.0\.0\.1:\d+/sign-in\?link=\S+", demo.read_text())
    return str(link)


def new_link(demo: Path) -> str:
    """A link that the command makes for the owner."""
    settings = demo.parent / "var/demo.toml"
    login = [str(ROOT / ".venv/bin/bouncer"), "--settings", str(settings), "login", "owner@demo.example"]
    return subprocess.run(login, capture_output=True, text=True, check=True).stdout.split()[-1]


async def test_the_readmes_path_leads_to_the_answer_in_under_a_minute(demo: Path, visitor: Visitor):
    """A step presses what is bold, types what is code, and the page then has the words in quotes."""
    visitor.begin("README's path from the demo to an answer:")
    page = visitor.page
    await page.goto(link_of(demo))
    for step in steps():
        for text in re.findall(r"`([^`]+)`", step):
            await page.get_by_role("searchbox").fill(text)
        for name in re.findall(r"\*\*([^*]+)\*\*", step):
            await visitor.press(name, "link" if name.startswith("See") else "button")
        page_text = (await page.inner_text("body")).lower()
        for words in re.findall(r'"([^"]+)"', step):
            assert words.lower() in page_text, (step, page_text)

    assert await page.locator("mark").count() == 1
    visitor.end(clicks=4, most=PATH_SECONDS)


async def signed_in(demo: Path, visitor: Visitor) -> Visitor:
    """The owner at Today."""
    await visitor.page.goto(new_link(demo))
    await visitor.press("Sign in")
    return visitor


async def test_five_tasks_take_few_clicks_and_half_a_minute_each(demo: Path, visitor: Visitor):
    await signed_in(demo, visitor)
    page = visitor.page

    visitor.begin("Why did jane not get it?")
    await page.get_by_role("searchbox").fill("jane@example.org")
    await visitor.press("Find")
    assert "No mail goes to this address" in await visitor.heading()
    assert "marked as spam" in await visitor.heading()
    visitor.end(clicks=1)

    visitor.begin("Free her:")
    await visitor.press("Free this address")
    assert "Mail goes to this address" in await visitor.heading()
    visitor.end(clicks=1)

    visitor.begin("Which provider blocks us, and what to do?")
    await visitor.press("Receivers", "link")
    assert "More than usual: Microsoft" in await page.inner_text("main")
    row = page.get_by_role("row").filter(has_text="Microsoft")
    assert "your mail server is blocked" in await row.inner_text()
    assert await row.get_by_role("link", name="https://olcsupport.office.com").count() == 1
    visitor.end(clicks=1)

    with WebhookReader() as tool:
        visitor.begin("Add the webhook of a tool, and see its first event:")
        await visitor.press("Connections", "link")
        visitor.clicks += 1
        await page.locator("summary", has_text="Add a webhook").click()
        await page.locator("input[name=url]").fill(tool.url)
        await visitor.press("Add this webhook")
        assert await page.locator("code.secret").inner_text() != ""
        await visitor.press("Post a test event now")
        attempts = page.get_by_role("region", name="Attempts")
        assert "200" in await attempts.inner_text()
        assert "taken" in await attempts.inner_text()
        visitor.end(clicks=4)
    assert len(tool.posts) == 1

    visitor.begin("Find the letter that nobody could read:")
    await visitor.press("Unread", "link")
    unread = page.get_by_role("listitem").filter(has_text="Could not be read")
    visitor.clicks += 1
    await unread.first.get_by_role("link", name="Read the letter").click()
    assert "Q-17: shelf closed." in await page.inner_text("main")
    visitor.end(clicks=2)
