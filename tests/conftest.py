"""What every test may use: the marker ``real``, for tests that need a real program of the machine or of .cache/real-parts."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # tests say `from real import ...`, wherever pytest was started

from real import parts

# Hundreds of tests start processes, and each would compile every module anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose real parts are absent, saying why; with BOUNCER_REAL_PARTS=required it fails instead."""
    wanted = [name for marker in item.iter_markers("real") for name in marker.args]
    reasons = [reason for name in wanted if (reason := parts.why_absent(name))]
    if not reasons:
        return
    if os.environ.get("BOUNCER_REAL_PARTS") == "required":
        pytest.fail("; ".join(reasons), pytrace=False)
    pytest.skip("; ".join(reasons))
