"""May this application be made, and for how much? Pure: a form, a policy, a day and records give the judgement.

The same judgement refuses an application, is explained by ``liandong policy explain``, is kept with the
application, and limits its award: there is no second place that knows a limit.
"""

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from fractions import Fraction

from models.case import facts
from models.case.batch import AMOUNT, NO_ROWS, Batch
from models.case.case import Case, RuleInForce, names_in, read_case
from models.case.form import ApplicationForm
from models.case.judgement import Finding, Judgement, Looked, Records
from models.errors import Fault
from models.money import Fen, money_en, money_zh
from models.policy.conditions import Membership, Truth
from models.policy.data import Bilingual
from models.policy.policy import Policy
from models.policy.rules import AtMost, Ceiling, Requires


def judge(
    form: ApplicationForm, policy: Policy, day: dt.date, records: Records, batch: Batch | None = None
) -> Judgement:
    """Return what the policy makes of ``form`` on ``day``: everything against it, the largest award, and why.

    ``batch`` has the rows of an option that is applied for in batches; each was checked when it was read.
    """
    case, faults = read_case(form, policy, day)
    if case is None:
        return Judgement(tuple(faults), ())
    findings = [_window(case)]
    faults += _batch_faults(case, batch)
    for bound in case.rules:
        if case.option.batch and isinstance(bound.rule, AtMost):
            continue
        finding, fault = _apply(case, bound, records)
        findings += [finding] if finding else []
        faults += [fault] if fault else []
    if batch is not None and case.option.batch:
        findings += _batch_findings(case, batch)
    judgement = Judgement(tuple(faults), tuple(findings))
    return Judgement((*faults, *_over(case, judgement)), judgement.findings)


def _batch_faults(case: Case, batch: Batch | None) -> Iterator[Fault]:
    """Yield what is wrong with the presence of rows, or with their sum."""
    if batch is None and case.option.batch:
        columns = ",".join((*case.option.batch.columns, AMOUNT))
        yield Fault(
            "rows",
            f"本类别须附明细文件（CSV 或 XLSX，各列为 {columns}）：liandong submit FILE --rows ROWS",
            f"this option needs a file of rows (CSV or XLSX, columns {columns}): liandong submit FILE --rows ROWS",
        )
    elif batch is not None and case.option.batch is None:
        yield NO_ROWS
    elif batch is not None and batch.total != case.form.amounts.total:
        yield Fault(
            "amounts",
            f"合计须等于明细之和 {money_zh(batch.total)}",
            f"the sum must be that of the rows, {money_en(batch.total)}",
        )


def _batch_findings(case: Case, batch: Batch) -> Iterator[Finding]:
    """Yield what each limit allows for all rows, and what the tightest of each row allows."""
    count = Bilingual(zh=f"{len(batch.rows):,} 件", en=f"{len(batch.rows):,} pieces")
    looked = Looked(Bilingual(zh="逐件核对", en="checked, one by one"), count)
    for rule, most in batch.limits:
        result = Bilingual(zh=f"合计至多 {money_zh(most)}", en=f"at most {money_en(most)} in all")
        words = rule.words or case.option.words
        yield Finding(case.measure.number, case.says(rule), (looked,), result, holds=True, words=words)
    if batch.largest is not None:
        rule_ = Bilingual(zh="每件以最低的限额为准", en="the lowest limit of each piece counts")
        most_ = Bilingual(zh=f"至多 {money_zh(batch.largest)}", en=f"at most {money_en(batch.largest)}")
        yield Finding(case.measure.number, rule_, (looked,), most_, True, case.option.words, batch.largest)


def _window(case: Case) -> Finding:
    """Return whether the application is made in time; ``read_case`` has the fault where it is not."""
    window = case.policy.window
    rule = Bilingual(
        zh=f"申报期 {window.first_day} 至 {window.last_day}", en=f"window {window.first_day} to {window.last_day}"
    )
    looked = Looked(Bilingual(zh="申请日", en="day of the application"), Bilingual(zh=str(case.day), en=str(case.day)))
    holds = window.first_day <= case.day <= window.last_day
    return Finding(case.measure.number, rule, (looked,), _held(holds), holds, window.words)


def _held(holds: bool) -> Bilingual:
    return Bilingual(zh="符合", en="holds") if holds else Bilingual(zh="不符合", en="does not hold")


def _over(case: Case, judgement: Judgement) -> Iterator[Fault]:
    """Yield the fault of asking for more than the tightest rule allows."""
    limit, total = judgement.largest, case.form.amounts.total
    if limit is None or total <= limit:
        return
    tightest = next(finding for finding in judgement.findings if finding.limit == limit)
    number, option = case.measure.number, case.option.name
    yield Fault(
        "amounts",
        f"合计 {money_zh(total)} 超过措施 {number}“{option.zh}”的上限 {money_zh(limit)}",
        f"the sum of {money_en(total)} is over the limit of {money_en(limit)} for “{option.en}” (measure {number})",
        tightest.words,
    )


