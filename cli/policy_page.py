"""How the terminal shows a policy: a measure, its route, and what the rules found. Also as JSON."""

from collections.abc import Iterator
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cli.answers_page import two_lines
from models.case.case import facts_wanted, rules_of
from models.case.judgement import Judgement
from models.policy.data import Bilingual
from models.policy.measure import Duty, Measure, Option
from models.policy.policy import Policy, asked_by
from models.policy.rule_words import said

KINDS = {"claim": ("申请", "claim"), "duty": ("任务", "duty"), "gate": ("审查", "gate")}
GIVES = {
    "money": ("资金", "money"),
    "voucher": ("券", "voucher"),
    "recognition": ("认定", "recognition"),
    "listing": ("入选名单", "listing"),
    "clearance": ("审查通过", "clearance"),
}


def measure_page(policy: Policy, measure: Measure) -> Group:
    """Return one measure whole: units, route, options with their rules and words, duties, notes."""
    return Group(*_page(policy, measure))


def _page(policy: Policy, measure: Measure) -> Iterator[RenderableType]:
    zh, en = KINDS[measure.kind]
    yield Text(f"措施 {measure.number} {measure.title.zh} · {zh}", "bold")
    yield Text(f"Measure {measure.number}: {measure.title.en} · {en}", "dim")
    for place, unit in enumerate(measure.units):
        yield _row("牵头 lead" if place == 0 else "", policy.units[unit].name)
    if measure.options:
        yield _title("路径 Route")
        yield Padding(drawing(policy, measure), (0, 0, 0, 2))
    for key, option in measure.options.items():
        yield from _option(policy, measure, key, option)
    for duty in measure.duties.values():
        yield from _duty(duty)
    notes = (*measure.notes, *(reading.note for reading in measure.readings.values()))
    if notes:
        yield Text("")
    yield from (_row("注 note", note) for note in notes)


def _option(policy: Policy, measure: Measure, key: str, option: Option) -> Iterator[RenderableType]:
    zh, en = GIVES[option.gives]
    yield _title(f"{option.name.zh} {option.name.en}")
    yield _row("类别 option", Bilingual(zh=f"{key} · {zh}", en=en))
    for fact in facts_wanted(policy, measure, key):
        kind = measure.facts[fact]
        yield _row("填报 state", Bilingual(zh=f"{kind.name.zh}  facts.{fact} ({kind.type})", en=kind.name.en))
    for bound in rules_of(policy, measure, key):
        rule = {language: said(policy, measure, bound.rule, language) for language in ("zh", "en")}
        yield _row("规则 rule", Bilingual(**rule))
        if bound.words != option.words:
            yield _words(bound.words, bound.measure if bound.measure != measure.number else None)
    yield _words(option.words)
    yield from (_row("注 note", note) for note in option.notes)


def _duty(duty: Duty) -> Iterator[RenderableType]:
    yield _title(f"任务 Duty: {duty.title.zh} {duty.title.en}")
    for target in duty.targets:
        by = ("（每年）", " (a year)") if target.each else ("", "")  # the text may set no day at all
        if target.by:
            by = (f"（至 {target.by}）", f" (by {target.by})")
        zh = f"{target.name.zh} {target.number:,} {target.unit.zh}{by[0]}"
        en = f"{target.name.en}: {target.number:,} {target.unit.en}{by[1]}"
        yield _row("目标 target", Bilingual(zh=zh, en=en))
    yield _words(duty.words)
    yield from (_row("注 note", note) for note in duty.notes)


def _row(label: str, name: Bilingual) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=13)
    grid.add_column(overflow="fold")
    grid.add_row(f"  {label}", two_lines(name.zh, name.en))
    return grid


def _title(text: str) -> Text:
    return Text(f"\n{text}", "bold")


def _words(words: str, measure: int | None = None) -> Padding:
    source = f"措施 measure {measure}: " if measure else ""
    return Padding(Text(f"{source}“{' '.join(words.split())}”", "italic dim"), (0, 0, 0, 14))


def drawing(policy: Policy, measure: Measure) -> str:
    """Return the route of a claim as people draw it: one stage a line, those asked at once side by side."""
    lines = []
    for stage in policy.road_of(measure).values():
        names = [policy.units[key].name for key in asked_by(stage, measure)]
        if names:
            zh = " + ".join(name.zh for name in names)
            en = " + ".join(name.en for name in names)
            lines.append(f"{stage.name.zh} {stage.name.en}: {zh} ({en})")
    return "\n  ↓\n".join(lines)


def trace_table(judgement: Judgement) -> Table:
    """Return the findings as a table: each rule, what it looked at, what came of it."""
    table = Table(box=box.SIMPLE_HEAD, show_lines=True)
    for heading in ("", "规则 Rule", "依据的情况 Looked at", "结果 Result"):
        table.add_column(heading, overflow="fold")
    for finding in judgement.findings:
        looked = Text("\n").join(
            two_lines(f"{row.name.zh} {row.value.zh}", f"{row.name.en}: {row.value.en}") for row in finding.looked_at
        )
        table.add_row(
            Text("✓", "green") if finding.holds else Text("✗", "red"),
            two_lines(finding.rule.zh, finding.rule.en),
            looked,
            two_lines(finding.result.zh, finding.result.en),
        )
    return table


def measure_json(policy: Policy, measure: Measure) -> dict[str, Any]:
    """Return one measure for machines, its units in the order of the text."""
    return {
        "number": measure.number,
        "kind": measure.kind,
        "title": measure.title.model_dump(),
        "units": [
            {"key": key, "name_en": policy.units[key].name.en, "name_zh": policy.units[key].name.zh}
            for key in measure.units
        ],
        "options": {
            key: {
                "name": option.name.model_dump(),
                "gives": option.gives,
                "levels": [level.value for level in option.levels],
                "facts": facts_wanted(policy, measure, key),
                "rules": [
                    {
                        "zh": said(policy, measure, bound.rule, "zh"),
                        "en": said(policy, measure, bound.rule, "en"),
                        "measure": bound.measure,
                        "words": bound.words,
                    }
                    for bound in rules_of(policy, measure, key)
                ],
            }
            for key, option in measure.options.items()
        },
        "duties": {
            key: {
                "title": duty.title.model_dump(),
                "targets": [target.model_dump(mode="json") for target in duty.targets],
            }
            for key, duty in measure.duties.items()
        },
    }
