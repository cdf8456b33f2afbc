"""A real server on a loopback port, on both event loops, and a certificate for it, as fixtures."""

import asyncio
import datetime as dt
import ssl
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from programs.statements import share_compiled_statements
from wire import smtp_client

try:
    import uvloop
except ImportError:  # not on every platform
    LOOPS = {"asyncio": asyncio.new_event_loop}
else:
    LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}

share_compiled_statements()


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Open the server on both event loops that the daemon may run on."""
    on_both = "opened" in getattr(item, "fixturenames", ())
    return LOOPS if on_both else {"asyncio": asyncio.new_event_loop}


@pytest.fixture
def open_server() -> Callable[..., AbstractAsyncContextManager[smtp_client.Place]]:
    """Give what opens a server: see wire.smtp_client.open_server."""
    return smtp_client.open_server


@pytest.fixture(scope="session")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate made for this run, and a client's."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .sign(key, hashes.SHA256())
    )
    pem = Path(tmp_path_factory.mktemp("tls") / "both.pem")
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    server.load_cert_chain(pem)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    return server, client
