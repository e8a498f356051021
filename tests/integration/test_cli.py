"""The command as a user runs it: a process, its exit code, and what it says."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.command import ROOT, SAMPLES, Command
from tests.support.postgres import PostgresServer, free_port


@pytest.fixture
def liandong(tmp_path: Path) -> Command:
    return Command(tmp_path / "home")


@contextmanager
def listening(port: int) -> Iterator[None]:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        yield


def test_an_application_is_imported_for_submitted_looked_at_and_withdrawn(liandong: Command) -> None:
    samples = [["submit", SAMPLES / f"{sample}.yaml"] for sample in ("single", "consortium", "yours")]
    number = "ZJAI19-2026-00002"
    imported, listed, *submitted, again = liandong.each(
        ["directory", "import", SAMPLES / "directory.csv"],
        ["register", "import", SAMPLES / "registers.csv"],
        *samples,
        ["submit", SAMPLES / "single.yaml"],
    )
    assert (imported.code, listed.code) == (0, 0)
    assert "119" in imported.out
    assert [said.code for said in submitted] == [0, 0, 0]
    assert again.code == 1
    assert "ZJAI19-2026-00001" in again.error
    assert len(again.error.splitlines()) == 2  # one sentence in each language

    table = liandong("status").out
    assert all(f"ZJAI19-2026-0000{n}" in table for n in (1, 2, 3))
    assert "1/5 县级推荐" in table
    assert "County recommendation" in table
    many, read, one, gone, ended, twice = liandong.each(
        ["status", "--json"],
        ["status", number, "--json"],
        ["status", number],
        ["withdraw", number, "--reason", "市场变化"],
        ["status", number, "--json"],
        ["withdraw", number, "--reason", "市场变化"],
    )
    assert all(words in one.out for words in ("万卡集群训练框架", "余杭区人民政府", "待办理", "1,500万元", "3,000万元"))
    all_of_them = json.loads(many.out)["applications"]
    assert {a["number"] for a in all_of_them} == {f"ZJAI19-2026-0000{n}" for n in (1, 2, 3)}
    fields = json.loads(read.out)
    assert fields in all_of_them
    assert fields["asked_fen"] == {"province": 1_500_000_000, "city": 900_000_000, "county": 600_000_000}
    assert (fields["state"], fields["round"], fields["awarded_fen"]) == ("in_progress", 1, None)
    assert fields["stages"][0]["tasks"][0]["unit"] == "@county:330110"

    assert gone.code == 0
    assert json.loads(ended.out)["state"] == "withdrawn"
    assert json.loads(ended.out)["ended_at"]
    assert twice.code == 1
    assert len(twice.error.splitlines()) == 2


def test_an_unknown_number_is_answered_with_what_to_do(liandong: Command) -> None:
    for said in liandong.each(["status", "X-1"], ["status", "X-1", "--json"], ["withdraw", "X-1", "--reason", "无"]):
        assert said.code == 1
        assert said.out == ""
        assert "liandong status" in said.error


def test_what_is_no_application_is_refused_in_a_sentence(liandong: Command, tmp_path: Path) -> None:
    over = liandong("submit", SAMPLES / "over-limit.yaml")
    assert over.code == 1
    assert len(over.error.splitlines()) == 2
    english = over.error.splitlines()[1]
    assert english.startswith("amounts: ")
    assert "10,000,001 yuan" in english
    assert "10,000,000 yuan" in english
    assert "(clause: “" in english

    (tmp_path / "bad.yaml").write_text("measure: [19\noption: {", encoding="utf-8")
    missing, folder, bad, none = liandong.each(
        ["submit", tmp_path / "nowhere.yaml"],
        ["submit", tmp_path],
        ["submit", tmp_path / "bad.yaml"],
        ["status", "--json"],
    )
    assert (missing.code, folder.code, bad.code) == (1, 1, 1)
    assert "nowhere.yaml" in missing.error
    assert "The file cannot be read" in folder.error
    assert "YAML" in bad.error
    assert "samples/" in bad.error
    assert json.loads(none.out) == {"applications": []}


def test_fifty_megabytes_are_refused_without_being_read(liandong: Command, tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    with large.open("wb") as file:
        file.write(b"measure: 19\n")
        file.truncate(50_000_000)
    code = f"""
from cli.main import app
before = int(next(line for line in open('/proc/self/io') if line.startswith('rchar')).split()[1])
try:
    app(['submit', {str(large)!r}])
except SystemExit as end:
    after = int(next(line for line in open('/proc/self/io') if line.startswith('rchar')).split()[1])
    print('read', after - before, 'code', end.code)
