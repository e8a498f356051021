"""Debian's Roundcube, the web mail of many a university, on PHP's own server; used through Chromium.

Debian's configuration (``/etc/roundcube``) is not touched: it is told to read a folder of ours instead.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

from playwright.async_api import Page, expect

from tests.support.mail_programs.written import Written
from tests.support.mail_servers.clients import Person
from tests.support.mail_servers.program import Program

PAGES = Path("/var/lib/roundcube/public_html")
#: Debian's packages; with php-cgi named, PHP brings no Apache.
PACKAGES = ("php-cgi", "php-cli", "php-sqlite3", "roundcube-core", "roundcube-sqlite3")
CONFIGURATION = """<?php
$config = [
    'db_dsnw' => 'sqlite:///{folder}/roundcube.db?mode=0600',
    'imap_host' => '127.0.0.1:{imap}',
    'smtp_host' => '127.0.0.1:{submission}',
    'smtp_user' => '%u',
    'smtp_pass' => '%p',
    'des_key' => 'of-this-test-only-1234567',
    'log_dir' => '{folder}/logs',
    'temp_dir' => '{folder}/temp',
    'language' => 'zh_CN',
    'timezone' => 'Asia/Shanghai',
    'skin' => 'elastic',
    'plugins' => [],
    'enable_spellcheck' => false,
    'htmleditor' => {html},
    'reply_mode' => {mode},
];
"""


class Roundcube:
    """The web mail of whoever logs in."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder, self.address = folder, f"http://127.0.0.1:{port}/"

    def habits(self, person: Person, written: Written) -> None:
        """Set how whoever has no preferences of their own writes: in HTML or not, above what is quoted or below it."""
        text = CONFIGURATION.format(
            folder=self._folder,
            imap=person.imap,
            submission=person.submission,
            html=int(written.html),
            mode=int(not written.below),
        )
        (self._folder / "config.inc.php").write_text(text, "utf-8")

    async def log_in(self, page: Page, person: Person) -> None:
        """Log in on ``page``."""
        await page.goto(self.address)
        await page.locator("#rcmloginuser").fill(person.address)
        await page.locator("#rcmloginpwd").fill(person.password)
        await page.locator("#rcmloginsubmit").click()
        await expect(page.locator("#messagelist")).to_be_visible()

    async def read(self, page: Page, letter: bytes) -> None:
        """Open ``letter`` from the list."""
        await page.goto(f"{self.address}?_task=mail&_mbox=INBOX")
        subject = str(message_from_bytes(letter, policy=policy.default)["Subject"])
        await page.locator("#messagelist tbody tr").filter(has_text=subject).first.dblclick()
        await expect(page.locator("#messagebody")).to_be_visible()

    async def reply(self, page: Page, written: Written) -> None:
        """Answer the open letter, typing where Roundcube puts the caret or at the end, and send that."""
        await page.locator("#toolbar-menu a.reply, #messagemenu a.reply").first.click()
        await expect(page.locator("#composebody")).to_be_attached()
        where = "composebody_ifr" if written.html else "composebody"
        await page.wait_for_function("id => document.activeElement?.id == id", arg=where)
        await page.wait_for_load_state("networkidle")  # only then is the caret where it stays
        if written.below:
            await page.keyboard.press("Control+End")
        first, *rest = written.text.split("\n")
        await page.keyboard.insert_text(first)
        for line in rest:
            await page.keyboard.press("Enter")
            await page.keyboard.insert_text(line)
        await page.locator("a.send, button.send").first.click()
        await expect(page.locator("#messagebody, #messagelist").first).to_be_visible(timeout=15_000)


@contextmanager
def roundcube(folder: Path, port: int) -> Iterator[Roundcube]:
    """Serve Roundcube on ``port`` with its database and files in ``folder``; ``habits`` come before anybody logs in."""
    for name in ("logs", "temp"):
        (folder / name).mkdir(parents=True)
    (folder / "defaults.inc.php").symlink_to("/etc/roundcube/defaults.inc.php")
    (folder / "mimetypes.php").symlink_to("/etc/roundcube/mimetypes.php")
    words = ["/usr/bin/env", f"ROUNDCUBE_CONFIG_DIR={folder}", f"TMPDIR={folder / 'temp'}", "/usr/bin/php"]
    words += ["-d", "opcache.revalidate_freq=0"]  # habits change from one request to the next
    served = Program("roundcube", [*words, "-S", f"127.0.0.1:{port}", "-t", str(PAGES)], folder, [port])
    try:
        yield Roundcube(folder, port)
    finally:
        served.stop()
