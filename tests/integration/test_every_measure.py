"""Every option of every measure starts, goes to the units that the text lists, and ends."""

import asyncio

import pytest

from approvals.answer import Answer, Decided, NotDecided
from approvals.database import Database
from approvals.decide import decide
from approvals.registers import RegisterEntry, enter, registrations
from approvals.transaction import Transaction
from models.errors import RefusedApplication, WrongAmount
from models.records import Tally
from models.settings import Settings
from models.states import ApplicationState, Channel, Outcome
from notifications.rendering.render import render
from tests.support.desk import Desk
from tests.support.forms import SHENLAN
from tests.support.rules import DAY, OPTIONS, POLICY, asking

#: Facts that admit an application for which any value would not do.
GOOD: dict[str, dict[str, str]] = {
    "rd_subsidy": {"rd_expense": "10,000,000", "rd_expense_before": "8,000,000", "operating_income": "100,000,000"},
    "leading_by_salary": {"annual_salary": "1,000,001", "research_years": "6"},
    "young_by_salary": {"annual_salary": "500,001", "research_years": "4"},
    "leading_by_project": {"project_budget": "3,000,001"},
    "loan_interest": {"loan_principal": "100,000", "interest_days": "365", "interest_year": "2026"},
}
PLACED = {"@county": "@county:330110", "@city": "@city:330100"}


@pytest.fixture
async def figured(desk: Desk) -> Desk:
    """The office, with every figure that the rules look up."""
    await desk.record_figure("lpr_5y", "3.5%")
    await desk.record_figure("rd_subsidy_rate", "5%", place="余杭区")
    await desk.record_figure("filing_support", "200,000 yuan", place="杭州市")
    return desk


def expected(measure: int) -> list[str]:
    """Return who is asked, one after the other: places going up, the lead, the others, the lead."""
    units = [PLACED.get(key, key) for key in POLICY.measures[measure].units]
    local = [unit for unit in PLACED.values() if unit in units]
    lead, others = units[0], [unit for unit in units[1:] if not unit.startswith("@")]
    return local if lead.startswith("@") else [*local, lead, *others, lead]


@pytest.mark.parametrize(("measure", "option"), OPTIONS)
async def test_every_option_starts_is_routed_to_the_units_in_the_text_and_ends(
    figured: Desk, settings: Settings, measure: int, option: str
) -> None:
    pays = POLICY.measures[measure].options[option].levels
    form = asking(measure, option, 3 if pays else 0, GOOD.get(option, {}))
    await figured.submit_form(form)
    assert await figured.approve_to() == expected(measure)
    standing = await figured.standing()
    assert standing.state is ApplicationState.AWARDED
    assert standing.award_total == (3 if pays else 0)
    assert standing.findings
    assert await figured.verify() is None
    for letter in await figured.letters():
        assert render(letter, settings)


DUTIES = [(number, key) for number, measure in POLICY.measures.items() for key in measure.duties]


def reporting(measure: int, key: str) -> list[str]:
    """Return who reports: the units that the data name, else the others beside the lead, or the lead alone."""
    found = POLICY.measures[measure]
    units = found.duties[key].units or found.units[1:] or found.units
    return [PLACED.get(unit, unit) for unit in units]


@pytest.mark.parametrize(("measure", "key"), DUTIES)
async def test_every_duty_is_opened_by_its_lead_reported_by_the_units_in_the_text_and_accepted(
    desk: Desk, settings: Settings, measure: int, key: str
) -> None:
    units, lead = reporting(measure, key), POLICY.measures[measure].lead
    places = tuple(unit.partition(":")[2] for unit in units if ":" in unit)
    await desk.open_duty(measure, key, **({"places": places} if places else {}))
    standing = await desk.standing()
    assert [stage.units for stage in standing.route] == [tuple(units), (lead,)]
    for unit in units:
        assert isinstance(await desk.answer(unit, opinion="已完成。"), Decided)
    assert isinstance(await desk.answer(lead), Decided)
    standing = await desk.standing()
    assert standing.state is ApplicationState.ACCOMPLISHED
    assert await desk.verify() is None
    for letter in await desk.letters():
        assert render(letter, settings)


def test_all_27_measures_start_something() -> None:
    assert {number for number, _ in (*OPTIONS, *DUTIES)} | {25} == set(range(1, 28))


async def test_a_recognition_enters_its_register_and_a_refused_centre_the_list_that_bars_it(desk: Desk) -> None:
    await desk.submit_form(asking(12, "layout_review"))
    await desk.approve_to("formal_check")
    assert isinstance(await desk.answer("fgw", Outcome.REFUSE, "枢纽节点外的超大型算力中心"), Decided)
    (entry,) = [row for row in await desk.db.read(registrations, POLICY) if row.source.startswith("ZJAI12")]
    assert (entry.register_key, entry.credit_code, entry.listed) == ("noncompliant_infrastructure", SHENLAN, True)
    with pytest.raises(RefusedApplication, match="not allowed to enjoy various support policies"):
        await desk.submit_form(asking(21, "model_voucher", 1))
    await desk.submit_form(asking(11, "benchmark_enterprise").model_copy(update={"project": _other("别的项目")}))
    await desk.approve_to()
    rows = await desk.db.read(registrations, POLICY)
    assert [row.name for row in rows if row.register_key == "benchmark_cloud_enterprises"]


async def test_who_left_a_register_is_no_consortium_any_more_from_that_day_on(desk: Desk) -> None:
    await desk.submit()
    out = RegisterEntry(
        register_key="provincial_innovation_consortia",
        credit_code=SHENLAN,
        name="深澜",
        from_day=DAY,
        listed=False,
        source="公告",
    )
    await desk.db.write(enter, POLICY, out, desk.clock.tick())
    with pytest.raises(RefusedApplication, match="register of provincial innovation consortia"):
        await desk.submit(project__title="又一个项目")
    await desk.approve_to()
    assert (await desk.standing()).state is ApplicationState.AWARDED, "what was admitted goes its way"


async def test_the_eleventh_benchmark_project_of_a_year_is_refused_when_two_determinations_land_at_once(
    desk: Desk, settings: Settings
) -> None:
    def nine(tx: Transaction) -> None:
        tx.insert(Tally, policy=POLICY.key, ceiling="22.benchmarks", scope="", year=2026, used=9, most=10)

    await desk.db.write(nine)
    tokens = []
    for n in (1, 2):
        form = asking(22, "benchmark", 3, {"investment": "1,000,000"}).model_copy(
            update={"project": _other(f"标杆{n}")}
        )
        await desk.submit_form(form)
        await desk.approve_to("determination")
        tokens.append((await desk.tokens_of("fgw", Channel.REPLY))[0])
    other = Database(settings)
    answers = await asyncio.gather(
        *(
            db.write(decide, desk.office, token, Answer(Outcome.APPROVE), Channel.REPLY, desk.clock.tick())
            for db, token in zip((desk.db, other), tokens, strict=True)
        )
    )
    await other.close()
    (late,) = [answer for answer in answers if isinstance(answer, NotDecided)]
    assert isinstance(late.error, WrongAmount)
    assert "all 10 awards of 2026" in late.error.en and "名额 10 项已满" in late.error.zh


def _other(title: str) -> object:
    return asking(19, "single", 1).project.model_copy(update={"title": title})
