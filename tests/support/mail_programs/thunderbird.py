"""Debian's Thunderbird without a screen, with a profile of its own, driven through its own windows.

What it is told is what a person does: open the letter, "Reply", press keys, "Send". Nothing of the messages is ours.
"""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path
from typing import Any

from tests.support.mail_programs.marionette import Marionette, MarionetteError
from tests.support.mail_programs.written import Written
from tests.support.mail_servers.clients import Person

PROGRAM = Path("/usr/lib/thunderbird/thunderbird")
CHINESE = PROGRAM.parent / "extensions" / "langpack-zh-CN@thunderbird.mozilla.org.xpi"
#: Debian's packages; the second speaks Chinese.
PACKAGES = ("thunderbird", "thunderbird-l10n-zh-cn")
ACTS = Path(__file__).with_suffix(".js").read_text("utf-8")
STARTS_WITHIN_SECONDS = 60

#: One IMAP account, where it sends, and nothing that asks questions or calls home.
PREFERENCES: dict[str, Any] = {
    "mail.accountmanager.accounts": "account1,account2",
    "mail.accountmanager.defaultaccount": "account1",
    "mail.accountmanager.localfoldersserver": "server2",
    "mail.account.account1.identities": "id1",
    "mail.account.account1.server": "server1",
    "mail.account.account2.server": "server2",
    "mail.server.server1.type": "imap",
    "mail.server.server1.hostname": "127.0.0.1",
    "mail.server.server1.socketType": 0,
    "mail.server.server1.authMethod": 3,
    "mail.server.server1.login_at_startup": False,  # the window that asks for a password stops everything
    "mail.server.server2.type": "none",
    "mail.server.server2.hostname": "Local Folders",
    "mail.server.server2.name": "Local Folders",
    "mail.server.server2.userName": "nobody",
    "mail.identity.id1.valid": True,
    "mail.identity.id1.smtpServer": "smtp1",
    "mail.identity.id1.fcc": False,
    "mail.smtpservers": "smtp1",
    "mail.smtp.defaultserver": "smtp1",
    "mail.smtpserver.smtp1.hostname": "127.0.0.1",
    "mail.smtpserver.smtp1.authMethod": 3,
    "mail.smtpserver.smtp1.try_ssl": 0,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.shell.checkDefaultClient": False,
    "mail.spellcheck.inline": False,
    "mail.spotlight.firstRunDone": True,
    "mail.inappnotifications.enabled": False,
    "mailnews.default_view_flags": 0,  # a flat list: of a folded thread no letter can be answered
    "mailnews.start_page.enabled": False,
    "app.update.enabled": False,
    "extensions.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.proxy.type": 1,  # whatever else it wants from the world ends here
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
}


class Thunderbird:
    """Somebody's Thunderbird that runs; ``read`` first, then ``reply``."""

    def __init__(self, door: Marionette, person: Person) -> None:
        self._door = door
        self._act("login", person.password)

    def read(self, letter: bytes) -> None:
        """Fetch mail and open ``letter``."""
        self._act("read", str(message_from_bytes(letter)["Message-ID"]).strip("<> \n"))

    def reply(self, written: Written) -> None:
        """Answer the open letter and send that."""
        self._act("reply", written.html, written.below, written.signature)
        (window,) = self._others()
        self._door.ask("WebDriver:SwitchToWindow", handle=window)
        self._door.type(written.text)
        self._door.ask("WebDriver:SwitchToWindow", handle=self._main)  # the other one is about to close
        self._act("send")

    def dark(self, dark: bool) -> None:
        """Show windows and letters as on a dark desktop, or a light one."""
        self._act("theme", dark)

    def shown(self) -> str:
        """Return the words of the open letter as Thunderbird shows them."""
        return str(self._act("shown")["text"])

    def picture(self, file: Path) -> None:
        """Write its main window as PNG."""
        self._door.picture(file)

    @property
    def _main(self) -> str:
        return str(self._windows()[0])

    def _others(self) -> list[str]:
        return self._windows()[1:]

    def _windows(self) -> list[str]:
        """Return the handles of the windows, the main one first."""
        known = []
        for handle in self._door.ask("WebDriver:GetWindowHandles"):
            self._door.ask("WebDriver:SwitchToWindow", handle=handle)
            kind = self._door.run("return document.documentElement.getAttribute('windowtype')")
            known.append((kind != "mail:3pane", handle))
        return [handle for _, handle in sorted(known)]

    def _act(self, name: str, *args: Any) -> Any:
        return self._door.run(f"{ACTS}\nreturn acts.{name}(...arguments);", *args)


@contextmanager
def thunderbird(folder: Path, person: Person, port: int, language: str = "en-US") -> Iterator[Thunderbird]:
    """Run Thunderbird for ``person`` with ``folder`` as its profile; it is told what to do on ``port``."""
    folder.mkdir(parents=True)
    preferences = PREFERENCES | {
        "marionette.port": port,
        "intl.locale.requested": language,
        "mail.server.server1.port": person.imap,
        "mail.server.server1.userName": person.address,
        "mail.server.server1.name": person.address,
        "mail.identity.id1.fullName": person.name,
        "mail.identity.id1.useremail": person.address,
        "mail.smtpserver.smtp1.port": person.submission,
        "mail.smtpserver.smtp1.username": person.address,
    }
    lines = [f"user_pref({json.dumps(key)}, {json.dumps(value)});\n" for key, value in preferences.items()]
    (folder / "user.js").write_text("".join(lines))
    process = _started(folder)
    try:
        door = _door(port, process, folder / "thunderbird.out")
        try:
            yield Thunderbird(door, person)
        finally:
            door.close()
    finally:
        process.kill()
        process.wait()


def _started(folder: Path) -> "subprocess.Popen[bytes]":
    (folder / "tmp").mkdir()  # two that write in one folder take each other's messages away
    env = {"HOME": str(folder), "TMPDIR": str(folder / "tmp"), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    env |= {"TZ": "Asia/Shanghai", "MOZ_HEADLESS_WIDTH": "1280", "MOZ_HEADLESS_HEIGHT": "1400"}
    words = [str(PROGRAM), "--headless", "--no-remote", "--marionette", "--remote-allow-system-access"]
    with (folder / "thunderbird.out").open("wb") as out:
        return subprocess.Popen(
            [*words, "--profile", str(folder)], env=env, stdout=out, stderr=out, start_new_session=True
        )


def _door(port: int, process: "subprocess.Popen[bytes]", log: Path) -> Marionette:
    end = time.monotonic() + STARTS_WITHIN_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            return Marionette(port)
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise MarionetteError(f"Thunderbird did not start:\n{log.read_text(errors='replace')[-3000:]}")
