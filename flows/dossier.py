"""The dossier: the application on one page of Markdown, for the run's artifact. Pure."""

from collections.abc import Iterator

from models.calendar import office_date, office_time
from models.money import money_en, money_zh
from models.standing import StageStanding, Standing, TaskStanding
from models.states import DONE, IN_PROGRESS, NAMES, Level, StageState, answer_names


def artifact_key(standing: Standing) -> str:
    """Return the artifact's key, the same for every version: ``dossier-zjai19-2026-00001``."""
    return f"dossier-{standing.number.lower()}"


def dossier(standing: Standing) -> str:
    """Return the dossier as Markdown."""
    if standing.is_duty:
        parts = [*_head_of_duty(standing), "", *_targets(standing), "", *_reports(standing)]
    else:
        parts = [*_head(standing), "", *_money(standing)]
    return "\n".join([*parts, "", *_stages(standing), "", *_foot(standing)])


def _title(s: Standing) -> Iterator[str]:
    zh, en = NAMES[s.state]
    stage = s.open_stage
    now = f"{stage.name_zh} {stage.name_en}" if stage else f"{zh} {en}"
    yield f"# {s.number} · {_cell(s.title)}"
    yield ""
    yield f"**{now}**" + (f" · 截止 due {office_date(stage.due_at)}" if stage else "")
    yield ""
    yield "| | |"
    yield "| --- | --- |"


def _head_of_duty(s: Standing) -> Iterator[str]:
    yield from _title(s)
    yield f"| 牵头单位 Lead | {_cell(s.applicant)} |"
    yield f"| 措施 Measure | {s.measure} {s.measure_title_zh} {s.measure_title_en} |"
    yield f"| 任务 Duty | {s.option_zh} {s.option_en} |"
    yield f"| 期间 Period | {_cell(s.period)} |"
    yield f"| 开展 Opened | {office_time(s.submitted_at)} {_cell(s.opened_by)} |"


def _targets(s: Standing) -> Iterator[str]:
    yield "## 目标 Targets"
    yield ""
    if s.targets:
        yield "| 目标 Target | 已达到 Reached | 目标数 Wanted | % | 期限 By |"
        yield "| --- | ---: | ---: | ---: | --- |"
    for one in s.targets:
        name, unit = one.target.name, one.target.unit
        by = str(one.last_day) if one.target.by or one.target.each else "—"
        wanted = f"{one.target.number:,} {unit.zh} {unit.en}"
        yield f"| {name.zh} {name.en} | {one.reached:,} | {wanted} | {one.percent} | {by} |"
    yield ""
    yield f"> {_cell(s.words)}"


def _reports(s: Standing) -> Iterator[str]:
    yield "## 报告 Reports"
    yield ""
    yield "| 单位 Unit | 状态 State | 数字 Figures | 办理情况 Report | 时间 When |"
    yield "| --- | --- | --- | --- | --- |"
    for one in s.reports:
        unit, last = f"{one.name.zh} {one.name.en}", one.last
        if last is None:
            yield f"| {unit} | 未报告 no report | | | |"
            continue
        state = " ".join(DONE if last.done else IN_PROGRESS)
        figures = ", ".join(f"{_cell(key)} {figure:,}" for key, figure in last.figures.items())
        yield f"| {unit} | {state} | {figures} | {_cell(last.text)} | {office_time(last.at)} |"


def _head(s: Standing) -> Iterator[str]:
    yield from _title(s)
    yield f"| 申请单位 Applicant | {_cell(s.applicant)} ({s.credit_code}) |"
    yield f"| 所在地 Place | {s.city_zh}{s.county_zh} {s.city_en}, {s.county_en} |"
    yield f"| 措施 Measure | {s.measure} {s.measure_title_zh} {s.measure_title_en} |"
    yield f"| 类别 Option | {s.option_zh} {s.option_en} |"
    yield f"| 提交 Submitted | {office_time(s.submitted_at)} |"


def _money(s: Standing) -> Iterator[str]:
    yield "## 金额 Amounts"
    yield ""
    yield "| | 申请 Asked | 承诺 Pledged | 核定 Awarded |"
    yield "| --- | ---: | ---: | ---: |"
    for level in Level:
        zh, en = NAMES[level]
        award = s.award[level] if s.award else None
        yield f"| {zh} {en} | {_sum(s.asked.get(level))} | {_sum(s.pledges.get(level))} | {_sum(award)} |"
    yield f"| **合计 Total** | **{_sum(s.asked_total)}** | | **{_sum(s.award_total)}** |"
    yield ""
    yield f"> {_cell(s.words)}"


def _stages(s: Standing) -> Iterator[str]:
    yield "## 环节与决定 Stages and decisions"
    yield ""
    yield "| 环节 Stage | 单位 Unit | 决定 Decision | 意见 Opinion | 时间 When |"
    yield "| --- | --- | --- | --- | --- |"
    for stage in s.stages:
        yield from (_decision(stage, task) for task in stage.tasks)
    done = s.open_stage.position if s.open_stage else len(s.route)
    yield from (f"| {r.position + 1} {r.name_zh} {r.name_en} | | | | |" for r in s.route[done + 1 :])


def _decision(stage: StageStanding, task: TaskStanding) -> str:
    again = f" (第{stage.round}轮 round {stage.round})" if stage.round > 1 else ""
    what = f"{stage.position + 1} {stage.name_zh} {stage.name_en}{again}"
    who = f"{task.unit_zh} {task.unit_en}"
    if task.outcome is None or task.decided_at is None:
        said = "⏳ 等待 waiting" if stage.state is StageState.OPEN else "—"
        return f"| {what} | {who} | {said} | | |"
    zh, en = answer_names(stage.act, task.outcome)
    return f"| {what} | {who} | **{zh}** {en} | {_cell(task.opinion)} | {office_time(task.decided_at)} |"


def _foot(s: Standing) -> Iterator[str]:
    yield f"第{s.round}轮 round {s.round} · 版本 version {s.version} · 内容哈希 content hash `{s.content_hash[:16]}…`"


def _sum(fen: int | None) -> str:
    return "" if fen is None else f"{money_zh(fen)} {money_en(fen)}"


def _cell(text: str) -> str:
    """Return ``text`` so that it cannot break out of its cell or become markup."""
    flat = " ".join(text.split())
    return "".join(f"\\{c}" if c in r"\`*_{}[]<>#|!" else c for c in flat)
