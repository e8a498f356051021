"""A clock that stands still until it is told to go on."""

import datetime as dt

#: Monday 23 November 2026, 9:00 in Beijing: a working day inside the policy's window.
START = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)


class Clock:
    """``clock()`` or ``clock.now`` is the time; ``tick`` moves it on and returns it."""

    def __init__(self, now: dt.datetime = START) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def tick(self, seconds: float = 1, **more: float) -> dt.datetime:
        """Move on by ``seconds`` and by what ``timedelta`` takes (``days``, ``hours`` ...)."""
        self.now += dt.timedelta(seconds=seconds, **more)
        return self.now
