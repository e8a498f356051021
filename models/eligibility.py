"""May this application be made, and for how much? Pure: a form, a policy and a day give the faults."""

import datetime as dt

from models.errors import Fault
from models.form import ApplicationForm
from models.money import money_en, money_zh
from models.policy import Measure, Option, Policy
from models.states import Level, name


def faults(form: ApplicationForm, policy: Policy, day: dt.date) -> list[Fault]:
    """Return everything that the policy has against ``form`` on ``day``; an empty list admits it."""
    measure = policy.measures.get(form.measure)
    if measure is None:
        return [_unknown_measure(policy)]
    found = [*_window(policy, day), *_county(form, policy)]
    option = measure.options.get(form.option)
    if option is None:
        return [*found, _unknown_option(measure)]
    return [*found, *_split(form), *_levels(form, option), *_limit(form, measure, option)]


def _unknown_measure(policy: Policy) -> Fault:
    open_ones = ", ".join(str(n) for n in policy.measures)
    return Fault(
        "measure",
        f"本系统未受理该措施；可申请的措施：{open_ones}",
        f"applications are not taken under this measure; choose one of: {open_ones}",
    )


def _unknown_option(measure: Measure) -> Fault:
    zh = "、".join(f"{key}（{option.name.zh}）" for key, option in measure.options.items())
    en = ", ".join(f"{key} ({option.name.en})" for key, option in measure.options.items())
    return Fault("option", f"没有这一类别；可选：{zh}", f"there is no such option; choose one of: {en}")


def _window(policy: Policy, day: dt.date) -> list[Fault]:
    window = policy.window
    if window.first_day <= day <= window.last_day:
        return []
    return [
        Fault(
            "date",
            f"{day} 不在申报期 {window.first_day} 至 {window.last_day} 之内",
            f"{day} is outside the window {window.first_day} to {window.last_day}",
            window.words,
        )
    ]


def _county(form: ApplicationForm, policy: Policy) -> list[Fault]:
    try:
        policy.place(form.county)
    except KeyError:
        return [
            Fault(
                "county",
                f"{policy.issuer.zh}所辖县（市、区）中没有“{form.county}”；请填写 GB/T 2260 代码，如 330110",
                f"“{form.county}” is no county of this policy's province; give its GB/T 2260 code, such as 330110",
            )
        ]
    return []


def _split(form: ApplicationForm) -> list[Fault]:
    total = form.amounts.total
    if total == 0:
        return [Fault("amounts", "申请金额合计为零；请填写至少一级资金", "the sum asked for is zero; state a share")]
    if form.total is not None and form.total != total:
        return [
            Fault(
                "total",
                f"合计 {money_zh(form.total)} 与省、市、县三级之和 {money_zh(total)} 不一致；请核对",
                f"the total of {money_en(form.total)} is not the sum of province, city and county, "
                f"{money_en(total)}; make them agree",
            )
        ]
    return []


def _levels(form: ApplicationForm, option: Option) -> list[Fault]:
    return [
        Fault(
            f"amounts.{level.value}",
            f"“{option.name.zh}”没有{name(level, 'zh')}资金，上限为 0 元",
            f"“{option.name.en}” has no money from the {level.value}; the limit is 0 yuan",
            option.words,
        )
        for level in Level
        if level not in option.levels and form.amounts.of(level) > 0
    ]


def _limit(form: ApplicationForm, measure: Measure, option: Option) -> list[Fault]:
    if form.amounts.total <= option.at_most_yuan:
        return []
    return [
        Fault(
            "amounts",
            f"合计 {money_zh(form.amounts.total)} 超过措施 {measure.number}"
            f"“{option.name.zh}”的上限 {money_zh(option.at_most_yuan)}",
            f"the sum of {money_en(form.amounts.total)} is over the limit of "
            f"{money_en(option.at_most_yuan)} for “{option.name.en}” (measure {measure.number})",
            option.words,
        )
    ]
