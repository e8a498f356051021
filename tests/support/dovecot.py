"""A Dovecot of one's own for a test: started here on 127.0.0.1, ended here, its mail in a temporary folder.

``with DovecotServer() as server`` gives ports for TLS and for STARTTLS, a certificate to trust, and mailboxes for
whatever user name logs in with ``PASSWORD``; ``capability`` is all that it says it can. The binary is the machine's:
install Debian's `dovecot-imapd`.
"""

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from imapclient import IMAPClient

from tests.support.postgres import free_ports

PASSWORD = "a-password-of-the-tests"
STARTS_WITHIN_SECONDS = 20


class DovecotMissing(Exception):
    """This machine has no Dovecot: install Debian's `dovecot-imapd`."""


class DovecotServer:
    """One server; ``stop`` and ``start`` keep its mail."""

    def __init__(self, capability: str = "") -> None:
        self._capability = f"imap_capability = {capability}" if capability else ""
        found = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
        if found is None:
            raise DovecotMissing(DovecotMissing.__doc__)
        self._binary = found
        self.folder = Path(tempfile.mkdtemp(prefix="liandong-dovecot-"))
        self.folder.chmod(0o755)  # its login process is another account where the tests run as root
        self.port, self.tls_port = free_ports(2)
        self.certificate = self.folder / "certificate.pem"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it greets."""
        with (self.folder / "out.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._binary, "-F", "-c", self.folder / "dovecot.conf"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until = time.monotonic() + STARTS_WITHIN_SECONDS
        while time.monotonic() < until:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as one:
                    if one.recv(10).startswith(b"* OK"):
                        return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"Dovecot did not start: {(self.folder / 'dovecot.log').read_text()[-2000:]}")

    def stop(self) -> None:
        """End the server, and with it every session."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def __enter__(self) -> Self:
        _make_certificate(self.certificate, self.folder / "key.pem")
        (self.folder / "dovecot.conf").write_text(self._configuration())
        try:
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def client(self, user: str) -> IMAPClient:
        """Return a session of ``user``, as another mail program has one."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=20)
        client.login(user, PASSWORD)
        return client

    def deliver(self, user: str, *messages: bytes) -> None:
        """Put messages into the inbox of ``user``."""
        with self.client(user) as client:
            for message in messages:
                client.append("INBOX", message)

    def count(self, user: str, folder: str) -> int:
        """Return how many messages ``folder`` of ``user`` has; none where there is no such folder."""
        with self.client(user) as client:
            return int(client.folder_status(folder, ["MESSAGES"])[b"MESSAGES"]) if client.folder_exists(folder) else 0

    def _configuration(self) -> str:
        here, root = self.folder, os.geteuid() == 0
        account = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
        mail = here / "mail"
        mail.mkdir()
        os.chown(mail, account.pw_uid, account.pw_gid)
        ours = "" if root else f"default_internal_user = {account.pw_name}\ndefault_login_user = {account.pw_name}\n"
        return f"""
base_dir = {here}/run
state_dir = {here}/state
log_path = {here}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{self.certificate}
ssl_key = <{here}/key.pem
disable_plaintext_auth = no
mail_location = maildir:{mail}/%u
mail_max_userip_connections = 100
first_valid_uid = 1
{self._capability}
{ours}
default_internal_group = {"dovecot" if root else _group(account.pw_gid)}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={account.pw_uid} gid={account.pw_gid} home={mail}/%u
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = {self.tls_port}
    ssl = yes
  }}
}}
"""


def _group(gid: int) -> str:
    return grp.getgrgid(gid).gr_name


def _make_certificate(certificate: Path, key: Path) -> None:
    """Make a certificate for 127.0.0.1 that signs itself."""
    made = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate]
    subprocess.run([*made.split(), *names], check=True, capture_output=True)
