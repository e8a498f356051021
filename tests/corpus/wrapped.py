"""The messages whose text is inside something: winmail.dat, a signature, another message; or that have none."""

import base64
import subprocess
import tempfile
from pathlib import Path

from tests.corpus.letters import attachment, encoded, multipart, part
from tests.corpus.programs import LETTER, SENDER, US
from tests.corpus.say import QUOTED, YES, Group, none, page, says, text_part
from tests.support.winmail import winmail


def groups() -> tuple[Group, ...]:
    return (_winmail(), _signed(), _forwarded(), _empty(), _machines(), _files())


RTF = rb"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}\pard\f0 %s\par}"
GB_NO = b"".join(b"\\'%02x" % byte for byte in "不同意".encode("gb18030"))
FROM_HTML = (
    rb"{\rtf1\ansi\ansicpg936\fromhtml1 \deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}{\*\htmltag64 <p>}"
    rb"\htmlrtf {\htmlrtf0 "
    + GB_NO
    + rb"\htmlrtf }\htmlrtf0 {\*\htmltag72 </p>}{\*\htmltag64 <blockquote>}\u21516?\u24847?"
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
        "winmail-beside-text": (multipart("mixed", text_part("同意\n资料齐全\n"), dat(winmail(rtf=RTF % rb"\u21516?\u24847?\par x", files={"预算.xlsx": b"PK\3\4"}))), says("approve", "资料齐全", files=["预算.xlsx"])),
        "winmail-says-other": (multipart("mixed", text_part("同意\n"), dat(winmail(html="<p>不同意</p>"))), none("DISAGREE")),
        "winmail-files-only": (multipart("mixed", text_part("退回\n见附件\n"), dat(winmail(files={"意见.pdf": b"%PDF-1.7 x", "b.txt": "同意".encode()}))), says("return", "见附件", files=["意见.pdf", "b.txt"])),
        "winmail-empty": (dat(winmail()), none("NOTHING", files=["winmail.dat"])),
        "winmail-broken": (dat(winmail(plain="同意")[:60]), none("NOTHING", files=["winmail.dat"])),
        "winmail-is-none": (multipart("mixed", text_part("同意\n"), dat(b"PK\3\4 not what it says")), says("approve", files=["winmail.dat"])),
    }  # fmt: skip


