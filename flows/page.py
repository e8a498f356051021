"""What an application's page in Prefect says: name, tags and stages, from where it stands. Pure."""

from collections.abc import Iterator

from prefect.client.schemas.objects import StateType

from flows.stages import Phase, ShownStage
from flows.steps import Step
from models.calendar import office_date, office_time
from models.event import EventKind
from models.policy.notice_rules import CLOSED_NAMES, PUBLIC_NOTICE
from models.road.stage_standing import StageStanding, TaskStanding
from models.road.standing import Standing
from models.states import (
    IN_PROGRESS,
    NAMES,
    ApplicationState,
    Channel,
    Outcome,
    StageState,
    TaskEnd,
    TaskKind,
    TaskState,
    answer_names,
)

WAITING = "等待办理 Waiting"
#: More units than this are counted and not named.
MANY = 12

#: How a closed stage is called, and the colour of its bar: green, red or grey.
STANDS = "原答复仍有效 Stands"

CLOSED: dict[Outcome | None, tuple[StateType, str]] = {
    Outcome.APPROVE: (StateType.COMPLETED, "同意 Approved"),
    Outcome.REFUSE: (StateType.FAILED, "不同意 Refused"),
    Outcome.RETURN: (StateType.CANCELLED, "退回 Returned"),
    Outcome.REFER: (StateType.COMPLETED, "有异议，提交牵头单位 Referred with dissent"),
    None: (StateType.CANCELLED, "不再办理 Void"),
}


#: What a public notice waits for.
ON_VIEW = "公示中，任何人可提出异议 on view, anybody may object"


def run_name(standing: Standing) -> str:
    """Return e.g. ``ZJAI19-2026-00001 · 杭州市余杭区 · 市级推荐``; a duty has its lead in place of a place."""
    where = standing.applicant if standing.is_duty else f"{standing.city_zh}{standing.county_zh}"
    return f"{standing.number} · {where} · {now_zh(standing)}"


def now_zh(standing: Standing) -> str:
    """Return the open stage, or else the state, in Chinese."""
    stage = standing.open_stage
    return stage.name_zh if stage else standing.state_name("zh")


def tags(standing: Standing) -> list[str]:
    """Return the tags by which operators filter runs."""
    stage = standing.open_stage
    where = ["duty"] if standing.is_duty else [f"city:{standing.city_zh}", f"county:{standing.county_zh}"]
    where += ["release"] if standing.release else []
    return [f"measure:{standing.measure}", *where, f"stage:{stage.key if stage else standing.state.value}"]


def news(standing: Standing) -> str:
    """Return the line that a pass leaves in the run's log."""
    stage = standing.open_stage
    if stage is None:
        return _result(standing)
    name = f"{stage.position + 1} {stage.name_zh} {stage.name_en}"
    return f"{name}: {_newest_move(stage)}{_answers(stage)}; 截止 due {office_date(stage.due_at)}"


def _newest_move(stage: StageStanding) -> str:
    """Return the move that came after the stage's newest answer, if there is one."""
    last = max(_moves(stage), key=lambda phase: phase.since, default=None)
    answered = max((phase.since for phase in _answered(stage)), default=stage.opened_at)
    return f"{last.message}; " if last and last.since > answered else ""


def ending(standing: Standing) -> str:
    """Return one sentence on how the application ended, by whom and why."""
    return f"{standing.number} {_result(standing)}"


def state_name(standing: Standing) -> str:
    """Return the state in both languages: ``已核定 Awarded``, ``已认定 Recognised``."""
    return f"{standing.state_name('zh')} {standing.state_name('en')}"


def _result(standing: Standing) -> str:
    """Return the state; where somebody refused or returned, also who and why."""
    said = state_name(standing)
    why = standing.state in (ApplicationState.REFUSED, ApplicationState.RETURNED) and standing.stages
    return f"{said}: {_answers(standing.stages[-1])}" if why else said


def intake_step(standing: Standing) -> Step:
    """Return the step that checks what came in, once a round."""
    return Step(_intake_key(standing.round), f"0 受理核对 Intake{_again(standing.round)}", None)


def documents_step(standing: Standing) -> Step:
    """Return the step that makes award letter and decision sheet at the end."""
    last = standing.stages[-1].id if standing.stages else _intake_key(standing.round)
    return Step(f"documents:{last}", f"{len(standing.route) + 1} 文书 Documents", last)


def conclude_step(standing: Standing) -> Step:
    """Return the step that checks the chain of events at the end; it comes after the papers where there are any."""
    before, number = documents_step(standing), len(standing.route) + 1
    if standing.is_duty:
        return Step("conclude", f"{number} 归档核验 Conclusion", before.after)
    return Step("conclude", f"{number + 1} 归档核验 Conclusion", before.key)


def stages(standing: Standing) -> Iterator[ShownStage]:
    """Return the stages in the order in which they opened, each linked to what came before it."""
    before = None
    for stage in standing.stages:
        yield ShownStage(
            key=stage.id,
            name=f"{stage.position + 1} {stage.name_zh} {stage.name_en}{_again(stage.round)}",
            phases=tuple(_phases(stage)),
            after=before,
        )
        before = stage.id


def _intake_key(round_: int) -> str:
    return f"intake:{round_}"


def _again(round_: int) -> str:
    # The graph in Prefect's UI draws Latin letters and digits only: "第2轮 round 2" would read "2 round 2" there.
    return f" · 轮次 round {round_}" if round_ > 1 else ""


