"""What `liandong doctor` looks at to see whether replies can be proven."""

import asyncio

from cli.finding import Finding
from models.settings import Settings
from notifications.authentic import NameServer
from notifications.authentic.lookup import Unreachable, read_keys
from notifications.authentic.practice_key import FILE
from notifications.authentic.trust import only_our_servers

WHAT = "回信真伪 senders"
#: Asked of the name server: that it answers is what counts, not what.
ASKED, SECONDS = "_dmarc.example.com", 3.0


async def senders(settings: Settings) -> list[Finding]:
    """Look at what proves who sent a reply."""
    if not settings.replies_must_be_authentic:
        zh = "任何人写上经办人的地址即可用回信作出决定；请删除 LIANDONG_REPLIES_MUST_BE_AUTHENTIC"
        return [Finding(WHAT, False, zh, "anybody who writes an officer's From decides: unset it")]
    found = [*_results(settings), *_practice(settings)]
    if settings.practice_mailbox and not settings.authserv_id:  # nobody's mail servers but its own are asked
        return found or [Finding(WHAT, True, "采信练习邮箱的签名", "believes the practice mailbox")]
    return [*found, await _names(settings)]


def _results(settings: Settings) -> list[Finding]:
    if not settings.authserv_id:
        return []
    if not only_our_servers(settings):
        zh = "收信端口对外开放，不采信 Authentication-Results；请设 LIANDONG_RECEIVER_PEERS，或只监听 127.0.0.1"
        en = "the receiver is open to others, so it is not believed: set LIANDONG_RECEIVER_PEERS or listen on 127.0.0.1"
        return [Finding(WHAT, False, zh, en)]
    zh = f"采信 {settings.authserv_id} 的 Authentication-Results；该服务器须删除来信中同名的此项"
    return [
        Finding(WHAT, True, zh, f"believes {settings.authserv_id}, which must remove such headers from what comes in")
    ]


def _practice(settings: Settings) -> list[Finding]:
    """Say where the practice key counts, or still lies about."""
    key = settings.home / FILE
    if not key.exists():
        return []
    if not settings.practice_mailbox:
        zh = f"练习邮箱已关闭，其签名密钥已不采信，可删除 {key}"
        return [Finding(WHAT, True, zh, f"the practice key is not believed any more; remove {key}", warns=True)]
    if settings.authserv_id or settings.smtp_host not in (settings.host, "localhost"):
        zh = "信件发往真实邮件服务器，但仍采信练习邮箱的签名；请设 LIANDONG_PRACTICE_MAILBOX=false"
        en = "a real mail server is set up, and the practice key still counts: set LIANDONG_PRACTICE_MAILBOX=false"
        return [Finding(WHAT, True, zh, en, warns=True)]
    return [Finding(WHAT, True, "采信练习邮箱的签名", "believes the practice mailbox")]


async def _names(settings: Settings) -> Finding:
    known = len(read_keys(settings.dkim_keys or settings.home / "dkim-keys.txt"))
    keys = f"{known} 个本地密钥", f"{known} keys on file"
    if settings.dns_server.lower() == "none":
        return Finding(WHAT, True, f"不查 DNS；{keys[0]}", f"asks no name server; {keys[1]}")
    try:
        await asyncio.to_thread(NameServer(settings.dns_server).texts, ASKED, SECONDS)
    except Unreachable as error:
        zh = f"域名服务器没有应答，DKIM 密钥无法查询（{keys[0]}）；请设 LIANDONG_DNS_SERVER，不用 DNS 则设为 none"
        en = f"no name server answers ({error}), no key can be looked up ({keys[1]}); set LIANDONG_DNS_SERVER, or none"
        return Finding(WHAT, True, zh, en, warns=True)
    return Finding(WHAT, True, f"域名服务器有应答；{keys[0]}", f"a name server answers; {keys[1]}")
