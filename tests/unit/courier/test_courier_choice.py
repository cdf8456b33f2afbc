"""The settings name a courier, or every fault in what they name."""

from pathlib import Path

import pytest

from bouncer.courier.choose import make_courier
from bouncer.courier.maildir import Maildir
from bouncer.courier.sendmail import Sendmail
from bouncer.courier.smtp import Smtp
from bouncer.errors import ConfigError
from bouncer.ports.delivery import Courier
from bouncer.settings.sections import ForwardSettings


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text("s3cret\n")
    return path


@pytest.mark.parametrize(
    ("courier_url", "kind"),
    [
        ("maildir:var/forwarded", Maildir),
        ("sendmail:", Sendmail),
        ("sendmail:/usr/bin/msmtp", Sendmail),
        ("smtp://mx.example", Smtp),
        ("smtp://[2001:db8::1]:587", Smtp),
        ("smtps://mx.example:465", Smtp),
    ],
)
def test_a_courier_is_chosen_by_its_scheme(courier_url: str, kind: type[Courier]) -> None:
    assert isinstance(make_courier(ForwardSettings(courier=courier_url)), kind)


def test_a_login_is_read_from_its_file(password: Path) -> None:
    settings = ForwardSettings(courier="smtp://ann%40acme@mx.example", password=password, starttls="required")

    assert isinstance(make_courier(settings), Smtp)


def faults(settings: ForwardSettings) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as refused:
        make_courier(settings)
    return refused.value.faults


@pytest.mark.parametrize(
    ("courier_url", "fault"),
    [
        ("", "must begin with smtp:, smtps:, sendmail:, maildir:"),
        ("http://mx.example", "must begin with"),
        ("maildir:", "needs the path of a folder"),
        ("sendmail:bin/sendmail", "needs the whole path"),
        ("smtp://", "needs the smarthost's name"),
        ("smtp:mx.example", "needs the smarthost's name"),
        ("smtp://mx.example:port", "Port could not be cast"),
        ("smtp://mx.example:99999", "Port out of range"),
        ("smtp://mx.example/path", "nothing may follow"),
        ("smtp://ann@mx.example", "a file with the password is needed"),
        ("smtp://ann:s3cret@127.0.0.1", "a password does not belong here"),
    ],
)
def test_a_courier_that_cannot_be_is_a_fault(courier_url: str, fault: str) -> None:
    assert any(fault in message for message in faults(ForwardSettings(courier=courier_url)))


def test_all_faults_are_told_at_once() -> None:
    assert len(faults(ForwardSettings(courier="smtp://ann:s3cret@mx.example/path"))) == 4


def test_no_fault_repeats_a_password() -> None:
    assert "s3cret" not in "".join(faults(ForwardSettings(courier="smtp://ann:s3cret@mx.example/path")))


def test_a_password_is_not_sent_where_anybody_could_listen(password: Path) -> None:
    settings = ForwardSettings(courier="smtp://ann@mx.example", password=password, starttls="offered")

    assert "a password is only sent with" in faults(settings)[0]


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_on_this_machine_a_password_may_go_without_tls(password: Path, host: str) -> None:
    settings = ForwardSettings(courier=f"smtp://ann@{host}", password=password, starttls="never")

    assert isinstance(make_courier(settings), Smtp)


@pytest.mark.parametrize("courier_url", ["maildir:box", "sendmail:", "smtp://mx.example"])
def test_a_password_that_nothing_uses_is_a_fault(password: Path, courier_url: str) -> None:
    assert "no user to log in" in faults(ForwardSettings(courier=courier_url, password=password))[0]


@pytest.mark.parametrize("content", [b"", b"two\nlines\n", b"\xff\xfe", b"nul\0\n"])
def test_a_password_file_holds_one_line(password: Path, content: bytes) -> None:
    password.write_bytes(content)

    assert faults(ForwardSettings(courier="smtps://ann@mx.example", password=password))


def test_a_password_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    settings = ForwardSettings(courier="smtps://ann@mx.example", password=tmp_path / "none")

    assert "No such file" in faults(settings)[0]
