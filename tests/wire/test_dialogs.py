"""Conversations as files: what the client sends, what the server answers, what is kept. See fixtures/dialogs/README.md."""

from typing import Any

import pytest
from wire.dialogs import DIALOGS, play, settings_of


@pytest.mark.parametrize("dialog", DIALOGS.values(), ids=DIALOGS)
async def test_the_server_answers_as_written(dialog: str, open_server: Any) -> None:
    """Every reply and every kept letter is as the file says; every reply carries an enhanced status code."""
    lines = dialog.splitlines()
    async with open_server(**settings_of(lines)) as place:
        await play(lines, await place.client(), place.keeper)


def test_dialogues_are_found() -> None:
    assert len(DIALOGS) > 10
