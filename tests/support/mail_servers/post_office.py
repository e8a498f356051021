"""Two organisations with real mail servers on this machine: ours, in front of Liandong, and the officials'.

::

    mutt, swaks --587--> theirs: Postfix, OpenDKIM signs --25--> ours: Postfix, OpenDKIM verifies --LMTP--> receiver
    mailboxes in Dovecot <--LMTP-- theirs: Postfix <--25-- ours: Postfix <--587, TLS, login-- sender

Ours are configured by the files of ``deploy/mail``, word for word but for ports, paths and accounts.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import imapclient

from models.settings import Settings
from notifications.sending.signing import Signer, make_key
from tests.support.certificates import Authority
from tests.support.mail_servers.clients import Person
from tests.support.mail_servers.dovecot import dovecot
from tests.support.mail_servers.names import name_server
from tests.support.mail_servers.opendkim import opendkim
from tests.support.mail_servers.postfix import postfix, reconfigured, settings_in
from tests.support.mail_servers.program import MailServersMissing, Program, give, missing, running_in
from tests.support.postgres import free_ports

OURS = Path(__file__).parents[3] / "deploy" / "mail"
THEIRS = Path(__file__).parent / "officials"
#: Where connections come from: other hosts have other addresses, as in the world.
OUR_HOST, THEIR_HOST, STRANGER = "127.0.0.10", "127.0.0.20", "127.0.0.66"
PASSWORD = "correct-horse"
NAMES = "mx submission lmtp milter auth imaps store"


class PostOffice:
    """The servers of both, and what their people see in their mailboxes."""

    def __init__(self, folder: Path, people: dict[str, str]) -> None:
        """``people``: address -> name of everybody who has a mailbox with the officials."""
        self.folder = folder
        ports = free_ports(16)
        #: Ours by service; ``lmtp`` is where the receiver listens, ``store`` where Dovecot takes mail.
        self.ours = dict(zip(NAMES.split(), ports[:7], strict=True))
        self.theirs = dict(zip(NAMES.split(), ports[7:14], strict=True))
        self._names_port = ports[14]
        self.authority = Authority(folder)
        self.authority.context("localhost")
        imap, submission = self.theirs["imaps"], self.theirs["submission"]
        self._running: list[Program] = []
        self.people = {a: Person(a, name, PASSWORD, imap, submission) for a, name in people.items()}

    @property
    def dns(self) -> str:
        """The name server that knows everybody's keys."""
        return f"127.0.0.1:{self._names_port}"

    @property
    def settings(self) -> dict[str, Any]:
        """What an installation behind these servers is set to, besides ``deploy/mail/liandong.env``."""
        (self.folder / "password").write_text(f"{PASSWORD}\n")
        return {
            "smtp_port": self.ours["submission"],
            "smtp_ca_file": str(self.authority.file),
            "smtp_password_file": str(self.folder / "password"),
            "receiver_port": self.ours["lmtp"],
        }

    @cached_property
    def their_key(self) -> Signer:
        """The key with which the officials' server signs."""
        where = Settings(home=self.folder / "zj", mail_domain="zj.example", dkim_selector="zj1")
        return make_key(where)

    @contextmanager
    def open(self, our_key: Signer) -> Iterator["PostOffice"]:
        """Run all servers; ``our_key`` is what Liandong signs with."""
        texts = {key.name: key.record for key in (our_key, self.their_key)}
        starts = (self._our_opendkim, self._their_opendkim, self._our_dovecot, self._their_dovecot)
        with ThreadPoolExecutor() as threads, name_server(texts, self._names_port) as self.names, ExitStack() as stack:
            # Whichever fails, those that started are ended, all at the same time.
            stack.callback(lambda: list(threads.map(Program.stop, self._running)))
            starting = [threads.submit(start) for start in (*starts, self._our_postfix, self._their_postfix)]
            wait(starting)
            self._running += [one.result() for one in starting if one.exception() is None]
            for one in starting:
                one.result()
            yield self

    def into_the_mailbox(self) -> None:
        """Change our Postfix so that mail goes into the mailbox that is read by IMAP (``imap.cf``)."""
        changed = settings_in(OURS / "postfix" / "imap.cf")
        changed["relay_transport"] = changed["relay_transport"].replace("8893", str(self.ours["store"]))
        reconfigured(self.folder / "our-postfix", changed)

    def logs(self) -> str:
        """Return the last lines of every server's log, for a failed test's report."""
        files = sorted([*self.folder.glob("*/*.log"), *self.folder.glob("*/*.out")])
        return os.linesep.join(f"--- {file.parent.name}\n{file.read_text(errors='replace')[-4000:]}" for file in files)

    def letters(self, address: str) -> list[bytes]:
        """Return the letters in a mailbox of the officials, by IMAP, oldest first."""
        person = self.people[address]
        with imapclient.IMAPClient("127.0.0.1", person.imap, ssl=False, timeout=10) as box:
            box.login(person.address, person.password)
            box.select_folder("INBOX", readonly=True)
            found = box.fetch(box.search("ALL"), ["BODY.PEEK[]"])
        return [found[uid][b"BODY[]"] for uid in sorted(found)]

    def _our_postfix(self) -> Program:
        theirs = f"smtp:[127.0.0.1]:{self.theirs['mx']}"
        settings = self._of_postfix(self.ours) | {
            "relay_transport": f"lmtp:inet:127.0.0.1:{self.ours['lmtp']}",
            "transport_maps": f"inline:{{ {{ zj.example = {theirs} }}, {{ shenlan.example = {theirs} }} }}",
            "smtp_bind_address": OUR_HOST,
        }
        ports = {"25        ": self.ours["mx"], "127.0.0.1:587": self.ours["submission"]}
        return postfix(OURS / "postfix", self.folder / "our-postfix", ports=ports, settings=settings)

    def _their_postfix(self) -> Program:
        known = ", ".join(f"{{ {address} = there }}" for address in self.people)
        settings = self._of_postfix(self.theirs) | {
            "virtual_transport": f"lmtp:inet:127.0.0.1:{self.theirs['store']}",
            "virtual_mailbox_maps": f"inline:{{ {known} }}",
            "transport_maps": f"inline:{{ {{ liandong.example = smtp:[127.0.0.1]:{self.ours['mx']} }} }}",
            "smtp_bind_address": THEIR_HOST,
        }
        ports = {"25        ": self.theirs["mx"], "127.0.0.1:587": self.theirs["submission"]}
        return postfix(THEIRS, self.folder / "their-postfix", ports=ports, settings=settings)

    def _of_postfix(self, port: dict[str, int]) -> dict[str, str]:
        return {
            "smtpd_milters": f"inet:127.0.0.1:{port['milter']}",
            "smtpd_sasl_path": f"inet:127.0.0.1:{port['auth']}",
            "smtpd_tls_chain_files": str(self.folder / "localhost.pem"),
        }

    def _our_opendkim(self) -> Program:
        file = OURS / "opendkim" / "opendkim.conf"
        folder, port = self.folder / "our-opendkim", self.ours["milter"]
        return opendkim(file, folder, port=port, names=self._names_port, changes={})

    def _their_opendkim(self) -> Program:
        _ = self.their_key
        key = self.folder / "zj" / "dkim.key"
        give(key.parent, "opendkim", 0o700)
        give(key, "opendkim", 0o600)
        (self.folder / "keys").write_text(f"zj zj.example:zj1:{key}\n")
        (self.folder / "signing").write_text("*@zj.example zj\n")
        changes = {f"/etc/dkim/{name}": str(self.folder / name) for name in ("keys", "signing")}
        folder, port = self.folder / "their-opendkim", self.theirs["milter"]
        return opendkim(THEIRS / "opendkim.conf", folder, port=port, names=self._names_port, changes=changes)

    def _our_dovecot(self) -> Program:
        folder, users = self.folder / "our-dovecot", self.folder / "our.users"
        users.write_text(f"liandong:{{PLAIN}}{PASSWORD}\n")
        changes = {
            "/etc/dovecot/liandong.users": str(users),
            "/etc/dovecot/liandong.pem": str(self.folder / "localhost.pem"),
            "uid=vmail gid=vmail home=/var/vmail/liandong": f"uid=nobody gid=nogroup home={folder}/mail/liandong",
        }
        return dovecot(OURS / "dovecot" / "dovecot.conf", folder, ports=_of_dovecot(self.ours), changes=changes)

    def _their_dovecot(self) -> Program:
        folder, users = self.folder / "their-dovecot", self.folder / "their.users"
        lines = [f"{a}:{{PLAIN}}{PASSWORD}:nobody:nogroup::{folder}/mail/{a}::\n" for a in self.people]
        users.write_text("".join(lines))
        changes = {"/etc/dovecot/officials.users": str(users)}
        return dovecot(THEIRS / "dovecot.conf", folder, ports=_of_dovecot(self.theirs), changes=changes)


def _of_dovecot(port: dict[str, int]) -> dict[int, int]:
    return {993: port["imaps"], 8893: port["store"], 8892: port["auth"]}


@contextmanager
def post_office(people: dict[str, str]) -> Iterator[PostOffice]:
    """Give a post office with a folder of its own, which every account can reach, and which goes at the end.

    Raises:
        MailServersMissing: a package is not installed, or this is not root, whom Postfix's master must belong to.

    """
    if packages := missing():
        raise MailServersMissing(f"apt-get install {' '.join(packages)}")
    if os.geteuid() != 0:
        raise MailServersMissing("run as root: Postfix's master process must be root's (it drops rights itself)")
    folder = Path(tempfile.mkdtemp(prefix="liandong-mail-"))
    folder.chmod(0o755)
    try:
        yield PostOffice(folder, people)
        assert not running_in(folder), f"processes were left behind: {running_in(folder)}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
