"""How mail programs write a reply: their header, and how they put history under, over or around new text.

Written from what these programs are known to send; no message of anybody's is in it.
"""

import html
from collections.abc import Callable
from typing import NamedTuple

from notifications.reading import END_LINE, sealed

SENDER, US = "zhang.wei@county.example.cn", "reply+k3y@liandong.example"
LINE = "———— 请在此线以上回复 / Please reply above this line ————"
#: What is quoted: it names every answer, and asks for one.
LETTER = sealed(
    "\n".join(
        (
            LINE,
            "",
            "张伟：您好！",
            "请就“智能传感器产业化项目”答复：同意 / 不同意 / 退回",
            "申请金额：5,000,000 元（人民币伍佰万元整）",
            "Please answer: approve / refuse / return",
            "",
            "不同意",
            "请在 2026-12-01 前答复。",
            "",
            END_LINE,
        )
    )
).split("\n")


class Program(NamedTuple):
    """One mail program, and what it writes around the letter that it quotes."""

    name: str
    header: str
    english: bool
    #: What stands above the history in a text; {q} begins each line where the history is marked line by line.
    intro: str
    #: Before each line of the history in a text; empty where nothing marks it.
    prefix: str
    #: The history as HTML: "{}" stands for the letter.
    box: str
    #: What the program puts below new text.
    signs: str = ""
    #: How it wraps new text in HTML: "{}" stands for a line.
    line: str = "<div>{}</div>"
    head: str = ""
    #: False where nothing tells text in or under the history from the history.
    splits: bool = True


def _fields(pairs: str, sep: str = ": ") -> str:
    return "<br>".join(f"<b>{p.split('=')[0]}</b>{sep}{html.escape(p.split('=')[1])}" for p in pairs.split("|"))


ZH = f"发件人=联动 <{US}>|发送时间=2026年11月23日 9:00|收件人=张伟 <{SENDER}>|主题=[联动] 请推荐"
EN = f"From=Liandong <{US}>|Sent=Monday, November 23, 2026 9:00 AM|To=Zhang Wei <{SENDER}>|Subject=[Liandong] please"
ZH_BLOCK = "\n".join(p.replace("=", ": ") for p in ZH.split("|")) + "\n\n"
EN_BLOCK = "\n".join(p.replace("=", ": ") for p in EN.split("|")) + "\n\n"
QUOTE = '<blockquote style="margin:0 0 0 .8ex;border-left:1px #ccc solid;padding-left:1ex">{}</blockquote>'
OFFICE = '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0cm;font-size:10.5pt}\n</style></head>'

