"""The chain end to end: real processes, a real Prefect server, SMTP over sockets, pages over HTTP."""

import datetime as dt
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from approvals import papers
from approvals.answer import Answer
from approvals.decide import decide
from approvals.moves.mover import Moved
from approvals.moves.take_back import take_back
from approvals.moves.wish import Wanted, Wish, by_operator
from models.paper import PaperKind
from models.settings import Settings
from models.states import ApplicationState, Channel, Level, Outcome
from tests.support.forms import CONSORTIUM, form_of
from tests.support.installation import Installation, installation, link_in, readable, until
from tests.support.postgres import free_ports

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="module")]

COUNTY, CITY, KJT, FGW, CZT = (f"{who}@zj.example" for who in ("330110", "330100", "kjt", "fgw", "czt"))
PORTS = ("portal_port", "smtp_port", "receiver_port", "mailbox_port", "prefect_port", "sender_bell", "worker_bell")


def settings_for(home: Path, **changes: Any) -> Settings:
    """Settings of an installation of its own, with a sweep every few seconds."""
    ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
    return Settings(home=home, sweep_seconds=3, **ports, **changes)  # type: ignore[arg-type]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    shown = {"worker_metrics_port": free_ports(1)[0]}
    async with installation(settings_for(tmp_path_factory.mktemp("here"), **shown)) as made:
        yield made


def small_consortium(title: str) -> Any:
    """A consortium project below the sum that asks for a one-time code."""
    amounts = {"province": "9,000,000", "city": "6,000,000", "county": "3,000,000"}
    return form_of(CONSORTIUM, project={"title": title, "summary": ""}, amounts=amounts, total="18,000,000")


async def test_an_application_travels_from_submission_to_award_by_link_and_by_reply(here: Installation) -> None:
    number = (await here.submit(small_consortium("由县至省"))).number
    await here.click(await here.letter(COUNTY, number, "/d/"))
    for address in (CITY, KJT, FGW, CZT):
        await here.reply(await here.letter(address, number, "/d/"), "同意\n资料齐全。")
    await here.reply(await here.letter(KJT, number, "/d/", count=2), "同意")

    run = await here.run_in_state(number, "COMPLETED")
    standing = await here.standing(number)
    assert standing.state is ApplicationState.AWARDED
    assert standing.award == {Level.PROVINCE: 900_000_000, Level.CITY: 600_000_000, Level.COUNTY: 300_000_000}
    channels = [task.channel for stage in standing.stages for task in stage.tasks]
    assert Counter(channels) == {Channel.LINK: 1, Channel.REPLY: 5}
    assert run["state"]["name"] == "已核定 Awarded"
    assert number in run["name"] and "余杭区" in run["name"]
    assert {"measure:19"} < set(run["tags"])
    shown = Counter(step["name"] for step in await here.steps_of(run))
    for stage in standing.route:
        assert sum(count for name, count in shown.items() if stage.name_zh in name) == 1, shown
    assert max(shown.values()) == 1, shown
    assert sum("文书 Documents" in name for name in shown) == 1, shown
    assert (await here.db.read(papers.read, number, PaperKind.AWARD_LETTER)).pdf.startswith(b"%PDF-1.7")
    assert "18,000,000" in readable(
        await here.letter("wang.fang@shenlan.example", number, "核定", "/s/")
    ) or "1,800万元" in readable(await here.letter("wang.fang@shenlan.example", number, "核定", "/s/"))
    await here.verify(number)


