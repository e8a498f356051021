"""What `liandong doctor` sees in the database: its schema, the directory, letters that failed."""

import datetime as dt

from sqlmodel import func, select

from approvals import migrate
from approvals.database import Database
from approvals.directory import Listed, listing
from approvals.money.budget_book import budgets
from approvals.panel import panels
from approvals.transaction import Transaction
from cli.finding import Finding
from cli.run import UNREACHABLE, policy_today
from models.calendar import office_date
from models.letter import Letter
from models.policy.source import PolicyFault
from models.settings import Settings
from models.states import LetterState

#: Units without an officer that are named; the others are counted.
NAMED = 5
DIRECTORY = "通讯录 directory"
BUDGETS = "预算 budgets"


async def database(settings: Settings) -> list[Finding]:
    """Look at the schema and, where it is the newest, at what is in it."""
    what = "数据库 database"
    try:
        current = await migrate.is_current(settings)
    except UNREACHABLE as error:
        why = str(error).splitlines()[0]
        return [
            Finding(
                what,
                False,
                "无法连接；请检查 LIANDONG_DATABASE_URL",
                f"cannot be reached ({why}); check LIANDONG_DATABASE_URL",
            )
        ]
    if not current:
        return [Finding(what, False, "尚未升级；请运行 liandong migrate", "is not migrated; run: liandong migrate")]
    db = Database(settings)
    try:
        return [
            Finding(what, True, "已是最新", "is up to date"),
            *await _directory(db, settings),
            *await _budgets(db, settings),
            _letters(await db.read(_failed)),
            *_panels(await db.read(panels.vacant)),
        ]
    finally:
        await db.close()


async def _directory(db: Database, settings: Settings) -> list[Finding]:
    try:
        policy = policy_today(settings)
    except PolicyFault:  # said elsewhere
        return []
    listed = await db.read(listing, policy)
    officers = sum(len(one.officers) for one in listed)
    if officers == 0:
        return [
            Finding(
                DIRECTORY,
                False,
                "没有任何经办人；请运行 liandong directory import 文件",
                "nobody can be asked; run: liandong directory import FILE",
            )
        ]
    missing = [one for one in listed if not one.officers]
    found = Finding(DIRECTORY, True, f"{officers} 位经办人", "officers")
    return [_missing(missing, settings.no_officer)] if missing else [found]


async def _budgets(db: Database, settings: Settings) -> list[Finding]:
    try:
        policy = policy_today(settings)
    except PolicyFault:  # said elsewhere
        return []
    year = office_date(dt.datetime.now(dt.UTC)).year
    found = await db.read(budgets, policy, year)
    without = sum(one.granted is None for one in found)
    if found and not without:
        return [Finding(BUDGETS, True, f"{year} 年度 {len(found)} 项", f"{len(found)} budgets in {year}")]
    zh, en = f"{year} 年度未登记预算", f"none is recorded for {year}"
    if without:
        zh, en = f"{year} 年度 {without} 项已核定而未登记预算", f"{without} of {year} have awards and no budget"
    return [
        Finding(
            BUDGETS,
            True,
            f"{zh}，核定不受预算限制；如有预算请运行 liandong budget set",
            f"{en}: nothing limits awards by budget; where there is one, run: liandong budget set",
            warns=bool(without),
        )
    ]


def _missing(missing: list[Listed], no_officer: str) -> Finding:
    zh, en = "、".join(one.name.zh for one in missing[:NAMED]), ", ".join(one.name.en for one in missing[:NAMED])
    if len(missing) > NAMED:
        zh, en = f"{zh}等", f"{en} and others"
    then_zh, then_en = {
        "operator": ("其待办会停下等候", "their tasks will wait"),
        "parent": ("其待办由上级单位代为答复", "the unit above will be asked in their place"),
    }[no_officer]
    return Finding(
        DIRECTORY,
        True,
        f"{len(missing)}个单位没有经办人（{zh}），{then_zh}；请运行 liandong directory import 文件",
        f"{len(missing)} units have no officer ({en}), and {then_en}; run: liandong directory import FILE",
        warns=True,
    )


def _panels(vacant: dict[str, int]) -> list[Finding]:
    """Name the applications that wait for experts; nothing where none does."""
    if not vacant:
        return []
    numbers = "、".join(f"{number}（{count}）" for number, count in vacant.items())
    return [
        Finding(
            "专家评审 panels",
            False,
            f"席位空缺：{numbers}；请运行 liandong experts 文件，或 liandong panel drop",
            "seats have no expert; run: liandong experts FILE, or liandong panel drop",
        )
    ]


def _failed(tx: Transaction) -> int:
    return tx.exec(select(func.count()).select_from(Letter).where(Letter.state == LetterState.FAILED)).one()


def _letters(failed: int) -> Finding:
    what = "信件 letters"
    if failed:
        return Finding(
            what,
            False,
            f"{failed} 封无法送达；原因见 liandong letter list --state failed，处理后可 letter retry --all",
            f"{failed} could not be delivered; see `liandong letter list --state failed`, then `letter retry`",
        )
    return Finding(what, True, "没有发送失败的信件", "none failed")
