"""The command for award letters and decision sheets."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from approvals import papers
from approvals.database import Database
from cli.run import complain, configured, console, opened, run
from models.hashing import sha256
from models.paper import NoPaper, Paper, PaperKind

KINDS = "award-letter | decision-sheet | applicant-copy"


def paper(
    number: Annotated[str, typer.Argument(help="申请编号 The application's number.")],
    out: Annotated[Path, typer.Option(help="写入的文件 The file to write.")],
    kind: Annotated[str, typer.Option(help=f"文书 Which paper: {KINDS}.")] = "",
    again: Annotated[
        bool, typer.Option("--again", help="重新生成并与留存逐字节核对 Make it anew and compare.")
    ] = False,
) -> None:
    """出具文书 Write the award letter or the decision sheet as PDF."""
    kept = run(_paper(number, kind, again))
    try:
        out.write_bytes(kept.pdf)
    except OSError as error:
        complain(f"无法写入文件 {out}\nThe file cannot be written: {out}: {error.strerror}")
    console.print(f"{out}  {kept.kind.word}  SHA-256 {kept.sha256}", soft_wrap=True)
    if again:
        console.print("重新生成的文件逐字节相同 Made again: the same bytes", style="green")


async def _paper(number: str, kind: str, again: bool) -> Paper:
    from notifications.papers.making import made_again, make_papers

    wanted = PaperKind.of(kind) if kind else None
    async with opened(configured()) as db:
        await make_papers(db, number, lambda: dt.datetime.now(dt.UTC))
        found = await _read(db, number, wanted)
        if again and (anew := sha256(await made_again(db, number, found.kind))) != found.sha256:
            complain(
                f"重新生成的文件不同（{anew}）；以留存的文件为准。\n"
                f"Made again it is another file ({anew}); the kept one holds."
            )
    return found


async def _read(db: Database, number: str, kind: PaperKind | None) -> Paper:
    """Return the paper of ``kind``; where none is named, the award letter or else the decision sheet."""
    if kind is not None:
        return await db.read(papers.read, number, kind)
    try:
        return await db.read(papers.read, number, PaperKind.AWARD_LETTER)
    except NoPaper:
        return await db.read(papers.read, number, PaperKind.DECISION_SHEET)