"""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | liandong.env, capture_output=True, text=True
    )
    assert time.monotonic() - began < 10
    _, read, _, exit_code = done.stdout.split()
    assert int(exit_code) == 1
    assert int(read) < 5_000_000
    assert "65,536" in done.stderr


def test_a_directory_with_faults_tells_them_all_and_changes_nothing(liandong: Command, tmp_path: Path) -> None:
    file = tmp_path / "directory.csv"
    file.write_text("unit,name,email,language\nkjt,收文,kjt@zj.example,zh\nnobody,甲,a@b.example,zh\nfgw,乙,bad,fr\n")
    said, migrated, missing = liandong.each(
        ["directory", "import", file], ["migrate"], ["directory", "import", tmp_path / "nowhere.csv"]
    )
    assert (said.code, migrated.code, missing.code) == (1, 0, 1)
    assert all(
        words in said.error for words in ("line 3, unit", "line 4, email", "line 4, language", "Nothing was imported")
    )
    assert "nowhere.csv" in missing.error
    db = liandong.sqlite()
    assert db.execute("SELECT count(*) FROM officer").fetchone() == (0,)
    db.close()


def test_the_record_is_verified_and_the_first_altered_event_is_named(liandong: Command) -> None:
    *_, fine = liandong.each(
        ["register", "import", SAMPLES / "registers.csv"],
        ["submit", SAMPLES / "single.yaml"],
        ["submit", SAMPLES / "consortium.yaml"],
        ["audit", "verify"],
    )
    assert fine.code == 0
    assert "2" in fine.out
    db = liandong.sqlite()
    triggers = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type='trigger'")]
    assert triggers
    for trigger in triggers:
        db.execute(f'DROP TRIGGER "{trigger}"')
    number, application, seq = db.execute(
        "SELECT a.number, a.id, e.seq FROM event e JOIN application a ON a.id = e.application_id "
        "WHERE a.number LIKE '%00002' ORDER BY e.seq LIMIT 1 OFFSET 1"
    ).fetchone()
    db.execute("UPDATE event SET at = '2020-01-01 00:00:00' WHERE application_id = ? AND seq = ?", (application, seq))
    db.commit()
    db.close()
    broken = liandong("audit", "verify")
    assert broken.code == 1
    assert broken.error.startswith(f"{number}: ")
    assert f"event {seq}: " in broken.error


def test_the_doctor_names_what_is_missing_in_a_fresh_home_and_who_holds_a_port(liandong: Command) -> None:
    with listening(liandong.port("PORTAL_PORT")):
        fresh = liandong("doctor", LIANDONG_SMTP_PORT=str(free_port()))
    assert fresh.code == 1
    found = fresh.out.replace("\n", " ").split("✗ ")
    assert any("is not migrated; run: liandong migrate" in one for one in found)
    (portal,) = [one for one in found if one.startswith("网页 portal")]
    assert f"port {liandong.port('PORTAL_PORT')} is taken" in portal
    assert "set LIANDONG_PORTAL_PORT" in portal
    for part in ("Prefect", "收信 receiver", "发信 sender", "流程 worker"):
        (one,) = [one for one in found if one.startswith(part)]
        assert "does not run; start it: liandong up" in one
    (smtp,) = [one for one in found if one.startswith("SMTP")]
    assert "LIANDONG_SMTP_PORT" in smtp
    assert not (liandong.home / "liandong.db").exists(), "looking makes nothing"

    migrated, looked = liandong.each(["migrate"], ["doctor"])
    assert migrated.code == 0
    assert "nobody can be asked; run: liandong directory import" in looked.out


def test_a_database_that_cannot_be_reached_is_said_in_a_sentence(
    liandong: Command, postgres_server: PostgresServer
) -> None:
    away = f"postgresql://liandong@127.0.0.1:{free_port()}/liandong"
    for url in (away, postgres_server.url("no_such_database"), "nonsense"):
        liandong.env["LIANDONG_DATABASE_URL"] = url
        looked, status, migrate = liandong.each(["doctor"], ["status"], ["migrate"])
        assert (looked.code, status.code, migrate.code) == (1, 1, 1)
        assert "check LIANDONG_DATABASE_URL" in looked.out
        assert "LIANDONG_DATABASE_URL" in status.error
        assert "LIANDONG_DATABASE_URL" in migrate.error


def test_a_wrong_setting_is_named(liandong: Command) -> None:
    said = liandong("status", LIANDONG_PORTAL_PORT="eight")
    assert said.code == 1
    assert said.error.startswith("LIANDONG_PORTAL_PORT=eight: ")


def test_up_says_at_once_which_port_is_taken_and_starts_nothing(liandong: Command) -> None:
    with listening(liandong.port("MAILBOX_PORT")):
        said = liandong("up")
    assert said.code == 1
    assert f"port {liandong.port('MAILBOX_PORT')} is taken" in said.error
    assert "LIANDONG_MAILBOX_PORT" in said.error
    assert not (liandong.home / "logs").exists()


def test_help_and_status_do_without_prefect(liandong: Command) -> None:
    code = """
import sys
from cli.main import app
for words in (['--help'], ['status']):
    try:
        app(words)
    except SystemExit as end:
        assert not end.code, words
assert 'prefect' not in sys.modules
assert 'fastapi' not in sys.modules
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | liandong.env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    for command in (
        "submit",
        "status",
        "withdraw",
        "up",
        "demo",
        "doctor",
        "migrate",
        "directory",
        "audit",
        "policy",
        "figure",
    ):
        assert f" {command} " in done.stdout


def test_what_an_applicant_wrote_reaches_the_terminal_as_plain_words(liandong: Command, tmp_path: Path) -> None:
    odd = (SAMPLES / "single.yaml").read_text(encoding="utf-8")
    odd = odd.replace("港口调度垂直大模型", '"[red]港口[/bold] :smile: \\x9b31m调度"')
    (tmp_path / "odd.yaml").write_text(odd, encoding="utf-8")
    number = "ZJAI19-2026-00001"
    _, shown, table = liandong.each(["submit", tmp_path / "odd.yaml"], ["status", number], ["status"])
    assert "[red]港口[/bold] :smile:  31m调度" in shown.out
    assert number in table.out
