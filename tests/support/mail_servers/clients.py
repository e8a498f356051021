"""Programs that people send mail with: mutt, with its screen in a pseudo-terminal, s-nail and swaks."""

import os
import pty
import re
import select
import signal
import subprocess
import time
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

from tests.support.mail_servers.program import run

MUTT = """
set folder="imap://127.0.0.1:{imap}/"
set spoolfile="imap://127.0.0.1:{imap}/INBOX"
set imap_user="{address}"
set imap_pass="{password}"
set smtp_url="smtp://{login}@127.0.0.1:{submission}/"
set smtp_pass="{password}"
set smtp_authenticators="plain"
set ssl_starttls=no
set ssl_force_tls=no
set from="{address}"
set realname="{name}"
set use_from=yes
set envelope_from=yes
set hostname="zj.example"
set charset="utf-8"
set send_charset="{charset}"
set editor="{editor}"
set include=yes
set fast_reply=yes
set reply_to=yes
set attribution="{attribution}"
set copy=no
set abort_unmodified=no
set delete=no
set quit=yes
set header_cache=""
set sleep_time=0
set wait_key=no
set mail_check=1
{commands}
"""
#: s-nail quotes first; the words come below.
NAIL = """
set v15-compat
set from="{name} <{address}>"
set mta=smtp://{login}:{password}@127.0.0.1:{submission}
set smtp-auth=plain
set quote
set indentprefix="> "
set reply-to-honour
set sendcharsets={charset}
set ttycharset=utf-8
set nosave
set sendwait
"""
#: What an editor is told to do: the opinion above what mutt quoted, as people write who answer on top.
EDITOR = """#!/bin/sh
cat {text} "$1" > "$1.new" && mv "$1.new" "$1"
"""
KEYS = "<limit>~i {message_id}<enter><last-entry><reply><send-message><exit>"


@dataclass(frozen=True)
class Person:
    """Somebody with a mailbox, and where it is."""

    address: str
    name: str
    password: str
    imap: int
    submission: int


def reply_with_mutt(
    person: Person,
    folder: Path,
    letter: bytes,
    text: str,
    *,
    charset: str = "utf-8",
    attribution: str = "%d，%n 写道：",
) -> None:
    """Open the mailbox by IMAP, answer ``letter`` with ``text`` above its quoted text, and send that.

    Raises:
        RuntimeError: mutt did not end; the message has its last screen.

    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "text").write_text(f"{text}\n\n")
    editor = folder / "editor"
    editor.write_text(EDITOR.format(text=folder / "text"))
    editor.chmod(0o755)
    config = MUTT.format(
        **vars(person),
        login=person.address.replace("@", "%40"),
        charset=charset,
        attribution=attribution,
        editor=editor,
        commands=f'push "{KEYS.format(message_id=_pattern(letter))}"',
    )
    (folder / "muttrc").write_text(config)
    _in_a_terminal(["/usr/bin/mutt", "-n", "-F", str(folder / "muttrc")], folder)


def reply_with_s_nail(person: Person, folder: Path, text: str, *, charset: str = "utf-8") -> None:
    """Open the mailbox by IMAP, answer the last letter with ``text`` below its quoted text, and send that.

    Raises:
        RuntimeError: s-nail ended with an error.

    """
    folder.mkdir(parents=True, exist_ok=True)
    who = person.address.replace("@", "%40")
    (folder / "nailrc").write_text(NAIL.format(**vars(person), login=who, charset=charset))
    box = f"imap://{who}:{person.password}@127.0.0.1:{person.imap}/INBOX"
    words = ("/usr/bin/s-nail", "-:/", "-~", "-#", "-Sv15-compat", "-X", f"source {folder / 'nailrc'}", "-f", box)
    run(*words, said=f"reply $\n{text}\n~.\nquit\n", env={"HOME": str(folder), "LC_ALL": "C.UTF-8"})


def _pattern(letter: bytes) -> str:
    """Return an expression for the letter's Message-ID that mutt reads as it is."""
    found = str(message_from_bytes(letter)["Message-ID"])
    return re.sub(r"[^A-Za-z0-9@-]", ".", found.strip("<> \n"))


def send_with_swaks(message: Path, *, port: int, sender: str, to: str, more: tuple[str, ...] = ()) -> str:
    """Send the file ``message`` as it is; return the talk with the server.

    Raises:
        RuntimeError: the server did not take it.

    """
    return run(
        *("/usr/bin/swaks", "--server", "127.0.0.1", "--port", str(port), "--helo", "pc.zj.example"),
        *("--from", sender, "--to", to, "--data", f"@{message}", *more),
    )


def login(person: Person) -> tuple[str, ...]:
    """Return the words with which swaks logs in as ``person``."""
    return ("--auth", "PLAIN", "--auth-user", person.address, "--auth-password", person.password)


def _in_a_terminal(words: list[str], home: Path, seconds: float = 30) -> None:
    """Run a program that draws a screen until it ends."""
    env = {"HOME": str(home), "TERM": "xterm", "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"], "LINES": "50"}
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        words, cwd=home, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    screen, end = b"", time.monotonic() + seconds
    try:
        while process.poll() is None and time.monotonic() < end:
            if select.select([ours], [], [], 0.1)[0]:
                screen += _read(ours)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        if process.wait() != 0:
            raise RuntimeError(
                f"{words[0]} ended with {process.returncode}:\n{screen[-3000:].decode(errors='replace')}"
            )
    finally:
        os.close(ours)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # the program has closed its side
        return b""
