"""A case through its panel of experts, on both databases: drawn, asked, scored blind, and closed."""

import re
from fractions import Fraction
from typing import Any

import pytest

from approvals import papers
from approvals.answer import Answer, Decided, NotDecided
from approvals.decide import decide
from approvals.moves.mover import Moved, Mover, SeatOfPanel, move_by_token
from approvals.moves.take_back import take_back
from approvals.panel.scoring import ExpertInConflict, ScoreOnPage
from cli.case_json import to_json
from flows.dossier import dossier
from flows.page import stages
from models.errors import AlreadyDecided, StageClosed, WrongAnswer
from models.event import EventKind
from models.panel.draw import differences, draw_hash, repeated
from models.panel.score import SheetIncomplete
from models.paper import PaperKind
from models.states import ApplicationState, Channel, Outcome, TaskState
from notifications.papers.making import facts_of
from tests.support.desk import error_of
from tests.support.forms import ANOTHER, SHENLAN
from tests.support.panel import BEST, FAIR, POOR, RESEARCH, PanelDesk, expert

#: Nothing here depends on the database.
ONE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


async def test_experts_are_drawn_by_a_seed_from_the_chain_and_anybody_repeats_the_draw(city: PanelDesk) -> None:
    await city.to_the_panel()
    drawn = await city.draw()
    opened, made = [e for e in await city.events() if e.kind in (EventKind.STAGE_OPENED, EventKind.PANEL_DRAWN)][1:]
    assert drawn["head"] == opened.hash == made.previous
    assert (made.payload["seed"], made.payload["hash"]) == (drawn["seed"], draw_hash(drawn))
    assert differences(drawn, repeated(drawn)) == []
    assert list((await city.seated()).values()) == drawn["order"][:4]
    assert {key: [one["kind"] for one in why] for key, why in drawn["excluded"].items()} == {
        "e00008": ["employer"],
        "e00009": ["tie"],
    }
    assert "专家" not in str(drawn) and "@" not in str(drawn), "a draw that is published names nobody"
    assert await city.verify() is None


async def test_a_panel_scores_and_the_application_goes_on_to_the_lead(city: PanelDesk) -> None:
    await city.to_the_panel()
    answers = await city.score_all(FAIR, POOR, BEST, BEST)
    assert [str(one.closed) for one in answers if isinstance(one, Decided)] == ["None", "None", "None", "approve"]
    standing = await city.standing()
    panel = standing.stages[1].panel
    assert panel is not None and panel.result is not None
    assert (panel.result.trimmed, panel.result.plain, panel.result.passed) == (80, 75, True)
    assert [one.shown for one in panel.scores] == ["60.00", "40.00", "100.00", "100.00"]
    assert standing.open_stage is not None and standing.open_stage.key == "ruling"
    (scored,) = await city.events(EventKind.PANEL_SCORED)
    assert scored.payload["mean"] == "80"
    await city.answer("industry")
    assert (await city.standing()).state is ApplicationState.AWARDED
    assert await city.verify() is None


@ONE
async def test_below_the_threshold_the_application_ends_with_the_figure(city: PanelDesk) -> None:
    await city.to_the_panel()
    await city.score_all(FAIR, POOR, FAIR, {"novelty": 1, "plan": 27})
    standing = await city.standing()
    assert standing.state is ApplicationState.REFUSED
    panel = standing.stages[1].panel
    assert panel is not None and panel.result is not None and panel.result.trimmed == Fraction(59)
    (told,) = await city.letters("concluded")
    assert told.facts["unit"]["zh"] == "专家评审组"
    for words in ("59.00", "60.00", "threshold"):
        assert words in told.facts["opinion"]
    draft = await city.db.read(papers.draft, standing.id)
    assert draft is not None
    for kind in (PaperKind.DECISION_SHEET, PaperKind.APPLICANT_COPY):
        sheet = str(facts_of(draft, kind))
        assert "59.00" in sheet and "专家评审组" in sheet
        assert bool(re.search(r"(?<!评审)专家\d", sheet)) == (kind is PaperKind.DECISION_SHEET), (
            "the applicant's copy names nobody"
        )
    assert await city.verify() is None


def never(mover: Mover) -> Moved:
    raise AssertionError(f"a seat of a panel was moved: {mover}")


