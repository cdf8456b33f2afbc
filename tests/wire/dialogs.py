"""Dialogues of fixtures/, played line by line."""

import codecs
import re
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "fixtures" / "dialogs"


DIALOGS = {path.stem: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.smtp"))}


def octets(escaped: str) -> bytes:
    """Read text with Python's escapes; characters beyond ASCII are UTF-8."""
    return codecs.escape_decode(escaped.encode())[0]  # type: ignore[attr-defined,no-any-return]


def settings_of(lines: list[str]) -> dict[str, Any]:
    """Read the lines ``@ name = number``."""
    pairs = (line[2:].partition("=") for line in lines if line.startswith("@ "))
    return {name.strip(): int(value) for name, _, value in pairs}


async def play(lines: list[str], client: Any, keeper: Any) -> None:
    """Go through a dialogue line by line."""
    replies: list[bytes] = []
    kept_count = 0
    for number, line in enumerate(lines, 1):
        mark, rest = line[:2], line[3:]
        if mark in ("S:", "S~") and not replies:
            replies = (await client.hear()).splitlines()
        match mark:
            case "C:":
                await client.say(rest.encode() + b"\r\n")
            case "C!":
                await client.say(octets(rest))
            case "S:":
                assert replies.pop(0).decode() == rest, f"line {number}"
            case "S~":
                assert re.match(rest, reply := replies.pop(0).decode()), f"line {number}: {reply}"
            case "K:":
                return_path, _, raw = rest.partition(" ")
                assert (keeper.letters[kept_count].return_path.address, keeper.letters[kept_count].raw) == (
                    return_path,
                    octets(raw),
                )
                kept_count += 1
            case "E:":
                assert await client.hear() == b"", f"line {number}: not ended"
            case _:
                assert mark in ("", "# ", "#", "@ "), f"line {number}: {line}"
    assert not replies, "the server said more"
    assert kept_count == len(keeper.letters), "more was kept than the dialogue says"
