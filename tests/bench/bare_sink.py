"""The usual beginning: aiosmtpd as its documentation shows it, with a handler that takes everything and keeps nothing.

    bare_sink.py PORT

Prints its address, then serves until its standard input ends.
"""

import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    """Says 250 to everything."""

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd's name
        return "250 OK"


def main() -> None:
    """Serve."""
    controller = Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1]))
    controller.start()
    print(f"127.0.0.1:{sys.argv[1]}", flush=True)
    sys.stdin.read()
    controller.stop()


if __name__ == "__main__":
    main()