async def shown_of(city: PanelDesk) -> str:
    """Everything that pages, the command, the run and the dossier say of the application."""
    standing = await city.standing()
    return f"{standing!r}{to_json(standing)}{dossier(standing)}{[*stages(standing)]}"


async def test_nobody_sees_a_score_or_who_scores_before_the_panel_has_closed(city: PanelDesk) -> None:
    await city.to_the_panel()
    keys = [key or "" for key in (await city.seated()).values()]
    for key in keys[:3]:
        await city.score(key, {"novelty": 7, "plan": 23}, "方案扎实")
    blind = await shown_of(city)
    for secret in ("方案扎实", "uni.example", "专家1", "e0000", "'novelty': 7", "74.00"):
        assert secret not in blind, secret
    open_stage = (await city.standing()).open_stage
    assert open_stage is not None and open_stage.panel is not None
    assert (open_stage.panel.scored, open_stage.panel.seats, open_stage.panel.result) == (3, 4, None)
    for letter in await city.letters():
        if letter.kind != "ask" or "expert" not in letter.address:
            assert "方案扎实" not in str(letter.facts) and "uni.example" not in str(letter.facts)
    await city.score(keys[3], {"novelty": 7, "plan": 23})
    told = await shown_of(city)
    for words in ("方案扎实", "uni.example", "74.00"):
        assert words in told, words


async def test_who_recuses_is_replaced_by_the_next_in_the_draw(city: PanelDesk) -> None:
    await city.to_the_panel()
    order, seated = (await city.draw())["order"], await city.seated()
    first = seated["panel:1"] or ""
    assert isinstance(await city.recuse(first), Decided)
    assert (await city.seated())["panel:1"] == order[4]
    assert "ask" in [letter.kind for letter in await city.letters_to(order[4])]
    assert (await city.letters_to(first))[0].kind == "no_longer_asked"
    assert isinstance(error_of(await city.score(first, BEST)), StageClosed)
    (event,) = await city.events(EventKind.EXPERT_REPLACED)
    assert (event.payload["unit"], event.payload["expert"], event.payload["next"]) == ("panel:1", first, order[4])
    assert "uni.example" not in event.payload["by"] and "合作" not in event.payload["reason"], "it may be shown"
    await city.score_all(BEST, BEST, BEST, BEST)
    assert (await city.standing()).stages[1].outcome is Outcome.APPROVE
    assert await city.verify() is None


async def test_who_is_found_in_conflict_at_the_vote_is_refused_and_replaced(city: PanelDesk) -> None:
    await city.to_the_panel()
    order = (await city.draw())["order"]
    number = int(order[0].removeprefix("e"))
    await city.import_experts(expert(number, SHENLAN))
    refused = error_of(await city.score(order[0], BEST))
    assert isinstance(refused, ExpertInConflict)
    assert SHENLAN in refused.zh and "下一位专家" in refused.zh and "next in the draw" in refused.en
    assert (await city.seated())["panel:1"] == order[4]
    (replaced,) = await city.events(EventKind.EXPERT_REPLACED)
    (not_counted,) = await city.events(EventKind.ANSWER_REFUSED)
    assert replaced.payload["reason"].startswith("存在利益冲突")
    assert not_counted.payload["why"] == "ExpertInConflict"
    assert await city.verify() is None


@ONE
async def test_who_is_in_conflict_by_now_is_passed_over_as_the_next(city: PanelDesk) -> None:
    await city.import_experts(expert(6))
    await city.to_the_panel()
    order = (await city.draw())["order"]
    await city.import_experts(expert(int(order[4].removeprefix("e")), ANOTHER))
    await city.recuse(order[0])
    assert (await city.seated())["panel:1"] == order[5]


@ONE
async def test_a_sheet_is_whole_and_an_expert_gives_no_other_answer(city: PanelDesk) -> None:
    await city.to_the_panel()
    key = (await city.seated())["panel:1"] or ""
    assert isinstance(error_of(await city.score(key, {"novelty": 5})), SheetIncomplete)
    assert isinstance(error_of(await city.score(key, BEST | {"plan": 31})), SheetIncomplete)
    token = await city.link(key)
    for outcome in (Outcome.REFUSE, Outcome.RETURN, Outcome.ABSTAIN):
        assert isinstance(error_of(await city.present(token, outcome, "不", channel=Channel.LINK)), WrongAnswer)
    (by_mail, *_) = await city.tokens_of(f"expert:{key}", Channel.REPLY)
    assert isinstance(error_of(await city.present(by_mail)), ScoreOnPage)
    assert isinstance(await city.score(key, FAIR), Decided)
    assert isinstance(error_of(await city.score(key, BEST)), AlreadyDecided)
    assert await city.verify() is None


