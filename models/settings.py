"""Every setting, here and nowhere else. Each comes from ``LIANDONG_<NAME>`` or has an embedded default."""

import datetime as dt
import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import platformdirs
from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.files.file_limits import FileLimits
from models.operators import read_operators
from models.pace import read_rates
from policies import ROOT as POLICIES

#: Hosts that a connection reaches without leaving this machine.
THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


class Settings(BaseSettings):
    """Read from the environment when made; nothing listens beyond 127.0.0.1 by default."""

    model_config = SettingsConfigDict(env_prefix="LIANDONG_", frozen=True)

    #: The data folder: database, secrets, practice mail, logs.
    home: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("liandong")))
    #: ``sqlite:////path/to/file`` or ``postgresql://user@host/name``; empty: SQLite in the data folder.
    database_url: str = ""
    #: The folder that has a folder for each policy.
    policies: Path = POLICIES
    #: The policy of applications that name none; empty: the only one there is.
    policy: str = ""

    #: Where everything on this machine meets; the practice mailbox and Prefect never listen elsewhere.
    host: ClassVar[str] = "127.0.0.1"
    #: Where portal and receiver listen; beyond 127.0.0.1 only behind a web server and a mail server.
    portal_host: str = "127.0.0.1"
    receiver_host: str = "127.0.0.1"
    portal_port: int = 8460
    #: What links in letters start with; empty: the portal's own address.
    public_url: str = ""

    #: Where letters are handed over (SMTP). By default the practice mailbox.
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 8425
    #: Kept-open connections of the sender.
    smtp_connections: int = Field(default=2, ge=1, le=50)
    smtp_timeout_seconds: float = 20.0
    #: Tries before a letter that meets 4xx answers is given up and flagged: 100 are about two days.
    smtp_tries: int = Field(default=100, ge=1)

    # The sender through a real mail server.
    #: How the connection is protected: ``tls`` from the first byte (port 465), ``starttls`` (port 587) or ``none``.
    #: Empty: ``none`` on this machine; elsewhere ``tls`` on port 465 and ``starttls`` on every other.
    smtp_security: str = Field(default="", pattern="^(|tls|starttls|none)$")
    #: PEM file of the authorities that vouch for the server's certificate; empty: those that the system trusts.
    smtp_ca_file: str = ""
    #: How we log in: ``plain``, ``login``, ``xoauth2``; ``auto``: ``plain``, or ``login`` where only that is offered.
    smtp_auth: str = Field(default="auto", pattern="^(auto|plain|login|xoauth2)$")
    #: Whom we log in as; empty: nobody. Never over an unencrypted connection.
    smtp_user: str = ""
    #: Password or OAuth token; the file is read anew at every login, so that a token can be renewed in it.
    smtp_password: SecretStr = SecretStr("")
    smtp_password_file: str = ""
    #: Letters a minute to one recipient domain: ``60``, or ``60, qq.com=30, 163.com=20``; empty: as many as there are.
    smtp_domain_rate: str = ""
    #: The key that signs our letters (DKIM), PEM; empty: ``dkim.key`` in the data folder, if it is there.
    dkim_key_file: str = ""
    #: Under which name its public half is published: ``<selector>._domainkey.<mail_domain>``.
    dkim_selector: str = Field(default="liandong", pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$")
    #: How many senders `liandong up` runs. They share the outbox; each keeps the rate of a domain by itself.
    senders: int = Field(default=1, ge=1, le=16)

    # Figures for Prometheus
    #: Where each part shows its figures (``/metrics``), on a port of its own; port 0: nowhere. Of several senders the
    #: next one shows them on the next port.
    metrics_host: str = "127.0.0.1"
    sender_metrics_port: int = Field(default=0, ge=0, le=65535)
    receiver_metrics_port: int = Field(default=0, ge=0, le=65535)
    imap_metrics_port: int = Field(default=0, ge=0, le=65535)
    worker_metrics_port: int = Field(default=0, ge=0, le=65535)

    #: Where replies come in, and in which protocol a mail server hands them over.
    receiver_port: int = 8426
    receiver_protocol: str = Field(default="smtp", pattern="^(smtp|lmtp)$")

    # Letters
    #: The largest dossier (PDF, bytes) that a letter carries; a larger one is on the page of its link. 0: none is set.
    dossier_bytes: int = Field(default=2 * 1024 * 1024, ge=0)
    #: When officers who want one letter a morning get it, on working days: ``HH:MM`` Beijing time.
    digest_at: dt.time = dt.time(8, 30)
    #: What the receiver takes: bytes of a message (announced, RFC 1870), and from one machine how many connections
    #: at once and how many messages in a minute. A mail server in front of it counts as one machine.
    mail_max_bytes: int = Field(default=25_000_000, ge=10_000)
    receiver_connections: int = Field(default=100, ge=1)
    receiver_connections_per_host: int = Field(default=20, ge=1)
    receiver_messages_per_minute: int = Field(default=600, ge=1)
    #: Messages to one reply address in an hour, and to the address of one notice: more are asked to come later.
    mail_per_hour: int = Field(default=30, ge=1)
    objections_per_hour: int = Field(default=500, ge=1)
    #: What is kept of the files of one reply: how many, bytes of one and of all, and what names may end with.
    attachment_count: int = Field(default=10, ge=0, le=100)
    attachment_max_bytes: int = Field(default=10_000_000, ge=1)
    attachment_total_bytes: int = Field(default=20_000_000, ge=1)
    attachment_endings: str = "pdf ofd doc docx xls xlsx ppt pptx wps et dps txt csv rtf jpg jpeg png tif tiff zip"

    #: A mailbox that is read by IMAP instead of, or beside, the receiver: its server; empty: there is none.
    imap_host: str = ""
    imap_port: int = 993
    #: ``tls`` (from the first byte), ``starttls``, or ``none``, which is taken for 127.0.0.1 only.
    imap_security: str = Field(default="tls", pattern="^(tls|starttls|none)$")
    imap_user: str = ""
    #: The password, or the file that has it on its first line.
    imap_password: SecretStr = SecretStr("")
    imap_password_file: str = ""
    #: Certificates to trust besides those of the machine, for a server with an authority of its own.
    imap_ca_file: str = ""
    #: The folder that mail comes into, where messages go that were stored, and where those that are not for us go.
    imap_folder: str = "INBOX"
    imap_done_folder: str = "liandong-done"
    imap_other_folder: str = "liandong-other"
    #: IDLE is begun anew after so long (RFC 2177: at most 29 minutes); without IDLE one looks as often as this says.
    imap_idle_seconds: float = Field(default=120.0, gt=0, le=600)
    imap_poll_seconds: float = Field(default=15.0, gt=0)

    #: The domain of our reply addresses: ``reply+<token>@<mail_domain>``.
    mail_domain: str = "liandong.example"
    #: Who gets what nobody else can answer: stuck letters, late stages, units without an officer.
    operator_email: str = "operator@liandong.example"
    #: Everybody who runs the chain: ``name <address>, ...``; whoever has ``operator_email`` is one of them anyway.
    operators: str = ""
    #: A unit without an officer: ``operator`` (its task waits) or ``parent`` (the unit above is asked in its
    #: place); the operator is told either way.
    no_officer: str = Field(default="operator", pattern="^(operator|parent)$")
    #: Whether `liandong up` starts the practice mailbox; say false once letters go to a real server.
    practice_mailbox: bool = True
    #: Where the practice mailbox shows its letters.
    mailbox_port: int = 8461

    # Who may decide by reply (docs/adr/0023).
    #: False: whoever knows a reply address and writes the right From decides. For tests of other things only.
    replies_must_be_authentic: bool = True
    #: The name under which our own mail server writes Authentication-Results; empty: nobody's are believed. It must
    #: remove such headers of the same name from what comes in (RFC 8601, section 5).
    authserv_id: str = ""
    #: Further names under which our own mail servers write Received, with commas.
    authserv_hosts: str = ""
    #: True: Authentication-Results counts only above every Received, also that of our own server.
    authserv_on_top: bool = False
    #: The addresses whose mail the receiver takes, with commas; empty: everybody's who reaches it.
    receiver_peers: str = ""
    #: Forwarders whose ARC seal is believed, as domains with commas.
    arc_sealers: str = ""
    #: The name server for keys, ``address`` or ``address:port``; ``none``: none is asked; empty: the machine's own.
    dns_server: str = ""
    #: Keys that are known without DNS: ``selector._domainkey.domain  v=DKIM1; p=...`` a line; empty:
    #: ``dkim-keys.txt`` in the data folder.
    dkim_keys: Path | None = None
    #: Hours for which a message waits where its keys cannot be looked up, before a person sees to it.
    unproven_hours: float = Field(default=24.0, ge=0)

    prefect_port: int = 8462
    #: Prefect's API; empty: the server that `liandong up` starts.
    prefect_api_url: str = ""
    #: Prefect's own database (``postgresql+asyncpg://...``); empty: SQLite in the data folder.
    prefect_database_url: str = ""
    #: ``liandong`` (in-process worker) or ``process`` (Prefect's stock worker).
    work_pool_type: str = Field(default="liandong", pattern="^(liandong|process)$")
    passes_at_once: int = Field(default=2, ge=1, le=64)
    sweep_seconds: float = Field(default=60.0, gt=0)
    #: A pass takes about a second and at most a minute: a run in mid-pass for longer is put back.
    stuck_seconds: float = Field(default=90.0, gt=0)

    #: UDP ports that tell sender and worker "look now"; they look by themselves as well.
    sender_bell: int = 8463
    worker_bell: int = 8464
    look_every_seconds: float = Field(default=1.0, gt=0)

    @field_validator("operators")
    @classmethod
    def _operators_can_be_read(cls, value: str) -> str:
        read_operators(value, "nobody@liandong.invalid")
        return value

    @field_validator("smtp_user")
    @classmethod
    def _login_is_encrypted(cls, value: str, info: ValidationInfo) -> str:
        if value and _protection(info.data) == "none":
            raise ValueError("a password never goes over an unencrypted connection: set LIANDONG_SMTP_SECURITY")
        return value

    @field_validator("smtp_domain_rate")
    @classmethod
    def _rates_can_be_read(cls, value: str) -> str:
        read_rates(value)
        return value

    @property
    def smtp_protection(self) -> str:
        """How the connection to the SMTP server is protected: ``tls``, ``starttls`` or ``none``."""
        return _protection(self.model_dump(include={"smtp_host", "smtp_port", "smtp_security"}))

    @property
    def smtp_secret(self) -> str:
        """The password or token, read now.

        Raises:
            OSError: its file cannot be read.

        """
        if self.smtp_password_file:
            return Path(self.smtp_password_file).read_text(encoding="utf-8").strip()
        return self.smtp_password.get_secret_value()

    @property
    def dkim_key(self) -> Path:
        """Where the key that signs our letters is kept, whether or not it is there."""
        return Path(self.dkim_key_file) if self.dkim_key_file else self.home / "dkim.key"

    @property
    def imap_secret(self) -> str:
        """The password of the IMAP mailbox, from its setting or its file."""
        if not self.imap_password_file:
            return self.imap_password.get_secret_value()
        with Path(self.imap_password_file).open(encoding="utf-8") as file:
            return file.readline().rstrip("\r\n")

    @property
    def file_limits(self) -> FileLimits:
        """What is kept of the files of one reply."""
        endings = frozenset(self.attachment_endings.lower().replace(",", " ").replace(".", "").split())
        return FileLimits(self.attachment_count, self.attachment_max_bytes, self.attachment_total_bytes, endings)

    @field_validator("imap_security")
    @classmethod
    def _no_password_in_the_clear(cls, value: str, info: ValidationInfo) -> str:
        if value == "none" and info.data.get("imap_host") not in ("", "127.0.0.1"):
            raise ValueError("none is taken where LIANDONG_IMAP_HOST is 127.0.0.1 only; use tls or starttls")
        return value

    @property
    def database(self) -> str:
        """The database's URL, with the default filled in."""
        return self.database_url or f"sqlite:///{self.home / 'liandong.db'}"

    @property
    def portal_here(self) -> str:
        """The portal's own address, as this machine reaches it."""
        host = self.host if self.portal_host in ("0.0.0.0", "::") else self.portal_host  # noqa: S104  # no listening here
        return f"http://{host}:{self.portal_port}"

    @property
    def portal_url(self) -> str:
        """What links in letters start with, without a slash at the end."""
        return (self.public_url or self.portal_here).rstrip("/")

    @property
    def prefect_api(self) -> str:
        """The URL of Prefect's API."""
        return self.prefect_api_url or f"http://{self.host}:{self.prefect_port}/api"

    @cached_property
    def secret_key(self) -> bytes:
        """The key of all tokens: 256 random bits, made on first use with mode 0600."""
        return _secret(self.home / "secret.key")


def _protection(said: dict[str, Any]) -> str:
    """Return how the connection is protected where the settings are ``said``; unprotected elsewhere only if said so."""
    if said.get("smtp_security"):
        return str(said["smtp_security"])
    if said.get("smtp_host") in THIS_MACHINE:
        return "none"
    return "tls" if said.get("smtp_port") == 465 else "starttls"


def _secret(path: Path) -> bytes:
    """Return the secret in ``path``, made by whoever comes first; two at once agree."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    if not path.exists():
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return bytes.fromhex(path.read_text().strip())
