"""What `liandong doctor` says of the mailbox that is read by IMAP."""

import asyncio

from cli.finding import Finding
from models.settings import Settings
from notifications.receiving import imap_client

WHAT = "收信邮箱 IMAP"


async def imap(settings: Settings) -> list[Finding]:
    """Log in as the part would; nothing is said where no mailbox is set."""
    if not settings.imap_host:
        return []
    where = f"{settings.imap_user}@{settings.imap_host}:{settings.imap_port}"
    try:
        can, unread = await asyncio.to_thread(imap_client.check, settings)
    except Exception as error:  # the library and the network have many of their own
        why = f"{type(error).__name__}: {error}"
        return [
            Finding(
                WHAT,
                False,
                f"{where} 无法登录（{why}）；请检查 LIANDONG_IMAP_ 各项设置",
                f"{where} cannot be opened ({why}); check the settings LIANDONG_IMAP_...",
            )
        ]
    found = [Finding(WHAT, True, where, f"({settings.imap_security}, {can})")]
    if unread:
        folder = settings.imap_other_folder
        zh = f"{folder} 中有 {unread} 封未读邮件，系统没有处理；请用邮件程序打开查看，看过即不再提醒"
        en = f"{unread} unread messages in {folder}, with which nothing was done: read them with a mail program"
        found.append(Finding(WHAT, True, zh, en, warns=True))
    return found