PROGRAMS = (
    Program(
        "qq-mail", "X-QQ-Style: 1\nX-Mailer: QQMail 2.x", False,
        f'\n------------------ 原始邮件 ------------------\n发件人: "联动" <{US}>;\n发送时间: 2026年11月23日(星期一) 上午9:00\n'
        f'收件人: "张伟"<{SENDER}>;\n主题: [联动] 请推荐\n\n', "",
        '<div><includetail><div>&nbsp;</div><div style="font-size: 12px;font-family: Arial Narrow;padding:2px 0;">'
        "------------------&nbsp;原始邮件&nbsp;------------------</div><div style=\"font-size: 12px;background:#efefef;"
        f'padding:8px;">{_fields(ZH, ":&nbsp;")}</div>{{}}</includetail></div>',
        line='<div>{}</div>', head='<meta http-equiv="Content-Type" content="text/html; charset=GB18030">', splits=False,
    ),
    Program(
        "foxmail", "X-Mailer: Foxmail 7.2.25.340[cn]", False,
        "\n\n\n发件人： 联动\n发送时间： 2026-11-23 09:00\n收件人： zhang.wei\n主题： [联动] 请推荐\n", "",
        '<blockquote style="margin-Top: 0px; margin-Bottom: 0px; margin-Left: 0.5em; margin-Right: inherit"><div>&nbsp;</div>'
        '<div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm"><div style="PADDING-RIGHT: 8px;'
        f'font-size: 12px;color:#000000;background:#efefef">{_fields(ZH, "：")}</div></div>{{}}</blockquote>',
        line='<div><span></span>{}</div>', head="<style>body { line-height: 1.5; }body { font-size: 14px; }</style>",
        splits=False,
    ),
    Program(
        "netease-163", "X-Mailer: Coremail Webmail Server Version XT5.0.14 build 20230109 (163com)", False,
        f'\n\n\n\n在 2026-11-23 09:00:00，"联动" <{US}> 写道：\n', ">",
        '<br><p>在 2026-11-23 09:00:00，"联动" 写道：</p><blockquote id="isReplyContent" style="PADDING-LEFT: 1ex; MARGIN: 0px '
        '0px 0px 0.8ex; BORDER-LEFT: #ccc 1px solid">{}</blockquote>',
        line='<p style="margin: 0;">{}</p>',
    ),
    Program(
        "netease-126-app", "X-Mailer: MailMasterAndroid/7.14.5_(13)", False,
        f"\n\n---- 回复的原邮件 ----\n| 发件人 | 联动<{US}> |\n| 发送日期 | 2026年11月23日 09:00 |\n| 主题 | 请推荐 |\n", "",
        '<div id="ntes-pcmac-quote"><div class="netease-mail-quote"><blockquote><div>---- 回复的原邮件 ----</div>'
        "<table><tr><td>发件人</td><td>联动</td></tr></table>{}</blockquote></div></div>",
        signs="签名由 网易邮箱大师 定制", splits=False,
    ),
    Program(
        "coremail", "X-Mailer: Coremail Webmail Server Version 2024.1", False,
        f'\n\n-----原始邮件-----\n发件人:"联动" <{US}>\n发送时间:2026-11-23 09:00:00 (星期一)\n收件人: {SENDER}\n主题: 请推荐\n\n', "",
        '<blockquote name="replyContent" class="ReferenceQuote" style="padding-left:5px;margin-left:5px;border-left:#b6b6b6 2px '
        'solid;margin-right:0;">-----原始邮件-----<br><b>发件人:</b>"联动"<br>{}</blockquote>',
        splits=False,
    ),
    Program(
        "wecom", "X-WECOM-Mailer: WeCom/4.1", False,
        f'\n\n\n------------------ Original ------------------\nFrom: "联动"<{US}>;\nDate: Mon, Nov 23, 2026 09:00 AM\n'
        f'To: "张伟"<{SENDER}>;\nSubject: please\n\n', "",
        "<div><includetail><div>&nbsp;</div><div>------------------&nbsp;Original&nbsp;------------------</div>"
        "<div><b>From:</b> 联动</div>{}</includetail></div>",
        splits=False,
    ),
    Program(
        "aliyun", "X-Mailer: [Alimail-Mailagent revision 7][W4_6.0][null]", False,
        "------------------------------------------------------------------\n"
        f"发件人：联动 <{US}>\n发送时间：2026年11月23日(星期一) 09:00\n收件人：张伟 <{SENDER}>\n主　题：请推荐\n\n", "",
        '<div class="__aliyun_previous_content_wrap"><div style="clear:both;">--------------------------------------------'
        f'</div><blockquote>{_fields(ZH, "：")}<br>{{}}</blockquote></div>',
        head='<div class="__aliyun_email_body_block">', splits=False,
    ),
    Program(
        "outlook-zh", "X-Mailer: Microsoft Outlook 16.0\nThread-Index: AdqKk3n1", False,
        "\n________________________________\n" + ZH_BLOCK, "",
        '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">'
        f'{_fields(ZH)}<o:p></o:p></p></div></div>{{}}',
        line='<p class="MsoNormal"><span style="font-size:10.5pt">{}<o:p></o:p></span></p>', head=OFFICE, splits=False,
    ),
    Program(
        "outlook-en", "X-Mailer: Microsoft Outlook 16.0\nThread-Index: AdqKk3n2", True,
        "\n-----Original Message-----\n" + EN_BLOCK, "> ",
        '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">'
        f'{_fields(EN)}<o:p></o:p></p></div></div>{{}}',
        line='<p class="MsoNormal">{}<o:p></o:p></p>', head=OFFICE, splits=False,
    ),
    Program(
        "exchange-owa", "X-MS-Exchange-Organization-AuthAs: Internal\nX-MS-Has-Attach:", False,
        "\n________________________________\n" + ZH_BLOCK, "",
        '<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">'
        f'<font face="Calibri, sans-serif" style="font-size:11pt">{_fields(ZH)}</font><div>&nbsp;</div></div><div>{{}}</div>',
        line='<div class="elementToProof" style="font-size: 12pt; color: rgb(0, 0, 0);">{}</div>', splits=False,
    ),
    Program(
        "apple-mail-zh", "X-Mailer: Apple Mail (2.3774.600.62)", False,
        f"\n\n> 2026年11月23日 上午9:00，联动 <{US}> 写道：\n> \n", "> ",
        '<div><br><blockquote type="cite"><div>2026年11月23日 上午9:00，联动 写道：</div><br class="Apple-interchange-newline">'
        "<div>{}</div></blockquote></div>",
        head='<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body>',
    ),
    Program(
        "apple-mail-en", "X-Mailer: Apple Mail (2.3774.600.62)", True,
        f"\n\n> On 23 Nov 2026, at 09:00, Liandong <{US}> wrote:\n> \n", "> ",
        '<div><br><blockquote type="cite"><div>On 23 Nov 2026, at 09:00, Liandong wrote:</div><br class="Apple-interchange-newline">'
        "<div>{}</div></blockquote></div>",
    ),
    Program(
        "iphone-zh", "X-Mailer: iPhone Mail (22A3354)", False,
        f"\n\n> 在 2026年11月23日，09:00，联动 <{US}> 写道：\n> \n", "> ",
        '<div dir="ltr"></div><div dir="ltr"><br><blockquote type="cite">在 2026年11月23日，09:00，联动 写道：<br><br></blockquote></div>'
        '<blockquote type="cite"><div dir="ltr">{}</div></blockquote>',
        signs="发自我的 iPhone",
    ),
    Program(
        "iphone-en", "X-Mailer: iPhone Mail (22A3354)", True,
        f"\n\n> On Nov 23, 2026, at 09:00, Liandong <{US}> wrote:\n> \n", "> ",
        '<div dir="ltr"><br><blockquote type="cite">On Nov 23, 2026, at 09:00, Liandong wrote:<br><br></blockquote></div>'
        '<blockquote type="cite"><div dir="ltr">{}</div></blockquote>',
        signs="Sent from my iPhone",
    ),
    Program(
        "gmail-zh", "X-Gm-Message-State: AOJu0Yx", False,
        f"\n联动 <{US}> 于2026年11月23日周一\n09:00写道：\n\n", "> ",
        '<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">联动 于2026年11月23日周一 09:00写道：<br></div>'
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">{}</blockquote></div>',
        line='<div dir="ltr">{}</div>',
    ),
    Program(
        "gmail-en", "X-Gm-Message-State: AOJu0Yy", True,
        f"\nOn Mon, Nov 23, 2026 at 9:00\u202fAM Liandong <{US}>\nwrote:\n\n", "> ",
        '<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Mon, Nov 23, 2026 at 9:00 AM wrote:<br></div>'
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">{}</blockquote></div>',
        line='<div dir="ltr">{}</div>',
    ),
    Program(
        "thunderbird", "User-Agent: Mozilla Thunderbird", False,
        "\n在 2026/11/23 09:00, 联动 写道:\n", "> ",
        '<div class="moz-cite-prefix">在 2026/11/23 09:00, 联动 写道:<br></div><blockquote type="cite" cite="mid:1@liandong.example">{}'
        "</blockquote>",
        line="<p>{}</p>",
    ),
    Program(
        "k-9", "User-Agent: K-9 Mail for Android", True,
        f"\nOn November 23, 2026 9:00:00 AM GMT+08:00, Liandong <{US}> wrote:\n", ">",
        '<br><br><div class="gmail_quote">On November 23, 2026 9:00:00 AM GMT+08:00, Liandong wrote:'
        '<blockquote class="gmail_quote">{}</blockquote></div>',
        signs="Sent from my Android device with K-9 Mail. Please excuse my brevity.",
    ),
    Program("mutt", "User-Agent: Mutt/2.2.13 (2024-03-09)", True, "On Mon, Nov 23, 2026 at 09:00:00AM +0800, Liandong wrote:\n", "> ", QUOTE),
)  # fmt: skip

