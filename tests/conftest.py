"""The parts of every test: the marker ``real`` for tests that need a real program of the machine or of .cache/real-parts."""

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))  # tests say `from programs import ...`, wherever pytest was started

from examples import times
from programs import parts
from programs.fork_server import fork_server

from bouncer.workers import processes

# Objects that are made while tests are collected stay to the end: the garbage collector would pass over them again and again.
gc.disable()

# Hundreds of tests start processes, and each would compile every module anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


# Hypothesis would fail an example that takes more than 200 ms, as one does where others use the processor, too.
settings.register_profile("untimed", settings(), deadline=None, max_examples=times(100))
settings.load_profile("untimed")

TESTS = Path(__file__).parent
LONG_FILES = (
    "fuzz/test_read_anything.py",
    "contract/test_store_processes.py",
    "contract/test_query_plans_on_postgresql.py",
    "contract/test_query_plans.py",
    "house/test_expressions.py",
    "acceptance/test_kill.py",
    "contract/test_scopes.py",
    "wire/test_http_api.py",
    "wire/test_pages.py",
    "wire/test_import_page.py",
    "wire/test_recording_process.py",
    "wire/test_smtp_limits.py",
    "wire/test_http_limits.py",
    "wire/test_check_ways_out.py",
    "wire/test_check_dns.py",
    "wire/test_http_on_postgresql.py",
    "acceptance/test_crowded_doors.py",
)
"""Files of tests that take half a minute and more, the longest first: what begins last must end soon, or the others wait."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long; `make test` gives whole files to its processes, in this order."""
    places = {TESTS / name: place for place, name in enumerate(LONG_FILES)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what stays to the end: ten thousand tests and all modules."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose real parts are absent, saying why; with BOUNCER_REAL_PARTS=required it fails instead."""
    part_names = [name for marker in item.iter_markers("real") for name in marker.args]
    reasons = [reason for name in part_names if (reason := parts.why_absent(name))]
    if not reasons:
        return
    if os.environ.get("BOUNCER_REAL_PARTS") == "required":
        pytest.fail("; ".join(reasons), pytrace=False)
    pytest.skip("; ".join(reasons))


@pytest.fixture
def programs() -> None:
    """Processes that the test starts within pytest are programs, as without a fork server, also where ``forks`` is asked for."""


@pytest.fixture
def forks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Processes that the test starts within pytest are forked, as the daemon's are, and load their modules but once."""
    if "programs" in request.fixturenames:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "current_fork_server", fork_server)
        yield
