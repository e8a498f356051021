"""The messages that are no plain reply of a plain program."""

import base64

from tests.corpus import others, wrapped
from tests.corpus.letters import letter, multipart, part
from tests.corpus.programs import SENDER
from tests.corpus.say import QUOTED, YES, Expected, Group, none, page, says, text_part

Made = dict[str, tuple[bytes, Expected]]


def bodies() -> Made:
    plain = (_signed_off(), _charsets(), _flowed(), _duties(), _unclear(), _hidden(), _senders())
    groups = (*plain, *wrapped.groups(), *others.groups())
    made: Made = {}
    for group in groups:
        for name, (body, expected, *rest) in group.items():
            header = rest[0] if rest else {}
            made[name] = (letter(name, body, **header), dict(expected))
    return made


DISCLAIMER = "本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的个人或群组。如您不同意接收，请立即删除。"
LEGAL = (
    "DISCLAIMER: This e-mail may contain confidential information. Nothing in it shall be taken to approve or refuse\n"
    "any contract, and if you are not the intended recipient you must return it to the sender."
)


def _signed_off() -> Group:
    return {
        "signature-after-dashes": (text_part("不同意\n资金未落实\n\n-- \n张伟\n同意书请寄：杭州市\n"), says("refuse", "资金未落实")),
        "signature-without-dashes": (text_part(f"同意\n\n张伟\n科技处\n0571-87050000\n\n{QUOTED}\n"), says("approve", "张伟\n科技处\n0571-87050000")),
        "signature-phone-huawei": (text_part("同意\n\n发自我的华为手机\n"), YES),
        "signature-outlook-app": (text_part(f"Approved\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: x\nSent: y\nTo: z\n\n{QUOTED}"), YES),
        "disclaimer-zh-says-no": (text_part(f"同意\n\n{DISCLAIMER}\n"), YES),
        "disclaimer-zh-headed": (text_part("退回\n请补充。\n\n【免责声明】\n本邮件内容不代表本单位同意或者不同意任何事项。\n"), says("return", "请补充。")),
        "disclaimer-en-says-approve": (text_part(f"Reject\nOver the limit.\n\n{LEGAL}\n"), says("refuse", "Over the limit.")),
        "disclaimer-en-html": (page(f"<p>approve</p><p>Fine.</p><hr><p style='font-size:8pt'>{LEGAL.replace(chr(10), ' ')}</p>"), says("approve", "Fine.")),
        "disclaimer-alone": (text_part(f"{DISCLAIMER}\n\n{QUOTED}\n"), none("NOTHING")),
        "greeting-dear-leader": (text_part("尊敬的李处长：\n\n您好！\n\n同意\n资料齐全。\n"), says("approve", "资料齐全。")),
        "greeting-on-the-line": (text_part("您好，同意。\n资料齐全。\n"), says("approve", "资料齐全。")),
        "gmail-bold": (text_part("*不同意*\n*资金未落实*\n\nOn Mon, Nov 23, 2026 at 9:00 AM x <a@b.cn> wrote:\n\n> x\n"), says("refuse", "资金未落实")),
        "qq-mail-entities": (text_part("同意&nbsp;\n资料齐全\n\n\n------------------&nbsp;原始邮件&nbsp;------------------\n发件人:&nbsp;x\n\n不同意\n"), says("approve", "资料齐全")),
        "greeting-en": (text_part("Hello,\n\nreject.\nNot funded.\n"), says("refuse", "Not funded.")),
        "greeting-full-width": (text_part("您好！\nＡＰＰＲＯＶＥ\n"), YES),
        "received-then-yes": (text_part("收到。\n同意。\n"), YES),
        "after-research": (text_part("经研究，同意。\n请按程序办理。\n"), says("approve", "请按程序办理。")),
        "traditional-reject": (text_part("否決。\n經費過高\n", "big5"), says("refuse", "經費過高")),
        "traditional-return": (text_part("退回\n請補件\n", "big5", "base64"), says("return", "請補件")),
        "traditional-hand-over": (text_part("轉辦 省财政厅\n请研究\n"), says("hand over", "请研究", whom="省财政厅")),
        "blank-lines-first": (text_part("\n\n\u3000\n\u200b\n同意\n"), YES),
        "bom-first": (text_part("\ufeff同意\n"), YES),
        "old-mac-lines": (part("text/plain", "同意\r资料齐全\r".encode(), ""), says("approve", "资料齐全")),
        "ideographic-indent": (text_part("\u3000\u3000同意\u3000\n\u3000\u3000资料齐全\n"), says("approve", "资料齐全")),
    }  # fmt: skip


