"""The messages that are no plain reply of a plain program."""

import base64
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.corpus.letters import attachment, encoded, letter, multipart, part
from tests.corpus.programs import LETTER, SENDER, US
from tests.support.winmail import winmail

Expected = dict[str, Any]
Made = dict[str, tuple[bytes, Expected]]
YES: Expected = {"command": "approve"}
QUOTED = "\n".join(f"> {line}" for line in LETTER)


def none(problem: str, **more: Any) -> Expected:
    return {"command": None, "problem": problem, **more}


def says(command: str, opinion: str = "", **more: Any) -> Expected:
    return {"command": command, **({"opinion": opinion} if opinion else {}), **more}


def _text(text: str, charset: str = "utf-8", encoding: str = "8bit", extra: str = "") -> bytes:
    return part("text/plain", text, charset, encoding, extra)


def _page(page: str) -> bytes:
    return part("text/html", page)


def bodies(line: str) -> Made:
    groups = (_signed_off(), _charsets(), _flowed(), _winmail(), _signed(), _forwarded(line), _empty(), _machines(), _duties(),
              _unclear(), _hidden(), _senders(), _files())  # fmt: skip
    made: Made = {}
    for group in groups:
        for name, (body, expected, *rest) in group.items():
            header = rest[0] if rest else {}
            made[name] = (letter(name, body, **header), dict(expected))
    return made


Group = dict[str, tuple[Any, ...]]

DISCLAIMER = "本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的个人或群组。如您不同意接收，请立即删除。"
LEGAL = (
    "DISCLAIMER: This e-mail may contain confidential information. Nothing in it shall be taken to approve or refuse\n"
    "any contract, and if you are not the intended recipient you must return it to the sender."
)


def _signed_off() -> Group:
    return {
        "signature-after-dashes": (_text("不同意\n资金未落实\n\n-- \n张伟\n同意书请寄：杭州市\n"), says("refuse", "资金未落实")),
        "signature-without-dashes": (_text(f"同意\n\n张伟\n科技处\n0571-87050000\n\n{QUOTED}\n"), says("approve", "张伟\n科技处\n0571-87050000")),
        "signature-phone-huawei": (_text("同意\n\n发自我的华为手机\n"), YES),
        "signature-outlook-app": (_text(f"Approved\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\nFrom: x\nSent: y\nTo: z\n\n{QUOTED}"), YES),
        "disclaimer-zh-says-no": (_text(f"同意\n\n{DISCLAIMER}\n"), YES),
        "disclaimer-zh-headed": (_text("退回\n请补充。\n\n【免责声明】\n本邮件内容不代表本单位同意或者不同意任何事项。\n"), says("return", "请补充。")),
        "disclaimer-en-says-approve": (_text(f"Reject\nOver the limit.\n\n{LEGAL}\n"), says("refuse", "Over the limit.")),
        "disclaimer-en-html": (_page(f"<p>approve</p><p>Fine.</p><hr><p style='font-size:8pt'>{LEGAL.replace(chr(10), ' ')}</p>"), says("approve", "Fine.")),
        "disclaimer-alone": (_text(f"{DISCLAIMER}\n\n{QUOTED}\n"), none("NOTHING")),
        "greeting-dear-leader": (_text("尊敬的李处长：\n\n您好！\n\n同意\n资料齐全。\n"), says("approve", "资料齐全。")),
        "greeting-en": (_text("Hello,\n\nreject.\nNot funded.\n"), says("refuse", "Not funded.")),
        "greeting-full-width": (_text("您好！\nＡＰＰＲＯＶＥ\n"), YES),
        "received-then-yes": (_text("收到。\n同意。\n"), YES),
        "after-research": (_text("经研究，同意。\n请按程序办理。\n"), says("approve", "请按程序办理。")),
        "traditional-reject": (_text("否決。\n經費過高\n", "big5"), says("refuse", "經費過高")),
        "traditional-return": (_text("退回\n請補件\n", "big5", "base64"), says("return", "請補件")),
        "traditional-hand-over": (_text("轉辦 省财政厅\n请研究\n"), says("hand over", "请研究", whom="省财政厅")),
        "blank-lines-first": (_text("\n\n\u3000\n\u200b\n同意\n"), YES),
        "bom-first": (_text("\ufeff同意\n"), YES),
        "old-mac-lines": (part("text/plain", "同意\r资料齐全\r".encode(), ""), says("approve", "资料齐全")),
        "ideographic-indent": (_text("\u3000\u3000同意\u3000\n\u3000\u3000资料齐全\n"), says("approve", "资料齐全")),
    }  # fmt: skip


