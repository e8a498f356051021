"""What liars and vandals send: each test is named after what it tries, and none of them decides anything."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from notifications.reading import Command, Limits, Problem, Reading, UnreadableMessage, read, read_head
from tests.corpus.letters import attachment, letter, multipart, part
from tests.corpus.programs import LETTER, PROGRAMS, text_top
from tests.support import hostile

YES = Command.APPROVE
ROOT = Path(__file__).parents[2]


def said(text: str, kind: str = "plain", **header: str) -> Reading:
    return read(letter("attack", part(f"text/{kind}", text), **header))


# --- the command is not in what the person wrote


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_command_in_the_quoted_text_alone(program: object) -> None:
    for quoted in ("同意", "approve"):
        body = text_top(program, []).replace(LETTER[3], quoted)  # type: ignore[arg-type]
        assert said(body).command is None


@pytest.mark.parametrize("name", ["同意.txt", "reply.txt", "approve"])
def test_a_command_in_a_text_that_is_named_as_an_attachment(name: str) -> None:
    for disposition in ("attachment", "inline"):
        text = attachment(f'filename="{name}"', "同意\n".encode(), "text/plain; charset=utf-8", disposition)
        assert read(letter("attack", multipart("mixed", part("text/plain", "\n"), text))).problem is Problem.NOTHING


def test_a_command_in_the_subject_or_in_a_name() -> None:
    assert said("", subject="同意").command is None
    assert said("", sender='"同意 approve" <a@county.example.cn>').command is None


HIDING = [
    "display:none",
    "DISPLAY : NONE",
    "display/**/:none",
    "d\\69splay:none",
    "visibility:hidden",
    "opacity:0",
    "opacity:.01",
    "font-size:0",
    "font-size:0.1em",
    "font-size:1px",
    "font:1px Arial",
    "color:#fff",
    "color:white;background:red",
    "color: rgb(255, 255, 255)",
    "color:rgba(0,0,0,0)",
    "color:#00000000",
    "color:transparent",
    "color:#123456;background-color:#123456",
    "position:absolute;left:-9999px",
    "position:fixed;top:-999px",
    "text-indent:-9999px",
    "margin-left:-2000px",
    "height:0;overflow:hidden",
    "max-height:0px;overflow:hidden",
    "width:1px;height:1px;overflow:hidden",
    "clip:rect(0,0,0,0);position:absolute",
    "clip-path:inset(50%)",
    "transform:scale(0)",
    "mso-hide:all",
    "text-decoration:line-through",
    "direction:rtl;unicode-bidi:bidi-override",
    "-webkit-text-fill-color:transparent",
]


@pytest.mark.parametrize("style", HIDING)
def test_a_command_hidden_by_css(style: str) -> None:
    assert said(f'<p style="{style}">同意</p><p>请稍候</p>', "html").command is None
    assert said(f'<p><span style="{style}">不</span>同意</p>', "html").command is None
    assert said(f"<style>.x{{{style}}}</style><p><b class=x>不</b>同意</p>", "html").command is None
    assert said(f"<style>b{{{style}}}</style><p><b>不</b>同意</p>", "html").command is None


@pytest.mark.parametrize(
    "page",
    [
        "<!-- 同意 -->",
        "<p title='同意'></p>",
        "<img alt='同意' src=x>",
        "<input value='同意'>",
        "<details><summary>详情</summary>同意</details>",
        "<p hidden>同意</p>",
        "<template>同意</template>",
        "<noscript>同意</noscript>",
        "<script>document.write('同意')</script>",
        "<svg><text>同意</text></svg>",
        "<font color=white>同意</font>",
        "<font color='#FFFFFF'>不</font>同意",
        "<select><option>同意</select>",
        "<textarea>同意</textarea>",
        "<iframe srcdoc='同意'></iframe>",
        "<object>同意</object>",
        "<title>同意</title>",
        "<del>不</del>同意",
        "<style>p::before{content:'不'}</style><!--[if mso]>同意<![endif]-->",
        "<p style='display:none",
        "<blockquote>同意</blockquote>",
    ],
)
def test_a_command_hidden_by_an_element_or_an_attribute(page: str) -> None:
    assert said(page, "html").command is None


INVISIBLE = [0x00AD, 0x034F, 0x061C, 0x180E, 0x200B, 0x200C, 0x200D, 0x2060, 0x2061, 0x2064, 0xFEFF, 0xE0041]
BIDI = [0x200E, 0x200F, 0x202A, 0x202B, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069]


@pytest.mark.parametrize("code", [*INVISIBLE, *BIDI], ids=hex)
def test_zero_width_characters_and_bidi_overrides_in_a_command(code: int) -> None:
    for line in (f"同{chr(code)}意", f" {chr(code)}approve now", f"不{chr(code)}同意", f"同意{chr(code)}"):
        assert said(line).command is None
    assert said(f"同意\n{chr(code)}不{chr(code)}同意").command is None


@pytest.mark.parametrize(
    "line",
    [
        "\u0430pprove",  # Cyrillic a
        "appr\u043eve",  # Cyrillic o
        "\u0391pprove",  # Greek Alpha
        "appro\u1d20e",  # a small capital
        "\U0001d41a\U0001d429\U0001d429\U0001d42b\U0001d428\U0001d42f\U0001d41e",  # mathematical
        "\u24d0pprove",  # circled
        "\uf967同意",  # 不 of the compatibility block
        "\u2f06\u610f",  # a radical
        "\u540c\u2fa0",  # another
        "\u4ecd\u610f",
        "同意\u0338",  # struck through by a combining character
        "a\u0336pprove",
        "\ua4d2pprove",
        "re\u2149ect",  # a mathematical j
        "\u3062\u3046\u610f",
    ],
)
def test_homoglyphs_of_a_command(line: str) -> None:
    assert said(line).command is None


@pytest.mark.parametrize("no", ["\uf967同意", "reject", "ＲＥＪＥＣＴ", "不\u200b同意", "不\u540c\u610f"])
def test_a_homoglyph_of_the_other_answer_below_is_still_heard(no: str) -> None:
    assert said(f"同意\n{no}").command is None


# --- who is it


@pytest.mark.parametrize(
    "sender",
    [
        "a@county.example.cn, boss@city.example.cn",
        "a@county.example.cn (boss@city.example.cn), boss@city.example.cn",
        "staff: a@county.example.cn, boss@city.example.cn;",
        "boss@city.example.cn <a@county.example.cn>, <boss@city.example.cn>",
        '"a@county.example.cn" <boss@city.example.cn> <a@county.example.cn>',
    ],
)
def test_a_from_with_several_addresses(sender: str) -> None:
    reading = said("同意", sender=sender)
    assert reading.command is None or reading.from_addresses == ("a@county.example.cn",)


@pytest.mark.parametrize(
    "sender",
    [
        "boss@city.example.cn <a@county.example.cn>",
        '"boss@city.example.cn" <a@county.example.cn>',
        "a@county.example.cn (boss@city.example.cn)",
        "=?utf-8?Q?boss=40city=2Eexample=2Ecn=3C=3E?= <a@county.example.cn>",
        '"<boss@city.example.cn>" <a@county.example.cn>',
        "(<boss@city.example.cn>) <a@county.example.cn>",
    ],
)
def test_a_name_or_comment_that_looks_like_another_address(sender: str) -> None:
    addresses = said("同意", sender=sender).from_addresses
    assert "a@county.example.cn" in addresses
    assert len(addresses) == 1 or said("同意", sender=sender).command is None


@pytest.mark.parametrize("name", ["From:", "FROM:", "from :"])
def test_two_from_headers(name: str) -> None:
    second = f"{name} boss@city.example.cn"
    assert said("同意", header=second).command is None
    assert read(second.encode() + b"\r\n" + letter("attack", part("text/plain", "同意"))).command is None


@pytest.mark.parametrize("bad", [b"\x00", b"\r", b"\x0b", b"\x1c", b"\x85", b"\xe2\x80\xa8"])
def test_nul_and_bare_cr_in_headers_and_text(bad: bytes) -> None:
    subject = b"Subject: x"
    raw = letter("attack", part("text/plain", "请稍候"), subject="x")
    reading = read(raw.replace(subject, subject + bad + b"From: boss@city.example.cn"))
    assert reading.command is None and "\x00" not in reading.subject
    assert said(f"同{bad.decode('utf-8', 'replace')}意").command is None


def test_header_injection_by_subject_name_and_opinion() -> None:
    subject = "=?utf-8?Q?x=0D=0ABcc:_boss=40city.example.cn?="
    sender = "=?utf-8?Q?a=0D=0AFrom:_b?= <a@county.example.cn>"
    reading = said("同意\r\n\r\nBcc: boss@city.example.cn", subject=subject, sender=sender)
    assert "\r" not in reading.subject and "\n" not in reading.subject
    assert reading.from_addresses == ("a@county.example.cn",)
    assert reading.opinion == "Bcc: boss@city.example.cn"


def test_html_in_names_stays_text_and_folders_in_names_go() -> None:
    evil = attachment('filename="../..\\\\<img src=x onerror=alert(1)>\x01.pdf"', b"x")
    file = read(letter("attack", multipart("mixed", part("text/plain", "同意"), evil))).attachments[0]
    assert file.name == "<img src=x onerror=alert(1)>.pdf"


# --- the parts say different things


def test_alternative_parts_that_differ() -> None:
    pages = {"不同意": "同意", "<p>approve?</p>": "approve", "同意<br>但金额过高": "同意", "<s>x</s>同意": "同意"}
    for page, plain in pages.items():
        body = multipart("alternative", part("text/plain", plain), part("text/html", page))
        assert read(letter("attack", body)).problem is Problem.DISAGREE


def test_two_plain_texts_that_differ() -> None:
    body = multipart("alternative", part("text/plain", "同意"), part("text/plain", "不同意"))
    assert read(letter("attack", body)).problem is Problem.SEVERAL


CHARSETS = ["x-unknown", "idna", "rot13", "zlib", "../../etc", "utf-8\x00", "unicode_escape", "a" * 99]


@pytest.mark.parametrize("charset", CHARSETS)
def test_unknown_and_dangerous_charsets(charset: str) -> None:
    raw = (
        b"From: a@county.example.cn\r\nContent-Type: text/plain; charset="
        + charset.encode()
        + b"\r\n\r\n"
        + "不同意".encode()
    )
    assert read(raw).command is Command.REFUSE
    assert read(raw.replace("不同意".encode(), b"\\u540c\\u610f +VAxgDw- nccebir")).command is None


@pytest.mark.parametrize("body", ["5ZCM5oSP", "=E5=90=8C=E6=84=8F", "+VAxgDw-", "&#21516;&#24847;"])
def test_an_encoding_that_is_not_announced_is_not_undone(body: str) -> None:
    assert said(body).command is None


# --- what breaks readers


def test_a_zip_bomb_stays_bytes() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("zeros", bytes(50_000_000))
    file = attachment('filename="x.zip"', packed.getvalue())
    reading = read(letter("attack", multipart("mixed", part("text/plain", "同意"), file)))
    assert reading.command is YES
    assert reading.attachments[0].content == packed.getvalue()
    assert (reading.attachments[0].size, len(reading.attachments[0].sha256)) == (len(packed.getvalue()), 64)


def test_more_files_than_are_kept_or_larger_ones_decide_nothing_and_are_named() -> None:
    files = [attachment(f'filename="{n}"', bytes(9)) for n in range(5)]
    raw = letter("attack", multipart("mixed", part("text/plain", "同意"), *files))
    assert len(read(raw).attachments) == 5
    for limits in (Limits(max_files=4), Limits(max_file_bytes=44)):
        reading = read(raw, limits=limits)
        assert (reading.command, reading.problem, reading.attachments) == (None, Problem.FILES, ())


def test_a_mark_of_ours_that_a_sender_writes_stands_for_nothing() -> None:
    text = "carved-" + "0" * 24 + "-000000-\n"
    raw = hostile.beside_an_answer(hostile.noise(900_000)).replace(hostile.YES, ("同意\r\n" + text).encode())
    assert read(raw).opinion == text.strip()
    assert read(raw).attachments[0].content == hostile.noise(900_000)


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
def test_a_long_body_comes_out_as_it_went_in(encoding: str, ending: bytes) -> None:
    content = b"\n".join(b"line %d \xff\xfe--x = end" % n for n in range(60_000))
    file = part('application/x-test; name="a.bin"', content, encoding=encoding).replace(b"\n", ending)
    head = b"From: a@county.example.cn" + ending + b"Content-Type: multipart/mixed; boundary=q" + ending * 2
    text = b"--q" + ending + ending + "同意".encode() + ending + b"--q" + ending
    reading = read(head + text + file + ending + b"--q--" + ending)
    assert reading.command is YES
    kept = reading.attachments[0].content
    assert kept.replace(b"\r\n", b"\n").rstrip() == content.rstrip()


def test_headers_beyond_every_limit_name_nobody() -> None:
    assert read_head(b"From: " + b"a@b.cn," * 90_000).from_addresses == ()


#: Of one core, on any machine that runs the tests; of one process that reads them all, one after the other.
LONGEST_SECONDS, MOST_MEGABYTES = 1.0, 200


@pytest.mark.fuzz
def test_messages_of_25_mb_nested_a_thousand_deep_in_ten_thousand_parts_and_bombs_are_read_or_refused_at_once() -> None:
    run = [sys.executable, "-m", "tests.fuzz.measure"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    measured = [json.loads(line) for line in done.stdout.splitlines()]
    assert [m["name"] for m in measured] == list(hostile.HUGE)
    assert [m for m in measured if m["seconds"] > LONGEST_SECONDS or m["megabytes"] > MOST_MEGABYTES] == []


def test_a_message_over_the_limit_is_refused_with_its_reason() -> None:
    with pytest.raises(UnreadableMessage, match="at most 25000000 are read"):
        read(hostile.filled(hostile.TEXT, b"x", 25_000_100))
