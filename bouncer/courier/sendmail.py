"""The courier that starts the machine's own ``sendmail`` program: Postfix, Exim, Sendmail, OpenSMTPD, msmtp all have one.

No shell is used; with ``-i`` a line with a lone dot does not end the mail, ``-f <>`` sets the null reverse-path, ``--`` ends the
options. The meaning of the exit code: sysexits.h.
"""

import asyncio
import contextlib
from pathlib import Path

from bouncer.courier.envelope import NOT_AN_ADDRESS, envelope_address
from bouncer.mail.outgoing import OutgoingMail
from bouncer.ports.delivery import DeliveryResult, Outcome

TIMEOUT_SECONDS = 120.0
"""Time for one mail; a local queue takes it within a second, a program that speaks SMTP itself takes longer."""
_MAX_OUTPUT = 2048
"""Octets of the program's output that are kept; the rest is read and dropped."""
_REFUSED = frozenset({64, 65, 67, 68})
"""EX_USAGE, EX_DATAERR, EX_NOUSER, EX_NOHOST. All other failures may pass, such as EX_TEMPFAIL (75), EX_UNAVAILABLE (69)."""


class Sendmail:
    """Hands mail to the program at *program*."""

    name = "sendmail"

    def __init__(self, program: Path, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._program = program
        self._timeout_seconds = timeout_seconds

    async def deliver(self, mail: OutgoingMail) -> DeliveryResult:
        """Start the program, write the mail to it, and judge by its exit code; a program that takes too long is killed."""
        reverse_path, forward_path = envelope_address(mail.reverse_path), envelope_address(mail.forward_path)
        if reverse_path is None or not forward_path:
            return DeliveryResult(Outcome.REFUSED, NOT_AN_ADDRESS)
        arguments = ("-i", "-f", reverse_path or "<>", "--", forward_path)
        try:
            child = await asyncio.create_subprocess_exec(
                self._program,
                *arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
        except OSError as error:
            return DeliveryResult(Outcome.UNAVAILABLE, f"{self._program} cannot be started: {error.strerror}")
        return await self._run(child, mail.octets.replace(b"\r\n", b"\n"))

    async def close(self) -> None:
        """Do nothing: the courier holds no resources."""

    async def _run(self, child: asyncio.subprocess.Process, octets: bytes) -> DeliveryResult:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                output, _ = await asyncio.gather(_listen(child), _feed(child, octets))
                code = await child.wait()
        except TimeoutError:
            return DeliveryResult(
                Outcome.DEFERRED, f"{self._program} took longer than {self._timeout_seconds:g} seconds"
            )
        finally:
            await _end(child)
        return _result(code, output)


def _result(code: int, output: bytes) -> DeliveryResult:
    words = output.decode("utf-8", "replace").strip()
    if code == 0:
        return DeliveryResult(Outcome.SENT, words or "taken")
    outcome = Outcome.REFUSED if code in _REFUSED else Outcome.DEFERRED
    return DeliveryResult(outcome, f"exit code {code}: {words}")


async def _feed(child: asyncio.subprocess.Process, octets: bytes) -> None:
    assert child.stdin is not None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it ended early: its exit code tells why
        child.stdin.write(octets)
        await child.stdin.drain()
    child.stdin.close()


async def _listen(child: asyncio.subprocess.Process) -> bytes:
    """Read to the end, so that the program never blocks, and keep the beginning."""
    assert child.stderr is not None
    output = b""
    while chunk := await child.stderr.read(_MAX_OUTPUT):
        output = (output + chunk)[:_MAX_OUTPUT]
    return output


async def _end(child: asyncio.subprocess.Process) -> None:
    """End the child that we started, and no other, if it still runs."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
