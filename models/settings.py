"""Every setting, here and nowhere else. Each comes from ``LIANDONG_<NAME>`` or has an embedded default."""

import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import platformdirs
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.operators import read_operators
from policies import ROOT as POLICIES


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
    #: Where replies come in, and in which protocol a mail server hands them over.
    receiver_port: int = 8426
    receiver_protocol: str = Field(default="smtp", pattern="^(smtp|lmtp)$")
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