def _phases(stage: StageStanding) -> Iterator[Phase]:
    """Yield what the stage's badge said and says: waiting, each answer, how it closed."""
    at_first = [task for task in stage.tasks if task.kind in (TaskKind.ASKED, TaskKind.CARRIED)]
    asked = listed([task.named_zh for task in at_first or stage.tasks])
    due = f"{office_date(stage.due_at)}{' (暂定 provisional)' if stage.due_provisional else ''}"
    waits = f"等待 waits for: {asked}; 截止 due {due}"
    if stage.act == PUBLIC_NOTICE:
        waits = f"{ON_VIEW}; 截止 until {due}"
    yield Phase(StateType.RUNNING, WAITING, stage.opened_at, waits)
    yield from sorted([*_moves(stage), *_answered(stage)], key=lambda phase: phase.since)
    if stage.state is not StageState.OPEN:
        result = stage.panel.result if stage.panel else None
        came_to = f"{result.said('zh')} {result.said('en')} " if result else ""
        yield Phase(*_closed(stage), stage.closed_at or stage.due_at, came_to + _answers(stage))


def _moves(stage: StageStanding) -> Iterator[Phase]:
    """Yield what happened in the stage besides the answers, as it happened."""
    for move in stage.moves:
        if move.kind is not EventKind.ANSWER_CARRIED:
            type_ = StateType.PAUSED if move.kind is EventKind.SUSPENDED else StateType.RUNNING
            name = f"{move.name('zh')} {move.name('en')}"
            yield Phase(type_, name, move.at, f"{move.sentence('zh')} / {move.sentence('en')}")


def _answered(stage: StageStanding) -> Iterator[Phase]:
    """Yield who has answered a stage that still waits for others."""
    answered = [task.decided_at for task in stage.tasks if task.decided_at and task.kind is not TaskKind.CARRIED]
    answered += [report.at for task in stage.tasks for report in task.reports]
    if answered and stage.state is StageState.OPEN:
        yield Phase(StateType.RUNNING, WAITING, max(answered), _answers(stage))


def _closed(stage: StageStanding) -> tuple[StateType, str]:
    """Return the colour and the name of a stage that does not wait any more."""
    type_, name = CLOSED[stage.outcome]
    if stage.act in ("report", "accept") and stage.outcome is not None:
        name = " ".join(answer_names(stage.act, stage.outcome))
    if stage.act == PUBLIC_NOTICE and stage.outcome is not None:
        return type_, " ".join(CLOSED_NAMES[stage.outcome])
    if stage.outcome is Outcome.APPROVE and all(task.kind is TaskKind.CARRIED for task in stage.tasks):
        name = STANDS
    return type_, name


def _answers(stage: StageStanding) -> str:
    """Return who said what, in the order in which they said it; who has not, last, and of many only how many."""
    shown = [task for task in stage.tasks if task.state is not TaskState.VOID or task.decided_at]
    tasks = sorted(shown or stage.tasks, key=lambda t: (t.decided_at is None, t.decided_at))
    said = [_answer(stage, task) for task in tasks if task.decided_at or task.reports]
    silent = [_answer(stage, task) for task in tasks if not task.decided_at and not task.reports]
    if len(silent) > MANY:
        silent = [f"{len(silent)} 个单位未答复 units have not answered yet"]
    return "; ".join([*said, *silent]) or ON_VIEW * (stage.act == PUBLIC_NOTICE)


def _answer(stage: StageStanding, task: TaskStanding) -> str:
    unit = f"{task.named_zh} {task.named_en}"
    if task.outcome is not None and task.decided_at is not None:
        zh, en = answer_names(stage.act, task.outcome)
        zh, en = marked(task, zh, en)
        opinion = f" “{task.opinion if stage.act != 'report' else _short(task.opinion)}”" if task.opinion else ""
        return f"{unit}: {zh} {en}{opinion} ({office_time(task.decided_at)})"
    if task.reports:
        last = task.reports[-1]
        return f"{unit}: {' '.join(IN_PROGRESS)} “{_short(last.text)}” ({office_time(last.at)})"
    silent = "，来函无法送达 unreachable" if task.undelivered_at else ""
    return f"{unit}: 未答复 no answer yet{silent}"


def marked(task: TaskStanding, zh: str, en: str) -> tuple[str, str]:
    """Return an answer with what is to be known of it: whether an officer gave it, and whether it stands."""
    marks = [NAMES[Channel.AUTOMATIC]] if task.channel is Channel.AUTOMATIC else []
    marks += [(task.mark("zh"), task.mark("en"))] if task.mark("zh") else []
    marks += [("仍有效", "stands")] if task.kind is TaskKind.CARRIED else []
    marks += [("已拿回", "taken back")] if task.ended_as is TaskEnd.TAKEN_BACK else []
    marks += [("仅供参考", "an opinion only")] if not task.counts else []
    if not marks:
        return zh, en
    return f"{zh}（{'，'.join(mark for mark, _ in marks)}）", f"{en} ({', '.join(mark for _, mark in marks)})"


def listed(names: list[str]) -> str:
    """Return the names of units; of many, the first and how many there are."""
    return "、".join(names) if len(names) <= MANY else f"{'、'.join(names[:3])} 等 {len(names)} 个单位"


def _short(text: str) -> str:
    """Return the beginning of a report: a hundred of them go into one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else f"{flat[:60]}…"
