"""A request that met a locked database is sent again soon."""

import httpx
import pytest

from flows import api


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The statuses that Prefect will answer with, the first first; then 200 for ever."""
    monkeypatch.setattr(api, "PAUSES", (0.0, 0.0, 0.0))
    return []


async def ask(answers: list[int]) -> tuple[int, int]:
    """Return the status that the asker sees and how many requests it took."""
    requests = 0

    def answer(_: httpx.Request) -> httpx.Response:
        nonlocal requests
        requests += 1
        return httpx.Response(answers.pop(0) if answers else 200)

    async with httpx.AsyncClient(transport=api.Persistent(httpx.MockTransport(answer))) as client:
        return (await client.get("http://prefect.example")).status_code, requests


async def test_a_503_is_not_seen_by_who_asked(answers: list[int]) -> None:
    answers += [503, 503]
    assert await ask(answers) == (200, 3)


async def test_after_the_last_pause_a_503_is_handed_on(answers: list[int]) -> None:
    answers += [503] * 9
    assert await ask(answers) == (503, 4)


@pytest.mark.parametrize("status", [404, 409, 500])
async def test_any_other_answer_is_final(answers: list[int], status: int) -> None:
    answers += [status]
    assert await ask(answers) == (status, 1)