def _charsets() -> Group:
    body = "不同意\n资金未落实\n\n在 2026-11-23 09:00:00，\"联动\" 写道：\n>同意\n"
    no = says("refuse", "资金未落实")
    made: Group = {
        f"charset-{charset}-{encoding}": (_text(body, charset, encoding), no)
        for charset in ("gb2312", "gbk", "gb18030", "utf-7", "utf-16", "hz-gb-2312")
        for encoding in ("base64", "quoted-printable")
        if (charset, encoding) != ("hz-gb-2312", "quoted-printable")
    }
    said_by = "\u540c\u610f\n\U00020bb7\u91ce\u5bb6\n"
    latin = body.encode("gb18030")
    return made | {
        "charset-gb2312-8bit": (_text(body, "gb2312"), no),
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
    flowed = '; format=flowed'
    long = "同意，\u0020\n资料齐全，\u0020\n建议支持。\n\n> 不同意\n"
    return {
        "flowed": (_text("approve: the file is complete and \nthe county pays its share\n\n> reject\n", extra=flowed), says("approve", "the file is complete and the county pays its share")),
        "flowed-delsp": (_text(long, extra=f"{flowed}; delsp=yes"), says("approve", "资料齐全，建议支持。")),
        "flowed-quote-first": (_text("On 23/11/2026 09:00, Liandong wrote:\n> please answer: approve / \n> refuse\n\nreject\nNo funding.\n", extra=flowed), says("refuse", "No funding.")),
        "flowed-signature": (_text("退回\n请盖章。\n-- \n张伟\n同意 \n", extra=flowed), says("return", "请盖章。")),
        "flowed-stuffed": (_text(" From here:\n", extra=flowed), none("UNKNOWN")),
        "flowed-negation-on-the-next-line": (_text("approve \nnot\n", extra=flowed), none("NEGATED")),
    }  # fmt: skip


RTF = rb"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}\pard\f0 %s\par}"
GB_NO = b"".join(b"\\'%02x" % byte for byte in "不同意".encode("gb18030"))
FROM_HTML = (
    rb"{\rtf1\ansi\ansicpg936\fromhtml1 \deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}{\*\htmltag64 <p>}"
    rb"\htmlrtf {\htmlrtf0 " + GB_NO + rb"\htmlrtf }\htmlrtf0 {\*\htmltag72 </p>}{\*\htmltag64 <blockquote>}\u21516?\u24847?"
    rb"{\*\htmltag72 </blockquote>}}"
)


def _winmail() -> Group:
    def dat(raw: bytes, name: str = "winmail.dat") -> bytes:
        return attachment(f'filename="{name}"', raw, f'application/ms-tnef; name="{name}"')

    quoted = "\n________________________________\n发件人: 联动\n发送时间: x\n收件人: y\n主题: z\n\n不同意\n"
    return {
        "winmail-plain": (dat(winmail(plain=f"同意\n资料齐全\n{quoted}")), says("approve", "资料齐全")),
        "winmail-html": (dat(winmail(html="<html><body><p>退回</p><p>请盖章</p></body></html>")), says("return", "请盖章")),
        "winmail-html-utf-8": (dat(winmail(html="<p>不同意</p>", codepage=65001)), says("refuse")),
        "winmail-rtf": (dat(winmail(rtf=RTF % GB_NO)), says("refuse")),
        "winmail-rtf-unicode": (dat(winmail(rtf=RTF % rb"\u21516?\u24847?\par \u22909?")), says("approve", "好")),
        "winmail-rtf-stored": (dat(winmail(rtf=RTF % b"approve", stored=True)), YES),
        "winmail-rtf-from-html": (dat(winmail(rtf=FROM_HTML)), says("refuse")),
        "winmail-beside-text": (multipart("mixed", _text("同意\n资料齐全\n"), dat(winmail(rtf=RTF % rb"\u21516?\u24847?\par x", files={"预算.xlsx": b"PK\3\4"}))), says("approve", "资料齐全", files=["预算.xlsx"])),
        "winmail-says-other": (multipart("mixed", _text("同意\n"), dat(winmail(html="<p>不同意</p>"))), none("DISAGREE")),
        "winmail-files-only": (multipart("mixed", _text("退回\n见附件\n"), dat(winmail(files={"意见.pdf": b"%PDF-1.7 x", "b.txt": "同意".encode()}))), says("return", "见附件", files=["意见.pdf", "b.txt"])),
        "winmail-empty": (dat(winmail()), none("NOTHING")),
        "winmail-broken": (dat(winmail(plain="同意")[:60]), none("NOTHING")),
        "winmail-is-none": (multipart("mixed", _text("同意\n"), dat(b"PK\3\4 not what it says")), says("approve", files=["winmail.dat"])),
    }  # fmt: skip


def _cms(inner: bytes, *arguments: str) -> bytes:
    """What openssl makes of a MIME part; the key is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        key, cert, source = (Path(folder) / n for n in ("key.pem", "cert.pem", "part"))
        subject = ["-subj", "/CN=Zhang Wei/emailAddress=" + SENDER]
        made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-keyout", key, "-out", cert, *subject]
        subprocess.run(made, check=True, capture_output=True)
        source.write_bytes(inner.replace(b"\n", b"\r\n"))
        signer = [str(cert)] if "-encrypt" in arguments else ["-signer", str(cert), "-inkey", str(key)]
        command = ["openssl", "cms", "-in", str(source), "-outform", "SMIME", *arguments, *signer]
        raw = subprocess.run(command, check=True, capture_output=True).stdout
    return raw.replace(b"\r\n", b"\n").partition(b"MIME-Version: 1.0\n")[2]


def _signed() -> Group:
    keep = {"keep": True}
    both = multipart("alternative", _text("退回\n请盖章\n", encoding="base64"), _page("<p>退回</p><p>请盖章</p>"), boundary="in")
    filed = multipart("mixed", _text("同意\n"), attachment('filename="a.pdf"', b"%PDF-1.7"), boundary="in")
    return {
        "smime-signed-clear": (_cms(_text("同意\n资料齐全\n", encoding="base64"), "-sign"), says("approve", "资料齐全") | keep),
        "smime-signed-clear-en": (_cms(_text("Reject\nNot funded.\n"), "-sign", "-md", "sha256"), says("refuse", "Not funded.") | keep),
        "smime-signed-clear-alternative": (_cms(both, "-sign"), says("return", "请盖章") | keep),
        "smime-opaque": (_cms(_text("不同意\n资金未落实\n", encoding="base64"), "-sign", "-nodetach"), says("refuse", "资金未落实") | keep),
        "smime-opaque-stream": (_cms(_text("approve\n"), "-sign", "-nodetach", "-stream"), YES | keep),
        "smime-opaque-alternative": (_cms(both, "-sign", "-nodetach"), says("return", "请盖章") | keep),
        "smime-opaque-with-file": (_cms(filed, "-sign", "-nodetach"), says("approve", files=["a.pdf"]) | keep),
        "smime-encrypted": (_cms(_text("同意\n"), "-encrypt", "-aes256"), none("ENCRYPTED") | keep),
        "smime-opaque-broken": (part('application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"', b"0\x82\xff\xff\x06", encoding="base64"), none("NOTHING", files=["smime.p7m"])),
        "pgp-signed": (multipart("signed", _text("同意\n"), part("application/pgp-signature", b"-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n"), extra="; protocol=\"application/pgp-signature\""), YES),
        "pgp-encrypted": (multipart("encrypted", part("application/pgp-encrypted", b"Version: 1\n"), part("application/octet-stream", b"-----BEGIN PGP MESSAGE-----\n"), extra='; protocol="application/pgp-encrypted"'), none("ENCRYPTED", files=["", ""])),
    }  # fmt: skip


def _forwarded(line: str) -> Group:
    old = "\n".join(LETTER)
    subject = {"subject": "转发：[联动] 请推荐"}
    fwd = {"subject": "Fwd: [Liandong] please"}
    enclosed = b"Content-Type: message/rfc822\n\nFrom: boss@city.example.cn\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\n" + "同意\n".encode()
    return {
        "forwarded-gmail": (_text(f"---------- Forwarded message ---------\nFrom: 联动 <{US}>\nDate: x\nSubject: y\nTo: <{SENDER}>\n\n同意\n{old}\n"), none("NOTHING"), fwd),
        "forwarded-gmail-html": (_page(f'<div dir="ltr"><br><br><div class="gmail_quote"><div>---------- Forwarded message ---------</div>同意</div></div>'), none("NOTHING"), fwd),
        "forwarded-qq": (_text(f"\n\n------------------ 转发邮件信息 ------------------\n发件人：联动\n\n同意\n{old}\n", "gb18030"), none("NOTHING"), subject),
        "forwarded-netease": (_text("\n\n-------- 转发邮件信息 --------\n发件人：联动\n发送日期：2026-11-23\n\n同意\n", "gbk"), none("NOTHING"), subject),
        "forwarded-outlook": (_text("\n________________________________\n发件人: 联动\n发送时间: x\n收件人: y\n主题: z\n\n同意\n"), none("NOTHING"), subject),
        "forwarded-apple": (_text("\n\n开始转发邮件：\n\n> 发件人: 联动\n> \n> 同意\n"), none("NOTHING"), subject),
        "forwarded-apple-en": (_text("Begin forwarded message:\n\nFrom: Liandong\nSubject: x\n\napprove\n"), none("NOTHING"), fwd),
        "forwarded-thunderbird": (_page('<div class="moz-forward-container"><br>-------- 转发的消息 --------<p>同意</p></div>'), none("NOTHING"), subject),
        "forwarded-as-attachment": (multipart("mixed", _text("\n"), enclosed), none("NOTHING"), fwd),
        "forwarded-with-own-words": (_text(f"不同意\n见市局意见\n\n---------- Forwarded message ---------\nFrom: x\n\n同意\n"), says("refuse", "见市局意见"), fwd),
        "forwarded-please-look": (_text("请领导阅示。\n\n---------- Forwarded message ---------\n同意\n"), none("UNKNOWN"), fwd),
        "enclosed-beside-an-answer": (multipart("mixed", _text("退回\n见附件\n"), enclosed), says("return", "见附件")),
    }  # fmt: skip


def _empty() -> Group:
    picture = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
    inline = b'Content-Type: image/png; name="sign.png"\nContent-ID: <s@1>\nContent-Transfer-Encoding: base64\n\n' + base64.encodebytes(picture)
    return {
        "empty": (_text(""), none("NOTHING")),
        "empty-blank": (_text(" \n\u3000\n\u200b\n"), none("NOTHING")),
        "empty-html": (_page("<html><body><div><br></div><p>&nbsp;</p></body></html>"), none("NOTHING")),
        "empty-quote-only": (_text(f"\n{QUOTED}\n"), none("NOTHING")),
        "empty-signature-only": (_text("-- \n张伟\n同意\n"), none("NOTHING")),
        "empty-phone-only": (_text("\n发自我的 iPhone\n"), none("NOTHING")),
        "picture-only": (attachment('filename="scan.png"', picture, "image/png"), none("NOTHING", files=["scan.png"])),
        "picture-in-html-only": (multipart("related", _page('<img src="cid:s@1" alt="同意" title="同意">'), inline), none("NOTHING")),
        "picture-large-inline": (multipart("related", _page('<p>同意</p><img src="cid:s@1">'), inline.replace(base64.encodebytes(picture), base64.encodebytes(picture * 400))), says("approve", files=["sign.png"])),
        "picture-small-in-signature": (multipart("related", _page('<p>同意</p><img src="cid:s@1">'), inline), YES),
        "no-body-at-all": (b"X-End: 1\n", none("NOTHING")),
        "subject-only": (_text("\n"), none("NOTHING"), {"subject": "同意"}),
    }  # fmt: skip


def _machines() -> Group:
    robot = none("AUTOMATIC")
    report = 'multipart/report; report-type=disposition-notification; boundary="=_b0undary"'
    receipt = multipart("report", _text("同意\n已阅读\n"), part("message/disposition-notification", b"Disposition: manual-action/MDN-sent-manually; displayed\n"), extra="; report-type=disposition-notification")
    calendar = part("text/calendar; method=REPLY", "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n")
    assert report
    return {
        "read-receipt": (receipt, robot, {"subject": "已读：[联动] 请推荐"}),
        "delivery-report": (multipart("report", _text("approve\n"), part("message/delivery-status", b"Reporting-MTA: dns; x\n\nStatus: 5.1.1\n"), extra="; report-type=delivery-status"), robot),
        "out-of-office-zh": (_text("同意\n我正在休假。\n"), robot, {"subject": "自动回复：[联动] 请推荐"}),
        "out-of-office-exchange": (_text("approve\n"), robot, {"header": "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All", "subject": "Automatic reply: please"}),
        "out-of-office-163": (_text("同意\n"), robot, {"header": "Auto-Submitted: auto-replied", "subject": "Re: x"}),
        "calendar-accepted": (multipart("alternative", _text("Accepted\n"), calendar), robot | {"act": "accept"}, {"subject": "Accepted: meeting"}),
        "calendar-declined-zh": (multipart("alternative", _text("不同意\n"), calendar), robot, {"subject": "已拒绝：会议"}),
        "calendar-invitation-beside": (multipart("alternative", _text("同意\n"), part("text/calendar; method=REQUEST", "BEGIN:VCALENDAR\n")), YES),
    }  # fmt: skip


def _duties() -> Group:
    return {
        "duty-done": (_text("完成\n已开放 12 个场景，但 3 个未完成。\n"), says("done", "已开放 12 个场景，但 3 个未完成。", act="report")),
        "duty-in-progress": (_text("进行中，资金已到位\n下月继续\n"), says("in progress", "资金已到位\n下月继续", act="report")),
        "duty-greeted": (_text("您好：\n已完成。\n详见附件\n"), says("done", "详见附件", act="report")),
        "duty-yes-is-no-report": (_text("同意\n"), none("UNKNOWN", act="report")),
        "duty-accepted": (_text("接受\n"), says("approve", act="accept")),
        "duty-sent-back": (_text("退回\n请补充数据\n"), says("return", "请补充数据", act="accept")),
        "objection-not-upheld": (_text("不成立\n经核实，所述情况不属实。\n"), says("approve", "经核实，所述情况不属实。", act="public_notice")),
        "objection-upheld-return": (_text("Upheld, return\nPlease correct the list.\n"), says("return", "Please correct the list.", act="public_notice")),
        "objection-bare": (_text("同意\n"), none("UNKNOWN", act="public_notice")),
        "take-back": (_text("拿回\n点错了\n"), says("take back", "点错了")),
        "lend": (_text("委派 省财政厅\n请核实\n"), says("lend", "请核实", whom="省财政厅")),
    }  # fmt: skip


def _unclear() -> Group:
    return {
        "both-on-one-line": (_text("同意/不同意\n"), none("SEVERAL")),
        "both-on-two-lines": (_text("同意\n\n不同意\n"), none("SEVERAL")),
        "yes-then-but": (_text("同意\n但金额过高\n"), none("SEVERAL")),
        "yes-with-condition": (_text("同意，前提是市里配套。\n"), none("NEGATED")),
        "yes-with-sum": (_text("同意，按300万元核定\n"), none("AMOUNT")),
        "yes-asked": (_text("同意？\n"), none("NEGATED")),
        "not-agree-apart": (_text("不 同意\n"), none("NEGATED")),
        "agree-to-return": (_text("同意退回\n"), none("SEVERAL")),
        "in-principle": (_text("原则同意\n"), none("UNKNOWN")),
        "do-not-approve": (_text("I do not approve\n"), none("NEGATED")),
        "taken-back-below": (_text("批准\n\n上面写错了，请作废。\n"), none("SEVERAL")),
        "only-thanks": (_text("好的，谢谢！\n"), none("UNKNOWN")),
        "only-greeting": (_text("尊敬的领导：\n您好！\n"), none("UNKNOWN")),
        "question-of-officer": (_text("请问附件在哪里？\n如何同意？\n"), none("UNKNOWN")),
        "homoglyph-cyrillic": (_text("\u0430pprove\n"), none("UNKNOWN")),
        "homoglyph-radical": (_text("\u4e0d\u540c\u610f\n".replace("\u4e0d", "\uf967")), none("LOOKALIKE")),
        "homoglyph-math": (_text("\U0001d41a\U0001d429\U0001d429\U0001d42b\U0001d428\U0001d42f\U0001d41e\n"), none("LOOKALIKE")),
        "zero-width-inside": (_text("同\u200b意\n"), none("INVISIBLE")),
        "bidi-override": (_text("\u202e意同\n"), none("INVISIBLE")),
        "hand-over-to-nobody": (_text("转办\n省财政厅\n"), none("NOBODY")),
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
    made: Group = {f"hidden-{name}": (_page(page), none(problem)) for name, (page, problem) in pages.items()}
    opposite = multipart("alternative", _text("同意\n"), _page("<p>不同意</p>"))
    return made | {
        "alternative-says-other": (opposite, none("DISAGREE")),
        "alternative-only-text-is-empty": (multipart("alternative", _text("\n"), _page("<p>同意</p>")), YES),
        "related-in-alternative": (multipart("alternative", _text("退回\n好\n"), multipart("related", _page("<p>退回</p><p>好</p>"), boundary="in")), says("return", "好")),
    }  # fmt: skip


def _senders() -> Group:
    two = {"header": "From: boss@city.example.cn"}
    return {
        "two-from-headers": (_text("同意\n"), none("SEVERAL_SENDERS"), two),
        "two-addresses": (_text("同意\n"), none("SEVERAL_SENDERS"), {"sender": f"{SENDER}, boss@city.example.cn"}),
        "no-sender": (_text("同意\n"), none("NO_SENDER"), {"sender": "undisclosed-recipients:;"}),
    }  # fmt: skip


def _files() -> Group:
    text = _text("同意\n资料齐全\n")
    return {
        "file-rfc2231": (multipart("mixed", text, attachment("filename*=UTF-8''%E5%AE%A1%E8%AE%A1%E6%8A%A5%E5%91%8A.pdf", b"%PDF", "application/pdf")), says("approve", "资料齐全", files=["审计报告.pdf"])),
        "file-rfc2231-parts": (multipart("mixed", text, attachment("filename*0*=gb18030''%C9%F3%BC%C6;\n filename*1*=%B1%A8%B8%E6.pdf", b"%PDF", "application/pdf")), says("approve", "资料齐全", files=["审计报告.pdf"])),
        "file-rfc2047": (multipart("mixed", text, attachment('filename="=?gb2312?B?yfO8xrGouOYucGRm?="', b"%PDF", "application/pdf")), says("approve", "资料齐全", files=["审计报告.pdf"])),
        "file-raw-gbk-name": (multipart("mixed", text, attachment('filename="@"', b"%PDF", "application/pdf").replace(b"@", "审计报告.pdf".encode("gbk"))), says("approve", "资料齐全", files=["审计报告.pdf"])),
        "file-text-says-no": (multipart("mixed", text, attachment('filename="不同意.txt"', "不同意".encode(), "text/plain")), says("approve", "资料齐全", files=["不同意.txt"])),
        "file-zip": (multipart("mixed", text, attachment('filename="../../x.zip"', b"PK\3\4", "application/zip")), says("approve", "资料齐全", files=["x.zip"])),
        "file-eml-base64-body": (multipart("mixed", part("text/plain", encoded("退回\n".encode(), "base64").decode(), "us-ascii")), none("UNKNOWN")),
    }  # fmt: skip
