"""Machine mail for tests: what mail servers and mailboxes write by themselves."""

from email.message import EmailMessage

from models.letter import Letter
from models.settings import Settings
from notifications.sending.bounce_address import bounce_address


def report(letter: Letter, settings: Settings, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    """Return the report of a mail server (RFC 3464) that ``letter`` was not delivered."""
    return f"""\
From: MAILER-DAEMON@mx.example
To: {bounce_address(settings, letter.id)}
Message-ID: <report-{letter.id}-{action}@mx.example>
Auto-Submitted: auto-replied
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {letter.address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} User unknown

--b
Content-Type: text/rfc822-headers

Message-ID: <{letter.message_id}>

--b--
""".replace("\n", "\r\n").encode()


def away(letter: Letter, to: str, subject: str = "自动回复：外出开会，11 月 30 日返回") -> EmailMessage:
    """Return what the mailbox that got ``letter`` writes by itself while its owner is away (RFC 3834)."""
    message = EmailMessage()
    message["From"] = letter.address
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = f"<away-{letter.id}@zj.example>"
    message["Auto-Submitted"] = "auto-replied (vacation)"
    message.set_content("同意\n我正在外出，回来后处理。")
    return message
