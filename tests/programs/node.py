"""Programs of npm, run by node with the packages of ``tests/programs/npm``."""

import json
import os
import subprocess
from typing import Any

from programs.parts import find

SECONDS = 60.0
"""The most that a program may take."""


def run_script(script: str, *arguments: str) -> Any:
    """Run a JavaScript program (CommonJS) and give the JSON that it writes on its last line.

    It sees *arguments* in ``process.argv`` from place 2. Raises RuntimeError, with what it wrote, where it fails.
    """
    node, packages = find("node"), find("npm")
    if node is None or packages is None:
        raise LookupError("node and the packages of npm are not there")
    folder = packages.root / "node_modules"
    environment = {"PATH": os.environ["PATH"], "NODE_PATH": str(folder), "HOME": str(packages.root)}
    command = [*node.command, "-", *arguments]
    result = subprocess.run(
        command, input=script, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if result.returncode:
        raise RuntimeError(f"{result.stdout}\n{result.stderr}")
    return json.loads(result.stdout.splitlines()[-1])