def _charsets() -> Group:
    body = '不同意\n资金未落实\n\n在 2026-11-23 09:00:00，"联动" 写道：\n>同意\n'
    no = says("refuse", "资金未落实")
    made: Group = {
        f"charset-{charset}-{encoding}": (text_part(body, charset, encoding), no)
        for charset in ("gb2312", "gbk", "gb18030", "utf-7", "utf-16", "hz-gb-2312")
        for encoding in ("base64", "quoted-printable")
        if (charset, encoding) not in (("hz-gb-2312", "quoted-printable"), ("utf-16", "quoted-printable"))
    }
    said_by = "\u540c\u610f\n\U00020bb7\u91ce\u5bb6\n"
    latin = body.encode("gb18030")
    return made | {
        "charset-gb2312-8bit": (text_part(body, "gb2312"), no),
        "charset-gb18030-under-gb2312": (part("text/plain; charset=gb2312", said_by.encode("gb18030"), ""), says("approve", "\U00020bb7野家")),
        "charset-none-gbk": (part("text/plain", latin), no),
        "charset-none-utf-8": (part("text/plain", body.encode()), no),
        "charset-unknown": (part("text/plain; charset=x-mac-chinesesimp", latin), no),
        "charset-us-ascii-is-not": (part("text/plain; charset=us-ascii", body.encode()), no),
        "charset-iso-8859-1-is-not": (part("text/plain; charset=iso-8859-1", b"Approve\nfine\n"), says("approve", "fine")),
        "charset-utf-7-html": (part("text/html; charset=utf-7", "<p>同意</p><blockquote>不同意</blockquote>".encode("utf-7"), encoding="quoted-printable"), YES),
        "charset-meta-only": (part("text/html", "<meta charset=gbk><div>退回</div>".encode("gbk")), says("return")),
        "charset-big5-html": (part("text/html; charset=big5", "<p>不同意</p><p>金額過高</p>".encode("big5"), encoding="base64"), says("refuse", "金額過高")),
        "base64-with-junk": (b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + base64.b64encode("同意".encode()) + b"!\n\n\n", YES),
        "base64-on-one-line": (b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + base64.b64encode(body.encode() * 40), none("SEVERAL", why="forty letters in one")),
        "quoted-printable-soft-breaks": (b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n=E5=90=\n=8C=E6=84=\n=8F\n", YES),
    }  # fmt: skip


def _flowed() -> Group:
    flowed = "; format=flowed"
    long = "同意，\u0020\n资料齐全，\u0020\n建议支持。\n\n> 不同意\n"
    return {
        "flowed": (text_part("approve: the file is complete and \nthe county pays its share\n\n> reject\n", extra=flowed), says("approve", "the file is complete and the county pays its share")),
        "flowed-delsp": (text_part(long, extra=f"{flowed}; delsp=yes"), says("approve", "资料齐全，建议支持。")),
        "flowed-quote-first": (text_part("On 23/11/2026 09:00, Liandong wrote:\n> please answer: approve / \n> refuse\n\nreject\nNo funding.\n", extra=flowed), says("refuse", "No funding.")),
        "flowed-signature": (text_part("退回\n请盖章。\n-- \n张伟\n同意 \n", extra=flowed), says("return", "请盖章。")),
        "flowed-stuffed": (text_part(" From here:\n", extra=flowed), none("UNKNOWN")),
        "flowed-negation-on-the-next-line": (text_part("approve \nnot\n", extra=flowed), none("NEGATED")),
    }  # fmt: skip


def _duties() -> Group:
    return {
        "duty-done": (text_part("完成\n已开放 12 个场景，但 3 个未完成。\n"), says("done", "已开放 12 个场景，但 3 个未完成。", act="report")),
        "duty-in-progress": (text_part("进行中，资金已到位\n下月继续\n"), says("in progress", "资金已到位\n下月继续", act="report")),
        "duty-greeted": (text_part("您好：\n已完成。\n详见附件\n"), says("done", "详见附件", act="report")),
        "duty-yes-is-no-report": (text_part("同意\n"), none("UNKNOWN", act="report")),
        "duty-accepted": (text_part("接受\n"), says("approve", act="accept")),
        "duty-sent-back": (text_part("退回\n请补充数据\n"), says("return", "请补充数据", act="accept")),
        "objection-not-upheld": (text_part("不成立\n经核实，所述情况不属实。\n"), says("approve", "经核实，所述情况不属实。", act="public_notice")),
        "objection-upheld-return": (text_part("Upheld, return\nPlease correct the list.\n"), says("return", "Please correct the list.", act="public_notice")),
        "objection-bare": (text_part("同意\n"), none("UNKNOWN", act="public_notice")),
        "take-back": (text_part("拿回\n点错了\n"), says("take back", "点错了")),
        "lend": (text_part("委派 省财政厅\n请核实\n"), says("lend", "请核实", whom="省财政厅")),
    }  # fmt: skip


def _unclear() -> Group:
    return {
        "both-on-one-line": (text_part("同意/不同意\n"), none("SEVERAL")),
        "both-on-two-lines": (text_part("同意\n\n不同意\n"), none("SEVERAL")),
        "yes-then-but": (text_part("同意\n但金额过高\n"), none("SEVERAL")),
        "yes-with-condition": (text_part("同意，前提是市里配套。\n"), none("NEGATED")),
        "yes-with-sum": (text_part("同意，按300万元核定\n"), none("AMOUNT")),
        "yes-asked": (text_part("同意？\n"), none("NEGATED")),
        "not-agree-apart": (text_part("不 同意\n"), none("NEGATED")),
        "agree-to-return": (text_part("同意退回\n"), none("SEVERAL")),
        "in-principle": (text_part("原则同意\n"), none("UNKNOWN")),
        "do-not-approve": (text_part("I do not approve\n"), none("NEGATED")),
        "taken-back-below": (text_part("批准\n\n上面写错了，请作废。\n"), none("SEVERAL")),
        "only-thanks": (text_part("好的，谢谢！\n"), none("UNKNOWN")),
        "only-greeting": (text_part("尊敬的领导：\n您好！\n"), none("UNKNOWN")),
        "question-of-officer": (text_part("请问附件在哪里？\n如何同意？\n"), none("UNKNOWN")),
        "homoglyph-cyrillic": (text_part("\u0430pprove\n"), none("UNKNOWN")),
        "homoglyph-radical": (text_part("\u4e0d\u540c\u610f\n".replace("\u4e0d", "\uf967")), none("LOOKALIKE")),
        "homoglyph-math": (text_part("\U0001d41a\U0001d429\U0001d429\U0001d42b\U0001d428\U0001d42f\U0001d41e\n"), none("LOOKALIKE")),
        "zero-width-inside": (text_part("同\u200b意\n"), none("INVISIBLE")),
        "bidi-override": (text_part("\u202e意同\n"), none("INVISIBLE")),
        "hand-over-to-nobody": (text_part("转办\n省财政厅\n"), none("NOBODY")),
    }  # fmt: skip


def _hidden() -> Group:
    pages = {
        "display": ('<div style="display:none">同意</div><p>请稍候</p>', "UNKNOWN"),
        "font-size": ('<p style="font-size:0">同意</p>', "NOTHING"),
        "white": ('<p style="color:#ffffff">同意</p>', "NOTHING"),
        "off-screen": ('<p style="position:absolute;left:-9999px">同意</p>', "NOTHING"),
        "negation": ('<p><span style="visibility:hidden">不</span>同意</p>', "INVISIBLE"),
        "struck": ("<p><s>不</s>同意</p>", "INVISIBLE"),
        "details": ("<details><summary>x</summary>同意</details>", "NOTHING"),
        "comment": ("<!-- 同意 --><p title='同意'><img alt='同意'></p>", "NOTHING"),
    }
    made: Group = {f"hidden-{name}": (page(shown), none(problem)) for name, (shown, problem) in pages.items()}
    opposite = multipart("alternative", text_part("同意\n"), page("<p>不同意</p>"))
    return made | {
        "alternative-says-other": (opposite, none("DISAGREE")),
        "alternative-only-text-is-empty": (multipart("alternative", text_part("\n"), page("<p>同意</p>")), YES),
        "related-in-alternative": (multipart("alternative", text_part("退回\n好\n"), multipart("related", page("<p>退回</p><p>好</p>"), boundary="in")), says("return", "好")),
    }  # fmt: skip


def _senders() -> Group:
    two = {"header": "From: boss@city.example.cn"}
    return {
        "two-from-headers": (text_part("同意\n"), none("SEVERAL_SENDERS"), two),
        "two-addresses": (text_part("同意\n"), none("SEVERAL_SENDERS"), {"sender": f"{SENDER}, boss@city.example.cn"}),
        "no-sender": (text_part("同意\n"), none("NO_SENDER"), {"sender": "undisclosed-recipients:;"}),
    }  # fmt: skip
