"""Stages as events of task runs: nothing is said twice, whatever the page shows already."""

import datetime as dt
from uuid import UUID

import pytest
from prefect.client.schemas.objects import State, StateType, TaskRun

from flows.stages import Phase, ShownStage, missing_events, stage_run_id
from tests.support.clock import START

RUN = UUID("018f0000-0000-7000-8000-000000000001")
ANOTHER = UUID("018f0000-0000-7000-8000-000000000002")
WAITING = Phase(StateType.RUNNING, "Waiting", START, "waits for the county")
ANSWERED = Phase(StateType.RUNNING, "Waiting", START + dt.timedelta(hours=1), "one has answered")
CLOSED = Phase(StateType.COMPLETED, "Approved", START + dt.timedelta(hours=2), "all have answered")


def shown_stage(*phases: Phase, after: str | None = None) -> ShownStage:
    return ShownStage("county", "1 County", phases, after)


def on_the_page(phase: Phase) -> dict[UUID, TaskRun]:
    id_ = stage_run_id(RUN, "county")
    state: State[None] = State(type=phase.type, name=phase.name, message=phase.message)
    return {id_: TaskRun(id=id_, flow_run_id=RUN, task_key="stage", dynamic_key="county", state=state)}


@pytest.mark.parametrize(
    ("already", "missing"),
    [
        ({}, [WAITING, ANSWERED, CLOSED]),
        (on_the_page(WAITING), [ANSWERED, CLOSED]),
        (on_the_page(ANSWERED), [CLOSED]),
        (on_the_page(CLOSED), []),
    ],
)
def test_only_what_is_not_shown_yet_is_sent(already: dict[UUID, TaskRun], missing: list[Phase]) -> None:
    events = missing_events(RUN, shown_stage(WAITING, ANSWERED, CLOSED), already)
    assert [event["payload"]["validated_state"]["message"] for event in events] == [x.message for x in missing]


def test_a_phase_that_the_page_shows_and_the_tables_do_not_is_replaced() -> None:
    events = missing_events(RUN, shown_stage(WAITING, CLOSED), on_the_page(ANSWERED))
    assert [event["event"] for event in events] == ["prefect.task-run.Waiting", "prefect.task-run.Approved"]


def test_the_same_phase_is_the_same_event_in_every_pass_and_in_no_other_run() -> None:
    ids = [missing_events(run, shown_stage(WAITING), {})[0]["id"] for run in (RUN, RUN, ANOTHER)]
    assert ids[0] == ids[1] != ids[2]


def test_a_stage_is_one_task_run_whatever_its_phase() -> None:
    events = missing_events(RUN, shown_stage(WAITING, ANSWERED, CLOSED), {})
    expected = f"prefect.task-run.{stage_run_id(RUN, 'county')}"
    assert {event["resource"]["prefect.resource.id"] for event in events} == {expected}


def test_the_bar_reaches_from_opening_to_closing() -> None:
    first, last = missing_events(RUN, shown_stage(WAITING, CLOSED), {})
    assert "end_time" not in first["payload"]["task_run"]
    assert last["payload"]["task_run"]["start_time"] == START.isoformat()
    assert last["payload"]["task_run"]["total_run_time"] == pytest.approx(7200)


def test_later_phases_come_later_even_where_they_began_together() -> None:
    together = Phase(StateType.CANCELLED, "Void", START, "left")
    first, second = missing_events(RUN, shown_stage(WAITING, together), {})
    assert first["occurred"] < second["occurred"]


def test_a_stage_is_drawn_behind_the_one_before_it() -> None:
    (event,) = missing_events(RUN, shown_stage(WAITING, after="intake:1"), {})
    (edge,) = event["payload"]["task_run"]["task_inputs"]["after"]
    assert edge["id"] == str(stage_run_id(RUN, "intake:1"))
