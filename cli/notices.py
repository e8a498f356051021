"""Commands about public notices: list, show, object (for objections that come on paper)."""

import asyncio
import datetime as dt
import getpass
import json
import mimetypes
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from approvals.notice import notices, objections
from approvals.notice.notices import NoticePage
from approvals.notice.objection_list import ObjectionLine, objections_of
from approvals.notice.objections import Said, SentFile
from approvals.office import Office
from cli.answers_page import two_lines
from cli.duties_page import table
from cli.run import complain, configured, console, file_bytes, opened, printable, run
from models.calendar import office_time
from models.objection import CHANNEL_NAMES, RESULT_NAMES, ObjectionChannel

app = typer.Typer(no_args_is_help=True, help="公示 Public notices: what is on view, and what is said against it.")

Json = Annotated[bool, typer.Option("--json", help="机器可读 For machines.")]
Number = Annotated[str, typer.Argument(help="申请编号 The application's number.")]
LOOKS = {
    "running": ("正在公示", "on view"),
    "stopped": ("收到异议，暂停", "stopped by an objection"),
    "over": ("公示期满", "over"),
    "left": ("公示中止", "ended early"),
}


@app.command("list")
def list_notices(as_json: Json = False) -> None:
    """公示一览 What is on view now, and what was so lately."""
    found = run(_listed())
    if as_json:
        print(_pretty({"notices": [_notice_json(one) for one in found]}))
        return
    if not found:
        console.print("目前没有公示。\nThere are no notices now.")
        return
    shown = table("编号\nNumber", "项目\nProject", "结果\nResult", "状态\nState", "截止\nUntil")
    for one in found:
        title = Text.assemble(printable(one.headline["title"]), "\n", (printable(one.headline["applicant"]), "dim"))
        result, until = one.headline["result"], office_time(one.due_at) if one.look == "running" else ""
        shown.add_row(one.number, title, two_lines(result["zh"], result["en"]), two_lines(*LOOKS[one.look]), until)
    console.print(shown)


@app.command()
def show(
    number: Number,
    as_json: Json = False,
    save: Annotated[
        Path | None, typer.Option(help="保存到文件夹 Save the kept files there, and those of objections.")
    ] = None,
) -> None:
    """查看公示 One notice: its hashes, and every objection with its answer."""
    view, made = run(_shown(number))
    if save is not None:
        _save(view, made, save)
    if as_json:
        print(_pretty(_notice_json(view) | {"objections": [_objection_json(one) for one in made]}))
        return
    console.print(_facts(view))
    for one in made:
        console.print(_objection(one))


@app.command("object")
def object_(
    number: Number,
    name: Annotated[str, typer.Option(help="姓名 Who objects.")],
    contact: Annotated[str, typer.Option(help="联系方式 An e-mail address or a telephone number.")],
    text: Annotated[str, typer.Option(help="异议内容 What the objection says.")],
    file: Annotated[list[Path] | None, typer.Option(help="附件 A file that came with it; may be repeated.")] = None,
) -> None:
    """登记书面异议 Take down an objection that came on paper."""
    made = run(_object(number, name, contact, text, file or []))
    console.print(f"已登记：{number} 异议 {made}；公示期暂停计算，已请作出决定的单位答复。")
    console.print(f"Taken down: {number} objection {made}; the clock stands still, and the unit that decided is asked.")


async def _listed() -> list[NoticePage]:
    async with opened(configured()) as db:
        return await db.read(notices.notices, Office.of(configured()), dt.datetime.now(dt.UTC))


async def _shown(number: str) -> tuple[NoticePage, list[ObjectionLine]]:
    async with opened(configured()) as db:
        view = await db.read(notices.notice_page, Office.of(configured()), number, dt.datetime.now(dt.UTC))
        return view, await db.read(objections_of, number)


async def _object(number: str, name: str, contact: str, text: str, paths: list[Path]) -> int:
    files = [SentFile(path.name, mimetypes.guess_type(path.name)[0] or "", await file_bytes(path)) for path in paths]
    said, office = Said(name, contact, text, tuple(files)), Office.of(configured())
    async with opened(configured()) as db:
        by = f"operator:{await asyncio.to_thread(getpass.getuser)}"
        now = dt.datetime.now(dt.UTC)
        made = await db.write(objections.object_to, office, number, said, ObjectionChannel.PAPER, now, by=by)
        return made.seq


def _save(view: NoticePage, made: list[ObjectionLine], folder: Path) -> None:
    """Write the kept files and those of objections below ``folder``, or end with why they cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{view.number}.html").write_bytes(view.html)
        (folder / f"{view.number}.csv").write_bytes(view.csv)
        for one in made:
            for n, (name, _, content) in enumerate(one.files, 1):
                (folder / f"{view.number}-{one.seq}-{n}-{name}").write_bytes(content)
    except OSError as error:
        complain(f"无法写入 {folder}\nCannot write to {folder}: {error.strerror}")


def _facts(view: NoticePage) -> Table:
    rows = Table.grid(padding=(0, 2))
    zh, en = LOOKS[view.look]
    result = view.headline["result"]
    rows.add_row("编号 Number", view.number)
    rows.add_row("项目 Project", printable(view.headline["title"]))
    rows.add_row("申请单位 Applicant", printable(view.headline["applicant"]))
    rows.add_row("结果 Result", f"{result['zh']} {result['en']}")
    rows.add_row("状态 State", f"{zh} {en}")
    rows.add_row("公示开始 Published", office_time(view.published_at))
    if view.look == "running":
        rows.add_row("截止 Until", office_time(view.due_at))
    rows.add_row("HTML SHA-256", view.html_sha256)
    rows.add_row("CSV SHA-256", view.csv_sha256)
    return rows


def _objection(one: ObjectionLine) -> Text:
    channel = " ".join(CHANNEL_NAMES[one.channel])
    result = " ".join(RESULT_NAMES[one.result]) if one.result else "待答复 waiting for an answer"
    made = Text(f"\n异议 Objection {one.seq} · {office_time(one.received_at)} · {channel}\n", "bold")
    made.append(printable(f"{one.name} · {one.contact}\n{one.text}\n"), "")
    for name, digest, content in one.files:
        made.append(printable(f"  {name} · {len(content):,} B · SHA-256 {digest}\n"), "dim")
    made.append(printable(f"→ {result}{'：' if one.answer else ''}{one.answer}"), "green" if one.result else "yellow")
    return made


def _notice_json(view: NoticePage) -> dict[str, Any]:
    return {
        "number": view.number,
        "round": view.round,
        **view.headline,
        "state": view.look,
        "published_at": view.published_at.isoformat(),
        "until": view.due_at.isoformat() if view.look == "running" else None,
        "waiting": view.waiting,
        "html_sha256": view.html_sha256,
        "csv_sha256": view.csv_sha256,
        "address": view.address,
    }


def _objection_json(one: ObjectionLine) -> dict[str, Any]:
    return {
        "number": one.seq,
        "name": one.name,
        "contact": one.contact,
        "text": one.text,
        "channel": one.channel.value,
        "received_at": one.received_at.isoformat(),
        "files": [{"name": name, "sha256": digest, "bytes": len(content)} for name, digest, content in one.files],
        "result": one.result.value if one.result else None,
        "answer": one.answer,
        "unit": one.unit,
        "answered_at": one.answered_at.isoformat() if one.answered_at else None,
    }


def _pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
