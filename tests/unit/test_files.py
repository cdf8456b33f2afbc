"""Files that settings name are regular ones: a pipe, a device or a folder in their place is one clear line, at once."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from bouncer.courier.choose import make_courier
from bouncer.daemon.certificate import http_tls_context, tls_context
from bouncer.doctor.certificate import present
from bouncer.errors import ConfigError
from bouncer.files import locked_folder
from bouncer.key_files import read_keys
from bouncer.manage.countries import look_up
from bouncer.notify.dkim import read_signer
from bouncer.notify.templates import read_templates
from bouncer.settings.sections import ForwardSettings, HttpSettings, SmtpSettings

SMARTHOST = "smtps://ann@smarthost.example"
READERS: dict[str, Callable[[Path], object]] = {
    "tokens.keys": lambda path: read_keys([path]),
    "forward.dkim_key": lambda path: read_signer(ForwardSettings(dkim_key=path)),
    "forward.password": lambda path: make_courier(ForwardSettings(courier=SMARTHOST, password=path)),
    "smtp.tls_certificate": lambda path: tls_context(SmtpSettings(tls_certificate=path, tls_key=Path(__file__))),
    "smtp.tls_key": lambda path: tls_context(SmtpSettings(tls_certificate=Path(__file__), tls_key=path)),
    "http.tls_certificate": lambda path: http_tls_context(HttpSettings(tls_certificate=path, tls_key=Path(__file__))),
    "http.tls_key": lambda path: http_tls_context(HttpSettings(tls_certificate=Path(__file__), tls_key=path)),
}
"""Every setting that names a file, and who reads it."""


def fifo(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


@pytest.mark.timeout(30)
@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize("make", [fifo, lambda _: Path("/dev/zero")], ids=["a pipe", "a device"])
def test_a_file_that_is_none_is_told_and_not_waited_for(
    tmp_path: Path, read: Callable[[Path], object], make: Callable[[Path], Path]
):
    with pytest.raises(ConfigError, match="not a regular file"):
        read(make(tmp_path))


@pytest.mark.timeout(30)
def test_a_template_that_is_a_pipe_costs_only_itself(tmp_path: Path):
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme/notice.html.j2").write_text("Hello")
    os.mkfifo(tmp_path / "acme/notice.txt.j2")

    templates = read_templates(tmp_path)["acme"]

    assert templates.faults == ("notice.txt.j2: not a regular file",)
    assert list(templates.sources) == ["notice.html.j2"]


@pytest.mark.timeout(30)
def test_a_file_of_countries_that_is_a_pipe_gives_no_country(tmp_path: Path):
    assert look_up(fifo(tmp_path), ["192.0.2.1"]) is None


@pytest.mark.timeout(30)
def test_check_does_not_wait_for_a_certificate_either(tmp_path: Path):
    with pytest.raises(OSError, match="not a regular file"):
        present(fifo(tmp_path), Path(__file__))


def test_two_that_lock_one_folder_take_turns(tmp_path: Path):
    """The second goes on when the first is done, and another folder is free all the while."""
    entered, left = threading.Event(), list[str]()

    def second() -> None:
        entered.set()
        with locked_folder(tmp_path):
            left.append("second")

    other = threading.Thread(target=second)
    with locked_folder(tmp_path), locked_folder(tmp_path.parent):
        other.start()
        assert entered.wait(10)
        left.append("first")
    other.join(10)

    assert left == ["first", "second"]


def test_every_setting_that_names_a_file_is_tried():
    """A new one comes with a reader here; ``forward.templates`` and ``http.country_file`` raise nothing, and are tried above."""
    from dataclasses import fields  # noqa: PLC0415

    from bouncer.settings.sections import Settings  # noqa: PLC0415

    tree = Settings()
    paths = {
        f"{section.name}.{setting.name}"
        for section in fields(tree)
        for setting in fields(getattr(tree, section.name))
        if "Path" in str(setting.type)
    }

    assert paths - {"forward.templates", "http.country_file"} == READERS.keys()
