"""How mail programs mark what they quote: data only, each pattern with the programs that write it.

Measured on 2026-11-23: mail-parser-reply 1.36 with languages zh and en cleaned none of seven bodies
of QQ Mail, 163, Apple Mail, Coremail, Foxmail and Aliyun, so the patterns are ours.
"""

import re
from typing import NamedTuple

#: Our letters carry this line; whatever stands below it is ours.
REPLY_LINE = "———— 请在此线以上回复 / Please reply above this line ————"

#: Either half is enough: programs wrap long lines and change the dashes.
REPLY_LINE_PATTERN = re.compile("请在此线以上回复|please reply above this line", re.IGNORECASE)


class Mark(NamedTuple):
    """A pattern, and the programs that write what it finds."""

    clients: str
    pattern: re.Pattern[str]


def _mark(clients: str, pattern: str) -> Mark:
    return Mark(clients, re.compile(pattern, re.IGNORECASE))


#: A line that is itself a quotation.
QUOTED_LINE = re.compile(r"[ \t\u3000]*(?:[A-Za-z]{0,3}>|＞|&gt;)")

#: A line that begins the quoted history; it and everything below it goes.
SEPARATORS: tuple[Mark, ...] = (
    _mark("QQ Mail, WeCom, Foxmail, Coremail", r"\s*-{2,}\s*(?:原始(?:邮件|信件|郵件)|原[邮郵]件)\s*-{2,}"),
    _mark("QQ Mail and WeCom, English", r"\s*-{3,}\s*original\s*-{3,}"),
    _mark("Outlook, Lotus, Coremail en", r"\s*-{2,}\s*original (?:message|email|appointment)\s*-{2,}"),
    _mark("NetEase apps", r"\s*-{2,}\s*(?:回复的原邮件|replied message)\s*-{2,}"),
    _mark("QQ, NetEase: forwarded", r"\s*-{2,}\s*(?:转发的?邮件(?:信息)?|已转发邮件)\s*-{2,}"),
    _mark("Gmail: forwarded", r"\s*-{2,}\s*forwarded (?:message|mail)\s*-{2,}"),
    _mark("Apple Mail: forwarded", r"\s*(?:begin forwarded message|开始转发邮件)\s*[:：]\s*$"),
    _mark("Outlook.com, Exchange: rule", r"\s*_{10,}\s*$"),
)

#: A line that introduces a quotation, perhaps wrapped over three: how its first line starts, how the last
#: one ends, and how the joined line starts.
ATTRIBUTION_START = re.compile(
    r"\s*(?:on\b|at\s+\d{4}|[在于於]\s*(?:\d{4}|[一-龥])|\d{4}\s*[年/-]|.{0,200}[于於]\s*\d{4}\s*年"
    r"|(?:mon|tue|wed|thu|fri|sat|sun),|.{0,200}<[^<>\s@]{1,100}@[^<>\s@]{1,100}>)",
    re.IGNORECASE,
)
ATTRIBUTION_END = re.compile(r"(?:写道|寫道|写入|wrote)\s*[:：]\s*$", re.IGNORECASE)
ATTRIBUTIONS: tuple[Mark, ...] = (
    _mark("Gmail, Apple Mail, Thunderbird, mutt en", r"\s*on\b(?=.{1,300}\d)"),
    _mark(
        "mutt, neomutt: its date and words of one's own",
        r"\s*(?:mon|tue|wed|thu|fri|sat|sun), [a-z]{3} \d{1,2}, \d{4} at\b",
    ),
    _mark("NetEase 163/126", r"\s*at\s+\d{4}-\d{1,2}-\d{1,2}"),
    _mark("NetEase, Apple Mail, Thunderbird zh", r"\s*[在于於]\s*\d{4}\s*[年/.-]"),
    _mark("Apple Mail zh", r"\s*\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"),
    _mark("Gmail zh", r".{0,200}[于於]\s*\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"),
    _mark("K-9, others", r".{0,200}<[^<>\s@]{1,100}@[^<>\s@]{1,100}>"),
)

