"""One session with an IMAP server, for a thread of its own: look, wait, fetch, put away.

Source: RFC 3501, and for IDLE 2177, MOVE 6851, UID EXPUNGE 4315.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

from imapclient import IMAPClient, SocketTimeout

from approvals.post.too_large import MAX_HEAD
from models.settings import Settings

#: Seconds to connect, and to answer.
CONNECT, ANSWER = 15.0, 60.0
#: How often a wait looks whether it is to end.
TICK = 0.5


class Session:
    """Logged in, with the folder open; leaving logs out."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = _connected(settings)
        self.uid_validity = 0

    def __enter__(self) -> Self:
        """Log in and open the folder."""
        client, settings = self._client, self._settings
        try:
            client.login(settings.imap_user, settings.imap_secret)
            for folder in (settings.imap_done_folder, settings.imap_other_folder):
                if not client.folder_exists(folder):
                    client.create_folder(folder)
            self.uid_validity = int(client.select_folder(settings.imap_folder)[b"UIDVALIDITY"])
        except BaseException:
            _hang_up(client)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Log out; after trouble only hang up."""
        if error is not None:
            _hang_up(self._client)
            return
        try:
            self._client.logout()
        except Exception:  # the server has gone already
            _hang_up(self._client)

    @property
    def waits(self) -> bool:
        """True where the server tells of new mail by itself."""
        return bool(self._client.has_capability("IDLE"))

    def new(self, after: int) -> list[tuple[int, int]]:
        """Return UID and size of the messages with a UID above ``after``, the oldest first."""
        uids = [uid for uid in self._client.search(["UID", f"{after + 1}:*", "UNDELETED"]) if uid > after]
        found: list[tuple[int, int]] = []
        for start in range(0, len(uids), 500):
            sizes = self._client.fetch(uids[start : start + 500], ["RFC822.SIZE"])
            found += [(uid, int(said[b"RFC822.SIZE"])) for uid, said in sizes.items() if b"RFC822.SIZE" in said]
        return sorted(found)

    def raw(self, uid: int) -> bytes | None:
        """Return a message as it came, and leave it unseen; None where it has gone."""
        found = self._client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {})
        body = found.get(b"BODY[]")
        return None if body is None else bytes(body)

    def head(self, uid: int) -> bytes | None:
        """Return the headers of a message, or as much of them as is looked at; None where it has gone."""
        found = self._client.fetch([uid], [f"BODY.PEEK[HEADER]<0.{MAX_HEAD}>"]).get(uid, {})
        head = found.get(b"BODY[HEADER]<0>")
        return None if head is None else bytes(head)

    def put_away(self, uid: int, folder: str, *, seen: bool = True) -> None:
        """Move a message, marked as seen unless a person is to see it; without MOVE, copy it and remove it."""
        client = self._client
        if seen:
            client.add_flags([uid], [b"\\Seen"], silent=True)
        if client.has_capability("MOVE"):
            client.move([uid], folder)
            return
        client.copy([uid], folder)
        client.add_flags([uid], [b"\\Deleted"], silent=True)
        if client.has_capability("UIDPLUS"):
            client.uid_expunge([uid])
        else:  # this removes every message that is marked so, and we alone mark here
            client.expunge()

    def unread(self, folder: str) -> int:
        """Return how many messages of a folder nobody has seen."""
        return int(self._client.folder_status(folder, ["UNSEEN"])[b"UNSEEN"])

    def wait(self, seconds: float, is_over: Callable[[], bool]) -> None:
        """Return when there is news, after ``seconds``, or when ``is_over`` says so; the server tells (IDLE)."""
        self._client.idle()
        try:
            for _ in _ticks(seconds, is_over):
                began = time.monotonic()
                said = self._client.idle_check(timeout=TICK)
                # A connection that was closed says nothing, and at once: then the next command finds out.
                if any(_is_news(one) for one in said) or (not said and time.monotonic() - began < TICK / 2):
                    return
        finally:
            self._client.idle_done()

    def look_after(self, seconds: float, is_over: Callable[[], bool]) -> None:
        """Return after ``seconds``, or when ``is_over`` says so, and have the server say what is new."""
        for _ in _ticks(seconds, is_over):
            time.sleep(TICK)
        self._client.noop()


def _ticks(seconds: float, is_over: Callable[[], bool]) -> Iterator[None]:
    for _ in range(max(1, int(seconds / TICK))):
        if is_over():
            return
        yield


def _is_news(said: Any) -> bool:
    """Tell whether an untagged answer speaks of mail; the server's last word is trouble (RFC 3501, 7.1.5)."""
    if isinstance(said, tuple) and said and said[0] == b"BYE":
        raise ConnectionError("the server said good-bye")
    return isinstance(said, tuple) and len(said) > 1 and said[1] in (b"EXISTS", b"RECENT")


def context_of(settings: Settings) -> ssl.SSLContext:
    """Return what the server must prove: by the machine's authorities, or by those of the setting."""
    return ssl.create_default_context(cafile=settings.imap_ca_file or None)


def _connected(settings: Settings) -> IMAPClient:
    tls = settings.imap_security == "tls"
    context = context_of(settings) if settings.imap_security != "none" else None
    client = IMAPClient(
        settings.imap_host,
        settings.imap_port,
        ssl=tls,
        ssl_context=context if tls else None,
        timeout=SocketTimeout(connect=CONNECT, read=ANSWER),
    )
    try:
        client.socket().setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if settings.imap_security == "starttls":
            client.starttls(context)
    except BaseException:
        _hang_up(client)
        raise
    return client


def _hang_up(client: IMAPClient) -> None:
    try:
        client.shutdown()
    except Exception:  # it hung up before
        return


def check(settings: Settings) -> tuple[str, int]:
    """Log in, open the folder and log out: what the server can do, and how many other messages nobody has read."""
    with Session(settings) as session:
        return "IDLE" if session.waits else "no IDLE", session.unread(settings.imap_other_folder)
