"""A duty end to end: opened by the command's verb, reported by link and by reply, shown by a real Prefect."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from approvals.directory import import_officers
from approvals.duties import Opening, open_duty
from models.settings import Settings
from models.states import ApplicationState, Channel
from portal.duty_form import FIGURE
from tests.acceptance.test_the_chain import settings_for
from tests.support.browser import Browser
from tests.support.duties import policies_with_duties, two_cities
from tests.support.installation import Installation, installation, link_in, readable, until

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="module")]

HANGZHOU, NINGBO, FGW = (f"{who}@zj.example" for who in ("330100", "330200", "fgw"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    folder = tmp_path_factory.mktemp("duties")
    settings: Settings = settings_for(folder / "home", policies=policies_with_duties(folder))
    async with installation(settings) as made:
        await made.db.write(import_officers, made.office, two_cities(), datetime.now(UTC))
        yield made


async def test_a_duty_of_two_cities_ends_completed_and_shows_each_stage_once(here: Installation) -> None:
    opening = Opening(24, "scenarios", period="验收测试", places=("杭州市", "宁波市"))
    number = (await here.db.write(open_duty, here.office, opening, datetime.now(UTC))).number
    asked = await here.letter(NINGBO, number, "/d/")
    await here.reply(asked, "进行中\n正在筛选场景。")

    async def in_progress_is_shown() -> bool | None:
        standing = await here.standing(number)
        if standing.run_id is None or not standing.stages[0].tasks[1].reports:
            return None
        steps = await here.steps_of(await here.run_of(number))
        return any("正在筛选场景" in (step["state"]["message"] or "") for step in steps) or None

    await until(in_progress_is_shown, "the run shows the report that is not done")
    await _report(here, await here.letter(HANGZHOU, number, "/d/"))
    await here.reply(asked, "完成\n已开放 25 个。")
    await here.reply(await here.letter(FGW, number, "/d/"), "接受\n很好。")

    run = await here.run_in_state(number, "COMPLETED")
    standing = await here.standing(number)
    assert standing.state is ApplicationState.ACCOMPLISHED
    assert Counter(task.channel for task in standing.stages[0].tasks) == {Channel.LINK: 1, Channel.REPLY: 1}
    assert standing.targets[0].reached == 30
    assert run["state"]["name"] == "已完成 Accomplished"
    assert run["name"] == f"{number} · 省发展改革委 · 已完成"
    assert {"measure:24", "duty", "stage:accomplished"} <= set(run["tags"])
    shown = Counter(step["name"] for step in await here.steps_of(run))
    assert {"1 报告 Report", "2 验收 Acceptance"} <= set(shown)
    assert max(shown.values()) == 1, shown
    assert "accepted" in readable(await here.letter(NINGBO, number, "Accomplished"))
    await here.verify(number)


async def _report(here: Installation, letter: bytes) -> None:
    """Report by the page behind the link that it is done, with a figure."""
    link = link_in(letter, "d")
    fields = {"outcome": "done", "opinion": "已开放。", f"{FIGURE}open_scenarios": "30"}
    sent = await Browser(here.browser).send(link, "/report", **fields)
    assert sent.is_success, sent.text