async def test_each_move_is_shown_on_the_run_as_it_happened(here: Installation) -> None:
    number = (await here.submit(small_consortium("拿回又退回"))).number
    link = link_in(await here.letter(COUNTY, number, "/d/"), "d")
    await here.click(await here.letter(COUNTY, number, "/d/"))
    await here.stage_says(number, "1 县级推荐", "同意 Approved")
    token = link.rpartition("/")[2]
    made = await here.db.write(take_back, here.office, token, "金额写错了", Channel.LINK, dt.datetime.now(dt.UTC))
    assert isinstance(made, Moved)
    await here.stage_says(number, "1 县级推荐", "拿回 Taken back", "金额写错了")
    await here.stage_says(number, "2 市级推荐", "不再办理 Void")
    await here.click(await here.letter(COUNTY, number, "/d/", count=2))
    await here.click(await here.letter(CITY, number, "/d/", count=2))
    token = link_in(await here.letter(KJT, number, "/d/"), "d").rpartition("/")[2]
    back = Answer(Outcome.RETURN, "请核实配套", returns_to="city_recommendation")
    await here.db.write(decide, here.office, token, back, Channel.LINK, dt.datetime.now(dt.UTC))
    await here.stage_says(number, "3 形式审查", "退回 Returned")
    await here.stage_says(number, "1 县级推荐 County recommendation · 轮次 round 2", "原答复仍有效 Stands")
    again = "2 市级推荐 City recommendation · 轮次 round 2"
    await here.stage_says(number, again, "等待办理 Waiting")
    moves: tuple[tuple[Wish, str], ...] = (
        (Wish(Wanted.LEND, "是否有配套？", "czt"), "委派 Lent"),
        (Wish(Wanted.RECALL, "已查清"), "收回委派 Recalled"),
        (Wish(Wanted.SUSPEND, "等待审计"), "挂起 Suspended"),
        (Wish(Wanted.RESUME, "审计完成"), "恢复办理 Resumed"),
    )
    for wish, name in moves:
        unit = "@city:330100" if wish.wanted is Wanted.RECALL else ""
        await here.db.write(by_operator, here.office, number, unit, "王五", wish, dt.datetime.now(dt.UTC))
        await here.stage_says(number, again, name, wish.reason)
    await here.verify(number)


async def test_a_refusal_ends_the_run_in_a_state_that_says_so(here: Installation) -> None:
    number = (await here.submit(small_consortium("县级不予推荐"))).number
    await here.reply(await here.letter(COUNTY, number, "/d/"), "不同意\n不属于重点方向。")
    run = await here.run_in_state(number, "COMPLETED")
    assert run["state"]["name"] == "不予支持 Refused"
    assert "不属于重点方向" in run["state"]["message"]
    assert (await here.standing(number)).state is ApplicationState.REFUSED
    assert "不属于重点方向" in readable(await here.letter("wang.fang@shenlan.example", number, "不予支持"))


async def test_a_returned_application_walks_the_road_again_in_the_same_run(here: Installation) -> None:
    number = (await here.submit(small_consortium("退回修改"))).number
    first = await here.letter(COUNTY, number)
    await here.reply(first, "退回\n请补充预算明细。")
    returned = await here.letter("wang.fang@shenlan.example", number, "退回", "/a/")
    assert "请补充预算明细" in readable(returned)
    link = link_in(returned, "a")
    page = (await here.browser.get(link)).raise_for_status()
    amended = (await here.browser.get(f"{link}/application.yaml")).raise_for_status().text
    token = page.text.split('name="csrf" value="')[1].split('"')[0]
    sent = await here.browser.post(link, data={"csrf": token, "text": amended.replace("退回修改", "退回修改后")})
    assert sent.is_success, sent.text
    await here.reply(await here.letter(COUNTY, number, "退回修改后"), "同意")
    await here.letter(CITY, number, "退回修改后")
    await here.reply(first, "同意")  # the letter of the first round is dead
    await here.letter(COUNTY, number, count=4)
    standing = await here.standing(number)
    assert (standing.round, standing.position) == (2, 1)
    run = await here.run_in_state(number, "PAUSED")
    names = [step["name"] for step in await here.steps_of(run) if "县级推荐" in step["name"]]
    assert len(names) == 2 and len(set(names)) == 2, names


