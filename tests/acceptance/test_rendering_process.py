"""The rendering process: a template that hangs, grows or ends its process is named, ours is used, and nobody else waits."""

import asyncio
import datetime as dt
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import jinja2.filters
import pytest
from patience import until, wait_until

from bouncer.compose.custom import NAMES, OwnTemplates, TemplateInput, TemplateOutput
from bouncer.compose.custom_rendering import render
from bouncer.compose.notice import Notice, NoticeRecipient
from bouncer.compose.owner_mails import shown_notice
from bouncer.doctor.finding import Level
from bouncer.doctor.templates import templates
from bouncer.ndr.reading import Action, Kind
from bouncer.settings.sections import ForwardSettings
from bouncer.verdict.verdict import Reason
from bouncer.workers import rendering_process
from bouncer.workers.rendering_orders import read_output, write_output
from bouncer.workers.rendering_process import RenderingProcess

AT = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)
TEXT = "notice.txt.j2"
GOOD = "Hello, {{ view.sentence }}"
NESTED = "{% for a in range(1000) %}" * 4 + "x" + "{% endfor %}" * 4
SILENT = "{% for a in range(1000) %}" * 4 + "{% endfor %}" * 4
AS_SOON_AS_LEE = "{% if 'lee' in view|string %}" + SILENT + "{% endif %}" + GOOD
GENEROUS = 60.0
"""Seconds that no test comes near, however busy the machine is."""

Faults = list[tuple[str, str]]
OpenRoom = Callable[[Mapping[str, Mapping[str, str]]], RenderingProcess]

pytestmark = pytest.mark.usefixtures("forks")


def template_input(recipient: str) -> TemplateInput:
    notice_recipient = NoticeRecipient(recipient, Action.FAILED, Reason.POLICY)
    return shown_notice(Notice("ann@acme.example", "1@localhost", AT, Kind.BOUNCE, (notice_recipient,), account="acme"))


@pytest.fixture
def faults() -> Faults:
    return []


@pytest.fixture
async def open_room(faults: Faults) -> AsyncIterator[OpenRoom]:
    rooms: list[RenderingProcess] = []

    def make_room(accounts: Mapping[str, Mapping[str, str]]) -> RenderingProcess:
        own = {account: OwnTemplates(sources) for account, sources in accounts.items()}
        rooms.append(RenderingProcess(own, tell=lambda account, fault: faults.append((account, fault))))
        return rooms[-1]

    yield make_room
    for room in rooms:
        await room.close()


async def test_a_good_template_is_rendered(open_room: OpenRoom, faults: Faults):
    room = open_room({"acme": {TEXT: GOOD}})

    assert room.has_templates("acme")
    assert not room.has_templates("globex")
    rendered = await room.render("acme", template_input("kim@example.org"))

    assert rendered.keys() == {TEXT}
    assert rendered[TEXT].startswith("Hello, Your message to kim@example.org")
    assert faults == []


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (SILENT, "takes longer than"),
        ("{{ language.texts.add_fallback(language.texts) }}Hello", "'texts'"),
        ("{% macro m(n) %}{{ m(n - 1) ~ m(n - 1) if n else '' }}{% endmacro %}{{ m(40) }}", "takes longer than"),
        ("{{ range(1000)|slice(10**9)|list }}", "memory|longer"),
        ("{{ lipsum(n=100000, html=False) }}", "lipsum"),
        ("{{ 'x' * 10**9 * 5 }}", "memory"),
        (
            "{% set s = namespace(t='x') %}{% for n in range(60) %}{% set s.t = s.t ~ s.t %}{% endfor %}{{ s.t }}",
            "memory",
        ),
        ("{{ 'x'.ljust(10**10) }}", "memory"),
        ("{{ 'x'.center(10**10) }}", "memory"),
        ("{{ '%10000000000d' % 1 }}", "memory"),
        ("{{ 'x' | wrap(10**10) }}", "memory|renders more|Error"),
        (NESTED, "renders more than|longer than"),
        ("{{ (10**9)**(10**9) }}", "longer than|memory"),
        ("{{ 'a' | indent(10**10) }}{{ 'a\na' | indent(10**10) }}", "memory"),
        ("{{ ('x' * 10**6) | wordwrap(1) | urlize | upper }}" * 50, "longer than|memory|renders more"),
        ("{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", "Error|ends its process"),
        ("{{ " + "-" * 100000 + "1 }}", "Error|ends its process"),
        ("{% if 1 %}" * 3000 + "{% endif %}" * 3000, "Error|ends its process|renders nothing|Nested|nested"),
    ],
)
async def test_a_template_that_hangs_grows_or_breaks_is_named(
    open_room: OpenRoom, faults: Faults, source: str, says: str
):
    """Each costs its own form, for its own account; the HTML beside it and the other account are rendered."""
    room = open_room({"acme": {TEXT: source, "notice.html.j2": GOOD}, "globex": {TEXT: GOOD}})
    begun = time.monotonic()

    rendered, other = await asyncio.gather(
        room.render("acme", template_input("kim@example.org")), room.render("globex", template_input("kim@example.org"))
    )

    assert time.monotonic() - begun < GENEROUS
    assert rendered.keys() == {"notice.html.j2"}
    assert other.keys() == {TEXT}
    ((account, fault),) = faults
    assert (account, fault.partition(",")[0].partition(":")[0]) == ("acme", TEXT)
    assert any(word in fault for word in says.split("|")), fault


