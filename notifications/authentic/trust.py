"""Trust: whose word counts about who sent a message.

By default nobody's but that of the senders' own keys.
"""

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from models.settings import Settings
from notifications.authentic.practice_key import PRACTICE_NAME, practice_record


@dataclass(frozen=True)
class Trust:
    """Whom we believe."""

    #: The name under which our own mail server writes Authentication-Results; empty: none is believed.
    authserv_id: str = ""
    #: Further names under which our own servers write Received.
    own_hosts: tuple[str, ...] = ()
    #: True: the header must stand above every Received, also our own.
    on_top: bool = False
    #: Domains of forwarders whose ARC seal is believed.
    sealers: tuple[str, ...] = ()
    #: A file of keys that is asked before DNS.
    key_file: Path | None = None
    #: Keys that count whatever the file says: those of the practice mailbox.
    keys: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return whom an installation believes."""
        record = practice_record(settings.home) if settings.practice_mailbox else None
        return cls(
            authserv_id=settings.authserv_id.strip().lower() if only_our_servers(settings) else "",
            own_hosts=_listed(settings.authserv_hosts),
            on_top=settings.authserv_on_top,
            sealers=_listed(settings.arc_sealers),
            key_file=settings.dkim_keys or settings.home / "dkim-keys.txt",
            keys=((PRACTICE_NAME, record),) if record else (),
        )


def only_our_servers(settings: Settings) -> bool:
    """Tell whether nobody but our own mail servers can hand mail to the receiver.

    Whoever else can reaches it past the server that removes forged headers (RFC 8601, section 5).
    """
    return bool(settings.receiver_peers.strip()) or _is_loopback(settings.receiver_host)


def is_peer(settings: Settings, address: str) -> bool:
    """Tell whether a connection from ``address`` may hand mail to the receiver."""
    listed = _listed(settings.receiver_peers)
    return not listed or address.lower() in listed


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (one.strip().lower() for one in text.split(","))))