async def test_what_an_operator_does_in_prefect_decides_nothing(here: Installation) -> None:
    number = (await here.submit(small_consortium("运行人员"))).number
    await here.letter(COUNTY, number)
    run = await here.run_in_state(number, "PAUSED")
    before = await here.standing(number)

    await here.ask_prefect("POST", f"/flow_runs/{run['id']}/resume")
    await _suspended_again(here, run["id"], run["state"]["timestamp"])
    assert await here.standing(number) == before

    cancelled = {"type": "CANCELLED", "name": "Cancelled"}
    await here.ask_prefect("POST", f"/flow_runs/{run['id']}/set_state", state=cancelled, force=True)
    new = await here.run_in_state(number, "PAUSED", not_=run["id"])
    assert sum("县级推荐" in step["name"] for step in await here.steps_of(new)) == 1
    await here.reply(await here.letter(COUNTY, number, "/d/"), "同意")
    await here.letter(CITY, number)
    assert (await here.standing(number)).position == 1


async def _suspended_again(here: Installation, run_id: str, since: str) -> None:
    async def there() -> bool | None:
        state = (await here.ask_prefect("GET", f"/flow_runs/{run_id}"))["state"]
        return True if state["type"] == "PAUSED" and state["timestamp"] > since else None

    await until(there, "the resumed run suspends again")


async def test_an_application_can_be_started_from_prefects_run_form(here: Installation) -> None:
    deployment = await here.ask_prefect("GET", "/deployments/name/approval-chain/approval-chain")
    assert "application" in deployment["parameter_openapi_schema"]["properties"]
    form = {
        "measure": 19,
        "option": "single",
        "county": "余杭区",
        "applicant": {
            "name": "杭州深澜智能科技有限公司",
            "credit_code": "91330110MA2H3K7X6W",
            "contact": "王芳",
            "email": "form@shenlan.example",
            "language": "zh",
        },
        "project": {"title": "自表单发起", "summary": ""},
        "amounts": {"province": "10,000,000"},
    }
    started = await _start(here, deployment["id"], form)
    letter = await here.letter(COUNTY, "自表单发起")
    number = readable(letter).split("ZJAI19")[1][:11]
    assert (await here.standing(f"ZJAI19{number}")).run_id == started
    assert (await here.run_in_state(f"ZJAI19{number}", "PAUSED"))["id"] == started

    form["amounts"] = {"province": "10,000,000.01"}
    form["project"] = {"title": "超限", "summary": ""}
    refused = await _start(here, deployment["id"], form)

    async def failed() -> dict[str, Any] | None:
        state = (await here.ask_prefect("GET", f"/flow_runs/{refused}"))["state"]
        return dict(state) if state["type"] == "FAILED" else None

    assert "10,000,000 yuan" in (await until(failed, "the run with the wrong form fails"))["message"]


async def _start(here: Installation, deployment_id: str, form: dict[str, Any]) -> str:
    made = await here.ask_prefect(
        "POST",
        f"/deployments/{deployment_id}/create_flow_run",
        parameters={"application": form},
        state={"type": "SCHEDULED"},
    )
    return str(made["id"])


async def test_the_worker_shows_prometheus_what_it_has_done(here: Installation) -> None:
    number = (await here.submit(small_consortium("有数可查"))).number
    await here.run_in_state(number, "PAUSED")

    async def shown() -> dict[str, float] | None:
        """Return the figures, once a sweep and a pass of the run are among them."""
        async with httpx.AsyncClient() as client:
            text = (await client.get(f"http://127.0.0.1:{here.settings.worker_metrics_port}/metrics")).text
        rows = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        found = {name: float(value) for name, value in rows}
        done = [f'liandong_passes_total{{flow="{flow}",result="done"}}' for flow in ("approval-chain", "sweep")]
        return found if all(found.get(name) for name in done) and found["liandong_stages_open"] else None

    figures = await until(shown, "passes, a sweep and an open stage among the figures")
    assert time.time() - figures["liandong_worker_polled_seconds"] < 60
    assert figures["liandong_swept_seconds"] > 0
    assert figures["liandong_stages_late"] == 0
    assert not any("failed" in name for name in figures)
