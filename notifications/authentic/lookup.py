"""Where keys and policies of domains are looked up: a local file first, then a name server, within a time."""

import re
import time
from functools import lru_cache
from pathlib import Path

import dns.exception
import dns.resolver
import structlog

from notifications.authentic.trust import Trust

log = structlog.get_logger(__name__)

#: Seconds for one question, and for all questions about one message.
ONE, ALL = 3.0, 8.0
#: Characters of a record; a key of 16384 bits has less than 3000.
LONGEST = 4_000
_NAME = re.compile(r"(?!.{254})(?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.)+[a-z0-9-]{1,63}", re.IGNORECASE)


class Unreachable(Exception):
    """The name server gave no answer now."""


class NameServer:
    """Answers questions for TXT records; ``address`` is ``host`` or ``host:port``, empty: the machine's own."""

    def __init__(self, address: str = "", *, gives_up_after: int | None = None) -> None:
        self._address, self._gives_up_after, self._silent = address, gives_up_after, 0

    def texts(self, name: str, seconds: float) -> list[str]:
        """Return the TXT records of ``name``, none where there is none.

        Raises:
            Unreachable: there was no answer; it may be asked again later.

        """
        if self._gives_up_after is not None and self._silent >= self._gives_up_after:
            raise Unreachable("the name server did not answer before")
        try:
            answer = _resolver(self._address).resolve(
                name, "TXT", raise_on_no_answer=False, lifetime=max(0.1, min(seconds, ONE)), search=False
            )
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.Timeout, dns.resolver.NoNameservers, dns.resolver.NoResolverConfiguration) as error:
            self._silent += 1
            raise Unreachable(f"{type(error).__name__}: {name}") from error
        except dns.exception.DNSException:  # no name at all
            return []
        self._silent = 0
        return [b"".join(one.strings).decode("ascii", "replace") for one in answer.rrset or ()]


class Lookup:
    """The questions about one message."""

    def __init__(self, trust: Trust, server: NameServer | None) -> None:
        """Look up ``trust``'s own keys, then ask ``server``; None: nobody is asked, and nothing else is found."""
        self._keys = dict(trust.keys) | read_keys(trust.key_file)
        self._server, self._until = server, time.monotonic() + ALL
        #: What could not be asked; the programs that we hand a question to swallow the error.
        self.unreachable = ""

    def texts(self, name: str) -> list[str]:
        """Return the records of ``name``.

        Raises:
            Unreachable: the name server gave no answer, or the time for this message is over.

        """
        name = name.rstrip(".").lower()
        selector, _, _ = name.partition("._domainkey.")
        here = self._keys.get(name) or self._keys.get(f"{selector}._domainkey.*")
        if here is not None:
            return [here]
        if self._server is None or not _NAME.fullmatch(name):
            return []
        try:
            if (left := self._until - time.monotonic()) <= 0:
                raise Unreachable("the time for looking things up is over")
            return [text for text in self._server.texts(name, left) if len(text) <= LONGEST]
        except Unreachable as error:
            self.unreachable = str(error)
            raise


def read_keys(path: Path | None) -> dict[str, str]:
    """Return the records in a key file: a line is a name, blanks, a record; ``#`` begins a comment line.

    A file that cannot be read has no keys: what it would prove is not proven.
    """
    if path is None:
        return {}
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        log.warning("cannot read the key file", path=str(path), why=str(error))
        return {}
    pairs = (line.split(None, 1) for line in lines if line.strip() and not line.lstrip().startswith("#"))
    found = {pair[0].rstrip(".").lower(): pair[1].strip() for pair in pairs if len(pair) == 2}
    return {name: record for name, record in found.items() if not name.endswith("*")}


@lru_cache(maxsize=64)
def _resolver(address: str) -> dns.resolver.Resolver:
    if not address:
        made = dns.resolver.Resolver()
    else:
        host, _, port = address.rpartition(":") if re.fullmatch(r"[^:]+:\d+|\[.+\]:\d+", address) else (address, "", "")
        made = dns.resolver.Resolver(configure=False)
        made.nameservers, made.port = [host.strip("[]")], int(port or 53)
    made.timeout = 1.5
    return made