async def test_too_few_experts_leave_seats_with_the_operator_until_more_come(city: PanelDesk) -> None:
    await city.import_experts(*(expert(n, active="no") for n in (3, 4, 5)))
    await city.to_the_panel()
    seated = await city.seated()
    assert sorted(str(key) for key in seated.values()) == ["None", "None", "e00001", "e00002"]
    (told,) = await city.letters("panel_short")
    assert (told.facts["vacant"], told.facts["candidates"], told.facts["excluded"]) == (2, 4, 2)
    open_stage = (await city.standing()).open_stage
    assert open_stage is not None and open_stage.panel is not None and open_stage.panel.vacant == 2
    assert all(task.state is TaskState.OPEN for task in open_stage.tasks), "the application waits; nothing is lost"
    assert await city.import_experts(expert(20), expert(21, SHENLAN)) == 1
    assert await city.import_experts(expert(22), expert(23)) == 1
    assert {"e00020"} < set((await city.seated()).values()) and None not in (await city.seated()).values()
    assert [(await city.draw(n))["number"] for n in (1, 2, 3)] == [1, 2, 3]
    assert "e00021" in (await city.draw(2))["excluded"]
    await city.score_all(BEST, BEST, BEST, BEST)
    assert await city.verify() is None


@ONE
async def test_an_expert_who_is_not_active_any_more_is_replaced(city: PanelDesk) -> None:
    await city.to_the_panel()
    order = (await city.draw())["order"]
    link = await city.link(order[1])
    assert await city.import_experts(expert(int(order[1].removeprefix("e")), active="no")) == 1
    assert (await city.seated())["panel:2"] == order[4]
    assert isinstance(error_of(await city.present(link, channel=Channel.LINK)), StageClosed)


@ONE
async def test_a_seat_is_handed_to_nobody_and_a_score_is_not_taken_back(city: PanelDesk) -> None:
    await city.to_the_panel()
    key = (await city.seated())["panel:1"] or ""
    link, now = await city.link(key), city.clock.tick()
    moved = await city.db.write(move_by_token, link, Channel.LINK, never, now)
    assert isinstance(moved, NotDecided) and isinstance(moved.error, SeatOfPanel)
    await city.score(key, BEST)
    undone = await city.db.write(take_back, city.office, link, "写错了", Channel.LINK, city.clock.tick())
    assert isinstance(undone, NotDecided) and isinstance(undone.error, SeatOfPanel)


@ONE
async def test_the_next_round_draws_anew(city: PanelDesk) -> None:
    await city.to_the_panel()
    first = await city.draw()
    await city.score_all(BEST, BEST, BEST, BEST)
    await city.answer("industry", Outcome.RETURN, "请补预算")
    await city.resubmit(RESEARCH, project__summary="已补预算")
    await city.answer("@county:990101")
    again: dict[str, Any] = await city.draw()
    assert (again["round"], again["seed"] != first["seed"]) == (2, True)
    assert await city.verify() is None


@ONE
async def test_a_panel_stands_where_the_content_did_not_change(city: PanelDesk) -> None:
    await city.to_the_panel()
    await city.score_all(BEST, FAIR, BEST, BEST)
    (token, *_) = await city.tokens_of("industry", Channel.LINK)
    back = Answer(Outcome.RETURN, "请区里再核实地址", returns_to="screening", straight_back=True)
    assert isinstance(await city.db.write(decide, city.office, token, back, Channel.LINK, city.clock.tick()), Decided)
    await city.answer("@county:990101")
    standing = await city.standing()
    assert (standing.round, standing.open_stage and standing.open_stage.key) == (2, "ruling")
    stood = next(stage for stage in standing.stages if stage.round == 2 and stage.key == "experts")
    assert stood.panel is not None and stood.panel.result is not None
    assert [one.shown for one in stood.panel.scores] == ["100.00", "60.00", "100.00", "100.00"]
    assert len(await city.events(EventKind.PANEL_DRAWN)) == 1
    assert await city.verify() is None
