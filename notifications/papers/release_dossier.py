"""What stands on the dossier of a release in place of an application: award, instalment, who pays. Pure."""

from typing import Any

from models.calendar import office_time
from models.release_standing import ReleaseStanding
from models.road.standing import Standing
from models.states import Level
from notifications.papers.parts import both, called, figures, measure, named, same


def of_release(s: Standing, release: ReleaseStanding) -> dict[str, Any]:
    """Return the parts of the sheet that are others than those of a claim."""
    rows = [
        (both("申请单位", "Applicant"), same(s.applicant)),
        (both("统一社会信用代码", "Unified social credit code"), same(s.credit_code)),
        (both("项目名称", "Project"), same(s.title)),
        (both("依据", "Under"), measure(s)),
        (both("核定编号", "Award"), same(release.award)),
        (both("期次", "Instalment"), _instalment(release)),
        (both("拨付依据", "Evidence"), same(release.evidence)),
        (both("启动时间", "Opened"), same(office_time(s.submitted_at))),
    ]
    return {
        "heads": {
            "case": both("拨付", "Release"),
            "sums": [both("本期金额", "Amount"), both("抵减", "Set off"), both("拨付", "To be paid")],
        },
        "case": [{"name": name, "value": value} for name, value in rows],
        "sums": _sums(release),
        "findings": [],
        "limit": None,
        "overlaps": [],
    }


def _instalment(release: ReleaseStanding) -> dict[str, str]:
    name = named(release.name)
    return both(
        f"第{release.part}期，共{release.parts}期：{name['zh']}", f"{release.part} of {release.parts}: {name['en']}"
    )


def _sums(release: ReleaseStanding) -> list[dict[str, Any]]:
    """Return a row a level, and the total: what is due, what is set off against it, what is paid."""
    pay, found = release.pay, [level for level in Level if level in release.amounts]
    rows = [_row(called(level), release.amounts[level], release.set_off.get(level, 0), pay[level]) for level in found]
    total = (sum(release.amounts.values()), sum(release.set_off.values()), sum(pay.values()))
    return [*rows, _row(both("合计", "Total"), *total)]


def _row(name: dict[str, str], amount: int, set_off: int, paid: int) -> dict[str, Any]:
    """Return a row of the table, whose columns have the names that they have in a claim's."""
    left_out = figures(set_off) if set_off else "—"
    return {"name": name, "asked": figures(amount), "pledged": left_out, "awarded": figures(paid)}
