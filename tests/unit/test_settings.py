import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from cli.up import environment
from models.settings import Settings

ROOT = Path(__file__).parents[2]


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = Settings(home=tmp_path / "home").secret_key
    assert len(first) == 32
    assert Settings(home=tmp_path / "home").secret_key == first
    file = tmp_path / "home" / "secret.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [p.name for p in file.parent.iterdir()] == ["secret.key"]


def test_the_mode_does_not_depend_on_the_mask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        _ = Settings(home=tmp_path).secret_key
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_processes_that_start_at_once_agree_on_the_key(tmp_path: Path) -> None:
    # Each waits for the same line before it looks, so that they look together.
    code = (
        "import sys; from pathlib import Path; from models.settings import _secret;"
        f"print('ready', flush=True); sys.stdin.readline(); print(_secret(Path({str(tmp_path / 'key')!r})).hex())"
    )
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for _ in range(4)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("\n")
        worker.stdin.flush()
    keys = {worker.communicate()[0] for worker in workers}
    assert len(keys) == 1
    assert len(keys.pop().strip()) == 64


def test_nothing_listens_beyond_this_machine_by_default(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert settings.host == settings.smtp_host == "127.0.0.1"
    assert settings.portal_url == "http://127.0.0.1:8460"


def test_the_embedded_database_is_in_the_data_folder(tmp_path: Path) -> None:
    assert Settings(home=tmp_path).database == f"sqlite:///{tmp_path / 'liandong.db'}"


def test_settings_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANDONG_HOME", str(tmp_path))
    monkeypatch.setenv("LIANDONG_PUBLIC_URL", "https://ld.zj.example/")
    settings = Settings()
    assert settings.home == tmp_path
    assert settings.portal_url == "https://ld.zj.example"


def test_no_two_ports_are_the_same_by_default(tmp_path: Path) -> None:
    ports = [
        value
        for name, value in Settings(home=tmp_path).model_dump().items()
        if name.endswith(("_port", "_bell")) and isinstance(value, int) and value  # 0: none
    ]
    assert len(set(ports)) == len(ports)


def test_a_mailbox_elsewhere_is_never_opened_without_tls(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="use tls or starttls"):
        Settings(imap_host="imap.example", imap_security="none")
    assert Settings(imap_host="127.0.0.1", imap_security="none").imap_security == "none"
    file = tmp_path / "password"
    file.write_text("one line \nanother\n")
    assert Settings(imap_password_file=str(file)).imap_secret == "one line "
    assert Settings(attachment_endings=".PDF, docx").file_limits.endings == {"pdf", "docx"}


@pytest.mark.parametrize(
    ("said", "protection"),
    [
        ({}, "none"),
        ({"smtp_host": "localhost"}, "none"),
        ({"smtp_host": "mail.example", "smtp_port": 25}, "starttls"),
        ({"smtp_host": "mail.example", "smtp_port": 587}, "starttls"),
        ({"smtp_host": "mail.example", "smtp_port": 465}, "tls"),
        ({"smtp_host": "mail.example", "smtp_security": "none"}, "none"),
        ({"smtp_security": "tls"}, "tls"),
    ],
)
def test_only_this_machine_is_spoken_to_without_tls_unless_somebody_says_so(
    said: dict[str, object], protection: str, tmp_path: Path
) -> None:
    assert Settings(home=tmp_path, **said).smtp_protection == protection  # type: ignore[arg-type]


@pytest.mark.parametrize("said", [{}, {"smtp_host": "mail.example", "smtp_security": "none"}])
def test_a_login_that_would_go_unencrypted_stops_the_start(said: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="never goes over an unencrypted connection"):
        Settings(home=tmp_path, smtp_user="us", **said)  # type: ignore[arg-type]


def test_a_password_is_shown_nowhere_and_reaches_the_parts(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, smtp_security="tls", smtp_user="us", smtp_password="correct horse")
    assert "correct horse" not in f"{settings!r} {settings}"
    assert settings.smtp_secret == environment(settings)["LIANDONG_SMTP_PASSWORD"] == "correct horse"


def test_a_password_in_a_file_is_read_when_it_is_wanted(tmp_path: Path) -> None:
    file = tmp_path / "password"
    settings = Settings(home=tmp_path, smtp_password="another", smtp_password_file=str(file))
    with pytest.raises(FileNotFoundError):
        _ = settings.smtp_secret
    for word in ("first", "second"):
        file.write_text(f"{word}\n")
        assert settings.smtp_secret == word
