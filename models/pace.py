"""How fast letters go to one recipient domain: a token bucket each, and a pause where a server asks for less. Pure.

Times are seconds of any clock that never runs backwards. In each process by itself: two senders send twice as much.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

#: What may go at once: the letters of so many seconds.
BURST_SECONDS = 10.0
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0
#: Domains that are remembered; beyond these, those that have nothing to wait for are forgotten.
MOST_DOMAINS = 10_000
_RATE = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,3})?")
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*")


@dataclass(frozen=True)
class Rates:
    """Letters a minute: to each domain, and to those that have a rate of their own; None is as many as there are."""

    everywhere: float | None = None
    own: Mapping[str, float] = field(default_factory=dict)

    def of(self, domain: str) -> float | None:
        """Return the letters a minute that ``domain`` gets."""
        return self.own.get(domain, self.everywhere)


def read_rates(text: str) -> Rates:
    """Return what ``60, qq.com=30`` says.

    Raises:
        ValueError: it says nothing that can be understood, or a rate of nothing.

    """
    everywhere, own = None, {}
    for part in (part.strip() for part in text.split(",") if part.strip()):
        domain, is_one, rate = (word.strip() for word in part.rpartition("="))
        if not _RATE.fullmatch(rate) or float(rate) == 0 or (is_one and not _DOMAIN.fullmatch(domain.lower())):
            raise ValueError(f"{part!r} is neither letters a minute nor domain=letters a minute, e.g. 60, qq.com=30")
        if is_one:
            own[domain.lower()] = float(rate)
        else:
            everywhere = float(rate)
    return Rates(everywhere, own)


def domain_of(address: str) -> str:
    """Return the part of an address behind its last @, in small letters."""
    return address.rpartition("@")[2].lower()


@dataclass
class _Bucket:
    tokens: float
    at: float
    #: Until when the domain is left alone, and how long the last such time was.
    until: float = 0.0
    pause: float = 0.0
    #: The last time that was given to a letter that has to wait.
    last: float = 0.0


class Pace:
    """Who may go now; one for each process."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._buckets: dict[str, _Bucket] = {}

    def wait(self, domain: str, now: float) -> float:
        """Return 0 and count the letter where it may go now, else for how many seconds it has to wait.

        Letters that wait are given times one after the other, so that they do not all come back at once.
        """
        rate = self._rates.of(domain)
        bucket = self._buckets.get(domain)
        if bucket is None:
            if rate is None:
                return 0.0
            bucket = self._bucket(domain, now)
        each = 60 / rate if rate else 0.0
        if now >= bucket.until and self._take(bucket, rate, now):
            return 0.0
        bucket.last = max(bucket.last, bucket.until, now) + each
        return max(bucket.last - now, 0.05)

    def slow_down(self, domain: str, now: float) -> None:
        """Leave ``domain`` alone for a while: 2, 4, 8 ... seconds, at most five minutes."""
        bucket = self._buckets.get(domain) or self._bucket(domain, now)
        if now >= bucket.until:  # what was on its way when the server asked for less says nothing new
            bucket.pause = min(max(bucket.pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
            bucket.until = now + bucket.pause

    def went_well(self, domain: str) -> None:
        """Note that ``domain`` took a letter."""
        if bucket := self._buckets.get(domain):
            bucket.pause = 0.0

    def _bucket(self, domain: str, now: float) -> _Bucket:
        if len(self._buckets) >= MOST_DOMAINS:
            self._buckets = {name: one for name, one in self._buckets.items() if max(one.until, one.last) > now}
        made = self._buckets[domain] = _Bucket(_full(self._rates.of(domain)), now)
        return made

    @staticmethod
    def _take(bucket: _Bucket, rate: float | None, now: float) -> bool:
        if rate is None:
            return True
        bucket.tokens = min(_full(rate), bucket.tokens + (now - bucket.at) * rate / 60)
        bucket.at = now
        if bucket.tokens < 1 - 1e-6:  # a letter that comes back at its time finds its token, whatever was rounded
            return False
        bucket.tokens -= 1
        return True


def _full(rate: float | None) -> float:
    return max(1.0, (rate or 0.0) * BURST_SECONDS / 60)
