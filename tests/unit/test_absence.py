"""Which machine's mail says that somebody is away, and which does not."""

import pytest

from notifications.judging.machine_mail import away_in

AWAY = [
    ("自动回复: 我在外出差", "Auto-Submitted: auto-replied"),
    ("Automatic reply: Approval", "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All"),
    ("外出休假，30 日返回", "X-Autoreply: yes"),
    ("Out of Office: back on Monday", "Precedence: bulk"),
    ("on vacation", "Precedence: auto_reply"),
]
NOT_AWAY = [
    ("Undelivered Mail Returned to Sender", "Auto-Submitted: auto-replied\r\nFrom: MAILER-DAEMON@x.example"),
    ("Read: approval", "Content-Type: multipart/report; report-type=disposition-notification; boundary=x"),
    ("Weekly news", "Precedence: list"),
    ("同意", "X-Mailer: Foxmail"),
    ("外出考察项目申请", "X-Mailer: Foxmail"),
]


def raw(subject: str, header: str) -> bytes:
    sender = "" if "From:" in header else "From: a@zj.example\r\n"
    return f"{sender}{header}\r\nSubject: {subject}\r\n\r\n同意\r\n".encode()


@pytest.mark.parametrize(("subject", "header"), AWAY)
def test_a_mailbox_that_answers_for_its_owner_is_known(subject: str, header: str) -> None:
    assert away_in(raw(subject, header)) == subject


@pytest.mark.parametrize(("subject", "header"), NOT_AWAY)
def test_reports_lists_and_people_are_not_away(subject: str, header: str) -> None:
    assert away_in(raw(subject, header)) is None