#: The header block that Outlook, Foxmail and Aliyun put above the history: a From line ...
BLOCK_START = re.compile(r"[\s*_|>]*(?:发件人|發件人|寄件者|寄件人|from)[\s*_|]*(?:[:：]|\|)", re.IGNORECASE)
#: ... and, on it or in the lines that follow, another field.
BLOCK_FIELD = re.compile(
    r"(?:^|[\s*_|>])(?:发送时间|发送日期|發送時間|日\s*期|时\s*间|收件人|收件者|抄送|主\s*题|主\s*旨|主\s*題|寄件日期"
    r"|sent|date|to|cc|subject)[\s*_|]*(?:[:：]|\|)",
    re.IGNORECASE | re.MULTILINE,
)

#: A rule drawn above a header block (Aliyun, DingTalk, Foxmail); dropped where the text ends with it.
RULE = re.compile(r"\s*[-_=—─*]{5,}\s*$")

#: Below this line is only a signature.
SIGNATURE_RULE = re.compile(r"--[ \u00a0]?$")

#: A line that the program signs with. Only the line goes: people write below it too.
SENT_FROM: tuple[Mark, ...] = (
    _mark(
        "phones and apps, zh",
        r"\s*(?:发自|發自|来自)\s*(?:我的|QQ|网易|新浪|企业微信|微信|钉钉|阿里|foxmail|outlook|iphone|ipad"
        r"|华为|小米|手机).{0,40}$",
    ),
    _mark("phones and apps, zh", r"\s*(?:从我的|從我的).{1,40}(?:发送|傳送|发出|寄出)。?\s*$"),
    _mark(
        "phones and apps, en",
        r"\s*sent (?:from|via|by) (?:my|the|outlook|mail|yahoo|gmail|foxmail|qq|wecom|proton|k-9)\b.{0,60}$",
    ),
    _mark("Outlook apps", r"\s*(?:get outlook for|获取 ?适用于|取得 ?適用於|下载适用于).{0,60}$"),
    _mark("NetEase", r"\s*(?:\|\s*)?(?:签名由|signature is customized by).{0,60}$"),
)

#: How the paragraph begins that an organisation puts below every letter; it goes up to the next empty line.
DISCLAIMERS: tuple[Mark, ...] = (
    _mark(
        "gateways, zh",
        r"\s*[【\[(（*]?\s*(?:免责声明|免責聲明|保密声明|保密聲明|保密提示|法律声明|隐私声明|邮件声明)\s*[】\])）*]?\s*(?:[:：]|$)",
    ),
    _mark(
        "gateways, zh",
        r"\s*[(（*]?(?:本邮件|本電郵|此邮件|本电子邮件).{0,24}(?:保密|机密|機密)",
    ),
    _mark(
        "gateways, en",
        r"\s*[\[(*]{0,3}\s*(?:(?:legal )?disclaimer|confidentiality (?:notice|statement)|legal notice)"
        r"\s*[\])*]{0,3}\s*(?:[:.]|$)",
    ),
    _mark(
        "gateways, en",
        r"\s*this (?:e-?mail|message|communication)(?: \(?(?:and|including) any (?:attachments?|files)[^.]{0,60})?,? "
        r"(?:is|are|may be|contains?|may contain)\b.{0,60}(?:confidential|privileged)",
    ),
)

#: HTML elements that hold quoted text: CSS class or id -> programs.
QUOTE_BOXES: dict[str, str] = {
    "gmail_quote": "Gmail, K-9",
    "gmail_extra": "Gmail",
    "gmail_attr": "Gmail",
    "isreplycontent": "NetEase",
    "isforwardcontent": "NetEase",
    "ntes_quote": "NetEase",
    "netease-mail-quote": "NetEase apps",
    "netease_mail_quote": "NetEase apps",
    "yahoo_quoted": "Yahoo",
    "moz-cite-prefix": "Thunderbird",
    "moz-forward-container": "Thunderbird",
    "protonmail_quote": "Proton",
    "zmail_extra": "Zoho",
    "olk_src_body_section": "Outlook for Mac",
    "mail-editor-reference-message-container": "Outlook apps",
    "qm_quote": "QQ Mail",
    "foxmail_quote": "Foxmail",
}
#: HTML tags that hold quoted text.
QUOTE_TAGS: dict[str, str] = {"blockquote": "all", "includetail": "QQ Mail, WeCom"}

#: HTML ids after which everything is quoted text.
QUOTE_BEGINS: dict[str, str] = {
    "divrplyfwdmsg": "Outlook.com, Exchange",
    "appendonsend": "Outlook.com",
    "stopspelling": "Hotmail",
    "_mailoriginal": "Outlook",
}
