"""The dossier: the application on one page of Markdown, for the run's artifact. Pure."""

from collections.abc import Callable, Iterator

from flows.page import marked
from models.calendar import office_date, office_time
from models.money import money_en, money_zh
from models.road.move_words import ENDED
from models.road.stage_standing import StageStanding, TaskStanding
from models.road.standing import Standing
from models.states import DONE, IN_PROGRESS, NAMES, StageState, TaskState, answer_names

#: Yields the lines of one part of the dossier; a part without lines is left out.
Part = Callable[[Standing], Iterator[str]]


def artifact_key(standing: Standing) -> str:
    """Return the artifact's key, the same for every version: ``dossier-zjai19-2026-00001``."""
    return f"dossier-{standing.number.lower()}"


def dossier(standing: Standing) -> str:
    """Return the dossier as Markdown."""
    if standing.is_duty:
        parts: tuple[Part, ...] = (_head_of_duty, _targets, _reports, _stages, _foot)
    elif standing.release is not None:
        parts = (_head, _release, _stages, _foot)
    else:
        parts = (_head, _overlaps, _facts, _money, _findings, _panels, _stages, _foot)
    return "\n\n".join("\n".join(lines) for part in parts if (lines := [*part(standing)]))


def _title(s: Standing) -> Iterator[str]:
    stage = s.open_stage
    now = f"{stage.name_zh} {stage.name_en}" if stage else f"{s.result('zh')} · {s.result('en')}"
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
    yield f"| 申请 Asked for | {s.asked_for('zh')} {s.asked_for('en')} |"
    if s.cost_basis:
        yield f"| 费用依据 Cost basis | {_cell(s.cost_basis)} |"
    yield f"| 提交 Submitted | {office_time(s.submitted_at)} |"
    yield ""
    yield f"> {_cell(s.words)}"


def _release(s: Standing) -> Iterator[str]:
    if (release := s.release) is None:
        return
    yield f"## 拨付 Release {release.part}/{release.parts}：{release.name.zh} {release.name.en}"
    yield ""
    yield f"核定编号 Award {release.award} · 依据 Evidence: {_cell(release.evidence)}"
    yield ""
    yield "| 层级 Level | 本期 Instalment | 抵减 Set off | 拨付 To be paid |"
    yield "| --- | ---: | ---: | ---: |"
    for level, fen in release.amounts.items():
        sums = (fen, release.set_off.get(level, 0), release.pay[level])
        yield f"| {' '.join(NAMES[level])} | {' | '.join(money_zh(one) for one in sums)} |"


def _overlaps(s: Standing) -> Iterator[str]:
    if not s.overlaps:
        return
    yield "## ⚠ 重复支持 Overlaps"
    yield ""
    yield "| 编号 Number | 措施 Measure | 项目 Project | 状态 State |"
    yield "| --- | --- | --- | --- |"
    for one in s.overlaps:
        measure = f"{one.measure} {one.measure_title.zh} {one.measure_title.en}"
        yield f"| {one.number} | {measure} | {_cell(one.title)} | {one.said('zh')} {one.said('en')} |"
    yield ""
    if s.left is not None:
        yield f"**至多再核定 At most may still be awarded: {_sum(s.left)}**"
        yield ""
    yield f"> {_cell(s.overlap_words)}"
    yield ">"
    yield f"> {_cell(s.overlap_note.zh)} {_cell(s.overlap_note.en)}"


def _facts(s: Standing) -> Iterator[str]:
    if not s.facts:
        return
    yield "## 填报情况 Stated for this measure"
    yield ""
    yield "| | |"
    yield "| --- | --- |"
    for fact in s.facts:
        yield f"| {fact.name.zh} {fact.name.en} | {_both(fact.value.zh, fact.value.en)} |"


def _money(s: Standing) -> Iterator[str]:
    if not s.levels:
        return
    yield "## 金额 Amounts"
    yield ""
    yield "| | 申请 Asked | 承诺 Pledged | 核定 Awarded |"
    yield "| --- | ---: | ---: | ---: |"
    for level in s.levels:
        zh, en = NAMES[level]
        fixed = s.award[level] if s.award else None
        yield f"| {zh} {en} | {_sum(s.asked.get(level))} | {_sum(s.pledges.get(level))} | {_sum(fixed)} |"
    award = f"**{_sum(s.award_total)}**" if s.award else ""
    yield f"| **合计 Total** | **{_sum(s.asked_total)}** | | {award} |"
    yield ""
    yield f"规则上限 By the rules at most: {_sum(s.largest) or '原文未定 the text sets no limit'}"