def _cms(inner: bytes, *arguments: str) -> bytes:
    """What openssl makes of a MIME part; the key is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        key, cert, source = (Path(folder) / n for n in ("key.pem", "cert.pem", "part"))
        subject = ["-subj", "/CN=Zhang Wei/emailAddress=" + SENDER]
        made = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "3650",
            "-keyout",
            key,
            "-out",
            cert,
            *subject,
        ]
        subprocess.run(made, check=True, capture_output=True)
        source.write_bytes(inner.replace(b"\n", b"\r\n"))
        signer = [str(cert)] if "-encrypt" in arguments else ["-signer", str(cert), "-inkey", str(key)]
        command = ["openssl", "cms", "-in", str(source), "-outform", "SMIME", *arguments, *signer]
        raw = subprocess.run(command, check=True, capture_output=True).stdout
    return raw.replace(b"\r\n", b"\n").partition(b"MIME-Version: 1.0\n")[2]


def _signed() -> Group:
    keep = {"keep": True}
    both = multipart(
        "alternative", text_part("退回\n请盖章\n", encoding="base64"), page("<p>退回</p><p>请盖章</p>"), boundary="in"
    )
    filed = multipart("mixed", text_part("同意\n"), attachment('filename="a.pdf"', b"%PDF-1.7"), boundary="in")
    return {
        "smime-signed-clear": (_cms(text_part("同意\n资料齐全\n", encoding="base64"), "-sign"), says("approve", "资料齐全") | keep),
        "smime-signed-clear-en": (_cms(text_part("Reject\nNot funded.\n"), "-sign", "-md", "sha256"), says("refuse", "Not funded.") | keep),
        "smime-signed-clear-alternative": (_cms(both, "-sign"), says("return", "请盖章") | keep),
        "smime-opaque": (_cms(text_part("不同意\n资金未落实\n", encoding="base64"), "-sign", "-nodetach"), says("refuse", "资金未落实") | keep),
        "smime-opaque-stream": (_cms(text_part("approve\n"), "-sign", "-nodetach", "-stream"), YES | keep),
        "smime-opaque-alternative": (_cms(both, "-sign", "-nodetach"), says("return", "请盖章") | keep),
        "smime-opaque-with-file": (_cms(filed, "-sign", "-nodetach"), says("approve", files=["a.pdf"]) | keep),
        "smime-encrypted": (_cms(text_part("同意\n"), "-encrypt", "-aes256"), none("ENCRYPTED", files=["smime.p7m"]) | keep),
        "smime-opaque-broken": (part('application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"', b"0\x82\xff\xff\x06", encoding="base64"), none("NOTHING", files=["smime.p7m"])),
        "pgp-signed": (multipart("signed", text_part("同意\n"), part("application/pgp-signature", b"-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n"), extra="; protocol=\"application/pgp-signature\""), YES),
        "pgp-encrypted": (multipart("encrypted", part("application/pgp-encrypted", b"Version: 1\n"), part("application/octet-stream", b"-----BEGIN PGP MESSAGE-----\n"), extra='; protocol="application/pgp-encrypted"'), none("ENCRYPTED", files=["", ""])),
    }  # fmt: skip


def _forwarded() -> Group:
    old = "\n".join(LETTER)
    subject = {"subject": "转发：[联动] 请推荐"}
    fwd = {"subject": "Fwd: [Liandong] please"}
    enclosed = (
        b"Content-Type: message/rfc822\n\nFrom: boss@city.example.cn\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\n"
        + "同意\n".encode()
    )
    return {
        "forwarded-gmail": (text_part(f"---------- Forwarded message ---------\nFrom: 联动 <{US}>\nDate: x\nSubject: y\nTo: <{SENDER}>\n\n同意\n{old}\n"), none("NOTHING"), fwd),
        "forwarded-gmail-html": (page('<div dir="ltr"><br><br><div class="gmail_quote"><div>---------- Forwarded message ---------</div>同意</div></div>'), none("NOTHING"), fwd),
        "forwarded-qq": (text_part(f"\n\n------------------ 转发邮件信息 ------------------\n发件人：联动\n\n同意\n{old}\n", "gb18030"), none("NOTHING"), subject),
        "forwarded-netease": (text_part("\n\n-------- 转发邮件信息 --------\n发件人：联动\n发送日期：2026-11-23\n\n同意\n", "gbk"), none("NOTHING"), subject),
        "forwarded-outlook": (text_part("\n________________________________\n发件人: 联动\n发送时间: x\n收件人: y\n主题: z\n\n同意\n"), none("NOTHING"), subject),
        "forwarded-apple": (text_part("\n\n开始转发邮件：\n\n> 发件人: 联动\n> \n> 同意\n"), none("NOTHING"), subject),
        "forwarded-apple-en": (text_part("Begin forwarded message:\n\nFrom: Liandong\nSubject: x\n\napprove\n"), none("NOTHING"), fwd),
        "forwarded-thunderbird": (page('<div class="moz-forward-container"><br>-------- 转发的消息 --------<p>同意</p></div>'), none("NOTHING"), subject),
        "forwarded-as-attachment": (multipart("mixed", text_part("\n"), enclosed), none("NOTHING"), fwd),
        "forwarded-with-own-words": (text_part("不同意\n见市局意见\n\n---------- Forwarded message ---------\nFrom: x\n\n同意\n"), says("refuse", "见市局意见"), fwd),
        "forwarded-please-look": (text_part("请领导阅示。\n\n---------- Forwarded message ---------\n同意\n"), none("UNKNOWN"), fwd),
        "enclosed-beside-an-answer": (multipart("mixed", text_part("退回\n见附件\n"), enclosed), says("return", "见附件")),
    }  # fmt: skip


def _empty() -> Group:
    picture = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
    inline = (
        b'Content-Type: image/png; name="sign.png"\nContent-ID: <s@1>\nContent-Transfer-Encoding: base64\n\n'
        + base64.encodebytes(picture)
    )
    return {
        "empty": (text_part(""), none("NOTHING")),
        "empty-blank": (text_part(" \n\u3000\n\u200b\n"), none("NOTHING")),
        "empty-html": (page("<html><body><div><br></div><p>&nbsp;</p></body></html>"), none("NOTHING")),
        "empty-quote-only": (text_part(f"\n{QUOTED}\n"), none("NOTHING")),
        "empty-signature-only": (text_part("-- \n张伟\n同意\n"), none("NOTHING")),
        "empty-phone-only": (text_part("\n发自我的 iPhone\n"), none("NOTHING")),
        "picture-only": (attachment('filename="scan.png"', picture, "image/png"), none("NOTHING", files=["scan.png"])),
        "picture-in-html-only": (multipart("related", page('<img src="cid:s@1" alt="同意" title="同意">'), inline), none("NOTHING")),
        "picture-large-inline": (multipart("related", page('<p>同意</p><img src="cid:s@1">'), inline.replace(base64.encodebytes(picture), base64.encodebytes(picture * 400))), says("approve", files=["sign.png"])),
        "picture-small-in-signature": (multipart("related", page('<p>同意</p><img src="cid:s@1">'), inline), YES),
        "no-body-at-all": (b"X-End: 1\n", none("NOTHING")),
        "subject-only": (text_part("\n"), none("NOTHING"), {"subject": "同意"}),
    }  # fmt: skip


def _machines() -> Group:
    robot = none("AUTOMATIC")
    receipt = multipart(
        "report",
        text_part("同意\n已阅读\n"),
        part("message/disposition-notification", b"Disposition: manual-action/MDN-sent-manually; displayed\n"),
        extra="; report-type=disposition-notification",
    )
    calendar = part("text/calendar; method=REPLY", "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n")
    return {
        "read-receipt": (receipt, robot, {"subject": "已读：[联动] 请推荐"}),
        "delivery-report": (multipart("report", text_part("approve\n"), part("message/delivery-status", b"Reporting-MTA: dns; x\n\nStatus: 5.1.1\n"), extra="; report-type=delivery-status"), robot),
        "out-of-office-zh": (text_part("同意\n我正在休假。\n"), robot, {"subject": "自动回复：[联动] 请推荐"}),
        "out-of-office-exchange": (text_part("approve\n"), robot, {"header": "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All", "subject": "Automatic reply: please"}),
        "out-of-office-163": (text_part("同意\n"), robot, {"header": "Auto-Submitted: auto-replied", "subject": "Re: x"}),
        "calendar-accepted": (multipart("alternative", text_part("Accepted\n"), calendar), robot | {"act": "accept"}, {"subject": "Accepted: meeting"}),
        "calendar-declined-zh": (multipart("alternative", text_part("不同意\n"), calendar), robot, {"subject": "已拒绝：会议"}),
        "calendar-invitation-beside": (multipart("alternative", text_part("同意\n"), part("text/calendar; method=REQUEST", "BEGIN:VCALENDAR\n")), YES),
    }  # fmt: skip


def _files() -> Group:
    text = text_part("同意\n资料齐全\n")
    return {
        "file-rfc2231": (multipart("mixed", text, attachment("filename*=UTF-8''%E5%AE%A1%E8%AE%A1%E6%8A%A5%E5%91%8A.pdf", b"%PDF", "application/pdf")), says("approve", "资料齐全", files=["审计报告.pdf"])),
        "file-rfc2231-parts": (multipart("mixed", text, attachment("filename*0*=gb18030''%C9%F3%BC%C6;\n filename*1*=%B1%A8%B8%E6.pdf", b"%PDF", "application/pdf")), says("approve", "资料齐全", files=["审计报告.pdf"])),
        "file-rfc2047": (multipart("mixed", text, attachment('filename="=?gb2312?B?yfO8xrGouOYucGRm?="', b"%PDF", "application/pdf")), says("approve", "资料齐全", files=["审计报告.pdf"])),
        "file-raw-gbk-name": (multipart("mixed", text, attachment('filename="@"', b"%PDF", "application/pdf").replace(b"@", "审计报告.pdf".encode("gbk"))), says("approve", "资料齐全", files=["审计报告.pdf"])),
        "file-text-says-no": (multipart("mixed", text, attachment('filename="不同意.txt"', "不同意".encode(), "text/plain")), says("approve", "资料齐全", files=["不同意.txt"])),
        "file-zip": (multipart("mixed", text, attachment('filename="../../x.zip"', b"PK\3\4", "application/zip")), says("approve", "资料齐全", files=["x.zip"])),
        "file-eml-base64-body": (multipart("mixed", part("text/plain", encoded("退回\n".encode(), "base64").decode(), "us-ascii")), none("UNKNOWN")),
    }  # fmt: skip
