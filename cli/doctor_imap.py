"""What `liandong doctor` says of the mailbox that is read by IMAP."""

import asyncio

from cli.finding import Finding
from models.settings import Settings
from notifications import imap_client

WHAT = "收信邮箱 IMAP"


async def imap(settings: Settings) -> list[Finding]:
    """Log in as the part would; nothing is said where no mailbox is set."""
    if not settings.imap_host:
        return []
    where = f"{settings.imap_user}@{settings.imap_host}:{settings.imap_port}"
    try:
        can = await asyncio.to_thread(imap_client.check, settings)
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
    return [Finding(WHAT, True, where, f"({settings.imap_security}, {can})")]
