"""A smarthost that refuses everybody: the notices wait, the log says why, and they leave once it takes them."""

from pathlib import Path

from programs.ours import Ours
from programs.peers import Peer, Refusal

OWNER = "ann@acme.example"
RELAY_DENIED = f"554 5.7.1 <{OWNER}>: Relay access denied"
LETTER = (Path(__file__).parents[2] / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes()


def test_notices_wait_and_leave_later(tmp_path: Path):
    refusals = {OWNER: Refusal(RELAY_DENIED)}
    with Peer("smarthost.example", refusals) as smarthost:
        courier = f"smtp://127.0.0.1:{smarthost.port}"
        with Ours(tmp_path, courier=courier, forward="first_wait = 1") as ours:
            ours.command("account", "add", "acme", "--owner", OWNER)
            ours.send(ours.path("acme", "unknown@example.org"), LETTER)
            (line, *_) = ours.until(lambda: ours.lines("deferred"))
            (waiting,) = ours.rows("queue")
            smarthost.refusals.clear()
            smarthost.wait_for(lambda mail: mail.recipients == (OWNER,))

    assert (waiting["state"], waiting["last_error"]) == ("waiting", RELAY_DENIED)
    assert "Relay access denied" in line


def test_a_recipient_that_is_refused_is_given_up_at_once(tmp_path: Path):
    refusals = {OWNER: Refusal(f"550 5.1.1 <{OWNER}>: User unknown")}
    with Peer("smarthost.example", refusals) as smarthost, Ours(
        tmp_path, courier=f"smtp://127.0.0.1:{smarthost.port}"
    ) as ours:  # fmt: skip
        ours.command("account", "add", "acme", "--owner", OWNER)
        ours.send(ours.path("acme", "unknown@example.org"), LETTER)
        ours.until(lambda: ours.lines("given-up"))