async def test_a_template_that_hangs_on_one_notice_costs_that_one_its_form(open_room: OpenRoom, faults: Faults):
    room = open_room({"acme": {TEXT: AS_SOON_AS_LEE}})

    before = await room.render("acme", template_input("kim@example.org"))
    lost = await room.render("acme", template_input("lee@example.org"))
    after = await room.render("acme", template_input("kim@example.org"))

    assert (before.keys(), lost, after) == ({TEXT}, {}, before)
    assert [(account, fault) for account, fault in faults] == [
        ("acme", f"on a notice, {TEXT}: {rendering_process.LATE}"),
    ]


async def test_templates_that_are_lost_again_and_again_rest_and_hold_up_nobody(open_room: OpenRoom, faults: Faults):
    """Forty notices that hang take the time of three; all the while another account's are rendered."""
    room = open_room({"acme": {TEXT: AS_SOON_AS_LEE}, "globex": {TEXT: GOOD}})
    await room.try_all()
    hanging = asyncio.gather(*(room.render("acme", template_input(f"lee{n}@example.org")) for n in range(40)))
    begun, others = time.monotonic(), 0
    while not hanging.done():
        assert (await room.render("globex", template_input("kim@example.org"))).keys() == {TEXT}
        others += 1
        await asyncio.sleep(0.01)

    assert await hanging == [{}] * 40
    assert time.monotonic() - begun < GENEROUS
    assert others > 40
    assert len(faults) == 1
    assert await room.render("acme", template_input("kim@example.org")) == {}, "they rest"


async def test_more_hanging_accounts_than_processes_end_in_time_too(open_room: OpenRoom):
    room = open_room({**{f"a{n}": {TEXT: SILENT} for n in range(6)}, "globex": {TEXT: GOOD}})
    begun = time.monotonic()

    *hanging, good = await asyncio.gather(
        *(
            room.render(account, template_input("kim@example.org"))
            for account in (*(f"a{n}" for n in range(6)), "globex")
        )
    )

    assert hanging == [{}] * 6
    assert good.keys() == {TEXT}
    assert time.monotonic() - begun < GENEROUS


async def test_a_process_that_was_killed_costs_nothing(open_room: OpenRoom, faults: Faults):
    room = open_room({"acme": {TEXT: GOOD}})
    await room.try_all()
    (child,) = room._idle  # noqa: SLF001 -- whom to kill is nobody's business but this test's
    os.kill(child.pid, signal.SIGKILL)

    assert (await room.render("acme", template_input("kim@example.org"))).keys() == {TEXT}
    assert faults == []


@pytest.mark.usefixtures("programs")
async def test_without_a_process_ours_is_sent_and_that_is_told_once(
    open_room: OpenRoom, faults: Faults, monkeypatch: pytest.MonkeyPatch
):
    room = open_room({"acme": {TEXT: GOOD}})
    with monkeypatch.context() as patched:
        patched.setattr("sys.executable", "/bin/false")
        assert [await room.render("acme", template_input("kim@example.org")) for _ in range(2)] == [{}, {}]

    assert [account for account, _ in faults] == ["acme"]
    assert "rendering process does not start" in faults[0][1]
    assert (await room.render("acme", template_input("kim@example.org"))).keys() == {TEXT}


async def test_a_drawing_that_is_given_up_leaves_no_process(open_room: OpenRoom):
    """The daemon stops in the middle of one."""
    room = open_room({"globex": {TEXT: GOOD}, "acme": {TEXT: SILENT}})
    await room.good_templates("globex")
    (child,) = room._idle  # noqa: SLF001 -- the process that renders the other's next
    trying = asyncio.create_task(room.try_all())
    await until(lambda: not room._idle)  # noqa: SLF001 -- the process has been asked then
    trying.cancel()
    await asyncio.gather(trying, return_exceptions=True)

    assert str(child.pid) not in _children()


