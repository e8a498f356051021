"""A notice wherever else an application is shown: its run in Prefect, its dossier, its papers."""

import datetime as dt

import pytest

from approvals import papers
from flows import page
from flows.dossier import dossier
from models.paper import PaperKind
from models.states import Channel, Outcome
from notifications.papers.making import made_of
from tests.support.desk import Desk
from tests.support.notices import notice, noticed_city, object_to, on_view, sweep, token_about

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


async def phases(city: Desk) -> list[str]:
    """Return what the run's page says of the notice, phase by phase."""
    (*_, shown) = page.stages(await city.standing())
    return [f"{phase.name}: {phase.message}" for phase in shown.phases]


async def test_the_run_dossier_and_papers_tell_of_the_notice_and_nobody_of_the_objector(empty_desk: Desk) -> None:
    city = await noticed_city(empty_desk)
    await on_view(city)
    assert "公示中，任何人可提出异议" in page.news(await city.standing())
    token = await token_about(city, await object_to(city), channel=Channel.REPLY)
    await city.present(token, Outcome.APPROVE, "经核实不属实。")
    city.clock.now = (await notice(city)).due_at + dt.timedelta(minutes=2)
    await sweep(city)
    said = await phases(city)
    names = ("公示发布", "收到异议", "异议已答复", "公示期满，自动结束", "公示期满 Over")
    assert [name for name in names if any(one.startswith(name) for one in said)] == list(names)
    text = dossier(await city.standing())
    assert "异议不成立" in text
    assert "赵六" not in text + "".join(said)
    draft = await city.db.read(papers.draft, city.app_id)
    assert draft is not None
    made = {kind: made_of(draft, kind) for kind in draft.missing}
    assert set(made) == set(PaperKind)
    assert made[PaperKind.AWARD_LETTER].pdf.startswith(b"%PDF")
    sheet = str(made[PaperKind.DECISION_SHEET].facts)
    assert "公示期满" in sheet
    assert "示例市经信局" in str(made[PaperKind.AWARD_LETTER].facts)
    assert "赵六" not in sheet
