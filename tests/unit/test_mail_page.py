"""docs/mail.md shows the files of deploy/mail as they are: those that the acceptance test runs."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: A file's name on a line of its own, and its text in the block below.
SHOWN = re.compile(r"^`(deploy/mail/[\w./-]+)`:\n\n```\n(.*?)^```$", re.M | re.S)


def test_the_page_about_mail_shows_each_file_word_for_word() -> None:
    shown = dict(SHOWN.findall((ROOT / "docs" / "mail.md").read_text("utf-8")))
    files = {str(path.relative_to(ROOT)) for path in (ROOT / "deploy" / "mail").rglob("*") if path.is_file()}
    assert set(shown) == files
    for name, text in shown.items():
        assert text == (ROOT / name).read_text("utf-8"), f"docs/mail.md no longer shows {name} as it is"