Answer = list[str]


def _quoted(program: Program, letter: tuple[str, ...] | list[str] = LETTER) -> list[str]:
    return [f"{program.prefix}{line}" for line in letter]


def text_top(program: Program, new: Answer) -> str:
    return "\n".join([*new, "", *filter(None, [program.signs]), *program.intro.split("\n")[:-1], *_quoted(program), ""])


def text_bottom(program: Program, new: Answer) -> str:
    return "\n".join([*program.intro.strip("\n").split("\n"), *_quoted(program), "", *new, "", program.signs])


def text_inline(program: Program, new: Answer) -> str:
    return "\n".join(
        [
            *program.intro.strip("\n").split("\n"),
            *_quoted(program, LETTER[:4]),
            "",
            *new,
            "",
            *_quoted(program, LETTER[4:]),
        ]
    )


def _html(lines: list[str] | tuple[str, ...], line: str) -> str:
    return "".join(line.format(html.escape(text) or "<br>") for text in lines)


def _page(program: Program, body: str) -> str:
    end = "</body></html>" if "<body>" in program.head else ""
    return f"{program.head}{body}{end}\n"


def html_top(program: Program, new: Answer) -> str:
    signs = program.line.format(program.signs) if program.signs else ""
    return _page(program, _html(new, program.line) + signs + program.box.replace("{}", _html(LETTER, "<p>{}</p>")))


def html_bottom(program: Program, new: Answer) -> str:
    return _page(program, program.box.replace("{}", _html(LETTER, "<p>{}</p>")) + _html(new, program.line))


def html_inline(program: Program, new: Answer) -> str:
    above = program.box.replace("{}", _html(LETTER[:4], "<p>{}</p>"))
    below = QUOTE.replace("{}", _html(LETTER[4:], "<p>{}</p>"))
    return _page(program, above + _html(new, program.line) + below)


Compose = Callable[[Program, Answer], str]
PLACES: dict[str, tuple[Compose, Compose]] = {
    "top": (text_top, html_top),
    "bottom": (text_bottom, html_bottom),
    "inline": (text_inline, html_inline),
}
