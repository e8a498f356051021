"""The gate: how many connections and messages one machine may bring, so that none shuts the door to the others."""

import time
from collections import Counter, deque
from collections.abc import Callable

#: Machines whose messages are counted at once; beyond that the one that was silent longest is forgotten.
MOST_HOSTS = 10_000
MINUTE = 60.0


class Gate:
    """Counts who is connected, and what each machine brought within the last minute."""

    def __init__(
        self, most: int, most_per_host: int, messages_per_minute: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._most_per_host, self._per_minute, self._now = most, most_per_host, messages_per_minute, clock
        self._here: Counter[str] = Counter()
        self._brought: dict[str, deque[float]] = {}

    def enter(self, host: str) -> bool:
        """Let a connection in, or return False."""
        if self._here.total() >= self._most or self._here[host] >= self._most_per_host:
            return False
        self._here[host] += 1
        return True

    def count(self) -> int:
        """Return how many connections are open."""
        return self._here.total()

    def leave(self, host: str) -> None:
        """Note that a connection that was let in has ended."""
        self._here[host] -= 1
        if self._here[host] <= 0:
            del self._here[host]

    def message(self, host: str) -> bool:
        """Count a message that ``host`` begins, or return False where it has brought enough for this minute."""
        brought, now = self._brought.pop(host, deque()), self._now()
        self._brought[host] = brought  # the newest comes last
        while brought and brought[0] <= now - MINUTE:
            brought.popleft()
        if len(self._brought) > MOST_HOSTS:
            self._brought.pop(next(iter(self._brought)))
        if len(brought) >= self._per_minute:
            return False
        brought.append(now)
        return True
