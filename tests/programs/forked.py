"""The process of ``forking``: says what it has of its own."""

import json
import os
import signal
import sys
from pathlib import Path

from programs.descriptors import open_descriptors

from bouncer.workers.fork_server import current_fork_server


def main() -> None:
    """Write what was asked, and what this process can reach."""
    request = sys.stdin.buffer.read().decode()
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    facts = {
        "request": request,
        "arguments": sys.argv,
        "descriptors": open_descriptors(),
        "name": status["Name"],
        "leads its session": os.getsid(0) == os.getpid(),
        "ignores SIGTERM": signal.getsignal(signal.SIGTERM) == signal.SIG_IGN,
        "may ask": current_fork_server() is not None,
    }
    os.write(1, json.dumps(facts).encode())
