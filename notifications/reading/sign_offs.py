"""What programs and organisations put below a text: data, each pattern with who writes it."""

import re

from notifications.reading.clients import Mark, mark
from notifications.reading.contradictions import takes_back
from notifications.reading.decisions import Command

#: Below this line is only a signature.
SIGNATURE_RULE = re.compile(r"--[ \u00a0]?$")

_BRANDS = (
    r"iphone|ipad|ios\b|android|安卓|foxmail|outlook|huawei|honor|荣耀|华为|xiaomi|redmi|小米|oppo|vivo|realme|oneplus|一加"
    r"|meizu|魅族|samsung|galaxy|三星|windows|\bmac\b|qq|微信|钉钉|飞书|网易|新浪|阿里|welink|proton|spark|airmail|k-9"
    r"|blackberry|gmail|yahoo|wecom|lark|tuta|thunderbird|mail for\b"
)
_THINGS = rf"{_BRANDS}|手机|手機|邮箱|郵箱|邮件大师|邮件应用|[邮郵]件<|客户端|平板|电脑|\bmate\b"
_GADGETS = rf"{_BRANDS}|mobile|phone|device|tablet|\[?mail\b"
#: What may follow a brand or a gadget on its line, and nothing else: 发自HUAWEI Mate 60, 来自QQ邮箱手机版.
_MODEL = (
    rf"(?:{_THINGS}|版|应用|專屬|专属|商务|企业|电子|邮件|大师|端|上|\d{{1,3}}|[a-z.]{{1,10}}|[ 　()（）+-])*[。.]?\s*$"
)
_CUSTOMISED = r"\s*(?:\|\s*)?(?:签名由|signature is customized by)\s?(?:网易|mail ?master).{0,40}$"
#: A line that the program signs with. Only the line goes: people write below it too.
SENT_FROM: tuple[Mark, ...] = (
    mark("phones, zh", r"\s*(?:发自|發自|来自|來自)\s?我的[^，。；,;!?！？]{1,40}$"),
    mark("phones and apps, zh", rf"\s*(?:发自|發自|来自|來自|寄自|发送自|發送自|傳送自).{{0,6}}?(?:{_THINGS}){_MODEL}"),
    mark("phones, zh", r"\s*(?:从我的|從我的).{1,40}(?:发送|傳送|发出|寄出)。?\s*$"),
    mark(
        "apps, zh",
        rf"\s*(?:从|從|由|使用|通过|透過).{{0,8}}?(?:{_THINGS})[^，,；;：:]{{0,12}}(?:<[^>]{{0,80}}>)?(?:发送|發送|傳送)。?\s*$",
    ),
    mark("K-9 zh", r"\s*(?:使用|用).{1,30}(?:发送|發送)(?:自|，请原谅).{0,40}$"),
    mark(
        "phones and apps, en",
        rf"[\s(<*]*sent (?:from (?:my\b|.{{0,20}}?(?:{_GADGETS}))"
        rf"|(?:via|with|using|by) .{{0,20}}?(?:{_BRANDS}))[^,;!?]{{0,60}}$",
    ),
    mark(
        "Outlook apps",
        r"\s*(?:get \[?outlook for|获取 ?(?:适用于|outlook)|取得 ?(?:適用於|outlook)|下载 ?(?:适用于|outlook)).{0,80}$",
    ),
    mark("NetEase", _CUSTOMISED),
    mark(
        "phones, other languages",
        r"\s*(?:envoyé (?:de|depuis)|enviado (?:desde|do|de)|von meinem|gesendet (?:von|mit)"
        r"|verzonden (?:vanaf|met|van)|sendt fra|skickat från|inviato da|отправлено (?:с|из)|wysłane z)\b.{1,60}$",
    ),
)

#: The signature of the NetEase apps as plain text is a table: how it begins, how it ends, and its most lines.
TABLE_BEGINS, TABLE_ENDS, TABLE_LINES = re.compile(r"\s*\|\s*\|\s*$"), re.compile(_CUSTOMISED, re.IGNORECASE), 20

#: How the paragraph begins that an organisation puts below every letter; it goes up to the next empty line.
DISCLAIMERS: tuple[Mark, ...] = (
    mark(
        "gateways, zh",
        r"\s*[【\[(（*]?\s*(?:免责声明|免責聲明|保密声明|保密聲明|保密提示|法律声明|隐私声明|邮件声明)\s*[】\])）*]?\s*(?:[:：]|$)",
    ),
    mark(
        "gateways, zh",
        r"\s*(?:声明|聲明|提示|注意)?\s*[:：]?\s*[(（*]*(?:本邮件|本電郵|此邮件|本电子邮件|此电子邮件|本信件).{0,24}(?:保密|机密|機密)",
    ),
    mark("organisations, zh", r"\s*[【\[(（*]?\s*(?:涉密(?:信息)?不上网|上网(?:信息)?不涉密)"),
    mark(
        "printing",
        r"\s*(?:.{0,8}打印(?:本|此)?(?:邮件|信件).{0,4}(?:前|请|之前).{0,12}环(?:保|境)"
        r"|(?:please )?(?:consider|think of|save) .{0,30}\bbefore (?:you )?print.{0,60}$)",
    ),
    mark(
        "gateways, en",
        r"\s*[\[(*]{0,3}\s*(?:(?:legal )?disclaimer|confidentiality (?:notice|statement)|legal notice)"
        r"\s*[\])*]{0,3}\s*(?:[:.]|$)",
    ),
    mark(
        "gateways, en",
        r"[\s*\[(]*(?:this|the information (?:contained )?in this) (?:e-?mail|message|communication)"
        r"(?:,? \(?(?:and|including|together with) (?:any|its|all|the) (?:attachments?|files)[^.]{0,60})?,? "
        r"(?:is|are|may be|contains?|may contain)\b.{0,60}(?:confidential|privileged)",
    ),
)

#: HTML elements that hold a signature: CSS class or id -> programs.
SIGNATURE_BOXES: dict[str, str] = {
    "gmail_signature": "Gmail",
    "gmail_signature_prefix": "Gmail",
    "ms-outlook-mobile-signature": "Outlook apps",
    "signature": "Outlook",
    "applemailsignature": "Apple Mail",
    "protonmail_signature_block": "Proton",
    "moz-signature": "Thunderbird",
    "_rc_sig": "Roundcube",
    "ntes-pcmac-signature": "NetEase",
    "ntes-signature": "NetEase",
    "imail_signature": "NetEase",
    "xmail_signature": "QQ Mail",
    "composer_signature": "Samsung",
    "lark-mail-signature": "Lark",
    "signcontainer": "139",
    "_foxsignature": "Foxmail",
}
#: The style, without white space, of the rule that Foxmail draws above a signature.
SIGNATURE_HR = "width:210px;height:1px"
_LINK = re.compile(r"<?https?://\S*")


def only_signs(text: str) -> bool:
    """True where a text beside an answer names no outcome and takes nothing back, whatever it is."""
    return not takes_back(_LINK.sub("", text).lower(), Command.APPROVE)


def without_signature(text: str, signatures: tuple[str, ...]) -> str:
    """Return the text without its last lines where they are one of the signatures that its formatted version marks."""
    lines = text.split("\n")
    for signature in filter(None, map(_letters, signatures)):
        for start in range(len(lines) - 1, max(-1, len(lines) - _LONGEST_SIGNATURE), -1):
            if _letters("".join(lines[start:])) == signature:
                return "\n".join(lines[:start]).rstrip()
    return text


#: Lines of a signature.
_LONGEST_SIGNATURE = 30


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text)