def _apply(case: Case, bound: RuleInForce, records: Records) -> tuple[Finding | None, Fault | None]:
    """Return what one rule found, and the fault where it is broken; no finding where a fact is missing."""
    if isinstance(bound.rule, Ceiling):
        return _ceiling(case, bound, bound.rule, records), None
    day = case.facts.date(bound.rule.as_of, case.day)
    names = names_in(bound.rule)
    for figure in (named for named in names if named in case.policy.figures):
        if (figure, day) not in records.figures:
            return None, _no_figure(case, figure, day, bound.words)
    if any(name in case.measure.facts and name not in case.facts.values for name in names):
        return None, None  # read_case has said so
    values = _values(case, day, records)
    try:
        match bound.rule:
            case Requires():
                return _required(case, bound, bound.rule, values, records)
            case AtMost():
                return _limit(case, bound, bound.rule, values), None
    except ZeroDivisionError:
        return None, Fault("facts", "有一项为零，无法计算", "one of the facts is zero, so that nothing can be reckoned")


def _values(case: Case, day: dt.date, records: Records) -> dict[str, Fraction]:
    """Return every number that the rules of the case may name, money in fen."""
    readings = {key: reading.number for key, reading in case.measure.readings.items()}
    figures = {key: value for (key, on), value in records.figures.items() if on == day}
    return readings | figures | case.facts.numbers


def _required(
    case: Case, bound: RuleInForce, rule: Requires, values: Mapping[str, Fraction], records: Records
) -> tuple[Finding, Fault | None]:
    match rule.requires.test:
        case Membership(_, register, inside):
            holds = (register in records.listed) is inside
        case Truth(fact):
            holds = case.facts.values[fact] is True
        case comparison:
            holds = comparison.holds(values)
    said, looked = case.says(rule), _looked(case, rule, values)
    finding = Finding(bound.measure, said, looked, _held(holds), holds, bound.words)
    if holds:
        return finding, None
    zh = "；".join(f"{row.name.zh} {row.value.zh}" for row in looked)
    en = "; ".join(f"{row.name.en}: {row.value.en}" for row in looked)
    ask_zh, ask_en = _ASK if isinstance(rule.requires.test, Membership) and rule.requires.test.inside else ("", "")
    fault = Fault(
        _field(rule),
        f"不符合条件“{said.zh}”{f'（{zh}）' if zh else ''}{ask_zh}",
        f"does not meet the condition “{said.en}”{f' ({en})' if en else ''}{ask_en}",
        bound.words,
    )
    return finding, fault


#: What to do where a register does not have who should be in it.
_ASK = (
    "；如确已认定，请运行人员用 liandong register add 登记",
    "; if it should be there, ask the operator to record it (liandong register add)",
)


def _field(rule: Requires) -> str:
    """Return the field that a broken condition is about."""
    match rule.requires.test:
        case Membership(subject, _, _):
            return "applicant.credit_code" if subject == "applicant" else "project.title"
        case _:
            return f"facts.{rule.requires.names[0]}"


def _limit(case: Case, bound: RuleInForce, rule: AtMost, values: Mapping[str, Fraction]) -> Finding:
    limit = Fen(max(0, math.floor(rule.at_most.value(values))))
    holds = case.form.amounts.total <= limit
    result = Bilingual(zh=f"至多 {money_zh(limit)}", en=f"at most {money_en(limit)}")
    return Finding(
        bound.measure,
        case.says(rule),
        _looked(case, rule, values),
        result,
        holds,
        bound.words,
        limit,
    )


def _ceiling(case: Case, bound: RuleInForce, rule: Ceiling, records: Records) -> Finding:
    """Return how much of a ceiling is left; the year of its determination may be another than today's."""
    used, year = records.used.get(rule.key, 0), case.year(rule, case.day)
    left = max(0, rule.most - used)
    if rule.counts_money:
        used_, left_ = (Bilingual(zh=money_zh(n), en=money_en(n)) for n in (used, left))
    else:
        used_, left_ = (Bilingual(zh=f"{n} 项", en=f"{n}") for n in (used, left))
    looked = Looked(Bilingual(zh=f"{year} 年已核定", en=f"awarded in {year}"), used_)
    result = Bilingual(zh=f"尚余 {left_.zh}", en=f"{left_.en} left")
    stated = rule.counts_money and rule.year_of is not None
    limit = Fen(left) if stated else None
    return Finding(bound.measure, case.says(rule), (looked,), result, left > 0, bound.words, limit)


def _looked(case: Case, rule: Requires | AtMost, values: Mapping[str, Fraction]) -> tuple[Looked, ...]:
    """Return every fact, figure and reading that ``rule`` names, with its value."""
    rows = []
    for key in names_in(rule):
        if fact := case.measure.facts.get(key):
            rows.append(_row(fact.name, fact.type, case.facts.values[key]))
        elif figure := case.policy.figures.get(key):
            rows.append(_row(figure.name, figure.type, values[key]))
        elif reading := case.measure.readings.get(key):
            rows.append(_row(reading.name, "number", values[key]))
    return tuple(rows)


def _row(called: Bilingual, kind: str, value: facts.Value) -> Looked:
    return Looked(called, Bilingual(zh=facts.said(kind, value, "zh"), en=facts.said(kind, value, "en")))


def _no_figure(case: Case, figure: str, day: dt.date, words: str) -> Fault:
    kind = case.policy.figures[figure]
    return Fault(
        "county" if kind.local else "date",
        f"{'当地' if kind.local else ''}没有 {day} 适用的“{kind.name.zh}”；请运行人员用 liandong figure set 登记",
        f"there is no “{kind.name.en}” for {'this place on ' if kind.local else ''}{day}; "
        "ask the operator to record it (liandong figure set)",
        words,
    )
