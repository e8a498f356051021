"""Programs beside the nineteen of programs.py, each once as it writes: phones, webmails of offices, older clients."""

from tests.corpus.letters import multipart
from tests.corpus.programs import LETTER, SENDER, US
from tests.corpus.say import QUOTED, Group, none, page, says, text_part

OLD = "\n".join(LETTER)
SHOWN = "".join(f"<p>{line}</p>" for line in LETTER)
ZH = f"发件人：联动 <{US}>\n发送时间：2026-11-23 09:00:00\n收件人：张伟 <{SENDER}>\n主题：请推荐\n"
NO, WHY = "不同意\n配套资金未落实。", "配套资金未落实。"
SAYS_NO = says("refuse", WHY)


def groups() -> tuple[Group, ...]:
    return (_phones(), _webmails(), _older(), _colleagues())


def _below(text: str, charset: str = "utf-8") -> bytes:
    return text_part(f"{NO}\n\n\n{text}\n", charset)


def _phones() -> Group:
    return {
        "phone-huawei": (_below(f"发自我的华为手机\n\n\n-------- 原始邮件 --------\n{ZH}\n{OLD}"), SAYS_NO),
        "phone-vivo": (_below(f"发自vivo电子邮件\n\n------原始邮件------\n{ZH}\n{OLD}"), SAYS_NO),
        "phone-honor": (_below(f"来自我的荣耀手机\n\n-------- 原始邮件 --------\n{ZH}\n{OLD}"), SAYS_NO),
        "phone-samsung-zh": (_below(f"从我的 Galaxy 发送\n\n-------- 原始信息 --------\n{ZH}\n{OLD}"), SAYS_NO),
        "phone-xiaomi": (_below(f"发自我的小米手机\n在 联动 <{US}>，2026年11月23日 上午9:00写道：\n\n{QUOTED}"), SAYS_NO),
        "phone-outlook-zh": (_below(f"获取 Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\n{ZH}\n{OLD}"), SAYS_NO),
        "windows-mail-zh": (_below(f"从 Windows 版邮件<https://go.microsoft.com/fwlink/?LinkId=550986>发送\n\n{ZH}\n{OLD}"), SAYS_NO),
    }  # fmt: skip


def _webmails() -> Group:
    table = f"<table><tr><td><div><span>发件人：</span><span>联动 &lt;{US}&gt;</span></div><div><span>主题：</span>请推荐</div></td></tr></table>"
    qq = (
        '<div>不同意</div><div>配套资金未落实。</div><div class="xmail_signature"><p>张伟</p></div><article><div><div>原始邮件</div><hr></div>'
        f"{table}{SHOWN}</article>"
    )
    old = "\n         原始邮件\n         \n       \n"
    return {
        "qq-new-html": (page(qq), SAYS_NO),
        "qq-new-alternative": (multipart("alternative", _below(f"张伟\n{old}{ZH}\n{OLD}"), page(qq)), SAYS_NO),
        "mail-139": (_below(f"----邮件原文----发件人：联动 <{US}>收 件 人：{SENDER}抄 送： (无)\n\n{OLD}"), SAYS_NO),
        "mail-139-html": (page(f'<div>不同意</div><div>配套资金未落实。</div><hr id="replySplit"><div id="reply139content"><div>----邮件原文----</div>{SHOWN}</div>'), SAYS_NO),
        "sohu": (_below(f"----- 原文 -----\n{ZH}\n{OLD}", "gbk"), SAYS_NO),
        "zoho-zh": (_below(f"---- 在 周一, 2026-11-23 09:00:00 联动 <{US}> 写道 ----\n\n{OLD}"), SAYS_NO),
        "horde": (_below(f"Quoting 联动 <{US}>:\n\n{QUOTED}"), SAYS_NO),
        "squirrelmail-bottom": (text_part(f"联动 said:\n{QUOTED}\n\n{NO}\n"), SAYS_NO),
        "feishu": (page(f'<div>不同意<br>配套资金未落实。</div><div id="lark-mail-signature">张伟</div><div id="lark-mail-quote-1"><div>发件人: 联动 &lt;{US}&gt;<br>主题: 请推荐</div>{SHOWN}</div>'), SAYS_NO),
    }  # fmt: skip


def _older() -> Group:
    return {
        "notes-zh": (_below(f"-----联动 <{US}> 写道： -----\n收件人： {SENDER}\n主题： 请推荐\n\n{OLD}", "gb18030"), SAYS_NO),
        "notes-en": (_below(f'-----"Liandong" <{US}> wrote: -----\nTo: {SENDER}\nSubject: please\n\n{OLD}'), SAYS_NO),
        "turbomail": (_below(f"======= 2026-11-23 09:00:00 您在来信中写道：=======\n\n{OLD}", "gbk"), SAYS_NO),
        "outlook-2003-zh": (_below(f"-----邮件原件-----\n{ZH}\n{OLD}", "gbk"), SAYS_NO),
        "the-bat-bottom": (text_part("Hello 联动,\n\nMonday, November 23, 2026, 9:00:00 AM, you wrote:\n\n" + QUOTED.replace("> ", "LL> ") + f"\n\n{NO}\n\n-- \nZW\n"), SAYS_NO),
        "k-9-zh": (_below(f"于 2026年11月23日 GMT+08:00 上午9:00:00, 联动 <{US}> 写到:\n{QUOTED}"), SAYS_NO),
        "foxmail-signature-html": (page(f'<div>不同意<br>配套资金未落实。</div><hr style="width: 210px; height: 1px;" color="#b5c4df"><div>张伟</div><blockquote>{SHOWN}</blockquote>'), SAYS_NO),
    }  # fmt: skip


def _colleagues() -> Group:
    wang = ZH.replace(f"联动 <{US}>", "王局 <wang@county.example.cn>")
    return {
        "colleague-below-our-letter": (text_part(f"{wang}\n{ZH}\n{OLD}\n\n同意\n"), none("NOTHING")),
        "colleague-introduced-alone": (text_part(f"{wang}\n{OLD}\n\n同意\n"), none("NOTHING")),
        "colleague-zoho": (text_part(f"---- 在 周一 王局 <wang@county.example.cn> 写道 ----\n\n{ZH}\n{OLD}\n\n同意\n"), none("NOTHING")),
        "colleague-beside-a-bar": (page('<div style="border-left:1px solid #ccc;padding-left:1ex">同意</div>'), none("INVISIBLE")),
    }  # fmt: skip
