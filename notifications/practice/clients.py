"""How people's mail programs put an answer together: the text on top, and below it the letter as each quotes it."""

from email.message import EmailMessage
from enum import StrEnum


class Client(StrEnum):
    """A mail program whose way of quoting the practice mailbox knows."""

    PLAIN = "plain"
    FOXMAIL = "foxmail"
    QQ = "qq"
    OUTLOOK = "outlook"
    APPLE = "apple"


#: How people call them, in Chinese and in English.
NAMES = {
    Client.PLAIN: ("普通", "Plain"),
    Client.FOXMAIL: ("Foxmail", "Foxmail"),
    Client.QQ: ("QQ 邮箱", "QQ Mail"),
    Client.OUTLOOK: ("Outlook", "Outlook"),
    Client.APPLE: ("苹果邮件（手机）", "Apple Mail (phone)"),
}


def written(client: Client, text: str, asked: EmailMessage) -> str:
    """Return the body of an answer to ``asked`` as ``client`` would send it."""
    body = asked.get_body(("plain",))
    letter = str(body.get_content()).rstrip() if body else ""
    sender, to, date, subject = (str(asked[name] or "") for name in ("From", "To", "Date", "Subject"))
    fields = f"收件人： {to}\n主题： {subject}"
    if client is Client.FOXMAIL:
        return f"{text}\n\n \n发件人： {sender}\n发送时间： {date}\n{fields}\n{letter}\n"
    if client is Client.QQ:
        rule = "------------------ 原始邮件 ------------------"
        return f"{text}\n\n\n\n{rule}\n发件人: {sender};\n发送时间: {date}\n{fields}\n\n{letter}\n"
    if client is Client.OUTLOOK:
        return f"{text}\n\n{'_' * 32}\n发件人: {sender}\n发送时间: {date}\n{fields}\n\n{letter}\n"
    quoted = "\n".join(f"> {line}" for line in letter.splitlines())
    signature = "\n\n发自我的 iPhone" if client is Client.APPLE else ""
    return f"{text}{signature}\n\n在 {date}，{sender} 写道：\n{quoted}\n"