@pytest.mark.usefixtures("programs")
async def test_a_process_that_is_given_up_while_it_starts_is_ended(open_room: OpenRoom):
    """The daemon stops while a process for templates loads its modules."""
    room = open_room({"acme": {TEXT: SILENT}})
    before = _children()
    trying = asyncio.create_task(room.try_all())
    children = await until(lambda: _children() - before)
    trying.cancel()
    await asyncio.gather(trying, return_exceptions=True)

    assert not children & _children()


HANGING = """
import asyncio, sys
from bouncer.workers.rendering_process import RenderingProcess
from bouncer.compose.custom import OwnTemplates
rendering = RenderingProcess({"acme": OwnTemplates({"notice.txt.j2": sys.argv[1]})}, tell=print)
async def main():
    trying = asyncio.create_task(rendering.try_all())
    while True:
        await asyncio.sleep(0.01)
        with open(f"/proc/self/task/{__import__('os').getpid()}/children") as children:
            if children := children.read().split():
                print(*children, flush=True)
asyncio.run(main())
"""


def test_a_daemon_that_is_killed_leaves_no_process_that_hangs():
    """The daemon dies in the middle of a rendering that has no end."""
    with subprocess.Popen([sys.executable, "-c", HANGING, SILENT], stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout
        child = Path("/proc", daemon.stdout.readline().strip())
        wait_until(lambda: "Seccomp:\t2" in (child / "status").read_text())
        daemon.kill()

    wait_until(lambda: not child.exists(), GENEROUS)


def _status(pid: int) -> str:
    return Path(f"/proc/{pid}/status").read_text()


def _children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


async def test_every_filter_of_jinja_works_in_the_process(open_room: OpenRoom, faults: Faults):
    """Nothing that a template can use is loaded too late: what is rendered there is rendered as here."""
    uses = [f"{{{{ [3, 1] | {name} }}}}" for name in jinja2.filters.FILTERS if name != "random"]
    uses += ["{{ 1 // 0 }}", "{{ nothing }}", "{% if %}"]
    uses += ["{{ 'gr\u00fc\u00dfe'.encode('punycode') }}", "{{ 'x'.encode('x-none') }}", "{{ '%s' % view | tojson }}"]
    room = open_room({f"a{n}": {TEXT: source} for n, source in enumerate(uses)})
    for n, source in enumerate(uses):
        here = render({TEXT: source}, TEXT, template_input("kim@example.org"))

        elsewhere = await room.render(f"a{n}", template_input("kim@example.org"))

        assert {name: plain(text) for name, text in elsewhere.items()} == (
            {} if here.fault else {TEXT: plain(here.text)}
        )
        assert [plain(fault) for account, fault in faults if account == f"a{n}"] == [plain(here.fault)] * bool(
            here.fault
        )


def plain(text: str) -> str:
    """Leave out where in memory a thing lies."""
    return re.sub("0x[0-9a-f]+", "", text)


async def test_the_process_is_confined(open_room: OpenRoom):
    room = open_room({"acme": {TEXT: GOOD}})
    await room.try_all()
    (child,) = room._idle  # noqa: SLF001 -- as above

    assert child.unconfined == ""
    assert "Seccomp:\t2" in _status(child.pid)


@pytest.mark.parametrize(
    "answer", [b"", b"[]", b"{}x", b'{"text": 1}', b'{"other": ""}', b'{"fault": "' + b"x" * 501 + b'"}']
)
def test_an_answer_of_anything_but_a_drawing_is_refused(answer: bytes):
    with pytest.raises(EOFError):
        read_output(answer)


def test_an_answer_with_halves_of_pairs_comes_through():
    assert read_output(write_output(TemplateOutput("\ud800\U0001f600"))) == TemplateOutput("\ud800\U0001f600")


def test_check_tries_templates_within_the_same_bounds(tmp_path: Path):
    (tmp_path / "acme").mkdir()
    for name, source in zip(NAMES, (SILENT, GOOD, "{{ 'x' * 10**10 }}", ""), strict=True):
        (tmp_path / "acme" / name).write_text(source)

    answers = [(finding.level, finding.says) for finding in templates(ForwardSettings(templates=tmp_path))]

    assert answers == [
        (Level.WARN, "digest.html.j2: renders nothing"),
        (Level.WARN, f"digest.txt.j2: {rendering_process.LOST}"),
        (Level.WARN, f"{TEXT}: {rendering_process.LATE}"),
        (Level.OK, "notice.html.j2"),
    ]
