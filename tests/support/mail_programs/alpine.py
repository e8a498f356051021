"""Alpine, Pine's successor: an IMAP mailbox is opened and a letter answered with the keys that its screen names."""

from pathlib import Path

from tests.support.mail_programs.terminal import Terminal, terminal
from tests.support.mail_servers.clients import Person

PROGRAM = Path("/usr/bin/alpine")
PACKAGES = ("alpine",)
CONFIGURATION = """
personal-name={name}
user-domain=zj.example
customized-hdrs=From: {name} <{address}>
inbox-path={{127.0.0.1:{imap}/novalidate-cert/notls/user="{address}"}}INBOX
smtp-server=127.0.0.1:{submission}/user={address}/notls
default-fcc=""
last-version-used=6.26
feature-list=include-text-in-reply,reply-always-uses-reply-to,quell-user-lookup-in-passwd-file
"""
WORDS = ("-i", "-nowrite_password_cache", "-sort", "arrival")


def reply_with_alpine(person: Person, folder: Path, number: int, text: str) -> None:
    """Open the mailbox by IMAP, answer its message ``number`` (from 1) with ``text`` above what is quoted, send that.

    Raises:
        RuntimeError: its screen did not show what was expected; the message has what it showed.

    """
    (folder / "mail").mkdir(parents=True)
    file = folder / "pinerc"
    file.write_text(CONFIGURATION.format(**vars(person)), "utf-8")
    with terminal([str(PROGRAM), *WORDS, "-p", str(file)], folder) as screen:
        _log_in(screen, person)
        screen.shows("NEW MESSAGES", "messages", "Message ")
        screen.press("J")
        screen.shows("Message number to jump to")
        screen.press(f"\b{number}\rR")
        screen.shows("Reply to all recipients")
        screen.press("n")
        screen.shows("COMPOSE MESSAGE REPLY")
        screen.press(text.replace("\n", "\r") + "\r\r")
        screen.press("\x18")
        screen.shows("Send message")
        screen.press("y")
        _log_in(screen, person)
        screen.shows("sent")
        screen.press("q")
        screen.shows("Really quit")
        screen.press("y")
        screen.end()


def _log_in(screen: Terminal, person: Person) -> None:
    screen.shows("ENTER PASSWORD")
    screen.press(f"{person.password}\r")
    screen.shows("Preserve password")
    screen.press("n")
