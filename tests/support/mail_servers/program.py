"""A mail server's program with files of its own: configured from a file that is shipped, started, ended by its pid."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

#: Debian's packages whose programs the servers and clients are; .ci/run installs them.
PACKAGES = {
    "/usr/sbin/postfix": "postfix",
    "/usr/sbin/opendkim": "opendkim",
    "/usr/sbin/dovecot": "dovecot-core",
    "/usr/lib/dovecot/imap": "dovecot-imapd",
    "/usr/lib/dovecot/lmtp": "dovecot-lmtpd",
    "/usr/bin/mutt": "mutt",
    "/usr/bin/s-nail": "s-nail",
    "/usr/bin/swaks": "swaks",
}
STARTS_WITHIN_SECONDS = 30


class MailServersMissing(Exception):
    """This machine lacks mail programs: `apt-get install` what is named (.ci/run does)."""


def missing() -> list[str]:
    """Return the packages that are not installed."""
    return [package for program, package in PACKAGES.items() if not Path(program).exists()]


def configured(template: Path, changes: dict[str, str]) -> str:
    """Return a configuration file with paths and ports of one's own; what is to be changed must be in it."""
    text = template.read_text("utf-8")
    for old, new in changes.items():
        assert old in text, f"{template} no longer says {old!r}"
        text = text.replace(old, new)
    return text


class Program:
    """One program in the foreground, its output in ``log``; it is there when each of ``ports`` answers.

    ``pid_file``: where it writes who is to be told to end, if that is not the process that was started.
    """

    def __init__(
        self, name: str, words: list[str], folder: Path, ports: list[int], pid_file: Path | None = None
    ) -> None:
        self.name, self.folder, self.ports, self._pid_file = name, folder, ports, pid_file
        self.log = folder / f"{name}.out"
        with self.log.open("ab") as file:
            self._process = subprocess.Popen(
                words, cwd=folder, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
            )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def _wait(self) -> None:
        end = time.monotonic() + STARTS_WITHIN_SECONDS
        while not all(_answers(port) for port in self.ports):
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{self.name} did not start:\n{self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End the program, which ends its own children."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid(), signal.SIGTERM)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)

    def _pid(self) -> int:
        if self._pid_file is None or not self._pid_file.exists():
            return self._process.pid
        return int(self._pid_file.read_text().strip())


def running_in(folder: Path) -> list[int]:
    """Return the processes whose working folder is within ``folder``."""
    return [int(process.name) for process in Path("/proc").iterdir() if _works_in(process, folder)]


def _works_in(process: Path, folder: Path) -> bool:
    try:
        return process.name.isdigit() and (process / "cwd").readlink().is_relative_to(folder)
    except OSError:  # it has ended, or is no concern of ours
        return False


def run(*words: str | Path, said: str = "", env: dict[str, str] | None = None) -> str:
    """Run a command to its end, with ``said`` as its input, and return what it printed."""
    done = subprocess.run(words, input=said, capture_output=True, text=True, env=env, timeout=60)
    if done.returncode:
        raise RuntimeError(f"{words[0]}: {done.stderr[-2000:] or done.stdout[-2000:]}")
    return done.stdout


def give(path: Path, account: str, mode: int) -> None:
    """Make ``path`` the account's own."""
    shutil.chown(path, account)
    path.chmod(mode)


def _answers(port: int) -> bool:
    with socket.socket() as made:
        made.settimeout(1)
        return made.connect_ex(("127.0.0.1", port)) == 0