def _findings(s: Standing) -> Iterator[str]:
    yield "## 规则核验 What the rules found"
    yield ""
    yield "| | 规则 Rule | 依据 Looked at | 结果 Result | 原文 Words |"
    yield "| --- | --- | --- | --- | --- |"
    for finding in s.findings:
        rule, result = (_both(finding[key]["zh"], finding[key]["en"]) for key in ("rule", "result"))
        rows = finding["looked_at"]
        looked = "; ".join(f"{_name(row['name'])}: {_both(row['value']['zh'], row['value']['en'])}" for row in rows)
        source = f"措施 measure {finding['measure']}: " if finding["measure"] != s.measure else ""
        mark = "✓" if finding["holds"] else "✗"
        yield f"| {mark} | {rule} | {looked} | {result} | {source}{_cell(finding['words'])} |"
    for n, note in enumerate(s.notes):
        if n == 0:
            yield ""
            yield "原文未明确之处 What the text leaves open:"
            yield ""
        yield f"- {_cell(note.zh)} {_cell(note.en)}"


def _panels(s: Standing) -> Iterator[str]:
    for stage in s.stages:
        if stage.panel is None:
            continue
        panel, result = stage.panel, stage.panel.result
        yield f"## {stage.name_zh} {stage.name_en} (第{stage.round}轮 round {stage.round})"
        yield ""
        yield f"抽取种子 seed `{panel.seed}` · 抽取文件哈希 hash of the draw `{panel.hash}`"
        yield ""
        if result is None:
            yield f"盲评 blind: {panel.scored} / {panel.seats} 席已评分 seats have scored; 空缺 vacant {panel.vacant}"
            yield ""
            continue
        lines = panel.panel.sheet
        yield f"**{result.said('zh')}** {result.said('en')}"
        yield ""
        heads = " | ".join(f"{_name(one.name.model_dump())} /{one.max}" for one in lines)
        yield f"| 席位 Seat | {heads} | 得分 Score | 评语 Comment |"
        yield "| --- |" + " ---: |" * (len(lines) + 1) + " --- |"
        for one in panel.scores:
            who = f"{one.name.zh} {_cell(one.expert)}"
            points = " | ".join(str(one.points[line.key]) for line in lines)
            yield f"| {who} | {points} | {one.shown} | {_cell(one.opinion)} |"
        yield ""


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
    who = f"{_cell(task.named_zh)} {_cell(task.named_en)}"
    if task.outcome is None or task.decided_at is None:
        waits = stage.state is StageState.OPEN and task.state is not TaskState.VOID
        said = " ".join(ENDED[task.ended_as]) if task.ended_as in ENDED else "⏳ 等待 waiting" if waits else "—"
        return f"| {what} | {who} | {said} | | |"
    zh, en = marked(task, *answer_names(stage.act, task.outcome))
    return f"| {what} | {who} | **{zh}** {en} | {_cell(task.opinion)} | {office_time(task.decided_at)} |"


def _foot(s: Standing) -> Iterator[str]:
    yield f"第{s.round}轮 round {s.round} · 版本 version {s.version} · 内容哈希 content hash `{s.content_hash[:16]}…`"


def _name(name: dict[str, str]) -> str:
    return f"{_cell(name['zh'])} {_cell(name['en'])}"


def _both(zh: str, en: str) -> str:
    """Return both languages; once where they are the same."""
    return _cell(zh) if zh == en else f"{_cell(zh)} {_cell(en)}"


def _sum(fen: int | None) -> str:
    return "" if fen is None else f"{money_zh(fen)} {money_en(fen)}"


def _cell(text: str) -> str:
    """Return ``text`` so that it cannot break out of its cell or become markup."""
    flat = " ".join(text.split())
    return "".join(f"\\{c}" if c in r"\`*_{}[]<>#|!" else c for c in flat)
