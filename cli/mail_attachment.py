"""The command about files that came with replies."""

import os
from pathlib import Path
from typing import Annotated

import typer

from approvals.post.attachments import content_of
from cli.run import complain, configured, console, opened, printable, run
from models.attachment import Attachment


def attachment(
    which: Annotated[str, typer.Argument(metavar="ID", help="附件编号 The file's id, or its beginning.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="存到 Where to write it; never over a file.")],
) -> None:
    """取出附件 Write a file that came with a reply; nothing here has opened it."""
    kept, content = run(_content(which))
    try:
        with os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        complain(f"无法写入文件 {output}\nThe file cannot be written: {output}: {error.strerror}")
    console.print(f"已取出 Written: {printable(kept.name)}  {kept.size:,} B  sha256 {kept.sha256}", soft_wrap=True)
    console.print("来自外部，请先查毒再打开 It came from outside: scan it before you open it.", style="yellow")


async def _content(which: str) -> tuple[Attachment, bytes]:
    async with opened(configured()) as db:
        kept, content = await db.read(content_of, which)
        return kept, content
