"""Where the API listens: on an inherited socket of its name, on a path, and nowhere unless it is asked to."""

import asyncio
import dataclasses
import socket
from pathlib import Path

import pytest

from bouncer.daemon.daemon import running
from bouncer.daemon.systemd import Inherited
from bouncer.errors import ListenError
from bouncer.settings.sections import HttpSettings, Settings, SmtpSettings, StoreSettings

REQUEST = b"GET /api/v1/bounces HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    smtp = SmtpSettings(listen=("127.0.0.1:0",), drain_seconds=1)
    return Settings(smtp, StoreSettings(f"sqlite:///{tmp_path}/bouncer.db"))


async def test_a_socket_of_its_name_is_its_own(settings: Settings):
    bound = socket.create_server(("127.0.0.1", 0))
    bound.settimeout(0)
    port = bound.getsockname()[1]

    async with running(settings, [Inherited("http", bound)]) as daemon:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(REQUEST)
        assert (await reader.readline()).startswith(b"HTTP/1.1 401 ")
        writer.close()
        assert f"http on 127.0.0.1:{port}" in daemon.addresses_in_words
        assert daemon.listening
        assert f"127.0.0.1:{port}" not in daemon.listening


async def test_without_addresses_there_is_no_server(settings: Settings):
    async with running(settings) as daemon:
        assert daemon.http is None
        assert "http" not in daemon.addresses_in_words


async def test_a_socket_on_a_path_answers_without_tls(settings: Settings, tmp_path: Path):
    http = HttpSettings(listen=(f"unix:{tmp_path}/http",))

    async with running(dataclasses.replace(settings, http=http)):
        reader, writer = await asyncio.open_unix_connection(f"{tmp_path}/http")
        writer.write(REQUEST)
        assert (await reader.readline()).startswith(b"HTTP/1.1 401 ")
        writer.close()


async def test_a_port_in_use_is_named_with_its_setting(settings: Settings):
    with socket.create_server(("127.0.0.1", 0)) as other:
        http = HttpSettings(listen=(f"127.0.0.1:{other.getsockname()[1]}",))

        with pytest.raises(ListenError, match=r"\[http\] listen: "):
            async with running(dataclasses.replace(settings, http=http)):
                pass
