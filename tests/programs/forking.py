"""A fork server and one process of it: ``python -m programs.forking MODULE``; it prints the output of the process as JSON.

It is a program of its own because a fork server has to be started before the first thread.
"""

import asyncio
import contextlib
import json
import sys

from programs.descriptors import open_descriptors

from bouncer.workers.fork_server import current_fork_server, start_fork_server
from bouncer.workers.processes import ForkedProcess

SECONDS = 30
"""Far more than a process here takes."""


async def _output_of(module: str) -> dict[str, object]:
    server = current_fork_server()
    assert server is not None
    process = await ForkedProcess.start(server, module, 4711)
    try:
        async with asyncio.timeout(SECONDS):
            process.input.write(b"a request")
            process.input.write_eof()
            output = await process.output.read()
    finally:
        await process.end()
    return {"output": output.decode(), "open": open_descriptors()}


def main() -> None:
    """Print what the process wrote, and which descriptors are open here before and after."""
    start_fork_server(["programs.forked"], client_modules=["programs.forked_heir"])
    before = open_descriptors()
    answer: dict[str, object] = {}
    with contextlib.suppress(TimeoutError):
        answer = asyncio.run(_output_of(sys.argv[1]))
    after = open_descriptors()
    print(json.dumps({**answer, "leaked": [number for number in after if number not in before]}))


if __name__ == "__main__":
    main()
